"""Map tools that correct a unit grid: divide, merge, move limits, number anew.

A tool reads the mouse, shows what would come of it, and hands the action on; what is allowed stands in
``core/grids/grid_edit.py``, what happens to rows in ``grid_layer.py``. Places are in the CRS of the layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import shapely
from qgis.core import QgsPointXY, QgsVectorLayer
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsVertexMarker
from qgis.PyQt.QtCore import QPoint, Qt

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids import grid_edit
from citygrid_plugin.core.grids.grid_edit import Grip, Piece
from citygrid_plugin.gui.map_tools import GOOD, HintTool, Place, Speaker
from citygrid_plugin.i18n import sentence, tr

from .grid_layer import (
    Done,
    GridLayer,
    Local,
    NoGridHere,
)

_REACH_PIXELS = 12
_FARTHEST = 25.0  # metres; from further off nobody can aim, and reading would take long
_DRAG_PIXELS = 3


class Host(Speaker, Protocol):
    """Who owns the tools: the panel."""

    @property
    def grid(self) -> GridLayer | None:
        """The layer under correction."""

    def done(self, done: Done) -> None:
        """Tell what an action did."""


class GridTool(HintTool):
    """What the tools share: snapping with a marker, and running an action."""

    def __init__(self, canvas: QgsMapCanvas, host: Host) -> None:
        super().__init__(canvas, host)
        self._host = host
        self._marker = QgsVertexMarker(canvas)
        self._marker.setIconType(QgsVertexMarker.IconType.ICON_BOX)
        self._marker.setIconSize(12)
        self._marker.setPenWidth(2)
        self._marker.setColor(GOOD)
        self._marker.hide()

    def reset(self) -> None:
        super().reset()
        self._marker.hide()

    def destroy(self) -> None:
        super().destroy()
        self.canvas().scene().removeItem(self._marker)

    # Places

    def reach(self, event: QgsMapMouseEvent) -> float:
        """How near to the mouse things are taken, in metres."""
        here, there = (
            self.toLayerCoordinates(self._layer(), event.pixelPoint() + QPoint(shift, 0))
            for shift in (0, _REACH_PIXELS)
        )
        return min(here.distance(there), _FARTHEST)

    def held(self, event: QgsMapMouseEvent) -> Grip | None:
        """The vertex or edge of the current grid at the mouse."""
        place, reach = self.place(event), self.reach(event)
        return grid_edit.grip(self._grid().around(*place, reach).cells.polygon, place, reach)

    def snapped(self, event: QgsMapMouseEvent) -> Place:
        """The vertex or edge of the grid at the mouse, else what the project's own snapping finds, else the mouse."""
        held = self.held(event)
        place = held.at if held is not None else None
        if place is None:
            match = self.canvas().snappingUtils().snapToMap(event.mapPoint())
            if match.isValid():
                point = self.toLayerCoordinates(self._layer(), match.point())
                place = point.x(), point.y()
        self.mark(place)
        return self.place(event) if place is None else place

    def _grid(self) -> GridLayer:
        grid = self._host.grid
        if grid is None:
            raise NoGridHere
        return grid

    def _layer(self) -> QgsVectorLayer:
        return self._grid().layer

    # Drawing

    def mark(self, place: Place | None) -> None:
        """Put the marker on a place, or take it away."""
        if place is None:
            self._marker.hide()
            return
        self._marker.setCenter(self.toMapCoordinates(self._layer(), QgsPointXY(*place)))
        self._marker.show()

    # Acting

    def attempt(self, action: Callable[[], Done]) -> bool:
        """Do something to the grid; a refusal reaches the user in words."""
        try:
            self._host.done(action())
        except CityGridError as error:
            self._host.refused(error)
            return False
        return True


class SplitTool(GridTool):
    """Draws a line that divides grids."""

    HINT = (
        "Click a line across the grids to divide, from limit to limit. Right-click or Enter divides, Backspace takes "
        "the last point back, Esc gives up."
    )

    def __init__(self, canvas: QgsMapCanvas, host: Host) -> None:
        super().__init__(canvas, host)
        self._points: list[Place] = []

    def reset(self) -> None:
        super().reset()
        self._points.clear()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        self._show([*self._points, self.snapped(event)])

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.finish()
        elif event.button() == Qt.MouseButton.LeftButton:
            place = self.snapped(event)
            if not self._points or self._points[-1] != place:
                self._points.append(place)
            self._show(self._points)

    def _show(self, points: Sequence[Place]) -> None:
        self.draw([shapely.LineString(points)] if len(points) > 1 else [])

    def step_back(self) -> None:
        del self._points[-1:]
        self._show(self._points)

    def finish(self) -> None:
        """Divide the grids along the line; a line that does not do stays, so that it can be mended."""
        points = list(self._points)
        if len(points) > 1 and self.attempt(lambda: self._split(points)):
            self.reset()

    def _split(self, points: Sequence[Place]) -> Done:
        local = self._grid().along(points)
        pieces = grid_edit.split(local.cells, shapely.LineString(points))
        return self._grid().apply(tr("Divide unit grids"), local, pieces)


