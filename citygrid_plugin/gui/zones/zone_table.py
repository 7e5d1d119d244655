"""Responsibility grids under correction as a table, and their workloads as a histogram."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qgis.PyQt.QtCore import QAbstractTableModel, QLocale, QModelIndex, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    from citygrid_plugin.core.zones.zone_plan import Figures

    from .zone_layer import ZoneLayer

_NONE = ""  # the code of cells without a zone
_WRONG = QColor("#d9001b")
_TITLES: Final = {
    "lock": "Lock",
    "code": "Code",
    "deviation": "± mean",
    "cells": "Unit grids",
    "parts": "Parts",
    "name": "Name",
    "workload": "Workload",
    "components": "Components",
    "cases": "Open cases",
    "area": "Area (ha)",
    "compactness": "Compactness",
    "owner": "Owner",
}
_TIPS: Final = {
    "lock": "A locked responsibility grid stays as it is: no tool and no solution changes it.",
    "deviation": "Workload against the mean of the responsibility grids that are listed",
    "compactness": "4πA/P²: 1 for a circle, 0.785 for a square",
    "parts": "Pieces that do not hang together by common limits; one is right",
}
LOCK, CODE, DEVIATION = (list(_TITLES).index(name) for name in ("lock", "code", "deviation"))
_TEXTS: Final = ("code", "name", "owner")


@dataclass(frozen=True)
class Row:
    """A zone as the table shows it; ``deviation`` is the workload over the mean, less one."""

    code: str
    name: str
    owner: str
    locked: bool
    figures: Figures
    deviation: float


class ZoneModel(QAbstractTableModel):
    """The zones of a plan, or of one community in it. Cells without a zone, wherever, are a row, always the first."""

    lock_wanted = pyqtSignal(str, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._zones: ZoneLayer | None = None
        self._community = ""
        self._codes: list[str] = []
        self._place: dict[str, int] = {}
        self._order = (CODE, Qt.SortOrder.AscendingOrder)
        self.mean = 0.0

    # What is shown

    @property
    def codes(self) -> list[str]:
        """The codes of the rows."""
        return list(self._codes)

    def shows(self, zones: ZoneLayer) -> bool:
        """Whether this is the plan that is shown."""
        return self._zones is zones

    def show(self, zones: ZoneLayer | None, community: str = "") -> None:
        """Show a plan, or those zones that are of one community."""
        self.beginResetModel()
        self._zones, self._community = zones, community
        self._codes = self._wanted()
        self._weigh()
        self._arrange()
        self.endResetModel()

    def update(self, codes: Collection[str], *, settled: bool) -> None:
        """Zones were changed. Rows keep their places until the change is ``settled``."""
        wanted = set(self._wanted())
        if wanted != set(self._codes) or settled:
            self.layoutAboutToBeChanged.emit()
            before = self.persistentIndexList()
            kept = [(self._codes[index.row()], index.column()) for index in before]
            self._codes = [code for code in self._codes if code in wanted]
            self._codes += sorted(wanted - set(self._codes))
            self._weigh()
            self._arrange(sort=settled)
            after = [
                self.index(self._place[code], column) if code in self._place else QModelIndex() for code, column in kept
            ]
            self.changePersistentIndexList(before, after)
            self.layoutChanged.emit()
            return
        mean = self.mean
        self._weigh()
        for code in codes:
            if code in self._place:
                row = self._place[code]
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(_TITLES) - 1))
        if mean != self.mean and self._codes:
            self.dataChanged.emit(self.index(0, DEVIATION), self.index(len(self._codes) - 1, DEVIATION))

    def row_of(self, code: str) -> int | None:
        """The row of a zone."""
        return self._place.get(code)

    def row(self, code: str) -> Row:
        """A zone as it is shown."""
        if self._zones is None:
            raise KeyError(code)
        plan = self._zones.plan
        figures = plan.figures(code)
        return Row(
            code,
            self._zones.name_of(code),
            self._zones.owner_of(code),
            plan.is_locked(code),
            figures,
            figures.workload / self.mean - 1 if self.mean else 0.0,
        )

    def deviations(self) -> dict[str, float]:
        """Workload over the mean, less one, of each zone that is listed."""
        return {code: load / self.mean - 1 if self.mean else 0.0 for code, load in self._loads().items()}

    @property
    def _is_read(self) -> bool:
        """Whether the plan is known: drawing never reads it, for that may take its time, and fail."""
        return self._zones is not None and self._zones.is_read

    def _wanted(self) -> list[str]:
        if self._zones is None:
            return []
        plan = self._zones.plan
        codes = [code for code in plan.zones if self._community in ("", plan.community_of(code))]
        return [_NONE, *codes] if plan.size(_NONE) else codes

    def _weigh(self) -> None:
        loads = self._loads()
        self.mean = sum(loads.values()) / len(loads) if loads else 0.0

    def _loads(self) -> dict[str, float]:
        return {code: self._zones.plan.workload(code) for code in self._codes if code != _NONE} if self._zones else {}

    def _arrange(self, *, sort: bool = True) -> None:
        """Sort the rows; cells without a zone are first, whatever is sorted by."""
        if sort:
            column, order = self._order
            name = list(_TITLES)[column]
            self._codes.sort()
            self._codes.sort(key=lambda code: _value(self.row(code), name), reverse=order != _ASCENDING)
        self._codes.sort(key=lambda code: code != _NONE)
        self._place = {code: row for row, code in enumerate(self._codes)}

    # What Qt asks for

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._codes)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - of Qt
        if orientation != Qt.Orientation.Horizontal:
            return None
        name = list(_TITLES)[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(_TITLES[name])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(_TIPS[name]) if name in _TIPS else tr(_TITLES[name])
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - of Qt
        name = list(_TITLES)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if name in _TEXTS else _RIGHT
        if role not in _SHOWN or not self._is_read:
            return None
        return _SHOWN[role](self.row(self._codes[index.row()]), name)

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
        flags = super().flags(index)
        if index.column() == LOCK and self._codes[index.row()] != _NONE:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: ANN401 - of Qt
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != LOCK:
            return False
        self.lock_wanted.emit(self._codes[index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column from now on."""
        self._order = (column, order)
        if self._is_read:
            self.update((), settled=True)


