"""Map tools that correct responsibility grids: drag cells, rectangle, lasso, flood, a new zone.

A tool reads the mouse, shows what would come of it, and hands the step on; what is allowed stands in
``core/zones/zone_edit.py``, what happens to rows in ``zone_layer.py``. Places are in the CRS of the layer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import shapely
from qgis.core import QgsVectorLayer
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QColor, QKeyEvent
from qgis.PyQt.QtWidgets import QLabel

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.zones import zone_edit
from citygrid_plugin.core.zones.zone_plan import (
    NO_ZONE,
    Effect,
    Figures,
    Step,
    ZonePlan,
)
from citygrid_plugin.gui.edit_steps import begin_step, end_step
from citygrid_plugin.gui.grids.grid_layer import NoGridHere, geometry_of
from citygrid_plugin.gui.map_tools import HintTool, Place, Speaker
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.styles import zone_color

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .zone_layer import ZoneLayer

_DRAG_PIXELS = 3
_NEAR = QPoint(18, 18)  # of the bubble to the mouse
_COVER = 190  # opacity of the new colour over the old one
_MOVED = QColor("#1d7a3e")
_STYLE = "background: #fffbe6; color: #20242a; border: 1px solid #8a8a8a; padding: 4px; border-radius: 3px;"

KEYS: Final = {
    Qt.Key.Key_D: "paint",
    Qt.Key.Key_B: "rectangle",
    Qt.Key.Key_L: "lasso",
    Qt.Key.Key_F: "flood",
    Qt.Key.Key_N: "zone_new",
    Qt.Key.Key_K: "lock",
    Qt.Key.Key_H: "split",
    Qt.Key.Key_M: "merge",
}
"""Keys on the map, and the actions of the panel that they trigger."""


class NoStreets(CityGridError):
    """A flood without a layer that could end it."""

    template = "Choose a line layer of streets in the panel first: the flood ends at its lines."


class Host(Speaker, Protocol):
    """Who owns the tools: the panel."""

    @property
    def zones(self) -> ZoneLayer | None:
        """The layer under correction."""

    @property
    def target(self) -> str:
        """The zone that was chosen to get cells; empty for none."""

    def choose(self, code: str) -> None:
        """Choose a zone."""

    def trigger(self, name: str) -> None:
        """Do what an action of the panel does."""

    def describe(self, effects: Sequence[Effect]) -> str:
        """What a step does to zones, in words."""

    def barred(self) -> NDArray[np.bool_] | None:
        """The edges between cells that a flood does not cross; None without streets."""

    def show_zones(self) -> None:
        """Bring the figures up to date."""


class Bubble(QLabel):
    """A few lines beside the mouse."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setStyleSheet(_STYLE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def tell(self, text: str, at: QPoint) -> None:
        """Show a text near a place of the canvas, or nothing for none."""
        self.setText(text)
        self.setVisible(bool(text))
        if text:
            self.setWordWrap(False)
            self.adjustSize()
            most = self.parentWidget().width()
            if self.width() > most:  # on a small screen
                self.setWordWrap(True)
                self.resize(most, self.heightForWidth(most))
            room = self.parentWidget().size() - self.size()
            wanted = at + _NEAR
            if wanted.x() > room.width():
                wanted.setX(max(0, min(room.width(), at.x() - _NEAR.x() - self.width())))
            if wanted.y() > room.height():
                wanted.setY(max(0, at.y() - _NEAR.y() - self.height()))
            self.move(wanted)
            self.raise_()


_Tool = TypeVar("_Tool", bound="ZoneTool")
_Handler = Callable[[_Tool, QgsMapMouseEvent], None]


def _refusing(handle: _Handler[_Tool]) -> _Handler[_Tool]:
    """A press or release whose refusals are told in the message bar; even the plan itself may be unreadable."""

    @functools.wraps(handle)
    def handled(tool: _Tool, event: QgsMapMouseEvent) -> None:
        try:
            handle(tool, event)
        except CityGridError as error:
            tool.reset()
            tool.refused(error)

    return handled


