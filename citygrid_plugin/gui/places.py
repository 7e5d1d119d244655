"""Places of problems and findings on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsReferencedRectangle

if TYPE_CHECKING:
    from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry
    from qgis.gui import QgsMapCanvas

_FRAME = 1.8  # times the size of a place is shown


def show_place(canvas: QgsMapCanvas, place: QgsGeometry, crs: QgsCoordinateReferenceSystem, least_side: float) -> None:
    """Zoom to a place, at least ``least_side`` (units of ``crs``) wide and high, and let it flash."""
    frame = place.boundingBox()
    frame.scale(_FRAME)
    frame.grow(max(0.0, least_side - min(frame.width(), frame.height())) / 2)
    canvas.setReferencedExtent(QgsReferencedRectangle(frame, crs))
    canvas.refresh()
    canvas.flashGeometries([place], crs)
