"""Last pages of the census wizard: what would become of the records, with each finding on the map; and the import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingUtils,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import rule_texts
from citygrid_plugin.processing.import_components import ImportComponents

from .places import show_place
from .runs import Run
from .texts import plain_label, plain_tip

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

_ALGORITHM = "citygrid:importcomponents"
_SHOWN = 200  # findings of one rule that the list holds; the layer has all
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


class CheckPage(QWizardPage):
    """A dry run: the account, and each finding with its place. Errors block Next, warnings do not."""

    def __init__(self, parameters: Callable[[], dict[str, Any]], canvas: QgsMapCanvas) -> None:
        super().__init__()
        self._parameters, self._canvas = parameters, canvas
        self._crs = QgsCoordinateReferenceSystem()
        self._accepted = 0
        self._report = ""
        self.levels: dict[str, str] = {}  # LEVELS of the algorithm, where they are not the usual ones
        self.update = QComboBox()  # UPDATE of the algorithm
        self.update.addItems([tr(text) for text in ImportComponents.UPDATES])
        self.update.activated.connect(lambda _index: self._start())
        self._renewing = QWidget()
        choice = QHBoxLayout(self._renewing)
        choice.setContentsMargins(0, 0, 0, 0)
        choice.addWidget(QLabel(tr("Components imported before are")))
        choice.addWidget(self.update, 1)
        self.bar = QProgressBar()
        self.run = _import_run(self)
        self.run.progressed.connect(lambda share: self.bar.setValue(int(share)))
        self.run.ended.connect(self._show)
        self.setTitle(tr("Check"))
        self.setSubTitle(tr("Nothing is written yet. Click a finding to see its place on the map."))
        self.setCommitPage(True)
        self.again = QPushButton(tr("Check again"))
        self.again.clicked.connect(lambda _checked=False: self._start())
        self.report = QPushButton(tr("Open report"))
        self.report.clicked.connect(lambda _checked=False: QDesktopServices.openUrl(QUrl.fromLocalFile(self._report)))
        self.told = plain_label()
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([tr("Finding"), tr("Level"), tr("Records"), tr("File and row")])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.setWordWrap(True)
        self.tree.itemClicked.connect(lambda item, _column: self.zoom_to(item))
        line = QHBoxLayout()
        line.addWidget(self.bar, 1)
        line.addWidget(self.again)
        line.addWidget(self.report)
        column = QVBoxLayout(self)
        column.addWidget(self._renewing)
        column.addLayout(line)
        column.addWidget(self.told)
        column.addWidget(self.tree, 1)

    def initializePage(self) -> None:
        self._renewing.setVisible("EXISTING" in self._parameters())
        self._start()

    def cleanupPage(self) -> None:
        self.forget()

    def isComplete(self) -> bool:
        return not self.run.is_running and self._accepted > 0

    def forget(self) -> None:
        """End the run."""
        self.run.forget()

    def _start(self) -> None:
        self._accepted = 0
        self.tree.clear()
        self.bar.setValue(0)
        self.bar.show()
        self.report.setEnabled(False)
        self.told.setText(tr("The records are being checked…"))
        temporary = QgsProcessing.TEMPORARY_OUTPUT
        self.run.start(
            self._parameters()
            | dict.fromkeys(("OUTPUT", "REJECTED", "PROBLEMS", "CHANGES", "REPORT"), temporary)
            | {"DRY_RUN": True}
        )
        self.completeChanged.emit()

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self.bar.hide()
        if not successful:
            self.told.setText(message)
            self.completeChanged.emit()
            return
        self._accepted = int(results["ACCEPTED_COUNT"])
        text = account_text(results)
        if not self._accepted:
            text += " " + tr("No record would be taken: go back and look at the mapping and the coordinates.")
        self.told.setText(" ".join((text, *self._changes(results))))
        self._report = str(results.get("REPORT", ""))
        self.report.setEnabled(bool(self._report))
        layer = QgsProcessingUtils.mapLayerFromString(str(results.get("PROBLEMS", "")), self.run.context)
        if isinstance(layer, QgsVectorLayer):
            self._list(layer)
        self.completeChanged.emit()

    def _changes(self, results: dict[str, Any]) -> Iterator[str]:
        """What becomes of the components imported before, in one sentence."""
        from citygrid_plugin.core.census_changes import TEXTS  # noqa: PLC0415

        layer = QgsProcessingUtils.mapLayerFromString(str(results.get("CHANGES", "")), self.run.context)
        if isinstance(layer, QgsVectorLayer):
            kinds = {feature["ObjID"] or str(feature.id()): str(feature["Kind"]) for feature in layer.getFeatures()}
            counts = ", ".join(f"{tr(TEXTS[kind])} {count:,}" for kind, count in Counter(kinds.values()).items())
            yield tr("Components imported before: {counts}.").format(counts=counts or "0")

    def _list(self, layer: QgsVectorLayer) -> None:
        """Findings by rule, the most frequent first."""
        self._crs = layer.crs()
        texts = rule_texts()
        counts: Counter[str] = Counter()
        tops: dict[str, QTreeWidgetItem] = {}
        levels: dict[str, str] = {}
        for feature in layer.getFeatures():
            rule = str(feature["Rule"])
            counts[rule] += 1
            if rule not in tops:
                tops[rule] = QTreeWidgetItem([texts[rule].format(value="…"), "", "", ""])
                levels[rule] = str(feature["Level"])
            if counts[rule] <= _SHOWN:
                tops[rule].addChild(_finding(feature))
        for rule, count in counts.most_common():
            tops[rule].setText(2, f"{count:,}")
            self.tree.addTopLevelItem(tops[rule])
            self.tree.setItemWidget(tops[rule], 1, self._level_box(rule, levels[rule]))
        self.tree.resizeColumnToContents(1)
        self.tree.resizeColumnToContents(3)

    def _level_box(self, rule: str, level: str) -> QComboBox:
        """What becomes of these records; another choice checks anew."""
        from citygrid_plugin.core.census_rules import RULES  # noqa: PLC0415

        box = QComboBox()
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

    def __init__(self, parameters: Callable[[], dict[str, Any]], imported: Callable[[], None]) -> None:
        super().__init__()
        self._parameters, self._imported = parameters, imported
        self._ended = False
        self.setTitle(tr("Import"))
        self.setFinalPage(True)
        self.bar = QProgressBar()
        self.run = _import_run(self)
        self.run.progressed.connect(lambda share: self.bar.setValue(int(share)))
        self.run.ended.connect(self._show)
        self.told = plain_label()
        column = QVBoxLayout(self)
        column.addWidget(self.bar)
        column.addWidget(self.told)
        column.addStretch(1)

    def initializePage(self) -> None:
        self._ended = False
        self.told.setText(tr("The components are being imported…"))
        self.run.start(self._parameters() | {"REPORT": QgsProcessing.TEMPORARY_OUTPUT})

    def isComplete(self) -> bool:
        return self._ended

    def forget(self) -> None:
        """End the run; what it has written so far is not seen."""
        self.run.forget()

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self._ended = True
        self.bar.setValue(100 if successful else 0)
        self.told.setText(account_text(results) if successful else message)
        if successful:
            self._imported()
        self.completeChanged.emit()


def _import_run(page: QWizardPage) -> Run:
    return Run(_ALGORITHM, tr("The import did not end well."), page)


def _finding(feature: QgsFeature) -> QTreeWidgetItem:
    item = QTreeWidgetItem([str(feature["Text"]), "", "", f"{feature['File']} · {feature['Row']}"])
    item.setData(0, _FINDING, QgsGeometry(feature.geometry()))
    item.setToolTip(0, plain_tip(str(feature["Text"])))
    return item


def account_text(results: dict[str, Any]) -> str:
    """The account in one sentence."""
    read, accepted, rejected, skipped = (int(results[name]) for name in _COUNTS)
    return tr("{read} records read: {accepted} accepted, {rejected} rejected, {skipped} skipped.").format(
        read=read, accepted=accepted, rejected=rejected, skipped=skipped
    )
