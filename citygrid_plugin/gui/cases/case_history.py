"""What is known of one case: its history, text and component, and other reports of the same."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QFrame, QGridLayout, QLabel, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget

from citygrid_plugin.core import fields
from citygrid_plugin.gui.flow_layout import FlowLayout
from citygrid_plugin.gui.texts import GREY, plain_label
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.style_parts import FIELD_TITLES

from .case_list import place_words
from .case_words import NO_TIME, clock, status_title, time_words

if TYPE_CHECKING:
    from citygrid_plugin.core.cases.case_columns import CaseColumns
    from citygrid_plugin.core.cases.case_filter import CaseStates

EVENTS: Final = (
    fields.REPORTED, fields.FILED, fields.SUSPENDED_FROM, fields.SUSPENDED_TO, fields.HANDLED, fields.DEADLINE,
    fields.FINISHED,
)  # fmt: skip
"""Times of a case, in the order in which they usually come."""

DUE_BY_TEXTS: Final = {
    "stated": "as the list states",
    "limit": "by the limit of the case",
    "class": "by the limit of its class",
    "fallback": "by the fallback rule",
}
"""What a deadline comes from (the field DueBy)."""

_SELECTABLE: Final = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
_LISTED: Final = 200  # other reports in the menu
_LINES: Final = 5  # that are shown at least


class CaseDetails(QScrollArea):
    """``zoom``, ``component``: these are wanted of the case that is shown; ``report``: another row of the table."""

    zoom = pyqtSignal(int)
    component = pyqtSignal(int)
    report = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self._case = -1
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(_LINES * self.fontMetrics().lineSpacing())
        self.title, self.state, self.text = (_selectable() for _ in range(3))
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.zoom_button = self._button("zoom", tr("Zoom to the case"))
        self.zoom_button.clicked.connect(lambda _checked=False: self.zoom.emit(self._case))
        self.component_button = self._button("component", "")
        self.component_button.clicked.connect(lambda _checked=False: self.component.emit(self._case))
        self.reports_button = self._button("reports", "")
        self.reports_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._reports = QMenu(self)
        self.reports_button.setMenu(self._reports)
        buttons = FlowLayout()
        for button in (self.zoom_button, self.component_button, self.reports_button):
            buttons.addWidget(button)
        self._history = QGridLayout()
        self._history.setColumnStretch(2, 1)
        self._history.setHorizontalSpacing(10)
        self._history.setVerticalSpacing(1)
        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.state)
        column.addLayout(self._history)
        column.addWidget(self.text)
        column.addLayout(buttons)
        column.addStretch(1)
        self.setWidget(self._inner)
        self.show_case(None, None, -1)

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"CityGrid_cases_{name}")
        button.setText(text)
        return button

    def show_case(self, cases: CaseColumns | None, states: CaseStates | None, case: int) -> None:
        """Show a row of a table; a negative one for none."""
        self._case = case
        _empty(self._history)
        if cases is None or states is None or case < 0:
            self.title.setText("")
            self.state.setText(tr("Click a case to see its history."))
            for widget in (self.text, self.zoom_button, self.component_button, self.reports_button):
                widget.hide()
            return
        number, kind = cases.texts[fields.CASE_ID][case], cases.classes[case]
        self.title.setText(" · ".join(text for text in (number, kind) if text))
        self.state.setText(_state(cases, states, case))
        for row, (time, what, remark) in enumerate(history(cases, case)):
            for column, (text, style) in enumerate(((time, ""), (what, ""), (remark, GREY))):
                self._history.addWidget(_selectable(text, style), row, column, Qt.AlignmentFlag.AlignTop)
        text = cases.texts[fields.TEXT][case]
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.zoom_button.setVisible(not math.isnan(cases.xy[case, 0]))
        component = cases.texts[fields.OBJ_ID][case]
        self.component_button.setText(tr("Component {code}").format(code=component))
        self.component_button.setVisible(bool(component))
        self._list_reports(cases, case)

    def _list_reports(self, cases: CaseColumns, case: int) -> None:
        self._reports.clear()
        others = [int(row) for row in cases.same_reports(case) if row != case]
        self.reports_button.setVisible(bool(others))
        self.reports_button.setText(tr("Other reports ({count})").format(count=f"{len(others):,}"))
        for row in others[:_LISTED]:
            time = clock(cases.times[fields.REPORTED][row])
            text = f"{cases.texts[fields.CASE_ID][row]}  {time}"
            text += "" if cases.is_repeat[row] else f"  ({tr('first report')})"
            self._reports.addAction(text.replace("&", "&&"), lambda row=row: self.report.emit(row))


def history(cases: CaseColumns, case: int) -> list[tuple[str, str, str]]:
    """The times of a case in their order: time, what happened then, a remark."""
    known = [name for name in EVENTS if clock(cases.times[name][case])]
    known.sort(key=lambda name: cases.times[name][case])
    return [(clock(cases.times[name][case]), tr(FIELD_TITLES[name]), _remark(cases, case, name)) for name in known]


def _remark(cases: CaseColumns, case: int, name: str) -> str:
    if name == fields.REPORTED:
        return cases.texts[fields.SOURCE][case]
    if name == fields.FILED:
        return cases.texts[fields.FILING_CONDITION][case]
    if name == fields.DEADLINE:
        due_by = cases.texts[fields.DUE_BY][case]
        words = tr(DUE_BY_TEXTS[due_by]) if due_by in DUE_BY_TEXTS else due_by
        return " · ".join(text for text in (cases.texts[fields.TIME_LIMIT][case], words) if text)
    returns = cases.returns[case]
    if name == fields.HANDLED and returns > 0:
        return tr("sent back {count} times").format(count=int(returns))
    return ""


def _state(cases: CaseColumns, states: CaseStates, case: int) -> str:
    time, returns = time_words(states, case), cases.returns[case]
    sent_back = returns > 0 and not clock(cases.times[fields.HANDLED][case])
    parts = (
        status_title(states.status[case]),
        "" if time == NO_TIME else time,
        cases.texts[fields.STAGE][case],
        cases.texts[fields.DEPARTMENT][case],
        place_words(cases, case),
        tr("sent back {count} times").format(count=int(returns)) if sent_back else "",
    )
    return " · ".join(part for part in parts if part)


def _selectable(text: str = "", style: str = "") -> QLabel:
    label = plain_label(text, style)
    label.setTextInteractionFlags(_SELECTABLE)
    return label


def _empty(layout: QGridLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if item.widget() is not None:
            item.widget().deleteLater()
