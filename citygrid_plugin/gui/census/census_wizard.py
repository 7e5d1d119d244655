"""The wizard of the component census: files, text and places, mapping, check, import."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QEvent, QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget, QWizard

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.widgets import fitting
from citygrid_plugin.i18n import tr

from .census_check import CheckPage, ImportPage
from .census_files import FilesPage, PlacesPage
from .census_mapping import MappingPage
from .census_sources import Sources

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

_SIZE = QSize(900, 640)


class MissingWorkspace(CityGridError):
    """The workspace that a wizard was opened for is gone."""

    template = (
        "The workspace “{path}” is not there any more. Put it back and try again, or close this window and open "
        "another workspace."
    )


class CensusWizard(QWizard):
    """Leads from the files of a delivery to components in the workspace; nothing is written before the last page.

    The workspace is the one for which it was opened, whichever is open in the dock later.
    """

    imported = pyqtSignal()

    def __init__(
        self,
        workspace: Path,
        given: Callable[[], dict[str, Any]],
        canvas: QgsMapCanvas,
        parent: QWidget | None = None,
    ) -> None:
        """``given``: the parameters of the algorithm that the workspace gives, such as the grid and the outputs.

        It is asked before each run, since others may write into the workspace meanwhile.
        """
        super().__init__(parent)
        self._workspace, self._given = workspace, given
        self.sources = Sources(workspace, self)
        self.setWindowTitle(f"{tr('Import components')} – {workspace.stem}")
        self.setWizardStyle(QWizard.WizardStyle.ModernStyle)
        self.setTitleFormat(Qt.TextFormat.PlainText)
        self.setSubTitleFormat(Qt.TextFormat.PlainText)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self.setOption(QWizard.WizardOption.NoBackButtonOnLastPage)
        self.resize(fitting(parent or self, _SIZE))
        for button, text in (
            (QWizard.WizardButton.NextButton, tr("Next")),
            (QWizard.WizardButton.BackButton, tr("Back")),
            (QWizard.WizardButton.CommitButton, tr("Import")),
            (QWizard.WizardButton.FinishButton, tr("Close")),
            (QWizard.WizardButton.CancelButton, tr("Cancel")),
        ):
            self.setButtonText(button, text)
        self.files = FilesPage(self.sources)
        self.places = PlacesPage(self.sources)
        self.mapping = MappingPage(self.sources, workspace)
        self.check = CheckPage(self.parameters, canvas)
        self.result = ImportPage(self.parameters, self._imported, workspace)
        for page in (self.files, self.places, self.mapping, self.check, self.result):
            self.addPage(page)

    def parameters(self) -> dict[str, Any]:
        """Those of the algorithm, as the pages say. Raises ``MissingWorkspace``, ``UnreadableFile``."""
        if not self._workspace.exists():
            raise MissingWorkspace(path=str(self._workspace))
        given = self._given()
        return {
            **given,
            "FILES": [str(some.path) for some in self.sources.all],
            "MAPPING": self.mapping.text(),
            "LEVELS": json.dumps(self.check.levels),
            "UPDATE": self.check.update.currentIndex() if "EXISTING" in given else 0,
            "COVERED": self.check.covered.currentIndex(),
            "SCHEME": self.mapping.scheme.currentIndex(),  # the local classes of the workspace go with it
        }

    def _imported(self) -> None:
        self.mapping.remember()
        self.imported.emit()

    def reject(self) -> None:
        """Cancel. An import that goes on is told to end, and the window stays to say what became of it."""
        if not self.result.stop():
            super().reject()

    def done(self, result: int) -> None:
        """Closing ends what still runs."""
        self._end()
        super().done(result)

    def event(self, event: QEvent) -> bool:
        """So does being deleted, as when the plugin is unloaded while an import goes on."""
        if event.type() == QEvent.Type.DeferredDelete:
            self._end()
        return bool(super().event(event))

    def _end(self) -> None:
        self.sources.forget()
        self.check.forget()
        self.result.forget()
