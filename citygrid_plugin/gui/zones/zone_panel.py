"""The panel "Correct the responsibility grids": tools, the live table of zones, and what saving writes down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgis.core import Qgis, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtGui import QAction, QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QApplication, QComboBox, QFormLayout, QGridLayout, QMessageBox, QVBoxLayout

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.edit_panel import EditPanel
from citygrid_plugin.gui.places import show_place
from citygrid_plugin.gui.texts import GREY, plain_label, praise
from citygrid_plugin.gui.widgets import wide_button
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing import project as projects
from citygrid_plugin.storage.workspace import Content

from .zone_lines import ZoneLines
from .zone_list import ZoneList
from .zone_solver import ZoneSolver
from .zone_table import Histogram, ZoneModel, number
from .zone_words import describe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qgis.gui import QgisInterface

    from citygrid_plugin.core.zones.zone_edit import Problem
    from citygrid_plugin.core.zones.zone_plan import Effect
    from citygrid_plugin.gui.map_tools import HintTool

    from .zone_layer import Saved, ZoneLayer

_COUNTED = ("components", "cases")
_ZONES = "responsibility_grids"
_RECORDS = (_ZONES, "plan_zones", "plan_log")
_LEAST_SIDE = 150.0  # metres that are shown at least
_ONLY = 2  # entries of a list with one layer and none
_COLUMNS = 3  # of buttons
_ICON = QSize(16, 16)


class ZonePanel(EditPanel):
    """Corrects responsibility grids by hand. ``plan_name`` tells which plan is worked on, for the log."""

    LAYER = "zoned_grid"
    NEEDED = (fields.BGID, fields.RGID)
    NAME = "zone"

    def __init__(self, iface: QgisInterface, plan_name: Callable[[], str] = str) -> None:
        self._plan_name = plan_name
        self._zones: ZoneLayer | None = None
        self._target = ""
        self._saved: Saved | None = None  # while QGIS saves
        self._barred: tuple[object, NDArray[np.bool_]] | None = None
        self._stamps: dict[str, str] = {}
        self._lines = ZoneLines(iface.mapCanvas())
        super().__init__(iface)
        iface.mapCanvas().mapToolSet.connect(self._soon.start)

    # What the tools ask for

    @property
    def zones(self) -> ZoneLayer | None:
        """The layer under correction as a plan; None where it cannot be corrected."""
        return None if self._reason() else self._following()

    def _following(self) -> ZoneLayer | None:
        """The plan that follows the layer from the first time on that somebody asks for it."""
        if self._zones is None and self._layer is not None:
            from .zone_layer import ZoneLayer  # noqa: PLC0415 - loads shapely and pandas

            self._zones = ZoneLayer(self._layer, self)
            self._zones.changed.connect(self._soon.start)
        return self._zones

    @property
    def target(self) -> str:
        """The zone that was chosen; empty for none."""
        return self._target

    def choose(self, code: str) -> None:
        """Choose a zone: it gets cells, and the table and the map show which it is."""
        self._target = code
        zones = self.zones
        if zones is not None and code and self.model.row_of(code) is None:
            self._show_community(zones.plan.community_of(code))
        self.table.choose(code)
        self._draw_limits()
        self._show_histogram()

    def trigger(self, name: str) -> None:
        """Do what an action does, if it can be done."""
        action = {**self.tool_actions, **self.zone_actions}[name]
        if action.isEnabled():
            action.trigger()

    def describe(self, effects: Sequence[Effect]) -> str:
        """What a step does to zones, a line each; where nothing changes, what they are."""
        return describe(self._zones, self.model.mean, effects) if self._zones is not None else ""

    def barred(self) -> NDArray[np.bool_] | None:
        """The edges between cells that a flood does not cross; None where no layer of streets is chosen."""
        layer, zones = self.streets.currentLayer(), self.zones
        if zones is None or not isinstance(layer, QgsVectorLayer):
            return None
        key = (layer.id(), zones.plan.ground)
        if self._barred is None or self._barred[0] != key:
            self._barred = key, zones.streets(layer)
        return self._barred[1]

    def show_zones(self) -> None:
        """Bring table, histogram and limits up to date."""
        zones = self.zones if self._is_looked_at() else None
        if zones is None:
            self._lines.remove()
            return
        if not (zones.is_read and self.model.shows(zones)):
            self._show_plan()
            return
        dirty, zones.dirty = zones.dirty, set()
        in_drag = zones.layer.isEditCommandActive()
        if in_drag and not dirty:
            return
        self.model.update(dirty, settled=not in_drag)
        if self._target and not zones.plan.size(self._target):
            self._target = ""
        if not in_drag:
            self._draw_limits()
        self._show_histogram()
        self._sum_up()

    # What a panel is

    def _tool_titles(self) -> dict[str, tuple[str, str]]:
        return {
            "paint": (tr("Drag limit"), tr("Drag a responsibility grid over the unit grids that it shall get (key D)")),
            "rectangle": (tr("Rectangle"), tr("Give all unit grids in a rectangle to the chosen one (key B)")),
            "lasso": (tr("Lasso"), tr("Draw freely around unit grids that the chosen one shall get (key L)")),
            "flood": (tr("Flood"), tr("Give a block, up to the next streets, to the chosen one (key F)")),
            "zone_new": (tr("New"), tr("Drag a new responsibility grid over its unit grids (key N)")),
        }

    def _tool_types(self) -> Mapping[str, Callable[..., HintTool]]:
        from .zone_tools import TOOLS  # noqa: PLC0415 - loads shapely and pandas

        return TOOLS

    def _is_fit(self, layer: QgsVectorLayer) -> bool:
        names = layer.fields()
        return names.lookupField(fields.BGID) >= 0 and names.lookupField(fields.RGID) >= 0

    def _no_layer(self) -> str:
        if self.LAYER in self._contents:
            return tr("The responsibility grids of the workspace are not on the map. Press “Show” above.")
        return tr("There are no unit grids by responsibility grid on the map. Create responsibility grids first.")

    def _lost_log(self) -> str:
        return tr(
            "The responsibility grids have unsaved changes. While CityGrid is off, saving writes neither their limits "
            "nor the log."
        )

    def _save_tip(self) -> str:
        return tr("Save the unit grids, renew the responsibility grids that changed, and add to the log")

    def _reason(self) -> str:
        reason = super()._reason()
        if not reason and self._layer is not None and self._layer.subsetString():
            reason = tr("“{layer}” shows only some of its rows. Remove its filter first.").format(
                layer=self._layer.name()
            )
        return reason

    # Layers

    def follow(self, path: Path | None, contents: Mapping[str, Content]) -> None:
        """The dock has another workspace open, or it was changed."""
        before = self._stamps
        self._stamps = {name: contents[name].changed for name in (*_COUNTED, *_RECORDS) if name in contents}
        super().follow(path, contents)
        if self._zones is None or self._forgotten:
            return
        if any(before.get(name) != self._stamps.get(name) for name in _COUNTED):
            self._zones.count_anew()
        elif before != self._stamps:
            self._zones.renew_records()

    def _disconnect(self) -> None:
        self._solver.cancel()
        self._barred = None
        if self._zones is not None:
            self._zones.forget()
            self._zones.deleteLater()
            self._zones = None
        super()._disconnect()

    def _take(self, layer: QgsVectorLayer | None) -> None:
        other = layer is not self._layer
        super()._take(layer)
        if other:
            self._target = ""
            self._show_plan()

    def forget(self) -> None:
        self._iface.mapCanvas().mapToolSet.disconnect(self._soon.start)
        self._soon.stop()
        super().forget()
        self.model.show(None)
        self._lines.forget()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._soon.start()

    def _is_looked_at(self) -> bool:
        return self.isVisible() or self._tool_in_use() is not None

    def _show_plan(self) -> None:
        """Show all of the plan; it is read where somebody looks."""
        zones = self.zones if self._is_looked_at() else None
        if zones is None:
            self.model.show(None)
            self._lines.remove()
            self._show_histogram()
            self._sum_up()
            return
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            plan = zones.plan
        except CityGridError as error:
            self.model.show(None)
            self.warn(sentence(error))
            return
        finally:
            QApplication.restoreOverrideCursor()
        self._list_measures(zones)
        self._list_communities(zones)
        self.model.show(zones, self._community())
        self.table.resizeColumnsToContents()
        if self._target and not plan.size(self._target):
            self._target = ""
        self.choose(self._target)
        self._sum_up()

    def _list_measures(self, zones: ZoneLayer) -> None:
        self.measure.blockSignals(True)
        self.measure.clear()
        for name, title in zones.measures().items():
            self.measure.addItem(title, name)
        self.measure.setCurrentIndex(self.measure.findData(zones.measure))
        self.measure.blockSignals(False)

    def _list_communities(self, zones: ZoneLayer) -> None:
        chosen = self._community()
        self.community.blockSignals(True)
        self.community.clear()
        self.community.addItem(tr("All communities"), "")
        for code in sorted(zones.names):
            self.community.addItem(f"{zones.names[code]} {code}".strip(), code)
        self.community.setCurrentIndex(max(0, self.community.findData(chosen)))
        self.community.blockSignals(False)

    def _community(self) -> str:
        return self.community.currentData() or ""

    def _show_community(self, code: str) -> None:
        self.community.setCurrentIndex(max(0, self.community.findData(code)))

    def _filter(self, _row: int) -> None:
        zones = self.zones
        if zones is not None and zones.is_read:
            self.model.show(zones, self._community())
            if self._target and self.model.row_of(self._target) is None:
                self._target = ""
            self.choose(self._target)
            self._sum_up()

    def _count_by(self, _row: int) -> None:
        if self._zones is not None:
            self._zones.count_by(self.measure.currentData())

    # Tools and actions

    def _use(self, name: str) -> None:
        super()._use(name)
        self._barred = None  # streets may have been edited
        if self.streets.currentLayer() is None and self.streets.count() == _ONLY:
            self.streets.setCurrentIndex(_ONLY - 1)
        if self._tool_in_use() is not None:
            self._bring_out()
            self.show_zones()

    def _bring_out(self) -> None:
        """Show the cells in the colours of their zones, and not the zones as they were saved."""
        layer = self._layer
        node = QgsProject.instance().layerTreeRoot().findLayer(layer.id()) if layer is not None else None
        if layer is not None and node is not None and not node.isVisible():
            if self._path is not None and self._is_of_workspace(layer):
                projects.bring_out(QgsProject.instance(), self._path, self.LAYER)
            node.setItemVisibilityCheckedParentRecursive(True)

    def _attempt(self, text: str, step: Callable[[ZoneLayer], Any]) -> None:
        """Do something to zones as one undo step; a refusal reaches the user in words."""
        zones = self.zones
        if zones is None:
            return
        self._bring_out()
        try:
            done = step(zones)
        except CityGridError as error:
            self.refused(error)
            return
        if len(done):
            zones.apply(text, done)
        self.show_zones()

    def _split(self) -> None:
        from citygrid_plugin.core.zones import zone_edit  # noqa: PLC0415 - loads shapely

        self._attempt(tr("Split a responsibility grid"), lambda zones: zone_edit.split(zones.plan, self._target))

    def _merge(self) -> None:
        from citygrid_plugin.core.zones import zone_edit  # noqa: PLC0415 - loads shapely

        chosen = self.table.chosen()
        self._attempt(tr("Merge responsibility grids"), lambda zones: zone_edit.merge(zones.plan, chosen))
        zones = self.zones
        left = [code for code in chosen if zones is not None and zones.plan.cells_of(code)]
        if len(left) == 1:
            self.choose(left[0])

    def _lock(self) -> None:
        """Lock the chosen zones; where all are locked, unlock them."""
        zones, chosen = self.zones, self.table.chosen()
        if zones is None:
            return
        if not chosen:
            from citygrid_plugin.core.zones.zone_edit import UnknownZone  # noqa: PLC0415 - loads shapely

            self.refused(UnknownZone())
            return
        self._set_lock(chosen, not all(zones.plan.is_locked(code) for code in chosen))

    def _set_lock(self, codes: Sequence[str], locked: bool) -> None:
        if self.zones is None:
            return
        try:
            self.zones.lock(codes, locked)
        except CityGridError as error:
            self.refused(error)
        self.show_zones()

    # Solving

    def _solve(self) -> None:
        """Divide the community, or all, anew in the background; a second click cancels it."""
        if self._solver.is_running:
            self._solver.cancel()
            return
        zones = self.zones
        if zones is None:
            return
        community = self._community()
        if not community and len(zones.names) > 1:
            answer = self._ask_where(zones)
            if answer is None:
                return
            community = answer
        from citygrid_plugin.core.zones import zone_edit  # noqa: PLC0415 - loads shapely

        try:
            streets = self.streets.currentLayer()
            barriers = zones.barriers(streets) if isinstance(streets, QgsVectorLayer) else None
            question = zone_edit.problem(zones.plan, community or None, barriers)
        except CityGridError as error:
            self.refused(error)
            return
        self._bring_out()
        self._solver.start(question)

    def _ask_where(self, zones: ZoneLayer) -> str | None:
        """The code of the community to be divided anew, empty for all of them; None where the user gives up."""
        box = QMessageBox(QMessageBox.Icon.Question, tr("Solve"), "", parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        text = tr("Divide all {count} communities anew? Of what was corrected by hand, only what is locked stays.")
        box.setText(text.format(count=number(len(zones.names))))
        every = box.addButton(tr("All communities"), QMessageBox.ButtonRole.AcceptRole)
        community = zones.plan.community_of(self._target) if self._target else ""
        only = None
        if community:
            name = (zones.names.get(community) or community).replace("&", "&&")  # one alone marks a key
            only = box.addButton(tr("Only {community}").format(community=name), QMessageBox.ButtonRole.AcceptRole)
            box.setDefaultButton(only)
        box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        clicked = box.clickedButton()
        if only is not None and clicked is only:
            return community
        return "" if clicked is every else None

    def _solved(self, question: Problem, zone: NDArray[np.intp]) -> None:
        zones = self.zones
        if zones is None:
            return
        from citygrid_plugin.core.zones import zone_edit  # noqa: PLC0415 - loads shapely

        try:
            step = zone_edit.solution(zones.plan, question, zone)
        except CityGridError as error:
            self.refused(error)
            return
        self._attempt(tr("Solve"), lambda _zones: step)
        self._iface.messageBar().clearWidgets()
        text = tr("Solved: {count} unit grids went to another responsibility grid. One undo takes it back.")
        praise(self._iface.messageBar(), text.format(count=number(len(step))))

    def _show_solving(self, goes_on: bool) -> None:
        self.zone_actions["solve"].setText(tr("Cancel") if goes_on else tr("Solve"))

    # Saving

    def _before_saving(self, *_stops: object) -> None:
        tool, zones = self._tool_in_use(), self._following()
        if tool is not None:
            tool.reset()  # a drag that goes on is no step yet
        self._saved = zones.before_saving(self._plan_name()) if zones is not None else None

    def _after_saving(self) -> None:
        saved, self._saved = self._saved, None
        zones = self._zones
        if zones is None or saved is None:
            self.saved.emit()
            return
        table = saved.log.to_csv(index=False)
        try:
            done = zones.after_saving(saved)
        except CityGridError as error:
            text = tr(
                "The unit grids are saved, but their responsibility grids and {count} rows of the log are not (see "
                "“Show more”); they will be with the next saving. {why}"
            )
            self.warn(text.format(count=len(saved.log), why=sentence(error)), table)
            self.saved.emit()
            return
        self.saved.emit()
        if zones.workspace is None and done.moved:
            text = tr(
                "“{layer}” is not of a workspace, so no responsibility grids were renewed, and {count} rows of the log "
                "were not written (see “Show more”)."
            )
            self.warn(text.format(layer=zones.layer.name(), count=done.moved), table)
        elif zones.workspace is not None:
            _read_anew(zones.workspace)
            text = tr("Saved: {zones} responsibility grids renewed, {ended} ended, {count} rows more in the log.")
            text = text.format(zones=done.zones, ended=done.ended, count=done.moved)
            if done.elsewhere:
                more = tr("{count} unit grids that were changed elsewhere meanwhile were read anew.")
                text += " " + more.format(count=number(done.elsewhere))
            praise(self._iface.messageBar(), text)

    # Display

    def _changed(self, *_index: object) -> None:
        super()._changed()
        self._soon.start()

    def refresh(self) -> None:
        """Show what can be done now."""
        super().refresh()
        self._choice.setVisible(self._choice.count() > 1)
        reason = self._reason()
        for name, action in self.zone_actions.items():
            action.setEnabled(not reason)
            what = tr(_ACTIONS[name])
            action.setToolTip(f"{action.text()}\n{reason or what}")

    def _sum_up(self) -> None:
        """A line about the whole: zones, mean, and what is wrong."""
        zones = self.zones
        if zones is None or not zones.is_read:
            self.summary.setText("")
            return
        plan = zones.plan
        codes = [code for code in self.model.codes if code]
        text = tr("{zones} responsibility grids, mean workload {mean}.").format(
            zones=number(len(codes)), mean=number(self.model.mean)
        )
        free = plan.figures("").cells
        broken = sum(plan.parts(code) > 1 for code in codes)
        if free:
            text += " " + tr("Unit grids without one: {count}.").format(count=number(free))
        if broken:
            text += " " + tr("In several parts: {count}.").format(count=number(broken))
        self.summary.setText(text)

    def _show_histogram(self) -> None:
        deviations = self.model.deviations()
        self.histogram.show_values(list(deviations.values()), deviations.get(self._target))

    def _draw_limits(self) -> None:
        """Draw the limits of the chosen zone, and of all while they are corrected."""
        zones = self.zones if self._is_looked_at() else None
        if zones is None or not zones.is_read:
            self._lines.remove()
            return
        is_at_work = self._tool_in_use() is not None or zones.layer.isEditable()
        self._lines.show(zones, self._target, everywhere=is_at_work)

    def zoom_to(self, code: str) -> None:
        """Show a zone, or the cells without one, on the map."""
        zones = self.zones
        if zones is None:
            return
        from citygrid_plugin.gui.grids.grid_layer import geometry_of  # noqa: PLC0415 - loads shapely

        cells = zones.plan.cells_of(code)
        if cells:
            place = geometry_of(zones.plan.ground.outline(cells))
            show_place(self._iface.mapCanvas(), place, zones.layer.crs(), _LEAST_SIDE)

    def _pick(self, code: str) -> None:
        """The current row of the list has changed."""
        if code and code != self._target:
            self._target = code
            self._draw_limits()
            self._show_histogram()

    # Widgets

    def _zone_action(self, name: str, title: str, slot: Callable[[], None]) -> QAction:
        action = self._action(name, slot)
        action.setText(title)
        return action

    def _lay_out(self) -> None:
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.show_zones)
        self.zone_actions = {
            "split": self._zone_action("split", tr("Split"), self._split),
            "merge": self._zone_action("merge", tr("Merge"), self._merge),
            "lock": self._zone_action("lock", tr("Lock"), self._lock),
            "solve": self._zone_action("solve", tr("Solve"), self._solve),
        }
        self._make_list()
        self.community, self.measure = _box(), _box()
        self.community.addItem(tr("All communities"), "")
        self.community.setToolTip(tr("The responsibility grids that are listed, and that “Solve” divides anew"))
        self.community.currentIndexChanged.connect(self._filter)
        self.measure.setToolTip(tr("How workload is counted, here and in what is saved"))
        self.measure.currentIndexChanged.connect(self._count_by)
        self.streets = QgsMapLayerComboBox()
        self.streets.setFilters(Qgis.LayerFilter.LineLayer)
        self.streets.setAllowEmptyLayer(True)
        self.streets.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.streets.setToolTip(
            tr("The lines at which a flood ends, and along which “Solve” draws limits where that costs little")
        )
        self._solver = ZoneSolver(self)
        self._solver.solved.connect(self._solved)
        self._solver.failed.connect(self.warn)
        self._solver.turned.connect(self._show_solving)
        choices = QFormLayout()
        choices.setVerticalSpacing(2)
        choices.addRow(tr("Community"), self.community)
        choices.addRow(tr("Workload"), self.measure)
        choices.addRow(tr("Street lines"), self.streets)
        buttons = QGridLayout()
        buttons.setSpacing(2)
        for place, action in enumerate([*self.tool_actions.values(), *self.zone_actions.values()]):
            button = wide_button(action)
            button.setIconSize(_ICON)
            buttons.addWidget(button, place // _COLUMNS, place % _COLUMNS)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._choice)
        column.addLayout(choices)
        column.addLayout(buttons)
        column.addLayout(self._edits)
        column.addWidget(self._hint)
        column.addWidget(self.summary)
        column.addWidget(self.table, 1)
        column.addWidget(self.histogram)
        keys = tr(
            "Keys on the map: D drag, B rectangle, L lasso, F flood, N new, H split, M merge, K lock, Esc gives back, "
            "Ctrl+Z undoes, Ctrl+Shift+Z redoes."
        )
        column.addWidget(plain_label(keys, GREY))

    def _make_list(self) -> None:
        self.model = ZoneModel(self)
        self.model.lock_wanted.connect(lambda code, locked: self._set_lock([code], locked))
        self.table = ZoneList(self.model)
        self.table.clicked_on.connect(self.zoom_to)
        self.table.picked.connect(self._pick)
        self.histogram = Histogram()
        self.summary = plain_label()


_ACTIONS: Final = {
    "solve": (
        "Divide the community that is chosen above, or all, anew: as many responsibility grids as now, locked ones "
        "untouched"
    ),
    "split": "Divide the chosen responsibility grid in two of about equal workload (key H)",
    "merge": "Make the responsibility grids that are chosen in the list one (key M)",
    "lock": "Lock the responsibility grids that are chosen in the list, or unlock them (key K)",
}


def _read_anew(workspace: Path) -> None:
    """Let the map show the zones that were written beside it."""
    for layer in projects.layers_of(QgsProject.instance(), workspace, _ZONES):
        layer.reload()
        layer.triggerRepaint()


def _box() -> QComboBox:
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