def _hinting(handle: _Handler[_Tool]) -> _Handler[_Tool]:
    """A move whose refusals are told beside the mouse."""

    @functools.wraps(handle)
    def handled(tool: _Tool, event: QgsMapMouseEvent) -> None:
        try:
            handle(tool, event)
        except CityGridError as error:
            tool.clear()
            tool.bubble.tell(sentence(error), event.pixelPoint())

    return handled


class ZoneTool(HintTool):
    """What the tools share: the cell at the mouse, the bubble, keys, and giving cells to a zone."""

    TEXT = "Move unit grids to another responsibility grid"  # of the undo step

    def __init__(self, canvas: QgsMapCanvas, host: Host) -> None:
        super().__init__(canvas, host)
        self._host = host
        self.bubble = Bubble(canvas)

    def refused(self, error: CityGridError) -> None:
        """Tell why an action was refused."""
        self._host.refused(error)

    def _layer(self) -> QgsVectorLayer:
        return self._zones().layer

    def _zones(self) -> ZoneLayer:
        zones = self._host.zones
        if zones is None:
            raise NoGridHere
        return zones

    def _plan(self) -> ZonePlan:
        return self._zones().plan

    def reset(self) -> None:
        super().reset()
        self.bubble.hide()

    def destroy(self) -> None:
        super().destroy()
        self.bubble.deleteLater()

    def cell(self, event: QgsMapMouseEvent) -> int | None:
        """The cell at the mouse."""
        return None if self._host.zones is None else self._plan().ground.at(*self.place(event))

    def outlines(self, cells: Sequence[int]) -> list[shapely.Geometry]:
        """What shows cells on the map: one shape, none for no cells."""
        return [shapely.MultiPolygon(list(shapely.get_parts(self._plan().ground.polygon[cells])))] if cells else []

    def attempt(self, step: Step) -> None:
        """Make a step, if there is anything in it."""
        if len(step):
            self._zones().apply(tr(self.TEXT), step)
            self._host.show_zones()

    def preview(self, event: QgsMapMouseEvent, cells: Collection[int], zone: str) -> None:
        """Show what giving cells to a zone would do; a refusal in its words."""
        plan = self._plan()
        try:
            step = zone_edit.move(plan, cells, zone)
        except CityGridError as error:
            self.bubble.tell(sentence(error), event.pixelPoint())
            return
        self.bubble.tell(self._host.describe(plan.effects(step)) if len(step) else "", event.pixelPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = KEYS.get(event.key())
        if name is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._host.trigger(name)
            event.accept()
            return
        super().keyPressEvent(event)


class PaintTool(ZoneTool):
    """Drags the limit of a zone over the cells beside it; a click chooses the zone."""

    HINT = (
        "Press inside a responsibility grid and drag over the unit grids that it shall get. A click chooses a "
        "responsibility grid; with Shift, unit grids go to the chosen one. Esc gives the drag back."
    )

    def __init__(self, canvas: QgsMapCanvas, host: Host) -> None:
        super().__init__(canvas, host)
        self._zone = NO_ZONE  # that gets cells while the button is down
        self._last: Place | None = None
        self._start = QPoint()
        self._begun: QgsVectorLayer | None = None  # where an undo step goes on
        self._moved: list[int] = []
        self._before: dict[str, Figures] = {}  # of the zones that the drag changes
        self._refusal: CityGridError | None = None  # the last one of the drag
        self._band: QgsRubberBand | None = None

    def reset(self) -> None:
        """Give up: the cells go back."""
        layer, self._begun = self._begun, None
        self._end_drag()
        super().reset()
        if layer is not None and not sip.isdeleted(layer) and layer.isEditCommandActive():
            layer.destroyEditCommand()
            self._host.show_zones()

    def _end_drag(self) -> None:
        self._last, self._zone, self._refusal = None, NO_ZONE, None
        self._moved.clear()
        self._before.clear()
        if self._band is not None:
            self.canvas().scene().removeItem(self._band)
            self._band = None

    @_refusing
    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            self.reset()
            return
        cell = self.cell(event)
        if cell is None:
            raise NoGridHere
        self._zone, takes = self._target(cell, event)
        if self._zone == NO_ZONE:
            raise zone_edit.UnknownZone
        self._last, self._start = self.place(event), event.pixelPoint()
        if takes:
            self._take(event, [cell])

    def _target(self, cell: int, event: QgsMapMouseEvent) -> tuple[str, bool]:
        """The zone that gets cells, and whether it gets the one that was pressed."""
        zone = self._plan().zone_of(cell)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or zone == NO_ZONE:
            return self._host.target, True
        return zone, False

    @_hinting
    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        if self._last is None:
            self._hover(event)
        elif (event.pixelPoint() - self._start).manhattanLength() > _DRAG_PIXELS or self._moved:
            here = self.place(event)
            cells = self._plan().ground.along(self._last, here)
            self._last = here
            self._take(event, cells)

    @_refusing
    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._last is None:
            return
        zone, refusal = self._zone, None if self._moved else self._refusal
        if self._begun is not None:
            end_step(self._begun)
            self._begun = None
        self._end_drag()
        if refusal is not None:
            self._host.refused(refusal)
        if self._plan().size(zone):
            self._host.choose(zone)
        self._host.show_zones()
        self._hover(event)

    def _take(self, event: QgsMapMouseEvent, cells: Sequence[int]) -> None:
        """Give the cells to the zone, one by one: what may not go stays, and the bubble says why."""
        plan, zones, why = self._plan(), self._zones(), ""
        for cell in cells:
            try:
                step = zone_edit.move(plan, [cell], self._zone)
            except CityGridError as error:
                why, self._refusal = sentence(error), error
                continue
            if len(step):
                if self._begun is None:
                    begin_step(zones.layer, tr(self.TEXT))
                    self._begun = zones.layer
                for code in {self._zone, plan.zone_of(cell)} - self._before.keys():
                    self._before[code] = plan.figures(code)
                zones.put(step)
                self._moved.append(cell)
                self._show(cell)
        if self._begun is not None:
            self._host.show_zones()
        self.bubble.tell(why or self._tell_drag(), event.pixelPoint())

    def _show(self, cell: int) -> None:
        """Draw a cell that was taken; the layer itself is drawn anew when the drag ends."""
        shape = self._plan().ground.polygon[cell]
        if self._band is None:
            self._band = self.band(shape, _MOVED)
            color = zone_color(self._zone)
            color.setAlpha(_COVER)
            self._band.setFillColor(color)
        else:
            self._band.addGeometry(geometry_of(shape), self._layer())

    def _tell_drag(self) -> str:
        """What the drag did so far."""
        effects = [
            Effect(code, self._before[code], self._plan().figures(code))
            for code in sorted(self._before, key=lambda code: (code != self._zone, code))
            if code != NO_ZONE
        ]
        return self._host.describe(effects) if effects else ""

    def _hover(self, event: QgsMapMouseEvent) -> None:
        cell, target = self.cell(event), self._host.target
        if cell is None:
            self.bubble.hide()
        elif target in (NO_ZONE, self._plan().zone_of(cell)):
            zone = self._plan().zone_of(cell)
            figures = self._plan().figures(zone)
            text = self._host.describe([Effect(zone, figures, figures)])
            self.bubble.tell(text if zone != NO_ZONE else tr("No responsibility grid"), event.pixelPoint())
        else:
            self.preview(event, [cell], target)


class NewZoneTool(PaintTool):
    """Drags a new zone over the cells that it shall have."""

    HINT = "Press and drag over the unit grids of a new responsibility grid. Esc gives them back."
    TEXT = "Make a new responsibility grid"

    def _target(self, cell: int, event: QgsMapMouseEvent) -> tuple[str, bool]:
        return self._plan().next_code(cell), True

    @_hinting
    def _hover(self, event: QgsMapMouseEvent) -> None:
        cell = self.cell(event)
        if cell is None:
            raise NoGridHere
        self.preview(event, [cell], self._plan().next_code(cell))


class AreaTool(ZoneTool):
    """Gives all cells within an outline, drawn with the button down, to the chosen zone."""

    def __init__(self, canvas: QgsMapCanvas, host: Host) -> None:
        super().__init__(canvas, host)
        self._points: list[Place] = []

    def outline(self, points: Sequence[Place]) -> shapely.Geometry:
        """The outline that the mouse has drawn."""
        raise NotImplementedError

    def reset(self) -> None:
        super().reset()
        self._points.clear()

    @_refusing
    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        self.reset()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        zone_edit.require_free(self._plan(), self._host.target)
        self._points.append(self.place(event))

    @_hinting
    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        if not self._points:
            return
        self._points.append(self.place(event))
        shape = self.outline(self._points)
        if shape.is_empty:
            return
        plan = self._plan()
        try:
            cells = zone_edit.movable(plan, plan.ground.within(shape), self._host.target)
        except CityGridError:
            cells = []
        self.draw([shape, *self.outlines(cells)])
        self.preview(event, cells, self._host.target)

    @_refusing
    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._points:
            return
        shape = self.outline([*self._points, self.place(event)])
        self.reset()
        if shape.is_empty:
            return
        plan, zone = self._plan(), self._host.target
        self.attempt(zone_edit.move(plan, zone_edit.movable(plan, plan.ground.within(shape), zone), zone))


class RectangleTool(AreaTool):
    """A rectangle from corner to corner."""

    HINT = (
        "Choose a responsibility grid in the list, then draw a rectangle: the unit grids whose middle lies in it go to "
        "the chosen one. Esc gives up."
    )

    def outline(self, points: Sequence[Place]) -> shapely.Geometry:
        (x1, y1), (x2, y2) = points[0], points[-1]
        corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]
        return shapely.Polygon(corners) if x1 != x2 and y1 != y2 else shapely.Polygon()


