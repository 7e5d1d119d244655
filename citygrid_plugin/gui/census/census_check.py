"""Last pages of the census wizard: what would become of the records, with each finding on the map; and the import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsFeature, QgsProcessing
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QWidget

from citygrid_plugin.gui.records.findings import Findings, values_of
from citygrid_plugin.gui.records.run_pages import DryRunPage, Writing, WritingPage, account_counts, rejected_title
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import rule_texts
from citygrid_plugin.processing.census.import_components import ImportComponents

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

_ALGORITHM = "citygrid:importcomponents"
LEVEL_TEXTS = {
    "reject": "not taken",
    "skip": "passed over",
    "warn": "taken, with a warning",
    "off": "taken, not checked",
}
"""What becomes of the records that a rule speaks against."""
_CLOSES = 2  # of UPDATE: what is missing gets an end date
_MISSING = "missing"  # of core.census_changes.KINDS
_TEMPORARY = ("OUTPUT", "REJECTED", "PROBLEMS", "CHANGES", "REPORT")


class CheckPage(DryRunPage):
    """A dry run of the import, with what becomes of the components imported before."""

    def __init__(self, parameters: Callable[[], dict[str, Any]], canvas: QgsMapCanvas) -> None:
        run = Run(_ALGORITHM, tr("The import did not end well."))
        tree = Findings([tr("Finding"), tr("Level"), tr("Records"), tr("File and row")], 2, canvas)
        super().__init__(parameters, run, tr("The records are being checked…"), tree)
        self.levels: dict[str, str] = {}  # LEVELS of the algorithm, where they are not the usual ones
        self.update = CompactBox()  # UPDATE of the algorithm
        self.update.addItems([tr(text) for text in ImportComponents.UPDATES])
        self.covered = CompactBox()  # COVERED of the algorithm
        self.covered.addItems([tr(text) for text in ImportComponents.COVERS])
        for box in (self.update, self.covered):
            box.activated.connect(lambda _index: self._start())
        self._renewing, self._closing = QWidget(), QWidget()
        for whole, text, box in (
            (self._renewing, tr("Components imported before are"), self.update),
            (self._closing, tr("What the delivery lacks is missing among"), self.covered),
        ):
            choice = QHBoxLayout(whole)
            choice.setContentsMargins(0, 0, 0, 0)
            choice.addWidget(QLabel(text))
            choice.addWidget(box, 1)
        self._lay_out(self._renewing, self._closing)

    def _asked(self) -> dict[str, Any]:
        values = self._parameters() | dict.fromkeys(_TEMPORARY, QgsProcessing.TEMPORARY_OUTPUT) | {"DRY_RUN": True}
        is_renewal = "EXISTING" in values
        self._renewing.setVisible(is_renewal)
        self._closing.setVisible(is_renewal and self.update.currentIndex() == _CLOSES)
        return values

    def _account(self, results: dict[str, Any]) -> tuple[bool, list[str]]:
        kinds = self._changes(results)
        closed = kinds[_MISSING] if self.update.currentIndex() == _CLOSES else 0
        return bool(int(results["ACCEPTED_COUNT"]) or closed), _effects(results, kinds, closed)

    def _changes(self, results: dict[str, Any]) -> Counter[str]:
        """What becomes of the components imported before and of the new ones: how many are of each kind."""
        layer = self._layer(results, "CHANGES")
        if layer is None:
            return Counter()
        rows = zip(values_of(layer, "ObjID"), values_of(layer, "Kind"), strict=True)
        return Counter({code or str(number): kind for number, (code, kind) in enumerate(rows)}.values())

    def _list(self, results: dict[str, Any]) -> None:
        """Findings by rule, with what becomes of their records."""
        layer = self._layer(results, "PROBLEMS")
        if layer is None:
            return
        titles = {rule: text.format(value="…") for rule, text in rule_texts().items()}
        for rule, (top, first) in self.tree.add(layer, "Rule", titles, _finding).items():
            self.tree.setItemWidget(top, 1, self._level_box(rule, str(first["Level"])))
        self.tree.resizeColumnToContents(1)

    def _level_box(self, rule: str, level: str) -> CompactBox:
        """What becomes of these records; another choice checks anew."""
        from citygrid_plugin.core.census.census_rules import RULES  # noqa: PLC0415

        box = CompactBox(14)
        for allowed in RULES[rule].allowed:
            box.addItem(tr(LEVEL_TEXTS[allowed]), str(allowed))
        box.setCurrentIndex(max(box.findData(level), 0))
        box.setEnabled(box.count() > 1)
        box.activated.connect(lambda _index: self._set_level(rule, str(box.currentData())))
        return box

    def _set_level(self, rule: str, level: str) -> None:
        self.levels[rule] = level
        self._start()


def import_page(parameters: Callable[[], dict[str, Any]], workspace: Path) -> WritingPage:
    """The import itself."""
    writing = Writing(
        title=tr("Import"),
        subtitle=tr("Into the workspace {name}").format(name=workspace.name),
        running=tr("The components are being imported…"),
        cancelling=tr("The import is being cancelled…"),
        late=tr("All was written before the import could be cancelled."),
        lines=_places,
    )
    return WritingPage(parameters, writing, Run(_ALGORITHM, tr("The import did not end well.")))


def _places(results: dict[str, Any]) -> list[str]:
    """Where what was not taken is."""
    layer = rejected_title(results)
    text = tr(
        "What was not taken is in the layer “{layer}” of the workspace, each record with the reason. Once "
        "corrected there, the layer can be imported with “Import components” in the Processing toolbox."
    )
    return [text.format(layer=layer)] if layer else []


def _finding(feature: QgsFeature) -> tuple[str, str]:
    return str(feature["Text"]), f"{feature['File']} · {feature['Row']}"


def _effects(results: dict[str, Any], kinds: Counter[str], closed: int) -> list[str]:
    """What an import would do to the components imported before, and why it would do nothing."""
    from citygrid_plugin.core.census.census_changes import TEXTS  # noqa: PLC0415

    told = []
    if results.get("CHANGES"):
        counts = ", ".join(f"{tr(TEXTS[kind])} {count:,}" for kind, count in kinds.most_common())
        told.append(tr("Components imported before: {counts}.").format(counts=counts or "0"))
    if closed:
        text = tr("Components that get an end date, since the delivery lacks them: {count}.")
        told.append(text.format(count=f"{closed:,}"))
    _, accepted, rejected, skipped = account_counts(results)
    if accepted or closed:
        return told
    if skipped and rejected:
        text = tr("Nothing would be imported: {count} records are there already; the others are rejected, see below.")
        told.append(text.format(count=f"{skipped:,}"))
    elif skipped:
        told.append(tr("All of it is there already, so there is nothing to import."))
    else:
        told.append(tr("No record would be taken: go back and look at the mapping and the coordinates."))
    return told
