"""The number of responsibility grids of each community, shown and edited before a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from processing.gui.wrappers import DIALOG_STANDARD, WidgetWrapper
from qgis.core import QgsProcessing, QgsProcessingUtils, QgsVectorLayer
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from citygrid_plugin.core import fields
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.gui.texts import GREY, plain_label
from citygrid_plugin.gui.widgets import answers, fitting
from citygrid_plugin.i18n import tr

_ALGORITHM = "citygrid:responsibilitygrids"
_SIZE = QSize(720, 560)
_COUNT, _QUOTA = "Count", "Quota"
_EDITED = 5  # column of the numbers
_UNMADE = ("OUTPUT", "ZONES")  # of a dry run


@dataclass(frozen=True)
class Share:
    """A community with its unit grids and workload, what it is worth, and the number that it gets."""

    code: str
    name: str
    cells: int
    workload: float
    quota: float
    count: int


def shares_of(layer: QgsVectorLayer) -> list[Share]:
    """The rows of the output ALLOCATION."""
    return [
        Share(
            code=str(row[fields.COMMUNITY_CODE]),
            name=str(row[fields.COMMUNITY_NAME] or ""),
            cells=int(row[fields.CELLS]),
            workload=float(row[fields.WORKLOAD]),
            quota=float(row[_QUOTA]),
            count=int(row[_COUNT]),
        )
        for row in layer.getFeatures()
    ]


class AllocationDialog(QDialog):
    """Communities with their numbers, which can be changed; ``counts`` are the changed ones."""

    def __init__(self, shares: Sequence[Share], given: dict[str, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Responsibility grids of each community"))
        self.resize(fitting(self, _SIZE))
        self._shares = list(shares)
        self._given = {code for code in given if code in {share.code for share in shares}}
        self.table = QTableWidget(len(self._shares), _EDITED + 1)
        self.table.setHorizontalHeaderLabels(
            [tr("Code"), tr("Community"), tr("Unit grids"), tr("Workload"), tr("Quota by workload"), tr("Number")]
        )
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.boxes = [self._fill(row, share) for row, share in enumerate(self._shares)]
        self._sum = plain_label()
        for box in self.boxes:
            box.valueChanged.connect(lambda _value: self._tell())
        self._tell()
        column = QVBoxLayout(self)
        column.addWidget(self.table, 1)
        column.addWidget(self._sum)
        hint = tr("Numbers that you change stay as you set them; the rule shares the rest among the others.")
        column.addWidget(plain_label(hint, GREY))
        column.addWidget(answers(self, tr("Use these numbers")))

    @property
    def counts(self) -> dict[str, int]:
        """The number of each community that was set by hand, now or before."""
        rows = zip(self._shares, self.boxes, strict=True)
        return {
            share.code: box.value() for share, box in rows if box.value() != share.count or share.code in self._given
        }

    def _fill(self, row: int, share: Share) -> QSpinBox:
        texts = (share.code, share.name, f"{share.cells:,}", f"{share.workload:,.0f}", f"{share.quota:.2f}")
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column > 1:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)
        box = QSpinBox()
        box.setRange(1, max(share.cells, 1))
        box.setValue(share.count)
        self.table.setCellWidget(row, _EDITED, box)
        return box

    def _tell(self) -> None:
        """The sum, and how it differs from the one before."""
        total, before = sum(box.value() for box in self.boxes), sum(share.count for share in self._shares)
        text = tr("{count} responsibility grids in all.").format(count=f"{total:,}")
        if total != before:
            text += " " + tr("Before: {count}.").format(count=f"{before:,}")
        self._sum.setText(text)


class CountsWrapper(WidgetWrapper):
    """The parameter COUNTS in the dialog of the algorithm: a line, and a button that shows and edits the numbers."""

    def createWidget(self) -> QWidget:
        self.line = QLineEdit()
        if self.dialogType != DIALOG_STANDARD:
            return self.line
        self._run = Run(_ALGORITHM, tr("The numbers could not be found."), self.line)
        self._run.ended.connect(self._show)
        self.button = QPushButton(tr("Show and edit…"))
        self.button.clicked.connect(lambda _checked=False: self._ask())
        self.told = plain_label(style=GREY)
        self.told.hide()
        line = QHBoxLayout()
        line.addWidget(self.line, 1)
        line.addWidget(self.button)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self.told)
        return whole

    def setValue(self, value: Any) -> None:  # noqa: ANN401 - of Processing
        self.line.setText("" if value is None else str(value))

    def value(self) -> str:
        return self.line.text()

    def _ask(self) -> None:
        """Find the numbers as the dialog is filled in now."""
        try:
            values = dict(self.dialog.createProcessingParameters())
        except Exception as error:  # noqa: BLE001 - Processing has its own kind for each thing that is missing
            self._tell(tr("Fill in the parameters above first. {why}").format(why=error))
            return
        values |= dict.fromkeys((*_UNMADE, "ALLOCATION"), QgsProcessing.TEMPORARY_OUTPUT)
        self.button.setEnabled(False)
        self._tell(tr("The numbers are being found…"))
        self._run.start({**values, "REPORT": None, "DRY_RUN": True})

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self.button.setEnabled(True)
        self._tell("" if successful else message)
        layer = QgsProcessingUtils.mapLayerFromString(str(results.get("ALLOCATION", "")), self._run.context)
        if successful and isinstance(layer, QgsVectorLayer):
            dialog = AllocationDialog(shares_of(layer), _read(self.line.text()), self.widget)
            if dialog.exec():
                self.line.setText(json.dumps(dialog.counts) if dialog.counts else "")

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))


def _read(text: str) -> dict[str, int]:
    """The numbers in a JSON text; none where it is something else, such as the path of a table."""
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
