"""The limits of responsibility grids under correction, drawn over the map: all of them, and the chosen one's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtGui import QColor

if TYPE_CHECKING:
    import shapely

    from .zone_layer import ZoneLayer

_LEAST_PIXELS = 24  # from side to side of a mean zone; the limits of smaller ones would hide what they bound
_INCH = 0.0254  # metres
_ALL, _CHOSEN = QColor(32, 36, 42, 210), QColor("#d9001b")


class ZoneLines:
    """Lines over the map; nothing is dissolved for them, so they may follow every change."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._side = 0.0  # of a mean zone, in metres
        canvas.scaleChanged.connect(self._fit)
        self._all: QgsRubberBand | None = None
        self._chosen: QgsRubberBand | None = None
        self._shown: tuple[object, int] | None = None  # the plan and the version whose limits are drawn

    def show(self, zones: ZoneLayer, chosen: str, *, everywhere: bool) -> None:
        """Draw the limits of the chosen zone (empty for none) and, where ``everywhere``, those between all zones."""
        ground = zones.plan.ground
        cells = zones.plan.cells_of(chosen) if chosen else []
        now = (zones.plan, zones.plan.version) if everywhere else None
        if now != self._shown:
            limits = ground.limits(zones.plan.codes()) if everywhere else None
            self._all = self._drawn(self._all, limits, zones, _ALL, 2)
            self._shown = now
            self._side = (ground.area / max(len(zones.plan.zones), 1)) ** 0.5
            self._fit()
        self._chosen = self._drawn(self._chosen, ground.outline(cells) if cells else None, zones, _CHOSEN, 3)

    def remove(self) -> None:
        """Take all lines off the map."""
        for band in (self._all, self._chosen):
            if band is not None:
                self._canvas.scene().removeItem(band)
        self._all = self._chosen = self._shown = None

    def forget(self) -> None:
        """Take all lines off the map, for good."""
        self.remove()
        self._canvas.scaleChanged.disconnect(self._fit)

    def _fit(self, *_scale: float) -> None:
        """Show the limits of all zones only where there is room for them on the screen."""
        if self._all is not None:
            dots = self._canvas.mapSettings().outputDpi() / _INCH
            self._all.setVisible(self._side * dots / self._canvas.scale() >= _LEAST_PIXELS)

    def _drawn(
        self, band: QgsRubberBand | None, lines: shapely.Geometry | None, zones: ZoneLayer, color: QColor, width: int
    ) -> QgsRubberBand | None:
        """A band that shows lines; none where there are none."""
        from citygrid_plugin.gui.grids.grid_layer import geometry_of  # noqa: PLC0415 - loads shapely

        if lines is None or lines.is_empty:
            if band is not None:
                self._canvas.scene().removeItem(band)
            return None
        if band is None:
            band = QgsRubberBand(self._canvas, Qgis.GeometryType.Line)
            band.setColor(color)
            band.setWidth(width)
            band.setZValue(width)  # the chosen one above the others
        band.setToGeometry(geometry_of(lines), zones.layer)
        return band