_ASCENDING = Qt.SortOrder.AscendingOrder
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_FIGURES: Final[dict[str, Callable[[Figures], float]]] = {
    "cells": lambda figures: figures.cells,
    "area": lambda figures: figures.area,
    "components": lambda figures: figures.components,
    "cases": lambda figures: figures.cases,
    "workload": lambda figures: figures.workload,
    "compactness": lambda figures: figures.compactness,
    "parts": lambda figures: figures.parts,
}


def _value(row: Row, name: str) -> Any:  # noqa: ANN401 - of one kind in a column
    """What a column is sorted by."""
    if name in _FIGURES:
        return _FIGURES[name](row.figures)
    return {"lock": row.locked, "code": row.code, "name": row.name, "owner": row.owner}.get(name, row.deviation)


def _text(row: Row, name: str) -> str:
    """What a column shows; of cells without a zone only what can be counted."""
    is_free = row.code == _NONE
    if name == "code":
        return tr("No responsibility grid") if is_free else row.code
    if name == "lock" or (is_free and name in ("name", "owner", "deviation", "compactness", "parts")):
        return ""
    if name == "deviation":
        return share(row.deviation)
    value = _value(row, name)
    if isinstance(value, str):
        return value
    digits = {"area": 2, "workload": 0 if abs(value) >= _MANY else 2, "compactness": 3}.get(name, 0)
    return number(value / _HECTARE if name == "area" else value, digits)


def _check(row: Row, name: str) -> Qt.CheckState | None:
    if name != "lock" or row.code == _NONE:
        return None
    return Qt.CheckState.Checked if row.locked else Qt.CheckState.Unchecked


