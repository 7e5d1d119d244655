"""Page of the wizard that loads cases: when a case is due, with three cases of the list told in words."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QLocale, Qt, QTimer, QTimeZone
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QCompleter,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from citygrid_plugin.core.progress import Progress
from citygrid_plugin.gui.background import Background, start
from citygrid_plugin.gui.texts import GREY, plain_label
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import said
from citygrid_plugin.processing.cases.load_cases import LoadCases

from .case_words import clock

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np

    from citygrid_plugin.core.cases.deadline_words import CountedDay, DeadlineStory
    from citygrid_plugin.core.cases.work_calendar import Spans
    from citygrid_plugin.core.schemes import Scheme

_NONE, _EXAMPLE, _TABLE = range(3)
_TABLES = "CSV, Excel (*.csv *.txt *.xlsx *.xlsm *.xls *.ods)"
_CSV = "CSV (*.csv)"
_WIDTHS = (430, 430)
_SAMPLE = 300  # cases that are looked at for three different ones
_BOX_LETTERS = 20
_WAIT_MS = 300  # settings often change several at once
_MOST_DAYS = 8  # that a sentence lists
_MOST_HOURS = 100_000
_HOLIDAY_PACKAGES = ("chinese_calendar", "holidays")
_CHINA = "CN"
_ANYWHERE = 105.0, 35.0  # degrees; not 0, 0, which counts as no place


@dataclass(frozen=True)
class _Preview:
    stories: list[DeadlineStory]
    week: list[tuple[list[int], Spans]]
    remarks: list[str]


class DeadlinesPage(QWizardPage):
    """Limits, work time and rules; with nothing chosen, the deadlines that the list states hold."""

    def __init__(self, sample: Callable[[], tuple[gpd.GeoDataFrame, dict[str, Any], Scheme]]) -> None:
        """``sample``: the records, their rules and the scheme that three cases are taken from."""
        super().__init__()
        self._sample = sample
        self._task: Background | None = None
        self._is_wrong = True
        self.setTitle(tr("Deadlines"))
        self.setSubTitle(tr("When is a case due? What the list states itself goes before; the rest is computed."))
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_WAIT_MS)
        self._wait.timeout.connect(self._tell)
        self.limits = _box([tr("none"), tr(LoadCases.PRESETS[1]), tr("a table…")])
        self.limits_file, limits_line = self._file_line(tr("Time limits"), self._copy_limits)
        self.limits_told = plain_label("", GREY)
        self.unclear = _box([tr(text) for text in LoadCases.UNCLEAR])
        self.plain = _box([tr(text) for text in LoadCases.UNITS])
        self.calendar = _box([tr("the usual week (08–12 and 14–18)"), tr("a table…")])
        self.calendar_file, calendar_line = self._file_line(tr("Work calendar"), self._copy_calendar)
        self.holidays = _box([])
        self.zone = _box([])
        self.fallback, self.soon = _hours(), _hours()
        self.soon.setValue(24)
        self.pause = QCheckBox(tr("Pauses put off stated deadlines, too"))
        self._fill_holidays()
        self._fill_zones()
        self.told = plain_label()
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._limits_line, self._calendar_line = limits_line, calendar_line
        halves = QSplitter()
        halves.setChildrenCollapsible(False)
        halves.addWidget(_scrolling(self._settings()))
        halves.addWidget(_scrolling(self.told))
        halves.setSizes(_WIDTHS)
        halves.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        QVBoxLayout(self).addWidget(halves)
        for box in (self.limits, self.unclear, self.plain, self.calendar, self.holidays, self.zone):
            box.activated.connect(lambda _index: self._change())
        for line in (self.holidays.lineEdit(), self.zone.lineEdit()):
            line.editingFinished.connect(self._change)
        for file in (self.limits_file, self.calendar_file):
            file.fileChanged.connect(lambda _path: self._change())
        for spin in (self.fallback, self.soon):
            spin.valueChanged.connect(lambda _value: self._change())
        self.pause.toggled.connect(lambda _checked: self._change())
        self._show_lines()

    def _settings(self) -> QWidget:
        whole = QWidget()
        form = QFormLayout(whole)
        form.setContentsMargins(0, 0, 8, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        units = tr(
            "紧急工作时 run day and night, 工作时 and 工作日 in work hours, 自然日 end at the same time of the day."
        )
        form.addRow(tr("Time limits"), self.limits)
        form.addRow(self._limits_line)
        form.addRow(self.limits_told)
        form.addRow(tr("Several limits of a class, and no condition"), self.unclear)
        form.addRow(tr("“Hours” and “days” without more are"), self.plain)
        form.addRow(plain_label(units, GREY))
        form.addRow(tr("Work hours and days"), self.calendar)
        form.addRow(self._calendar_line)
        form.addRow(tr("Holidays of"), self.holidays)
        form.addRow(tr("Time zone"), self.zone)
        form.addRow(tr("Hours for a case without any deadline (0: none)"), self.fallback)
        form.addRow(tr("Due soon: hours before the deadline"), self.soon)
        form.addRow(self.pause)
        return whole

    def _file_line(self, title: str, copy: Callable[[], None]) -> tuple[QgsFileWidget, QWidget]:
        file = QgsFileWidget()
        file.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        file.setFilter(_TABLES)
        file.setDialogTitle(title)
        button = QPushButton(tr("Copy to edit…"))
        button.setToolTip(tr("Saves the table that comes with the plugin as a file of your own, and takes that one."))
        button.clicked.connect(lambda _checked=False: copy())
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(file, 1)
        line.addWidget(button)
        return file, whole

    def _fill_holidays(self) -> None:
        """Countries can be named where a package knows them."""
        there = [name for name in _HOLIDAY_PACKAGES if importlib.util.find_spec(name) is not None]
        self.holidays.addItem(tr("only those of the calendar"), "")
        if not there:
            self.holidays.setToolTip(
                tr("A Python package can fill them in: python -m pip install chinesecalendar (China), or holidays.")
            )
            self.holidays.setEnabled(False)
        else:
            self.holidays.addItem(tr("China (CN)"), _CHINA)
        self.holidays.setEditable(True)
        self.holidays.lineEdit().setReadOnly("holidays" not in there)

    def _fill_zones(self) -> None:
        here = bytes(QTimeZone.systemTimeZoneId()).decode()
        self.zone.addItem(tr("that of this computer ({name})").format(name=here), "")
        names = [bytes(name).decode() for name in QTimeZone.availableTimeZoneIds()]
        for name in dict.fromkeys(("Asia/Shanghai", *names)):
            self.zone.addItem(name, name)
        self.zone.setEditable(True)
        self.zone.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.zone.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.zone.lineEdit().setCursorPosition(0)

    # What the wizard asks for

    def initializePage(self) -> None:
        self._change()

    def isComplete(self) -> bool:
        return not self._is_wrong

    def forget(self) -> None:
        """Look no further."""
        self._wait.stop()
        if self._task is not None:
            self._task.forget()
            self._task = None

    def parameters(self) -> dict[str, Any]:
        """Those of the algorithm; tables that were chosen, and not yet named, are none."""
        values: dict[str, Any] = {
            "LIMITS_PRESET": int(self.limits.currentIndex() == _EXAMPLE),
            "UNCLEAR_LIMIT": self.unclear.currentIndex(),
            "PLAIN_UNITS": self.plain.currentIndex(),
            "HOLIDAYS": _chosen(self.holidays) if self.holidays.isEnabled() else "",
            "TIME_ZONE": _chosen(self.zone),
            "FALLBACK_HOURS": self.fallback.value(),
            "DUE_SOON_HOURS": self.soon.value(),
            "PAUSE_STATED": self.pause.isChecked(),
        }
        if self.limits.currentIndex() == _TABLE and self.limits_file.filePath():
            values["LIMITS"] = self.limits_file.filePath()
        if self.calendar.currentIndex() and self.calendar_file.filePath():
            values["CALENDAR"] = self.calendar_file.filePath()
        return values

    def bring(self, parameters: dict[str, Any]) -> None:
        """Take over the settings of a source that was loaded before."""
        limits, calendar = str(parameters.get("LIMITS", "")), str(parameters.get("CALENDAR", ""))
        preset = _EXAMPLE if parameters.get("LIMITS_PRESET") else _NONE
        self.limits.setCurrentIndex(_TABLE if limits else preset)
        self.limits_file.setFilePath(limits)
        self.calendar.setCurrentIndex(int(bool(calendar)))
        self.calendar_file.setFilePath(calendar)
        self.unclear.setCurrentIndex(int(parameters.get("UNCLEAR_LIMIT", 0)))
        self.plain.setCurrentIndex(int(parameters.get("PLAIN_UNITS", 0)))
        for box, name in ((self.holidays, "HOLIDAYS"), (self.zone, "TIME_ZONE")):
            text = str(parameters.get(name, ""))
            at = box.findData(text)
            box.setCurrentIndex(max(at, 0))
            if at < 0:
                box.setEditText(text)
        self.fallback.setValue(float(parameters.get("FALLBACK_HOURS", 0)))
        self.soon.setValue(float(parameters.get("DUE_SOON_HOURS", 24)))
        self.pause.setChecked(bool(parameters.get("PAUSE_STATED", False)))
        self._show_lines()

    # What the user changes

    def _change(self) -> None:
        """Something else was chosen: tell three cases anew, once the user has paused."""
        self._show_lines()
        self._is_wrong = True
        if missing := self._missing_table():
            self.forget()
            self.told.setText(missing)
        else:
            self.told.setText(tr("Three cases of the list are being looked at…"))
            self._wait.start()
        self.completeChanged.emit()

    def _missing_table(self) -> str:
        for box, index, file, name in (
            (self.limits, _TABLE, self.limits_file, tr("Time limits")),
            (self.calendar, 1, self.calendar_file, tr("Work hours and days")),
        ):
            if box.currentIndex() == index and not Path(file.filePath()).is_file():
                return tr("Choose the file of “{name}”, or another entry than a table.").format(name=name)
        return ""

    def _show_lines(self) -> None:
        is_example = self.limits.currentIndex() == _EXAMPLE
        self._limits_line.setVisible(self.limits.currentIndex() == _TABLE)
        self._calendar_line.setVisible(self.calendar.currentIndex() > 0)
        self.limits_told.setVisible(is_example)
        self.limits_told.setText(
            tr(
                "One city's table, as an example: it is no standard, and its filing conditions are numbered, not "
                "named. For your own city, choose a table, or begin with “Copy to edit…” there."
            )
        )

    def _copy_limits(self) -> None:
        from citygrid_plugin.storage.case_tables import CITY_LIMITS  # noqa: PLC0415 - loads pandas

        self._copy(CITY_LIMITS, self.limits_file)

    def _copy_calendar(self) -> None:
        from citygrid_plugin.storage.case_tables import USUAL_WEEK  # noqa: PLC0415 - loads pandas

        self._copy(USUAL_WEEK, self.calendar_file)

    def _copy(self, table: Path, file: QgsFileWidget) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Copy to edit…"), table.name, _CSV)
        if name:
            self.copy_to(table, file, Path(name))

    def copy_to(self, table: Path, file: QgsFileWidget, path: Path) -> None:
        """Save a table that comes with the plugin as one of the user's, and take that."""
        try:
            shutil.copyfile(table, path)
        except OSError as error:
            text = tr("“{path}” cannot be written: {why}. Choose another place.")
            self.told.setText(text.format(path=path, why=error.strerror or error))
            return
        file.setFilePath(str(path))

    # Three cases in words

    def _tell(self) -> None:
        self.forget()
        frame, rules, scheme = self._sample()
        algorithm, parameters = LoadCases().create(), self.parameters()

        def work(progress: Progress) -> _Preview:
            import numpy as np  # noqa: PLC0415

            from citygrid_plugin.core.cases.cases import load_cases  # noqa: PLC0415
            from citygrid_plugin.core.cases.deadline_words import deadline_stories, week_hours  # noqa: PLC0415
            from citygrid_plugin.core.records.account import Remark  # noqa: PLC0415

            progress(0.0)
            remarks: list[Remark] = []
            settings = algorithm.settings(parameters, QgsProcessingContext(), QgsProcessingFeedback(), remarks)
            rows = np.unique(np.linspace(0, len(frame) - 1, min(_SAMPLE, len(frame))).astype(int))
            result = load_cases(_with_places(frame.iloc[rows]), settings, rules, scheme)
            stories = deadline_stories(result.accepted, settings.calendar, settings.plain)
            return _Preview(stories, week_hours(settings.calendar, settings.at), [said(each) for each in remarks])

        self._task = start(tr("Looking at deadlines"), work, self._show, self._fail)

    def _show(self, preview: _Preview) -> None:
        self._task, self._is_wrong = None, False
        parts = [_week(preview.week), *map(story_text, preview.stories), *preview.remarks]
        if not preview.stories:
            parts.append(tr("No case of the list says when it was reported or filed, so none has a computed deadline."))
        self.told.setText("\n\n".join(parts))
        self.completeChanged.emit()

    def _fail(self, why: str) -> None:
        self._task = None
        self.told.setText(why or tr("Looking at the cases was cancelled. Change a setting, or go back and on again."))
        self.completeChanged.emit()


