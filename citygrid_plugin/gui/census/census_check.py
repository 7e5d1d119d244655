"""Last pages of the census wizard: what would become of the records, with each finding on the map; and the import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsFeature, QgsProcessing, QgsProcessingUtils, QgsVectorLayer
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget, QWizardPage

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.records.findings import Findings, values_of
from citygrid_plugin.gui.records.run_pages import (
    Writing,
    WritingPage,
    account_counts,
    account_text,
    rejected_title,
    report_button,
)
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.gui.texts import plain_label
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import sentence, tr
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


class CheckPage(QWizardPage):
    """A dry run: the account, and each finding with its place. Errors block Next, warnings do not."""

    def __init__(self, parameters: Callable[[], dict[str, Any]], canvas: QgsMapCanvas) -> None:
        super().__init__()
        self._parameters = parameters
        self._has_effect = False
        self._report = ""
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
        self.bar = QProgressBar()
        self.run = Run(_ALGORITHM, tr("The import did not end well."), self)
        self.run.progressed.connect(lambda share: self.bar.setValue(int(share)))
        self.run.ended.connect(self._show)
        self.setTitle(tr("Check"))
        self.setSubTitle(tr("Nothing is written yet. Click a finding to see its place on the map."))
        self.setCommitPage(True)
        self.again = QPushButton(tr("Check again"))
        self.again.clicked.connect(lambda _checked=False: self._start())
        self.report = report_button(lambda: self._report)
        self.told = plain_label()
        self.tree = Findings([tr("Finding"), tr("Level"), tr("Records"), tr("File and row")], 2, canvas)
        line = QHBoxLayout()
        line.addWidget(self.bar, 1)
        line.addWidget(self.again)
        line.addWidget(self.report)
        line.addStretch(0)
        column = QVBoxLayout(self)
        column.addWidget(self._renewing)
        column.addWidget(self._closing)
        column.addLayout(line)
        column.addWidget(self.told)
        column.addWidget(self.tree, 1)

    def initializePage(self) -> None:
        self._start()

    def cleanupPage(self) -> None:
        self.forget()

    def isComplete(self) -> bool:
        return not self.run.is_running and self._has_effect

    def forget(self) -> None:
        """End the run."""
        self.run.forget()

    def _start(self) -> None:
        self._has_effect = False
        self.tree.clear()
        self.bar.setValue(0)
        self.bar.show()
        self.report.setEnabled(False)
        self.told.setText(tr("The records are being checked…"))
        temporary = dict.fromkeys(
            ("OUTPUT", "REJECTED", "PROBLEMS", "CHANGES", "REPORT"), QgsProcessing.TEMPORARY_OUTPUT
        )
        try:
            values = self._parameters() | temporary | {"DRY_RUN": True}
        except CityGridError as error:
            self.run.forget()
            self._show(False, {}, sentence(error))
            return
        is_renewal = "EXISTING" in values
        self._renewing.setVisible(is_renewal)
        self._closing.setVisible(is_renewal and self.update.currentIndex() == _CLOSES)
        self.run.start(values)
        self.completeChanged.emit()

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self.bar.hide()
        if successful:
            kinds = self._changes(results)
            closed = kinds[_MISSING] if self.update.currentIndex() == _CLOSES else 0
            self._has_effect = bool(int(results["ACCEPTED_COUNT"]) or closed)
            self.told.setText("\n".join((account_text(results), *_effects(results, kinds, closed))))
            self._report = str(results.get("REPORT", ""))
            self.report.setEnabled(bool(self._report))
            layer = QgsProcessingUtils.mapLayerFromString(str(results.get("PROBLEMS", "")), self.run.context)
            if isinstance(layer, QgsVectorLayer):
                self._list(layer)
        else:
            self.told.setText(message or tr("Cancelled. Nothing was written."))
        self.completeChanged.emit()

    def _changes(self, results: dict[str, Any]) -> Counter[str]:
        """What becomes of the components imported before and of the new ones: how many are of each kind."""
        layer = QgsProcessingUtils.mapLayerFromString(str(results.get("CHANGES", "")), self.run.context)
        if not isinstance(layer, QgsVectorLayer):
            return Counter()
        rows = zip(values_of(layer, "ObjID"), values_of(layer, "Kind"), strict=True)
        return Counter({code or str(number): kind for number, (code, kind) in enumerate(rows)}.values())

    def _list(self, layer: QgsVectorLayer) -> None:
        """Findings by rule, with what becomes of their records."""
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