def _is_wrong(row: Row, name: str) -> bool:
    return row.code == _NONE or (name == "parts" and row.figures.parts > 1)


def _font(row: Row, name: str) -> QFont | None:
    """Not the colour alone says what is wrong."""
    if not _is_wrong(row, name):
        return None
    font = QFont()
    font.setBold(True)
    return font


_SHOWN: Final[dict[Qt.ItemDataRole, Callable[[Row, str], Any]]] = {
    Qt.ItemDataRole.DisplayRole: _text,
    Qt.ItemDataRole.CheckStateRole: _check,
    Qt.ItemDataRole.ForegroundRole: lambda row, name: _WRONG if _is_wrong(row, name) else None,
    Qt.ItemDataRole.FontRole: _font,
}

_HECTARE = 10_000.0  # m²
_MANY = 100  # from here on a workload needs no fractions


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it; no more digits than it needs."""
    text = QLocale().toString(float(value), "f", digits)
    point = QLocale().decimalPoint()
    return text.rstrip("0").removesuffix(point) if point in text and digits != 3 else text  # noqa: PLR2004 - compactness


def share(value: float) -> str:
    """A deviation in percent, with its sign."""
    percent = round(100 * value)
    return f"{percent:+d} %".replace("-", "−") if percent else "0 %"


# Histogram

_STEP = 0.1
_LEAST_BAR = 2  # pixels, so that one zone among hundreds is seen
_ENDS = 5  # steps to each side; what lies further is in the last bar
_BAR, _CHOSEN, _AXIS = QColor("#6fa8dc"), QColor("#e69138"), QColor("#606266")


class Histogram(QWidget):
    """How many zones have how much workload against the mean, in steps of ten percent."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = [0] * (2 * _ENDS + 1)
        self._chosen: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_values(self, values: Sequence[float], chosen: float | None) -> None:
        """Show deviations from the mean (−1 …), one a zone, and mark the bar of the chosen zone."""
        self.counts = [0] * (2 * _ENDS + 1)
        for value in values:
            self.counts[_bar(value)] += 1
        self._chosen = None if chosen is None else _bar(chosen)
        near = self.counts[_ENDS]
        text = tr("{near} of {count} responsibility grids are within 5 % of the mean workload.")
        self.setToolTip(text.format(near=near, count=len(values)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 5 * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = self.fontMetrics().lineSpacing()
        height, width = self.height() - 2 * line, self.width() / len(self.counts)
        most = max(self.counts) or 1
        for place, count in enumerate(self.counts):
            tall = max(height * count / most, _LEAST_BAR) if count else 0.0
            box = QRectF(place * width + 1, line + height - tall, width - 2, tall)
            painter.fillRect(box, _CHOSEN if place == self._chosen else _BAR)
            if count:
                above = QRectF(place * width, box.top() - line, width, line)
                painter.drawText(above, Qt.AlignmentFlag.AlignCenter, str(count))
        painter.setPen(QPen(_AXIS))
        painter.drawLine(0, line + height, self.width(), line + height)
        for place in (0, _ENDS, 2 * _ENDS):
            text = "0 %" if place == _ENDS else share((place - _ENDS) * _STEP)
            text = {0: "≤ " + text, 2 * _ENDS: "≥ " + text}.get(place, text)
            below = QRectF((place + 0.5) * width - 40, line + height, 80, line)
            below.moveLeft(min(max(below.left(), 0), self.width() - below.width()))
            side = {0: Qt.AlignmentFlag.AlignLeft, 2 * _ENDS: Qt.AlignmentFlag.AlignRight}
            painter.drawText(below, side.get(place, Qt.AlignmentFlag.AlignHCenter), text)
        painter.end()


def _bar(value: float) -> int:
    return min(max(round(value / _STEP), -_ENDS), _ENDS) + _ENDS