class MergeTool(GridTool):
    """Chooses grids, which are the layer's selection, and makes one of them."""

    HINT = (
        "Click the grids to merge: side by side, in one community. Right-click or Enter merges them, Esc chooses none."
    )

    def reset(self) -> None:
        super().reset()
        if self._host.grid is not None:
            self._layer().removeSelection()
        self._host.say("")

    def deactivate(self) -> None:
        self.clear()  # what is selected stays so
        self._leave()

    def activate(self) -> None:
        super().activate()
        self._count()

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.finish()
        elif event.button() == Qt.MouseButton.LeftButton:
            x, y = self.place(event)
            here = self._grid().around(x, y, 0.0)
            hit = np.flatnonzero(shapely.intersects_xy(here.cells.polygon, x, y))
            if not len(hit):
                self._host.refused(NoGridHere())
                return
            number = here.ids[hit[0]]
            chosen = set(self._chosen().ids) ^ {number}
            self._layer().selectByIds(list(chosen))
            self._count()

    def step_back(self) -> None:
        self.reset()

    def finish(self) -> None:
        """Merge what is chosen."""
        if self.attempt(self._merge):
            self.reset()

    def _merge(self) -> Done:
        local = self._chosen()
        pieces = grid_edit.merge(local.cells, range(len(local.features)))
        return self._grid().apply(tr("Merge unit grids"), local, pieces)

    def _chosen(self) -> Local:
        """The selected rows that are in force."""
        return self._grid().chosen(self._layer().selectedFeatureIds())

    def _count(self) -> None:
        count = len(self._chosen().features)
        text = tr("Chosen: {count}. Right-click or Enter merges them.")
        self._host.say(text.format(count=count) if count else "")


class MoveTool(GridTool):
    """Drags a vertex or an edge; with Shift, an edge is bent where it is taken."""

    HINT = (
        "Drag a vertex or a limit; all grids that have it follow. With Shift, a limit bends where you take it. "
        "Esc gives up."
    )

    def __init__(self, canvas: QgsMapCanvas, host: Host) -> None:
        super().__init__(canvas, host)
        self._grip: Grip | None = None
        self._local: Local | None = None
        self._bends = False
        self._start = QPoint()

    def reset(self) -> None:
        super().reset()
        self._grip = self._local = None

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            self.reset()
            return
        held = self.held(event)
        if held is None:
            self._host.refused(grid_edit.NoLimitHere())
            return
        grid = self._grid()
        self._local = grid.beside(grid.around(*held.at, grid_edit.TOLERANCE))
        self._grip, self._start = held, event.pixelPoint()
        self._bends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) and not held.is_vertex

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        if self._grip is None:
            self._hover(event)
        elif self._is_dragged(event):
            self._preview(event)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        held, local = self._grip, self._local
        if held is None or local is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._is_dragged(event):
            to, reach = self._target(event), self.reach(event)
            self.attempt(lambda: self._move(local, held, to, reach))
        self.reset()

    def _is_dragged(self, event: QgsMapMouseEvent) -> bool:
        return (event.pixelPoint() - self._start).manhattanLength() > _DRAG_PIXELS

    def _hover(self, event: QgsMapMouseEvent) -> None:
        """Show what a press would take."""
        held = self.held(event)
        is_edge = held is not None and not held.is_vertex
        self.draw([shapely.LineString(held.points)] if held is not None and is_edge else [])
        self.mark(held.at if held is not None and held.is_vertex else None)

    def _target(self, event: QgsMapMouseEvent) -> Place:
        """A vertex or a bend snaps to the grid; an edge goes with the mouse."""
        moves_point = self._bends or (self._grip is not None and self._grip.is_vertex)
        return self.snapped_elsewhere(event) if moves_point else self.place(event)

    def snapped_elsewhere(self, event: QgsMapMouseEvent) -> Place:
        """As ``snapped``, but never to the place that is being dragged away from."""
        place = self.snapped(event)
        start = self._grip.at if self._grip is not None else place
        near = np.hypot(*np.subtract(place, start)) < self.reach(event)
        if near:
            self.mark(None)
        return self.place(event) if near else place

    def _preview(self, event: QgsMapMouseEvent) -> None:
        if self._grip is None or self._local is None:
            return
        to = self._target(event)
        try:
            pieces = self._pieces(self._local, self._grip, to, self.reach(event))
        except CityGridError as error:
            self.draw([shapely.LineString([self._grip.at, to])], good=False, dashed=True)
            self._host.say(sentence(error))
            return
        changed = [piece.polygon for piece in pieces if _differs(self._local, piece)]
        self.draw(changed)
        self._host.say("")

    def _pieces(self, local: Local, held: Grip, to: Place, reach: float) -> list[Piece]:
        return grid_edit.bend(local.cells, held, to) if self._bends else grid_edit.move(local.cells, held, to, reach)

    def _move(self, local: Local, held: Grip, to: Place, reach: float) -> Done:
        return self._grid().apply(tr("Move the limit of unit grids"), local, self._pieces(local, held, to, reach))


def _differs(local: Local, piece: Piece) -> bool:
    """Whether a grid has another shape, not only a vertex more."""
    before = local.cells.polygon[piece.parents[0]]
    return not shapely.equals(before, piece.polygon)


class RenumberTool(GridTool):
    """Numbers all grids of the community anew in which one clicks."""

    HINT = "Click a grid: all grids of its community get new codes in the order of numbering; the old codes are closed."

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Nothing to show before the click."""

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            place = self.place(event)
            self.attempt(lambda: self._renumber(place))

    def _renumber(self, place: Place) -> Done:
        return self._grid().renumber(tr("Number a community anew"), self._grid().community_of(*place))


TOOLS: dict[str, type[GridTool]] = {
    "split": SplitTool,
    "merge": MergeTool,
    "move": MoveTool,
    "renumber": RenumberTool,
}
"""The tools by the names of their actions."""
