"""The list of cases: a table over arrays, good for hundreds of thousands of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from qgis.core import Qgis, QgsSymbolLayerUtils
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont, QIcon, QKeyEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from citygrid_plugin.core import fields
from citygrid_plugin.gui.texts import plain_tip
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.cases.case_styles import CASE_LOOKS
from citygrid_plugin.processing.style_parts import FIELD_TITLES, symbol_of

from .case_words import status_title, time_words

if TYPE_CHECKING:
    from citygrid_plugin.core.cases.case_columns import CaseColumns
    from citygrid_plugin.core.cases.case_filter import CaseStates
    from citygrid_plugin.core.spatial.coverage import Indices

HEADINGS: Final = {
    "number": FIELD_TITLES[fields.CASE_ID],
    "urgency": "Left / over",
    "status": FIELD_TITLES[fields.STATUS],
    "class": FIELD_TITLES[fields.CLASS_NAME],
    "department": FIELD_TITLES[fields.DEPARTMENT],
    "place": "Place",
}
"""What the list shows: the order it can be sorted by (``core.cases.case_filter.arranged``), and an English title.

A narrow dock shows the first two; the marker beside the number is that of the status.
"""

URGENCY: Final = list(HEADINGS).index("urgency")
_NAMES: Final = list(HEADINGS)
_ICON: Final = 16
_HEIGHT: Final = 1.5  # of a row, in lines of text
_WIDTHS: Final = {"number": 18, "urgency": 15, "status": 9, "class": 14, "department": 16, "place": 24}  # letters
_ROWS: Final = 4  # that are shown at least
_PLACE: Final = (fields.STREET_NAME, fields.COMMUNITY_NAME, fields.BGID)
_REPEAT: Final = "↳ "


class CaseModel(QAbstractTableModel):
    """Rows of a table of cases, in the order given. ``sorting``: a column was chosen to sort by, and whether back."""

    sorting = pyqtSignal(str, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._cases: CaseColumns | None = None
        self._states: CaseStates | None = None
        self._rows: Indices | None = None
        self._grouped = False
        self._icons = status_icons()
        self._bold = QFont()
        self._bold.setBold(True)

    def show(
        self, cases: CaseColumns | None, states: CaseStates | None, rows: Indices | None, *, grouped: bool
    ) -> None:
        """Show these rows of a table."""
        self.beginResetModel()
        self._cases, self._states, self._rows, self._grouped = cases, states, rows, grouped
        self.endResetModel()

    def case_at(self, index: QModelIndex) -> int | None:
        """The row of the table that stands at a place of the list."""
        return None if self._rows is None or not index.isValid() else int(self._rows[index.row()])

    def place_of(self, case: int) -> int | None:
        """Where a row of the table stands in the list."""
        if self._rows is None:
            return None
        places = (self._rows == case).nonzero()[0]
        return int(places[0]) if len(places) else None

    # What Qt asks for

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if self._rows is None or (parent is not None and parent.isValid()) else len(self._rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - of Qt
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADINGS[_NAMES[section]])
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - of Qt
        row, name = self.case_at(index), _NAMES[index.column()]
        if row is None or self._cases is None or self._states is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._text(row, name))
        if role == Qt.ItemDataRole.DecorationRole and name == "number":
            return self._icons.get(self._states.status[row])
        if role == Qt.ItemDataRole.FontRole and name == "urgency" and self._states.status[row] == "overdue":
            return self._bold
        return None

    def _text(self, row: int, name: str) -> str:
        cases, states = self._cases, self._states
        if cases is None or states is None:
            return ""
        texts: dict[str, Callable[[], str]] = {
            "number": lambda: self._number(cases, row),
            "status": lambda: status_title(states.status[row]),
            "urgency": lambda: time_words(states, row),
            "class": lambda: cases.classes[row],
            "department": lambda: cases.texts[fields.DEPARTMENT][row],
            "place": lambda: place_words(cases, row),
        }
        return texts[name]()

    def _number(self, cases: CaseColumns, row: int) -> str:
        """The number of a case; of one that was reported again, how often, and of a repeat, that it is one."""
        number = cases.texts[fields.CASE_ID][row]
        if cases.is_repeat[row]:
            return _REPEAT + number if self._grouped else number
        reports = int(cases.reports[row])
        return f"{number}  ×{reports}" if reports > 1 else number

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order."""
        if column >= 0:
            self.sorting.emit(_NAMES[column], order == Qt.SortOrder.DescendingOrder)


class CaseList(QTableView):
    """``looked_at``: a row of the table became the current one; ``wanted``: it was clicked, or Enter was pressed."""

    looked_at = pyqtSignal(int)
    wanted = pyqtSignal(int)

    def __init__(self, model: CaseModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(_ICON, _ICON))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # else Qt would ask each row for its height
        height = round(_HEIGHT * self.fontMetrics().lineSpacing())
        rows.setDefaultSectionSize(height)
        head = self.horizontalHeader()
        head.setSectionsMovable(True)
        head.setStretchLastSection(True)
        head.setSortIndicator(URGENCY, Qt.SortOrder.AscendingOrder)
        letter = self.fontMetrics().horizontalAdvance("0")
        for column, name in enumerate(_NAMES):
            self.setColumnWidth(column, _WIDTHS[name] * letter)
        self.setSortingEnabled(True)
        self.setMinimumHeight(head.sizeHint().height() + _ROWS * height)
        self.clicked.connect(self._want)
        self.selectionModel().currentRowChanged.connect(self._look)

    def choose(self, case: int) -> bool:
        """Make a row of the table the current one; whether it is in the list."""
        place = self._model.place_of(case)
        if place is None:
            return False
        self.setCurrentIndex(self._model.index(place, max(self.currentIndex().column(), 0)))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._want(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _want(self, index: QModelIndex) -> None:
        case = self._model.case_at(index)
        if case is not None:
            self.wanted.emit(case)

    def _look(self, index: QModelIndex, _before: QModelIndex) -> None:
        case = self._model.case_at(index)
        if case is not None:
            self.looked_at.emit(case)


def status_icons() -> dict[str, QIcon]:
    """The markers of the map by status: shapes tell them apart, not colours alone."""
    size = QSize(_ICON, _ICON)
    return {
        value: QIcon(QgsSymbolLayerUtils.symbolPreviewPixmap(symbol_of(Qgis.GeometryType.Point, look), size))
        for look in CASE_LOOKS
        for value in look.values
    }


def place_words(cases: CaseColumns, row: int) -> str:
    """Street, community and unit grid of a case, as far as they are known."""
    return " ".join(text for name in _PLACE if (text := cases.texts[name][row]))
