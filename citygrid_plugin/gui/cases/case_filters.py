"""The filter bar of the cases: lists with several choices and a count beside each, a period, and words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from qgis.gui import QgsDateEdit, QgsFilterLineEdit
from qgis.PyQt.QtCore import (
    QAbstractListModel,
    QDate,
    QModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    pyqtSignal,
)
from qgis.PyQt.QtGui import QColor, QIcon
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QHBoxLayout,
    QListView,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from citygrid_plugin.core.cases.case_choice import LISTS, CaseFilter
from citygrid_plugin.gui.flow_layout import FlowLayout
from citygrid_plugin.gui.texts import plain_tip
from citygrid_plugin.i18n import tr

from .case_words import filter_words, list_title, value_title

if TYPE_CHECKING:
    from citygrid_plugin.core.cases.case_columns import TextColumn
    from citygrid_plugin.core.spatial.coverage import Indices

_LOW: Final = 700  # pixels; on a lower screen the list has the room
_TYPING_MS: Final = 150  # after the last key, before the list follows
_MANY: Final = 10  # values; from here on an open list can be searched
_LINES: Final = 14  # of an open list
_GREY: Final = QColor("#8a8a8a")
_VALUE: Final = Qt.ItemDataRole.UserRole
_PERIODS: Final = {
    "WEEK": ("This week", "Last week"),
    "MONTH": ("This month", "Last month"),
    "QUARTER": ("This quarter", "Last quarter"),
}
"""Periods (core.cases.evaluation_periods.Period) that are offered, the present one and the one before."""


class ValueModel(QAbstractListModel):
    """Values that can be ticked, with a count each. ``changed``: one was ticked, or no longer."""

    changed = pyqtSignal()

    def __init__(self, name: str, parent: QWidget, icons: Mapping[str, QIcon]) -> None:
        super().__init__(parent)
        self._name, self._icons = name, icons
        self._counts: dict[str, int] = {}
        self.values: list[str] = []
        self.chosen: set[str] = set()

    def offer(self, counts: Mapping[str, int]) -> None:
        """Values with their counts; those that are chosen stay, whether they are still there or not."""
        self._counts = {**dict.fromkeys(self.chosen, 0), **counts}
        if set(self.values) != set(self._counts):
            self.arrange()
        elif self.values:
            self.dataChanged.emit(self.index(0), self.index(len(self.values) - 1))

    def arrange(self) -> None:
        """Put the values into order: the most frequent first; statuses by urgency, as they come."""
        self.beginResetModel()
        self.values = list(self._counts)
        if self._name != "statuses":
            self.values.sort(key=lambda value: (-self._counts[value], value == "", value))
        self.endResetModel()

    def choose(self, values: set[str]) -> None:
        """Tick these values and no others, without a word."""
        self.chosen = set(values)
        self.offer({value: count for value, count in self._counts.items() if count or value in self.chosen})

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.values)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - of Qt
        value = self.values[index.row()]
        count = self._counts.get(value, 0)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{value_title(self._name, value)}  ({count:,})"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(value_title(self._name, value))
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if value in self.chosen else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ForegroundRole:
            return None if count else _GREY
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icons.get(value)
        return value if role == _VALUE else None

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: ANN401 - of Qt
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        (self.chosen.add if Qt.CheckState(value) == Qt.CheckState.Checked else self.chosen.discard)(
            self.values[index.row()]
        )
        self.dataChanged.emit(index, index)
        self.changed.emit()
        return True


class _ValueView(QListView):
    """A list in which a click anywhere in a line ticks it."""

    def __init__(self) -> None:
        super().__init__()
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the count stands at the end
        self._was: Any = None
        self.pressed.connect(self._note)
        self.clicked.connect(self._tick)

    def _note(self, index: QModelIndex) -> None:
        self._was = index.data(Qt.ItemDataRole.CheckStateRole)

    def _tick(self, index: QModelIndex) -> None:
        """Qt itself ticks where the box was hit; elsewhere in the line, this does."""
        now = index.data(Qt.ItemDataRole.CheckStateRole)
        if now == self._was:
            checked = Qt.CheckState(now) == Qt.CheckState.Checked
            other = Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked
            self.model().setData(index, other, Qt.ItemDataRole.CheckStateRole)


class MenuButton(QToolButton):
    """A button that opens a small window; bold where what it stands for is in use."""

    changed = pyqtSignal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self._title = title
        self.setObjectName(f"CityGrid_cases_{name}")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.menu_ = QMenu(self)
        self.setMenu(self.menu_)
        self.tell(0, "")

    def fill(self, inner: QWidget) -> None:
        """What the small window holds."""
        action = QWidgetAction(self.menu_)
        action.setDefaultWidget(inner)
        self.menu_.addAction(action)

    def tell(self, count: int, tip: str) -> None:
        """Show how many choices are made, and which."""
        self.setText(f"{self._title} ({count})" if count else self._title)
        font = self.font()
        font.setBold(bool(count))
        self.setFont(font)
        self.setToolTip(plain_tip(tip or tr("{name}: all").format(name=self._title)))


class ChoiceButton(MenuButton):
    """One list of a filter."""

    def __init__(self, name: str, icons: Mapping[str, QIcon]) -> None:
        super().__init__(name, list_title(name))
        self._name = name
        self.model = ValueModel(name, self, icons)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self.model)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view = _ValueView()
        self.view.setModel(self._found)
        self.entry = QgsFilterLineEdit()
        self.entry.setPlaceholderText(tr("Find a value"))
        self.entry.setShowSearchIcon(True)
        self.entry.textChanged.connect(self._found.setFilterFixedString)
        self.none = QPushButton(tr("All"))
        self.none.setToolTip(tr("Show all values again"))
        self.none.clicked.connect(lambda _checked=False: self._choose_all())
        self.model.changed.connect(self._told)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(6, 6, 6, 6)
        for widget in (self.entry, self.view, self.none):
            column.addWidget(widget)
        self.fill(inner)
        self.menu_.aboutToShow.connect(self._open)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that are ticked, in the order in which they are listed."""
        return tuple(value for value in self.model.values if value in self.model.chosen)

    def choose(self, values: tuple[str, ...]) -> None:
        """Tick these values and no others, without a word."""
        self.model.choose(set(values))
        self._show()

    def offer(self, column: TextColumn | None, counts: Indices | None) -> None:
        """Values with their counts; such as no case has are left out."""
        pairs = zip(column.distinct, counts.tolist(), strict=True) if column is not None and counts is not None else ()
        self.model.offer(dict(pairs))

    def _open(self) -> None:
        self.entry.clear()
        self.model.arrange()
        count = self.model.rowCount()
        self.entry.setVisible(count > _MANY)
        width = max(self.view.sizeHintForColumn(0) + 30, 200)
        room = self.screen().availableGeometry().size()
        row = max(self.view.sizeHintForRow(0), self.fontMetrics().lineSpacing())
        lines = max(3, min(count, _LINES, room.height() // 2 // row))
        self.view.setFixedSize(QSize(min(width, room.width() * 2 // 3), lines * row + 6))
        (self.entry if count > _MANY else self.view).setFocus()

    def _choose_all(self) -> None:
        self.choose(())
        self.menu_.close()
        self.changed.emit()

    def _told(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        values = ", ".join(value_title(self._name, value) for value in self.chosen)
        self.tell(len(self.model.chosen), values)
        self.none.setEnabled(bool(self.model.chosen))


class PeriodButton(MenuButton):
    """The days on which cases were reported."""

    def __init__(self) -> None:
        super().__init__("period", tr("Period"))
        self.today: date | None = None  # where it is another day than that of the clock
        self.first, self.last = _day_box(), _day_box()
        self.menu_.setToolTipsVisible(False)
        self.menu_.addAction(tr("Any time"), lambda: self._take(None, None))
        for name, titles in _PERIODS.items():
            for back, title in enumerate(titles):
                self.menu_.addAction(tr(title), lambda name=name, back=back: self._take_period(name, back))
        inner = QWidget()
        form = QFormLayout(inner)
        form.addRow(tr("Reported from"), self.first)
        form.addRow(tr("until"), self.last)
        self.menu_.addSeparator()
        self.fill(inner)
        for box in (self.first, self.last):
            box.dateValueChanged.connect(self._told)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """First and last day; None for no limit."""
        first, last = _day_of(self.first), _day_of(self.last)
        return (last, first) if first and last and last < first else (first, last)

    def choose(self, first: date | None, last: date | None) -> None:
        """Take other days, without a word."""
        for box, day in ((self.first, first), (self.last, last)):
            box.blockSignals(True)
            if day is None:
                box.clear()
            else:
                box.setDate(QDate(day.year, day.month, day.day))
            box.blockSignals(False)
        self.tell(int(bool(first or last)), "")

    def _take_period(self, name: str, back: int) -> None:
        import numpy as np  # noqa: PLC0415

        from citygrid_plugin.core.cases.evaluation_periods import Period, before, end, starts  # noqa: PLC0415

        today = self.today or QDate.currentDate().toPyDate()
        start = starts(np.array([today], dtype="datetime64[D]"), Period[name])[0]
        for _ in range(back):
            start = before(start, Period[name])
        self._take(start.item(), end(start, Period[name]).item())

    def _take(self, first: date | None, last: date | None) -> None:
        self.choose(first, last)
        self.changed.emit()

    def _told(self, _day: object) -> None:
        self.tell(int(any(self.days)), "")
        self.changed.emit()


class FilterBar(QWidget):
    """All that a filter says. ``changed``: by hand, and a moment after the last key."""

    changed = pyqtSignal()

    def __init__(self, icons: Mapping[str, QIcon]) -> None:
        super().__init__()
        self.lists = {name: ChoiceButton(name, icons if name == "statuses" else {}) for name in LISTS}
        self.period = PeriodButton()
        self.entry = QgsFilterLineEdit()
        self.entry.setShowSearchIcon(True)
        self.entry.setPlaceholderText(tr("Words in number, text, class, place …"))
        self.entry.setToolTip(tr("All words must occur, wherever: number, class, text, department, place, component"))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.changed)
        self.entry.textEdited.connect(lambda _text: self._typing.start())
        self.entry.cleared.connect(self.changed)
        self.entry.returnPressed.connect(self.changed)
        self.more = QToolButton()
        self.more.setText(tr("Filters"))
        self.more.setToolTip(tr("Show or hide the filters; those that are set stay"))
        self.more.setCheckable(True)
        inner = QWidget()
        buttons = FlowLayout()
        inner.setLayout(buttons)
        for button in (*self.lists.values(), self.period):
            buttons.addWidget(button)
            button.changed.connect(self.changed)
        self.more.toggled.connect(inner.setVisible)
        is_low = self.screen().availableGeometry().height() < _LOW
        self.more.setChecked(not is_low)
        inner.setVisible(not is_low)
        line = QHBoxLayout()
        line.addWidget(self.entry, 1)
        line.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(inner)

    def filter(self) -> CaseFilter:
        """The filter as it is now."""
        self._typing.stop()
        first, last = self.period.days
        chosen = {name: button.chosen for name, button in self.lists.items()}
        return CaseFilter(**chosen, first=first, last=last, text=self.entry.text())

    def show_filter(self, wanted: CaseFilter) -> None:
        """Show another filter, without a word."""
        self._typing.stop()
        for name, button in self.lists.items():
            button.choose(getattr(wanted, name))
        self.period.choose(wanted.first, wanted.last)
        self.entry.setText(wanted.text)

    def tell(self, wanted: CaseFilter) -> None:
        """Say on the button of the period which it is."""
        words = filter_words(CaseFilter(first=wanted.first, last=wanted.last))
        self.period.tell(int(bool(wanted.first or wanted.last)), words)


def _day_box() -> QgsDateEdit:
    box = QgsDateEdit()
    box.setAllowNull(True)
    box.setNullRepresentation("–")
    box.setCalendarPopup(True)
    box.clear()
    return box


def _day_of(box: QgsDateEdit) -> date | None:
    return None if box.isNull() else box.date().toPyDate()
