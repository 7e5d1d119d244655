"""The list of plans: what is on the map is kept as a plan, plans are opened, compared, and put in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessing
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QDate, QSize, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QDateEdit,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.gui import background
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.gui.texts import GREY, plain_label, praise, warn
from citygrid_plugin.gui.widgets import answers, fitting
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.days import dashed
from citygrid_plugin.storage.workspace import destination

if TYPE_CHECKING:
    from citygrid_plugin.storage.plans import Plan

CHANGES, TRANSFERS = "plan_changes", "plan_transfers"
_SIZE = QSize(820, 460)
_TWO = 2
_DATE = "yyyyMMdd"


class PlanManager(QDialog):
    """Keeps, opens, copies, names and compares the plans of a workspace.

    ``opened``: another plan is on the map; ``compared``: the layers ``CHANGES`` and ``TRANSFERS`` were written.
    ``is_edited`` tells whether the layers on the map hold changes that are not saved.
    """

    opened = pyqtSignal()
    compared = pyqtSignal()

    def __init__(self, parent: QWidget | None, workspace: Path, is_edited: Callable[[], bool]) -> None:
        super().__init__(parent)
        self.setObjectName("CityGridPlans")
        self.setWindowTitle(tr("Plans of responsibility grids"))
        self.resize(fitting(self, _SIZE))
        self._workspace, self._is_edited = workspace, is_edited
        self._plans: list[Plan] = []
        self._is_kept = True
        self._task: background.Background | None = None
        self._report = ""
        self._comparison = Run("citygrid:compareplans", tr("The comparison did not end well."), self)
        self._comparison.ended.connect(self._show_comparison)
        self._lay_out()
        self.refresh()

    # What others ask for

    @property
    def is_busy(self) -> bool:
        """Whether something goes on."""
        return self._task is not None or self._comparison.is_running

    def refresh(self) -> None:
        """Read the list anew."""
        from citygrid_plugin.storage import plans  # noqa: PLC0415 - loads pandas

        chosen = {plan.name for plan in self._chosen()}
        try:
            self._plans, self._is_kept = plans.plans(self._workspace), plans.is_kept(self._workspace)
        except CityGridError as error:
            self._tell(sentence(error))
        self.tree.blockSignals(True)  # list and rows are not the same meanwhile
        self.tree.clear()
        for plan in self._plans:
            item = QTreeWidgetItem([plan.name, _in_force(plan), f"{plan.zones:,}", _day_made(plan), plan.note])
            font = item.font(0)
            font.setBold(plan.is_open)
            item.setFont(0, font)
            self.tree.addTopLevelItem(item)
            item.setSelected(plan.name in chosen)
        self.tree.blockSignals(False)
        self._now.setText(self._on_the_map())
        self._enable()

    def keep(self, name: str, *, replace: bool = False) -> None:
        """Keep what is on the map under a name."""
        from citygrid_plugin.storage import plans  # noqa: PLC0415

        if self._refuses_edited():
            return
        self._do(
            lambda _progress: plans.keep(self._workspace, name, replace=replace),
            lambda _none: self._praise(tr("“{plan}” is kept.").format(plan=name.strip())),
        )

    def open_plan(self, name: str) -> None:
        """Put a plan on the map, in place of what is there."""
        from citygrid_plugin.storage import plans  # noqa: PLC0415

        def done(result: plans.Opened) -> None:
            self.opened.emit()
            self._praise(tr("“{plan}” is on the map.").format(plan=name))
            if result.gone or result.unassigned:
                text = tr(
                    "The unit grid has changed since: {gone} unit grids of the plan are no more, and {unassigned} unit "
                    "grids have no responsibility grid. Run “Create responsibility grids”, or assign them by hand."
                )
                self._tell(text.format(gone=result.gone, unassigned=result.unassigned))

        if not self._refuses_edited():
            self._do(lambda progress: plans.open_plan(self._workspace, name, progress), done)

    def compare(self, before: str, after: str) -> None:
        """Compare two plans; an empty name is what is on the map."""
        outputs = {"OUTPUT": CHANGES, "TABLE": TRANSFERS}
        values: dict[str, Any] = {name: destination(self._workspace, layer) for name, layer in outputs.items()}
        values |= {"WORKSPACE": str(self._workspace), "BEFORE": before, "AFTER": after}
        self._comparison.start(values | {"REPORT": QgsProcessing.TEMPORARY_OUTPUT})
        self._enable()

    def done(self, result: int) -> None:
        """Closing ends what still runs."""
        self._comparison.forget()
        if self._task is not None:
            self._task.forget()
            self._task = None
        super().done(result)

    # Buttons

    def _ask_keep(self) -> None:
        from citygrid_plugin.storage import plans  # noqa: PLC0415

        if self._refuses_edited():
            return
        free = plans.free_name(self._plans, tr("Plan {number}"))
        name = self._ask_name(tr("Keep what is on the map as a plan"), free)
        if name is not None:
            self.keep(name)

    def _save(self) -> None:
        plan = self._open()
        if plan is not None:
            self.keep(plan.name, replace=True)

    def _ask_open(self) -> None:
        chosen = self._chosen()
        if len(chosen) != 1 or self._refuses_edited():
            return
        if self._is_kept or self._may_lose():
            self.open_plan(chosen[0].name)

    def _ask_copy(self) -> None:
        self._ask_new_name(tr("Copy the plan"), "copy")

    def _ask_rename(self) -> None:
        self._ask_new_name(tr("Rename the plan"), "rename")

    def _ask_new_name(self, title: str, action: str) -> None:
        """Copy or rename the chosen plan."""
        from citygrid_plugin.storage import plans  # noqa: PLC0415

        (plan,) = self._chosen()
        name = self._ask_name(title, plan.name)
        work = {"copy": plans.copy, "rename": plans.rename}[action]
        if name is not None:
            self._do(lambda _progress: work(self._workspace, plan.name, name), lambda _none: None)

    def _ask_note(self) -> None:
        from citygrid_plugin.storage import plans  # noqa: PLC0415

        (plan,) = self._chosen()
        note = self._ask_text(tr("Note on the plan"), tr("Note"), plan.note)
        if note is not None:
            self._do(lambda _progress: plans.set_note(self._workspace, plan.name, note), lambda _none: None)

    def _ask_remove(self) -> None:
        from citygrid_plugin.storage import plans  # noqa: PLC0415

        (plan,) = self._chosen()
        text = tr("Delete the plan “{plan}”? What is on the map stays.").format(plan=plan.name)
        if self._ask(text, tr("Delete")):
            self._do(lambda _progress: plans.remove(self._workspace, plan.name), lambda _none: None)

    def _ask_in_force(self) -> None:
        from citygrid_plugin.storage import plans  # noqa: PLC0415

        (plan,) = self._chosen()
        date = self._ask_date(tr("“{plan}” is in force from").format(plan=plan.name))
        if date:
            self._do(lambda _progress: plans.put_in_force(self._workspace, plan.name, date), lambda _none: None)

    def _ask_compare(self) -> None:
        names = [plan.name for plan in self._chosen()]
        if not self._refuses_edited():
            older_first = names[::-1] if len(names) == _TWO else [names[0], ""]
            self.compare(*older_first)

    # Questions

    def _ask_name(self, title: str, name: str) -> str | None:
        return self._ask_text(title, tr("Name of the plan"), name)

    def _ask_text(self, title: str, label: str, text: str) -> str | None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(title)
        dialog.setLabelText(label)
        dialog.setTextValue(text)
        dialog.setOkButtonText(tr("OK"))
        dialog.setCancelButtonText(tr("Cancel"))
        return dialog.textValue() if dialog.exec() else None

    def _ask(self, text: str, yes: str) -> bool:
        box = QMessageBox(QMessageBox.Icon.Question, self.windowTitle(), text, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        agreed = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is agreed

    def _ask_date(self, title: str) -> str:
        """A day as YYYYMMDD; empty where the user cancels."""
        dialog = QDialog(self)
        dialog.setWindowTitle(tr("In force from"))
        day = QDateEdit(QDate.currentDate())
        day.setCalendarPopup(True)
        day.setDisplayFormat("yyyy-MM-dd")
        column = QVBoxLayout(dialog)
        for widget in (plain_label(title), day, answers(dialog, tr("OK"))):
            column.addWidget(widget)
        return day.date().toString(_DATE) if dialog.exec() else ""

    def _may_lose(self) -> bool:
        text = tr("What is on the map is not kept in any plan and would be lost. Open the other plan all the same?")
        return self._ask(text, tr("Open, and lose it"))

    def _refuses_edited(self) -> bool:
        """Whether there are changes that are not saved yet; says so."""
        edited = self._is_edited()
        if edited:
            self._bar.clearWidgets()
            self._tell(tr("The responsibility grids have changes that are not saved. Save or undo them first."))
        return edited

    # Work

    def _do(self, work: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        """Do something to the plans in the background, then read the list anew."""
        if self.is_busy:
            return
        self._bar.clearWidgets()

        def ended(result: Any) -> None:  # noqa: ANN401 - of the work
            self._task = None
            self.refresh()
            done(result)

        def failed(message: str) -> None:
            self._task = None
            self.refresh()
            if message:
                self._tell(message)

        self._task = background.start(self.windowTitle(), work, ended, failed)
        self._enable()

    def _show_comparison(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self._bar.clearWidgets()
        if successful:
            self._report = str(results.get("REPORT", ""))
            count = int(results["CHANGED_COUNT"])
            found = tr("{count} unit grids changed hands; they are on the map.").format(count=f"{count:,}")
            self._praise(found if count else tr("The two plans are the same."))
            self.compared.emit()
        elif message:
            self._tell(message)
        self._enable()

    def _tell(self, text: str) -> None:
        warn(self._bar, text)

    def _praise(self, text: str) -> None:
        praise(self._bar, text)

    # Display

    def _chosen(self) -> list[Plan]:
        """The chosen plans, in the order of the list: the newest first."""
        return [plan for row, plan in enumerate(self._plans) if self.tree.topLevelItem(row).isSelected()]

    def _open(self) -> Plan | None:
        return next((plan for plan in self._plans if plan.is_open), None)

    def _on_the_map(self) -> str:
        plan = self._open()
        if plan is None:
            text = tr("What is on the map is not kept yet.") if not self._is_kept else tr("No plan is on the map.")
        elif self._is_kept:
            text = tr("On the map: “{plan}”.").format(plan=plan.name)
        else:
            text = tr("On the map: “{plan}”, with changes that are not kept.").format(plan=plan.name)
        return text

    def _enable(self) -> None:
        """Offer what can be done."""
        busy, chosen = self.is_busy, len(self._chosen())
        self._busy.setVisible(busy)
        for button, wanted in self._buttons.items():
            button.setEnabled(not busy and (not wanted or chosen in wanted))
        self.save_button.setEnabled(not busy and not self._is_kept and self._open() is not None)
        self.keep_button.setEnabled(not busy and (not self._is_kept or self._open() is not None))
        self.report_button.setEnabled(bool(self._report) and not busy)

    def _lay_out(self) -> None:
        self._bar = QgsMessageBar()
        self._now = plain_label()
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([tr("Plan"), tr("In force"), tr("Responsibility grids"), tr("Kept on"), tr("Note")])
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.itemSelectionChanged.connect(self._enable)
        self.tree.itemDoubleClicked.connect(lambda _item, _column: self._ask_open())
        self.keep_button, self.save_button, self.report_button = (
            self._button(text, slot)
            for text, slot in (
                (tr("Keep as a plan…"), self._ask_keep),
                (tr("Save into the plan"), self._save),
                (tr("Report of the comparison"), self._open_report),
            )
        )
        one, one_or_two = frozenset({1}), frozenset({1, _TWO})
        self._buttons = {
            self._button(tr("Put on the map"), self._ask_open): one,
            self._button(tr("Copy…"), self._ask_copy): one,
            self._button(tr("Rename…"), self._ask_rename): one,
            self._button(tr("Note…"), self._ask_note): one,
            self._button(tr("In force from…"), self._ask_in_force): one,
            self._button(tr("Compare"), self._ask_compare): one_or_two,
            self._button(tr("Delete…"), self._ask_remove): one,
        }
        side = QVBoxLayout()
        for button in (self.keep_button, self.save_button, *self._buttons, self.report_button):
            side.addWidget(button)
        side.addStretch(1)
        side.addWidget(self._button(tr("Close"), self.close))
        middle = QHBoxLayout()
        middle.addWidget(self.tree, 1)
        middle.addLayout(side)
        column = QVBoxLayout(self)
        column.addWidget(self._bar)
        column.addWidget(self._now)
        column.addLayout(middle, 1)
        column.addWidget(self._busy)
        column.addWidget(plain_label(tr("Compare two plans, or one with what is on the map."), GREY))

    def _button(self, text: str, slot: Callable[[], Any]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: slot())
        return button

    def _open_report(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._report))


def _in_force(plan: Plan) -> str:
    if not plan.from_date:
        return ""
    text = tr("from {begin}") if plan.is_in_force else tr("{begin} to {end}")
    return text.format(begin=dashed(plan.from_date), end=dashed(plan.to_date))


def _day_made(plan: Plan) -> str:
    try:
        return datetime.fromisoformat(plan.made).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:  # somebody has edited the table
        return plan.made
