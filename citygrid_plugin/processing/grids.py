"""Unit grid layers as the algorithms read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

from citygrid_plugin.core.errors import EmptyInput
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import tr

from .exchange import frame_from_source, require_polygons

if TYPE_CHECKING:
    import geopandas as gpd

    from .base import CityGridAlgorithm


def read_grid(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress
) -> gpd.GeoDataFrame:
    """The polygons of the parameter GRID, as they are."""
    source = algorithm.parameterAsSource(parameters, "GRID", context)
    if source is None:
        raise QgsProcessingException(algorithm.invalidSourceError(parameters, "GRID"))
    require_polygons(source)
    return frame_from_source(source, None, progress)


def to_working_crs(grid: gpd.GeoDataFrame, feedback: QgsProcessingFeedback) -> gpd.GeoDataFrame:
    """The grid in a CRS that measures true metres; says where that is another one."""
    from citygrid_plugin.core.crs import working_crs  # noqa: PLC0415
    from citygrid_plugin.core.geometry import unplaced  # noqa: PLC0415

    placed = grid[~unplaced(grid.geometry.to_numpy())]
    if not len(placed):
        raise EmptyInput(layer="GRID")
    crs = working_crs(grid.crs, tuple(placed.total_bounds))
    if crs == grid.crs:
        return grid
    message = tr("The grid is in {source}; it is measured and written in {target}.")
    feedback.pushInfo(message.format(source=grid.crs.name, target=crs.name))
    return grid.to_crs(crs)


def with_area(grid: gpd.GeoDataFrame, feedback: QgsProcessingFeedback) -> gpd.GeoDataFrame:
    """The grid in its working CRS, its outlines mended, without the rows that have none; says how many those are."""
    from citygrid_plugin.core.geometry import polygonal  # noqa: PLC0415

    repaired = polygonal(grid.geometry.to_numpy())
    if repaired.mended.any():
        message = tr("{count} rows of the grid had invalid outlines and were repaired.")
        feedback.pushWarning(message.format(count=int(repaired.mended.sum())))
    if repaired.empty.any():
        message = tr("{count} rows of the grid have no outline; they are left out.")
        feedback.pushWarning(message.format(count=int(repaired.empty.sum())))
    grid = grid.set_geometry(repaired.polygon, crs=grid.crs)[~repaired.empty].reset_index(drop=True)
    return to_working_crs(grid, feedback)


def polygon_type(frame: gpd.GeoDataFrame) -> str:
    """The geometry type that a polygon layer is written with."""
    return "Polygon" if (frame.geom_type == "Polygon").all() else "MultiPolygon"
