"""Unit grid layers as the algorithms read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProcessingFeedback

from citygrid_plugin.core.errors import EmptyInput
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    import geopandas as gpd


def to_working_crs(grid: gpd.GeoDataFrame, feedback: QgsProcessingFeedback) -> gpd.GeoDataFrame:
    """The grid in a CRS that measures true metres; says where that is another one."""
    from citygrid_plugin.core.crs import working_crs  # noqa: PLC0415

    if (grid.geometry.isna() | grid.geometry.is_empty).all():
        raise EmptyInput(layer="GRID")
    crs = working_crs(grid.crs, tuple(grid.total_bounds))
    if crs == grid.crs:
        return grid
    message = tr("The grid is in {source}; it is measured and written in {target}.")
    feedback.pushInfo(message.format(source=grid.crs.name, target=crs.name))
    return grid.to_crs(crs)


def with_area(grid: gpd.GeoDataFrame, feedback: QgsProcessingFeedback) -> gpd.GeoDataFrame:
    """The grid in its working CRS, without the rows that have no outline; says how many those are."""
    grid = to_working_crs(grid, feedback)
    empty = grid.geometry.isna() | grid.geometry.is_empty
    if not empty.any():
        return grid
    message = tr("{count} rows of the grid have no outline; they are left out.")
    feedback.pushWarning(message.format(count=int(empty.sum())))
    return grid[~empty].reset_index(drop=True)


def polygon_type(frame: gpd.GeoDataFrame) -> str:
    """The geometry type that a polygon layer is written with."""
    return "Polygon" if (frame.geom_type == "Polygon").all() else "MultiPolygon"