class LassoTool(AreaTool):
    """A line drawn freely around cells."""

    HINT = (
        "Choose a responsibility grid in the list, then draw around unit grids with the button down: those whose "
        "middle lies inside go to the chosen one. Esc gives up."
    )

    def outline(self, points: Sequence[Place]) -> shapely.Geometry:
        if len(set(points)) < 3:  # noqa: PLR2004 - a triangle
            return shapely.Polygon()
        shape = shapely.make_valid(shapely.Polygon(points))  # a loop crosses itself easily
        areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
        return shapely.MultiPolygon(areas)


class FloodTool(ZoneTool):
    """Gives a block of cells, up to the next streets, to the chosen zone."""

    HINT = (
        "Choose a responsibility grid in the list, then click a unit grid: all that is reached from it without "
        "crossing a street goes to the chosen one."
    )

    def __init__(self, canvas: QgsMapCanvas, host: Host) -> None:
        super().__init__(canvas, host)
        self._shown: tuple[int, int, str] | None = None  # what the preview is of

    def reset(self) -> None:
        super().reset()
        self._shown = None

    @_hinting
    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        cell = self.cell(event)
        if cell is None:
            self.reset()
            return
        plan = self._plan()
        now = cell, plan.version, self._host.target
        if now == self._shown:
            return
        cells = self._flooded(cell)
        self.draw(self.outlines(cells))
        self.preview(event, cells, self._host.target)
        self._shown = now

    @_refusing
    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        cell = self.cell(event)
        if cell is None:
            raise NoGridHere
        self.attempt(zone_edit.move(self._plan(), self._flooded(cell), self._host.target))
        self.reset()

    def _flooded(self, cell: int) -> list[int]:
        plan = self._plan()
        zone_edit.require_free(plan, self._host.target)
        barred = self._host.barred()
        if barred is None:
            raise NoStreets
        return zone_edit.movable(plan, zone_edit.flooded(plan.ground, cell, barred), self._host.target)


TOOLS: dict[str, type[ZoneTool]] = {
    "paint": PaintTool,
    "rectangle": RectangleTool,
    "lasso": LassoTool,
    "flood": FloodTool,
    "zone_new": NewZoneTool,
}
"""The tools by the names of their actions."""
