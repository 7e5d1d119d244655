"""What the mapping pages of wizards share: the code scheme, presets, and mappings that are loaded and saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWizardPage,
)

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.texts import plain_label
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing import schemes

from .mapping_table import MappingTable
from .sources import Sources

if TYPE_CHECKING:
    from citygrid_plugin.core.records.saved_mappings import SavedMapping
    from citygrid_plugin.core.schemes import Scheme

_LETTERS = 40  # of a value that the page names
_FILTER, _SUFFIX = "JSON (*.json)", "json"


class RecordsMappingPage(QWizardPage):
    """A table of our fields; what could be told from names and values is filled in.

    A subclass holds the rules, and lays itself out (``_lay_out``).
    """

    def __init__(
        self, sources: Sources, workspace: Path, texts: Mapping[str, str], with_values: Collection[str]
    ) -> None:
        """``texts`` and ``with_values`` as in ``MappingTable``."""
        super().__init__()
        self._sources, self._workspace = sources, workspace
        self._schemes: dict[int, Scheme] = {}
        self.setTitle(tr("Mapping"))
        self.setSubTitle(tr("Which column holds what? What could be told from names and values is filled in."))
        self.scheme, self.preset = CompactBox(20), CompactBox(8)
        self.scheme.addItems([tr(name) for name in schemes.SCHEMES])
        self.table = MappingTable(texts, with_values)
        self.table.changed.connect(self._change)
        self.table.values_wanted.connect(self._ask_values)
        self.told = plain_label()
        self.load, self.save = QPushButton(tr("Load mapping…")), QPushButton(tr("Save mapping…"))
        self.preset.activated.connect(lambda _index: self._take_preset())
        self.load.clicked.connect(lambda _checked=False: self._ask_load())
        self.save.clicked.connect(lambda _checked=False: self._ask_save())

    def _lay_out(self, *lines: QLayout) -> None:
        """Scheme, presets and files, then ``lines``, then the table."""
        top = QHBoxLayout()
        top.addWidget(QLabel(tr("Code scheme")))
        top.addWidget(self.scheme)
        top.addStretch(1)
        for widget in (self.preset, self.load, self.save):
            top.addWidget(widget)
        column = QVBoxLayout(self)
        for line in (top, *lines):
            column.addLayout(line)
        column.addWidget(self.table, 1)
        column.addWidget(self.told)

    def _offer_presets(self, presets: Mapping[str, str]) -> None:
        """Offer presets, once: id and translated title of each."""
        if not self.preset.count():
            self.preset.addItem(tr("Preset…"), "")
            for key, text in presets.items():
                self.preset.addItem(text, key)

    @property
    def chosen_scheme(self) -> Scheme:
        """The code scheme with the local classes of the workspace."""
        from citygrid_plugin.storage.local_classes import scheme_of  # noqa: PLC0415
        from citygrid_plugin.storage.scheme_files import SCHEMES  # noqa: PLC0415

        number = self.scheme.currentIndex()
        if number not in self._schemes:
            there = self._workspace if self._workspace.is_file() else None
            self._schemes[number] = scheme_of(there, SCHEMES[number])
        return self._schemes[number]

    def _follow_scheme(self, mapping: SavedMapping) -> str:
        """Take over the scheme of a mapping; returns what is to be said of it, nothing where it is the same."""
        from citygrid_plugin.storage.scheme_files import SCHEMES  # noqa: PLC0415

        if not mapping.scheme or mapping.scheme == self.chosen_scheme.id:
            return ""
        if mapping.scheme not in SCHEMES:
            text = tr("The mapping was made for a code scheme that is not here: {scheme}.")
            return text.format(scheme=short(mapping.scheme))
        self.scheme.setCurrentIndex(SCHEMES.index(mapping.scheme))
        return tr("The code scheme is now the one that the mapping was made for.")

    def load_from(self, path: Path) -> None:
        """Take a saved mapping: its rules, the code scheme and the datum that it was made for."""
        raise NotImplementedError

    def save_to(self, path: Path) -> None:
        """Save the mapping."""
        from citygrid_plugin.storage.mapping_files import save_mapping  # noqa: PLC0415

        try:
            save_mapping(path, self.mapping(path.stem))
        except CityGridError as error:
            self._show(sentence(error))
        else:
            self._show(tr("The mapping was saved as {name}.").format(name=path.name))

    def mapping(self, name: str = "") -> SavedMapping:
        """The mapping to be kept."""
        raise NotImplementedError

    def _show(self, note: str = "") -> None:
        """Show the rules; ``note`` is said first."""
        raise NotImplementedError

    def _change(self, target: str) -> None:
        raise NotImplementedError

    def _ask_values(self, target: str) -> None:
        raise NotImplementedError

    def _take_preset(self) -> None:
        raise NotImplementedError

    def _ask_load(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Load mapping"), "", _FILTER)
        if name:
            self.load_from(Path(name))

    def _ask_save(self) -> None:
        dialog = QFileDialog(self, tr("Save mapping"), "", _FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(_SUFFIX)  # so that it is the file's whole name that must not be there yet
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.save_to(Path(dialog.selectedFiles()[0]))
        dialog.deleteLater()


def short(text: str) -> str:
    """The beginning of a value out of a file."""
    return text if len(text) <= _LETTERS else text[:_LETTERS] + "…"
