"""The panel of the cases: filters, a list by urgency, what is known of a case, and a map that shows the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgis.core import QgsExpression, QgsFeatureRequest, QgsGeometry, QgsMapLayer, QgsPointXY, QgsProject, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QDateTime, QLocale, Qt, QTimer
from qgis.PyQt.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from qgis.PyQt.QtWidgets import (
    QApplication,
    QCheckBox,
    QDateTimeEdit,
    QFileDialog,
    QHBoxLayout,
    QShortcut,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_choice import LISTS, CaseFilter
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.background import Background, start
from citygrid_plugin.gui.flow_layout import FlowLayout
from citygrid_plugin.gui.layer_panel import LayerPanel
from citygrid_plugin.gui.places import show_place
from citygrid_plugin.gui.texts import GREY, plain_label, praise, warn
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing import project as projects
from citygrid_plugin.processing.cases.case_reading import CaseReader, is_case_layer
from citygrid_plugin.processing.cases.case_styles import STYLES, due_soon_of, show
from citygrid_plugin.storage.workspace import Content

from .case_export import FORMATS, export_work
from .case_filters import FilterBar
from .case_history import CaseDetails
from .case_legend import recount
from .case_list import CaseList, CaseModel, status_icons
from .case_words import clock, filter_words, status_title

if TYPE_CHECKING:
    import numpy as np
    from qgis.gui import QgisInterface

    from citygrid_plugin.core.cases.case_columns import CaseColumns
    from citygrid_plugin.core.cases.case_filter import CaseStates, Selection
    from citygrid_plugin.storage.case_exports import Statement

_CASES, _COMPONENTS = "cases", "components"  # layers of the workspace
_PROPERTY: Final = "citygrid/case_panel"  # of the layer: style, moment and filter, so that map and panel stay one
_SETTLE_MS, _MAP_MS, _MINUTE_MS = 300, 250, 60_000
_LEAST_SIDE: Final = 200.0  # metres that are shown at least
_SHARES: Final = [6_000, 5_000]  # of list and history in what height there is
_METRES_A_DEGREE: Final = 111_320.0
_MOMENT: Final = "yyyy-MM-dd HH:mm"
_ISO: Final = "yyyy-MM-ddTHH:mm:ss"


class CasePanel(LayerPanel):
    """The cases of a layer on the map. ``load``: the action by which cases are loaded. ``forget`` cuts all connections.

    It reads the layer in the background while somebody looks at it, and again when its data change.
    """

    LAYER = _CASES

    def __init__(self, iface: QgisInterface, load: QAction | None = None) -> None:
        super().__init__(iface)
        self._cases: CaseColumns | None = None
        self._states: CaseStates | None = None
        self._selection: Selection | None = None
        self._wanted: CaseFilter | None = None
        self._stale = False
        self._failure = ""
        self._chosen = ""  # the number of the case that is looked at, which is the same in the next reading
        self._order = ("urgency", False)
        self._on_map: tuple[str, str, str] | None = None  # style, filter and moment, as the map has them
        self._counted: tuple[int, ...] | None = None  # cases by status, as the legend has them
        self._reading: Background | None = None
        self._exporting: Background | None = None
        self._soon = self._timer(_SETTLE_MS, self._read)
        self._map = self._timer(_MAP_MS, self._show_on_map)
        self._minute = self._timer(_MINUTE_MS, self._tick, once=False)
        self._make_widgets(load)
        self._lay_out()
        self._canvas.temporalRangeChanged.connect(self._tick)
        self._follow_project()

    # What others ask for

    @property
    def is_busy(self) -> bool:
        """Whether the layer is read, or cases are exported, or the map does not follow yet."""
        waits = self._soon.isActive() or self._map.isActive()
        return waits or self._reading is not None or self._exporting is not None

    def add_bar(self, bar: QWidget) -> None:
        """Put a bar at the top of the panel."""
        self._bars.addWidget(bar)

    def follow(self, path: Path | None, contents: Mapping[str, Content]) -> None:
        """The dock has another workspace open, or it was changed."""
        if self._forgotten:
            return
        before = (self._path, self._contents.get(_CASES))
        self._path, self._contents = path, contents
        if before != (path, contents.get(_CASES)):
            self._list_layers()
            if self._layer is not None and self._is_of_workspace(self._layer):
                self._changed()
        self._show_page()

    def forget(self) -> None:
        """Cut all connections, and end what goes on."""
        for timer in (self._soon, self._map, self._minute):
            timer.stop()
        for task in (self._reading, self._exporting):
            if task is not None:
                task.forget()
        self._reading = self._exporting = None
        self._canvas.temporalRangeChanged.disconnect(self._tick)
        super().forget()
        self.model.show(None, None, None, grouped=False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._minute.start()
        if self._stale:
            self._soon.start()
        else:
            self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._minute.stop()

    # The layer

    @property
    def _canvas(self) -> Any:  # noqa: ANN401 - of QGIS
        return self._iface.mapCanvas()

    def _is_candidate(self, layer: QgsMapLayer) -> bool:
        return is_case_layer(layer)

    def _list_layers(self, *changes: object) -> None:
        super()._list_layers(*changes)
        self._choice.setVisible(self._choice.count() > 1)

    def _take(self, layer: QgsVectorLayer | None) -> None:
        """Show the cases of this layer from now on."""
        if layer is not self._layer:
            self._disconnect()
            self._layer = layer
            self._cases = self._states = self._selection = self._counted = None
            self._failure = ""
            self.model.show(None, None, None, grouped=False)
            self.details.show_case(None, None, -1)
            if layer is not None:
                self._connected = [
                    (signal, self._changed)
                    for signal in (
                        layer.dataChanged,
                        layer.dataSourceChanged,
                        layer.afterCommitChanges,
                        layer.layerModified,
                        layer.subsetStringChanged,
                    )
                ]
                for signal, slot in self._connected:
                    signal.connect(slot)
                self._recall(layer)
                self._changed()
        self._show_page()

    def _disconnect(self) -> None:
        self._map.stop()
        if self._reading is not None:
            self._reading.forget()
            self._reading = None
        super()._disconnect()

    def _changed(self, *_what: object) -> None:
        """The data are others: read them where somebody looks."""
        self._stale = True
        if self.isVisible():
            self._soon.start()

    # Reading

    def _read(self) -> None:
        if self._layer is None or sip.isdeleted(self._layer) or not self._stale:
            return
        if self._reading is not None:
            self._reading.forget()
        self._stale = False
        reader = CaseReader.of(self._layer)
        self._reading = start(tr("Reading the cases"), reader.columns, self._read_well, self._read_badly)
        self._show_page()

    def _read_well(self, cases: CaseColumns) -> None:
        self._reading, self._failure, self._cases = None, "", cases
        self._tick()
        self._show_page()

    def _read_badly(self, why: str) -> None:
        self._reading = None
        self._failure = why or tr("Reading the cases was cancelled. Press “Show” above to read them.")
        self._show_page()

    # The moment

    @property
    def is_as_of(self) -> bool:
        """Whether the cases are shown as they were at a moment."""
        return self.as_of.isChecked()

    @property
    def _is_played(self) -> bool:
        """Whether the temporal controller is on."""
        settings = self._canvas.mapSettings()
        return bool(settings.isTemporal() and settings.temporalRange().end().isValid())

    def _moment(self) -> np.datetime64:
        """The moment of the status: the one chosen, else that of the temporal controller, else now."""
        import numpy as np  # noqa: PLC0415

        if self.is_as_of:
            return np.datetime64(self.moment.dateTime().toString(_ISO), "s")
        if self._is_played:
            return np.datetime64(self._canvas.mapSettings().temporalRange().end().toString(_ISO), "s")
        return np.datetime64(datetime.now().replace(microsecond=0), "s")  # noqa: DTZ005 - the clock on the wall

    def _take_moment(self, *_value: object) -> None:
        self.moment.setVisible(self.is_as_of)
        self._tick()

    def _tick(self, *_range: object) -> None:
        """Tell anew what the cases are: the clock goes on."""
        if self._cases is None or self._layer is None or self._forgotten or not self.isVisible():
            return
        from citygrid_plugin.core.cases.case_filter import states_at  # noqa: PLC0415

        if not self.is_as_of:
            self.moment.blockSignals(True)
            self.moment.setDateTime(QDateTime.currentDateTime())
            self.moment.blockSignals(False)
        at = self._moment()
        is_then = self.is_as_of or self._is_played  # the controller hides what was reported later, too
        self._states = states_at(self._cases, at, due_soon_of(self._layer), as_of=is_then)
        self.filters.period.today = at.astype("datetime64[D]").item()
        self.refresh()

    # Filtering

    @property
    def wanted(self) -> CaseFilter:
        """The filter as it is now."""
        return self.filters.filter()

    def show_filter(self, wanted: CaseFilter) -> None:
        """Filter the cases by this."""
        self.filters.show_filter(wanted)
        self.refresh()

    def clear(self) -> None:
        """Show all cases again."""
        self.show_filter(CaseFilter())

    def refresh(self) -> None:
        """Filter, count and list the cases, and let the map follow."""
        if self._cases is None or self._states is None:
            return
        from citygrid_plugin.core.cases.case_filter import column_of, select  # noqa: PLC0415

        self._wanted = wanted = self.wanted
        self._selection = selection = select(self._cases, wanted, self._states)
        for name in LISTS:
            column = column_of(self._cases, self._states, name)
            self.filters.lists[name].offer(column, selection.counts[name])
        self.filters.tell(wanted)
        self._list()
        self._sum_up(wanted, selection)
        self._map.start()

    def _list(self) -> None:
        """List the cases that are shown; the one that is looked at stays so, and in view."""
        if self._cases is None or self._states is None or self._selection is None:
            return
        from citygrid_plugin.core.cases.case_filter import arranged  # noqa: PLC0415

        by, backwards = self._order
        grouped = self.group.isChecked()
        rows = arranged(
            self._cases,
            self._states,
            self._selection.mask,
            by,
            backwards=backwards,
            grouped=grouped and by == "urgency",
        )
        bar, place = self.list.verticalScrollBar(), self.list.verticalScrollBar().value()
        self.model.show(self._cases, self._states, rows, grouped=grouped)
        bar.setValue(place)
        case = self._find(self._chosen)
        self.list.blockSignals(True)
        if case is None or not self.list.choose(case):
            case = None
        self.list.blockSignals(False)
        self.details.show_case(self._cases, self._states, -1 if case is None else case)

    def _find(self, number: str) -> int | None:
        """The row of a case by its number."""
        if self._cases is None or not number:
            return None
        column = self._cases.texts[fields.CASE_ID]
        rows = column.one_of([number]).nonzero()[0]
        return int(rows[0]) if len(rows) else None

    def _sum_up(self, wanted: CaseFilter, selection: Selection) -> None:
        """Say which filters are active, and how many cases are shown; the same numbers as in the legend."""
        from citygrid_plugin.core.cases.case_filter import STATUSES  # noqa: PLC0415

        if self._cases is None or self._states is None:
            return
        words = filter_words(wanted)
        self._active.setText(words)
        self._active.setVisible(bool(words))
        self.clear_button.setVisible(not wanted.is_empty)
        total = int(self._states.known.sum())
        parts = [tr("{shown} of {count} cases").format(shown=f"{selection.count:,}", count=f"{total:,}")]
        pairs = zip(STATUSES, selection.shown.tolist(), strict=True)
        parts += [f"{status_title(status)} {count:,}" for status, count in pairs if count]
        repeats = int((self._cases.is_repeat & selection.mask).sum())
        if repeats:
            parts.append(tr("{count} repeated reports").format(count=f"{repeats:,}"))
        self._counts.setText(" · ".join(parts))
        self.export_button.setEnabled(bool(selection.count) or self._exporting is not None)
        self._none.setVisible(not selection.count)

    def _sort(self, by: str, backwards: bool) -> None:
        self._order = (by, backwards)
        self._list()

    # The map

    def _show_on_map(self) -> None:
        """Let the layer show what the panel lists."""
        if self._layer is None or self._wanted is None or sip.isdeleted(self._layer):
            return
        from citygrid_plugin.processing.cases.case_filter_expression import (  # noqa: PLC0415
            filter_expression,
            moment_literal,
        )

        moment = moment_literal(self.moment.dateTime().toString(_ISO)) if self.is_as_of else ""
        names, hours = self._layer.fields().names(), due_soon_of(self._layer)
        only = filter_expression(self._wanted, names, moment, hours, as_of=self.is_as_of)
        style = str(self.style_box.currentData())
        counts = () if self._selection is None else tuple(self._selection.shown.tolist())
        before, self._counted = self._counted, counts
        if (style, only, moment) == self._on_map:
            if before not in (None, counts) and not self._is_played:  # a legend knows no step of the controller
                recount(self._layer)
            return
        show(self._layer, style, only, moment)
        self._on_map = (style, only, moment)
        self._layer.setCustomProperty(_PROPERTY, self._remembered(style, self._wanted))

    def _remembered(self, style: str, wanted: CaseFilter) -> str:
        moment = self.moment.dateTime().toString(_ISO) if self.is_as_of else ""
        return json.dumps({"style": style, "moment": moment, "filter": wanted.as_values()})

    def _recall(self, layer: QgsVectorLayer) -> None:
        """Take style, moment and filter as the layer was left with; a project keeps them with it."""
        kept = _kept(layer)
        self._on_map = None if kept else ("status", "", "")  # as a layer of cases looks at first
        moment = QDateTime.fromString(str(kept.get("moment", "")), Qt.DateFormat.ISODate)
        for widget in (self.style_box, self.as_of, self.moment):
            widget.blockSignals(True)
        self.style_box.setCurrentIndex(max(0, self.style_box.findData(kept.get("style"))))
        self.as_of.setChecked(moment.isValid())
        self.moment.setVisible(moment.isValid())
        if moment.isValid():
            self.moment.setDateTime(moment)
        for widget in (self.style_box, self.as_of, self.moment):
            widget.blockSignals(False)
        chosen = kept.get("filter")
        self.filters.show_filter(CaseFilter.of_values(chosen if isinstance(chosen, dict) else {}))

    def _look_at(self, case: int) -> None:
        """A case became the current one: show what is known of it."""
        if self._cases is not None:
            self._chosen = self._cases.texts[fields.CASE_ID][case]
            self.details.show_case(self._cases, self._states, case)

    def zoom_to(self, case: int) -> None:
        """Show the place of a case on the map, and let it flash."""
        if self._cases is None or self._layer is None:
            return
        x, y = (float(value) for value in self._cases.xy[case])
        place = QgsGeometry.fromPointXY(QgsPointXY(x, y))
        if x == x and y == y:  # noqa: PLR0124 - not-a-number where there is no place
            side = _LEAST_SIDE / _METRES_A_DEGREE if self._layer.crs().isGeographic() else _LEAST_SIDE
            show_place(self._canvas, place, self._layer.crs(), side)

    def _show_report(self, case: int) -> None:
        """Go to another report of the same; where a filter hides it, only its history is shown."""
        if not self.list.choose(case):
            self._look_at(case)
        self.zoom_to(case)

    def show_component(self, case: int) -> None:
        """Show the component of a case on the map."""
        if self._cases is None:
            return
        code = self._cases.texts[fields.OBJ_ID][case]
        there = projects.layers_of(QgsProject.instance(), self._path, _COMPONENTS) if self._path is not None else []
        there = [layer for layer in there if layer.fields().indexOf(fields.OBJ_ID) >= 0]
        request = QgsFeatureRequest().setFilterExpression(
            QgsExpression.createFieldEqualityExpression(fields.OBJ_ID, code)
        )
        request.setLimit(1)
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            found = next(((layer, feature) for layer in there for feature in layer.getFeatures(request)), None)
        finally:
            QApplication.restoreOverrideCursor()
        if found is None:
            missing = tr("The components of the workspace are not on the map. Press “Show” above.")
            unknown = tr("The component {code} is not among the components of the workspace.").format(code=code)
            warn(self._iface.messageBar(), unknown if there else missing, brief=True)
            return
        layer, feature = found
        side = _LEAST_SIDE / _METRES_A_DEGREE if layer.crs().isGeographic() else _LEAST_SIDE
        show_place(self._canvas, feature.geometry(), layer.crs(), side)

    # Export

    def _ask_export(self) -> None:
        """Ask where to, and write what is shown; a second click cancels it."""
        if self._exporting is not None:
            self._exporting.cancel()
            return
        folder = str(self._path.parent) if self._path is not None else QgsProject.instance().homePath()
        text, chosen = QFileDialog.getSaveFileName(
            self, tr("Export the cases shown"), folder, ";;".join(FORMATS.values())
        )
        if not text:
            return
        path = Path(text)
        suffix = next((suffix for suffix, name in FORMATS.items() if name == chosen), ".xlsx")
        self.export(path if path.suffix.lower() in FORMATS else path.with_name(path.name + suffix))

    def export(self, path: Path) -> None:
        """Write the cases that are shown to a file, in the background."""
        if self._layer is None or self._states is None or self._wanted is None:
            return
        try:
            work = export_work(
                self._layer,
                self._wanted,
                self._states,
                path,
                self._statement(self._states, self._wanted),
                as_of=self.is_as_of,
                workspace=self._path,
            )
        except CityGridError as error:
            warn(self._iface.messageBar(), sentence(error))
            return
        self._exporting = start(
            tr("Exporting cases"), work, lambda count: self._exported(path, count), self._export_failed
        )
        self.export_button.setText(tr("Cancel"))

    def _statement(self, states: CaseStates, wanted: CaseFilter) -> Statement:
        from citygrid_plugin.storage.case_exports import Statement  # noqa: PLC0415

        words = filter_words(wanted, whole=True)
        made = QLocale().toString(QDateTime.currentDateTime(), QLocale.FormatType.ShortFormat)
        return Statement(
            tr("As of {moment}").format(moment=clock(states.at)),
            words or tr("All cases"),
            tr("Exported {moment}").format(moment=made),
        )

    def _exported(self, path: Path, count: int) -> None:
        self._end_export()
        text = tr("{count} cases were written to “{path}”.").format(count=f"{count:,}", path=path.name)
        praise(self._iface.messageBar(), text)

    def _export_failed(self, why: str) -> None:
        self._end_export()
        if why:
            warn(self._iface.messageBar(), why)

    def _end_export(self) -> None:
        self._exporting = None
        self.export_button.setText(tr("Export…"))
        self.export_button.setEnabled(self._selection is not None and bool(self._selection.count))

    # Display

    def _show_page(self) -> None:
        """The list, or why there is none."""
        reason = self._reason()
        self._reason_label.setText(reason)
        self._pages.setCurrentIndex(1 if reason else 0)
        if self.load_button is not None:
            self.load_button.setVisible(self._layer is None and self._path is not None and not self._has_cases())

    def _reason(self) -> str:
        if self._layer is None:
            if self._path is None:
                return tr("Open or make a workspace first.")
            if self._has_cases():
                return tr("The cases of the workspace are not on the map. Press “Show” above.")
            return tr("There are no cases yet. Load a list of cases first.")
        if self._failure:
            return self._failure
        return "" if self._cases is not None else tr("The cases are being read…")

    def _has_cases(self) -> bool:
        content = self._contents.get(_CASES)
        return content is not None and bool(content.count)

    # Widgets

    def _timer(self, milliseconds: int, slot: Callable[[], None], *, once: bool = True) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(once)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _make_widgets(self, load: QAction | None) -> None:
        self._choice.setToolTip(tr("The layer whose cases are shown"))
        self.style_box = CompactBox(8)
        for key, title in STYLES.items():
            self.style_box.addItem(tr(title), key)
        self.style_box.setToolTip(tr("How the map shows the cases"))
        self.style_box.currentIndexChanged.connect(lambda _row: self._map.start())
        self.as_of = QCheckBox(tr("As of"))
        self.as_of.setToolTip(tr("Show the cases as they were at a moment; without it, the status follows the clock"))
        self.as_of.toggled.connect(self._take_moment)
        self.moment = QDateTimeEdit(QDateTime.currentDateTime())
        self.moment.setDisplayFormat(_MOMENT)
        self.moment.setCalendarPopup(True)
        self.moment.setKeyboardTracking(False)
        self.moment.hide()
        self.moment.dateTimeChanged.connect(self._take_moment)
        self._make_filters()
        self._make_list()
        self._reason_label = plain_label(style=GREY)
        self.load_button: QToolButton | None = None
        if load is not None:
            self.load_button = QToolButton()
            self.load_button.setDefaultAction(load)
            self.load_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.filters.entry.setFocus)

    def _make_filters(self) -> None:
        self.filters = FilterBar(status_icons())
        self.filters.changed.connect(self.refresh)
        self._active = plain_label(style="color: #1a4f8a;")
        self.clear_button = QToolButton()
        self.clear_button.setText(tr("Clear all"))
        self.clear_button.setToolTip(tr("Take all filters away"))
        self.clear_button.clicked.connect(lambda _checked=False: self.clear())
        self._counts = plain_label()
        self._none = plain_label(tr("No case fits the filters."), GREY)

    def _make_list(self) -> None:
        self.model = CaseModel(self)
        self.list = CaseList(self.model)
        self.list.looked_at.connect(self._look_at)
        self.list.wanted.connect(self.zoom_to)
        self.model.sorting.connect(self._sort)
        self.group = QCheckBox(tr("Group repeated reports"))
        self.group.setToolTip(
            tr("List repeated reports below the first one: of the same class, near in place and time")
        )
        self.group.setChecked(True)
        self.group.toggled.connect(lambda _checked: self._list())
        self.export_button = QToolButton()
        self.export_button.setText(tr("Export…"))
        self.export_button.setToolTip(tr("Write the cases shown to a workbook, CSV or GeoPackage"))
        self.export_button.clicked.connect(lambda _checked=False: self._ask_export())
        self.details = CaseDetails()
        self.details.zoom.connect(self.zoom_to)
        self.details.component.connect(self.show_component)
        self.details.report.connect(self._show_report)

    def _lay_out(self) -> None:
        self._bars = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(4)
        column.addLayout(self._bars)
        column.addWidget(self._choice)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._shown())
        self._pages.addWidget(self._reasons())
        column.addWidget(self._pages, 1)

    def _shown(self) -> QWidget:
        """Filters, list and history."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        look = FlowLayout()
        for widget in (self.style_box, self.as_of, self.moment):
            look.addWidget(widget)
        column.addLayout(look)
        column.addWidget(self.filters)
        active = QHBoxLayout()
        active.addWidget(self._active, 1)
        active.addWidget(self.clear_button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(active)
        column.addWidget(self._counts)
        column.addWidget(self._none)
        listed = QWidget()
        below = QVBoxLayout(listed)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(2)
        below.addWidget(self.list, 1)
        line = QHBoxLayout()
        line.addWidget(self.group, 1)
        line.addWidget(self.export_button)
        below.addLayout(line)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(listed)
        parts.addWidget(self.details)
        parts.setSizes(_SHARES)
        parts.setChildrenCollapsible(False)
        column.addWidget(parts, 1)
        return page

    def _reasons(self) -> QWidget:
        """What is said where there is no list."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self._reason_label)
        if self.load_button is not None:
            column.addWidget(self.load_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return page


def _kept(layer: QgsVectorLayer) -> dict[str, Any]:
    """What the panel left with a layer; nothing where that cannot be read."""
    try:
        kept = json.loads(str(layer.customProperty(_PROPERTY) or "{}"))
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
