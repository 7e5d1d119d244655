"""The list of responsibility grids under correction: what is chosen in it."""

from __future__ import annotations

from typing import Final

from qgis.PyQt.QtCore import QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractItemView, QApplication, QTableView

from .zone_table import CODE, LOCK, ZoneModel

_ROWS: Final = 8  # that are shown at least
_HEIGHT: Final = 1.4  # of a row, in lines of text
_MEASURED: Final = 100  # rows by which columns get their width


class ZoneList(QTableView):
    """A row a zone. ``picked``: one became the current row; ``clicked_on``: one alone was clicked."""

    picked = pyqtSignal(str)
    clicked_on = pyqtSignal(str)

    def __init__(self, zones: ZoneModel) -> None:
        super().__init__()
        self._zones = zones
        self.setModel(zones)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionsMovable(True)
        self.horizontalHeader().setResizeContentsPrecision(_MEASURED)
        row = round(_HEIGHT * self.fontMetrics().lineSpacing())
        self.verticalHeader().setDefaultSectionSize(row)
        self.setMinimumHeight((_ROWS + 2) * row)
        self.setSortingEnabled(True)
        self.sortByColumn(CODE, Qt.SortOrder.AscendingOrder)
        self.clicked.connect(self._clicked)
        self.selectionModel().currentChanged.connect(self._current_changed)

    def chosen(self) -> list[str]:
        """The zones whose rows are chosen."""
        codes = self._zones.codes
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [codes[row] for row in rows if codes[row]]

    def choose(self, code: str) -> None:
        """Choose the row of a zone, if it has one; where it is chosen among others, nothing changes."""
        row = self._zones.row_of(code) if code else None
        if row is not None and code not in self.chosen():
            index = self._zones.index(row, 0)
            rows = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, rows)
            self.scrollTo(index)

    def _clicked(self, index: QModelIndex) -> None:
        several = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if not QApplication.keyboardModifiers() & several and index.column() != LOCK:
            self.clicked_on.emit(self._zones.codes[index.row()])

    def _current_changed(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.picked.emit(self._zones.codes[now.row()])
