"""Last pages of the census wizard: what would become of the records, with each finding on the map; and the import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingUtils,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
    QWizard,
    QWizardPage,
)

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.places import show_place
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.gui.texts import plain_label, plain_tip
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.accounts import rule_texts
from citygrid_plugin.processing.census.import_components import ImportComponents
from citygrid_plugin.processing.project import title_of
from citygrid_plugin.storage.workspace import kind_of

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

_ALGORITHM = "citygrid:importcomponents"
_SHOWN = 200  # findings of one rule that the list holds; the layer has all
_LAYER = "|layername="  # between file and layer in the source of a layer
_WIDTH = 200  # of the column with file and row
_NO_BREAK = "\u00a0"
_LEAST_SIDE = 60.0  # metres that are shown at least
_FINDING = Qt.ItemDataRole.UserRole
LEVEL_TEXTS = {
    "reject": "not taken",
    "skip": "passed over",
    "warn": "taken, with a warning",
    "off": "taken, not checked",
}
"""What becomes of the records that a rule speaks against."""
_COUNTS = ("READ_COUNT", "ACCEPTED_COUNT", "REJECTED_COUNT", "SKIPPED_COUNT")
_CLOSES = 2  # of UPDATE: what is missing gets an end date
_MISSING = "missing"  # of core.census_changes.KINDS


class CheckPage(QWizardPage):
    """A dry run: the account, and each finding with its place. Errors block Next, warnings do not."""

    def __init__(self, parameters: Callable[[], dict[str, Any]], canvas: QgsMapCanvas) -> None:
        super().__init__()
        self._parameters, self._canvas = parameters, canvas
        self._crs = QgsCoordinateReferenceSystem()
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
        self.run = _import_run(self)
        self.run.progressed.connect(lambda share: self.bar.setValue(int(share)))
        self.run.ended.connect(self._show)
        self.setTitle(tr("Check"))
        self.setSubTitle(tr("Nothing is written yet. Click a finding to see its place on the map."))
        self.setCommitPage(True)
        self.again = QPushButton(tr("Check again"))
        self.again.clicked.connect(lambda _checked=False: self._start())
        self.report = _report_button(lambda: self._report)
        self.told = plain_label()
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([tr("Finding"), tr("Level"), tr("Records"), tr("File and row")])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().resizeSection(3, _WIDTH)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the row stands at the end
        self.tree.setWordWrap(True)
        self.tree.itemClicked.connect(lambda item, _column: self.zoom_to(item))
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
        rows = zip(_values(layer, "ObjID"), _values(layer, "Kind"), strict=True)
        return Counter({code or str(number): kind for number, (code, kind) in enumerate(rows)}.values())

    def _list(self, layer: QgsVectorLayer) -> None:
        """Findings by rule, the most frequent first. There may be millions: only those that are listed are fetched."""
        self._crs = layer.crs()
        texts = rule_texts()
        rules = _values(layer, "Rule")
        counts = Counter(rules)
        wanted: dict[str, list[int]] = {rule: [] for rule in counts}
        for number, rule in zip(sorted(layer.allFeatureIds()), rules, strict=True):
            if len(wanted[rule]) < _SHOWN:
                wanted[rule].append(number)
        tops: dict[str, QTreeWidgetItem] = {}
        levels: dict[str, str] = {}
        request = QgsFeatureRequest().setFilterFids([number for numbers in wanted.values() for number in numbers])
        for feature in sorted(layer.getFeatures(request), key=QgsFeature.id):
            rule = str(feature["Rule"])
            if rule not in tops:
                tops[rule] = QTreeWidgetItem([texts[rule].format(value="…"), "", "", ""])
                levels[rule] = str(feature["Level"])
            tops[rule].addChild(_finding(feature))
        for rule, count in counts.most_common():
            tops[rule].setText(2, f"{count:,}")
            if count > _SHOWN:
                tops[rule].addChild(QTreeWidgetItem([tr("… and {count} more").format(count=f"{count - _SHOWN:,}")]))
            self.tree.addTopLevelItem(tops[rule])
            self.tree.setItemWidget(tops[rule], 1, self._level_box(rule, levels[rule]))
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

    def zoom_to(self, item: QTreeWidgetItem) -> None:
        """Show a finding on the map, if it has a place."""
        place = item.data(0, _FINDING)
        if place is None or place.isNull():
            return
        show_place(self._canvas, place, self._crs, _LEAST_SIDE)


class ImportPage(QWizardPage):
    """The import itself."""

    def __init__(self, parameters: Callable[[], dict[str, Any]], imported: Callable[[], None], workspace: Path) -> None:
        super().__init__()
        self._parameters, self._imported = parameters, imported
        self._ended = False
        self._report = ""
        self.setTitle(tr("Import"))
        self.setSubTitle(tr("Into the workspace {name}").format(name=workspace.name))
        self.setFinalPage(True)
        self.bar = QProgressBar()
        self.run = _import_run(self)
        self.run.progressed.connect(lambda share: self.bar.setValue(int(share)))
        self.run.ended.connect(self._show)
        self.told = plain_label()
        self.again = QPushButton(tr("Try again"))
        self.again.clicked.connect(lambda _checked=False: self._start())
        self.report = _report_button(lambda: self._report)
        line = QHBoxLayout()
        line.addWidget(self.again)
        line.addWidget(self.report)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self.bar)
        column.addWidget(self.told)
        column.addLayout(line)
        column.addStretch(1)

    def initializePage(self) -> None:
        self._start()

    def isComplete(self) -> bool:
        return self._ended

    def stop(self) -> bool:
        """Cancel the import if it goes on; what became of it is said when it has ended."""
        if not self.run.is_running:
            return False
        self.told.setText(tr("The import is being cancelled…"))
        self.wizard().button(QWizard.WizardButton.CancelButton).setEnabled(False)
        self.run.cancel()
        return True

    def forget(self) -> None:
        """End the run; what it has written so far is not seen."""
        self.run.forget()

    def _start(self) -> None:
        self._ended = False
        self.told.setText(tr("The components are being imported…"))
        self.bar.setValue(0)
        self.bar.show()
        self.again.hide()
        self.report.hide()
        try:
            values = self._parameters()
        except CityGridError as error:
            self._show(False, {}, sentence(error))
            return
        self._offer_cancel(True)
        self.run.start(values | {"REPORT": QgsProcessing.TEMPORARY_OUTPUT})
        self.completeChanged.emit()

    def _offer_cancel(self, offered: bool) -> None:
        self.wizard().setOption(QWizard.WizardOption.NoCancelButtonOnLastPage, not offered)
        self.wizard().button(QWizard.WizardButton.CancelButton).setEnabled(offered)

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self._ended = True
        is_written = bool(results)  # a run that was cancelled when all was written has not been successful
        self._offer_cancel(False)
        self.bar.setVisible(is_written)
        self.bar.setValue(100)
        self.again.setVisible(not is_written)
        self._report = str(results.get("REPORT", ""))
        self.report.setVisible(bool(self._report))
        if is_written:
            late = [] if successful else [tr("All was written before the import could be cancelled.")]
            self.told.setText("\n".join((*late, account_text(results), *self._places(results))))
            self._imported()
        else:
            self.told.setText(message or tr("Cancelled. Nothing was written."))
        self.completeChanged.emit()

    def _places(self, results: dict[str, Any]) -> list[str]:
        """Where what was not taken is."""
        _, _, layer = str(results.get("REJECTED", "")).partition(_LAYER)
        _, _, rejected, skipped = _counts(results)
        if not layer or not rejected + skipped:
            return []
        text = tr(
            "What was not taken is in the layer “{layer}” of the workspace, each record with the reason. Once "
            "corrected there, the layer can be imported with “Import components” in the Processing toolbox."
        )
        return [text.format(layer=_title(layer))]


def _import_run(page: QWizardPage) -> Run:
    return Run(_ALGORITHM, tr("The import did not end well."), page)


def _values(layer: QgsVectorLayer, field: str) -> list[str]:
    """A column of text, by the numbers of the features."""
    values, _ = QgsVectorLayerUtils.getValues(layer, field)
    return values


def _finding(feature: QgsFeature) -> QTreeWidgetItem:
    place = f"{feature['File']} · {feature['Row']}".replace(" ", _NO_BREAK)  # so that its middle is what is left out
    item = QTreeWidgetItem([str(feature["Text"]), "", "", place])
    item.setData(0, _FINDING, QgsGeometry(feature.geometry()))
    item.setToolTip(0, plain_tip(str(feature["Text"])))
    item.setToolTip(3, plain_tip(item.text(3)))
    return item


def _title(layer: str) -> str:
    """What a layer of the workspace is called on the map."""
    kind = kind_of(layer)
    return layer if kind is None else title_of(kind, layer)


def _report_button(report: Callable[[], str]) -> QPushButton:
    button = QPushButton(tr("Open report"))
    button.clicked.connect(lambda _checked=False: QDesktopServices.openUrl(QUrl.fromLocalFile(report())))
    return button


def _counts(results: dict[str, Any]) -> list[int]:
    """Read, accepted, rejected, skipped."""
    return [int(results[name]) for name in _COUNTS]


def account_text(results: dict[str, Any]) -> str:
    """The account in one sentence."""
    read, accepted, rejected, skipped = (f"{count:,}" for count in _counts(results))
    return tr("{read} records read: {accepted} accepted, {rejected} rejected, {skipped} skipped.").format(
        read=read, accepted=accepted, rejected=rejected, skipped=skipped
    )


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
    _, accepted, rejected, skipped = _counts(results)
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