def _with_places(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Records that all have a place, as deadlines do not ask for one."""
    import geopandas as gpd  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    x, y = _ANYWHERE
    places = gpd.points_from_xy(np.full(len(frame), x), np.full(len(frame), y), crs=4326)
    return gpd.GeoDataFrame(frame.drop(columns=frame.geometry.name), geometry=places, crs=4326)


def story_text(story: DeadlineStory) -> str:
    """The deadline of a case in words."""
    begun = tr("It was filed on {time}.") if story.is_filed else tr("It was reported on {time}.")
    head = f"{story.case}  {story.class_name}".strip()
    return f"{head}\n" + " ".join((begun.format(time=_clock(story.begin)), *_why(story)))


def _why(story: DeadlineStory) -> Iterator[str]:
    texts = {
        "stated": tr("The list states its deadline itself."),
        "limit": tr("The list states its limit: {limit}."),
        "class": tr("The limit of its class is {limit}."),
        "fallback": tr("No limit is known, so it has the hours for such cases: {limit}."),
        "": tr("No limit is known: it has no deadline and is never overdue."),
    }
    yield texts.get(story.due_by, texts[""]).format(limit=story.limit)
    if story.due_by not in texts or not story.due_by:
        return
    if story.unit is not None and story.due_by != "stated":
        yield _running(story)
    if story.is_paused:
        yield tr("Its pauses take no time off the limit.")
    yield tr("So it is due on {time}.").format(time=_clock(story.deadline))


def _running(story: DeadlineStory) -> str:
    from citygrid_plugin.core.cases.worktime import Unit  # noqa: PLC0415

    if story.unit is Unit.URGENT_HOURS:
        return tr("These hours run day and night.")
    if story.unit is Unit.NATURAL_DAYS:
        return tr("These days end at the same time of the day.")
    days = [_day(day) for day in story.days[:_MOST_DAYS]]
    if len(story.days) > _MOST_DAYS:
        days.append(tr("… and {count} more days").format(count=len(story.days) - _MOST_DAYS))
    return tr("Only work time counts: {days}.").format(days=", ".join(days))


def _day(day: CountedDay) -> str:
    name = f"{day.day} {_weekday_of(day.day)}"
    if day.holiday:
        return tr("{day} holiday").format(day=name)
    if not day.minutes:
        return tr("{day} none").format(day=name)
    text = tr("{day} {hours} h (swapped workday)") if day.swapped else tr("{day} {hours} h")
    return text.format(day=name, hours=f"{day.minutes / 60:.2f}".rstrip("0").rstrip("."))


def _week(week: Sequence[tuple[list[int], Spans]]) -> str:
    if not week:
        return tr("The calendar has no work hours.")
    shown = "; ".join(
        f"{' '.join(_weekday(number) for number in weekdays)} {', '.join(map(_span, spans))}"
        for weekdays, spans in week
    )
    return tr("Work hours: {hours}.").format(hours=shown)


def _span(span: tuple[int, int]) -> str:
    return "–".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def _weekday_of(day: np.datetime64) -> str:
    return _weekday(int(day.astype(object).weekday()))


def _weekday(number: int) -> str:
    return QLocale(QgsApplication.instance().translation()).dayName(number + 1, QLocale.FormatType.ShortFormat)


def _clock(moment: np.datetime64) -> str:
    return f"{clock(moment)} ({_weekday_of(moment.astype('datetime64[D]'))})"


def _chosen(box: CompactBox) -> str:
    """What was chosen, or typed."""
    at = box.findText(box.currentText(), Qt.MatchFlag.MatchFixedString)
    return str(box.itemData(at)) if at >= 0 else box.currentText().strip()


def _box(texts: Sequence[str]) -> CompactBox:
    box = CompactBox(_BOX_LETTERS)
    box.addItems(list(texts))
    return box


def _hours() -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setRange(0, _MOST_HOURS)
    spin.setDecimals(1)
    return spin


def _scrolling(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inner)
    return area
