"""Unit grid layers as the algorithms read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput, UnknownField
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import tr

from .exchange import attribute_columns, frame_from_source, require_polygons

if TYPE_CHECKING:
    import geopandas as gpd

    from .base import CityGridAlgorithm


def read_grid(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    progress: Progress,
    feedback: QgsProcessingFeedback | None = None,
    *,
    closed: bool = False,
) -> gpd.GeoDataFrame:
    """The polygons of the parameter GRID, as they are; those that are closed only where ``closed`` asks for them."""
    grid = _polygons(algorithm, parameters, "GRID", context, progress)
    return grid if closed else current(grid, "GRID", feedback)


def current(grid: gpd.GeoDataFrame, name: str, feedback: QgsProcessingFeedback | None = None) -> gpd.GeoDataFrame:
    """The unit grids of a layer that are valid now, those without an end date (CHDate); says how many are not.

    Raises ``EmptyInput`` where all are closed.
    """
    from citygrid_plugin.core.grids.stability import current as in_force  # noqa: PLC0415

    is_open = in_force(grid)
    if is_open.all():
        return grid
    if not is_open.any():
        raise EmptyInput(layer=name)
    if feedback is not None:
        message = tr("{count} unit grids are closed (they have an end date) and were left out.")
        feedback.pushInfo(message.format(count=int((~is_open).sum())))
    return grid[is_open].reset_index(drop=True)


def read_optional_grid(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
    progress: Progress,
    columns: Sequence[str],
    optional: Sequence[str] = (),
) -> gpd.GeoDataFrame | None:
    """The current rows of an optional layer of grids, with ``columns`` and those of ``optional`` that it has."""
    source = algorithm.parameterAsSource(parameters, name, context)
    available = source.fields().names() if source is not None else []
    wanted = [*columns, *(field for field in (*optional, fields.END_DATE) if field in available)]
    grid = algorithm.read_optional(parameters, name, context, progress, wanted)
    return None if grid is None else current(grid, name, feedback)


def read_previous(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress
) -> gpd.GeoDataFrame | None:
    """All rows of PREVIOUS_GRID as they are, closed ones too; None where it is not given or has no rows.

    Raises ``UnknownField`` without BGID.
    """
    if not parameters.get("PREVIOUS_GRID"):
        return None
    try:
        grid = _polygons(algorithm, parameters, "PREVIOUS_GRID", context, progress)
    except EmptyInput:
        return None
    if fields.BGID not in grid:
        layer = algorithm.parameterAsSource(parameters, "PREVIOUS_GRID", context).sourceName()
        raise UnknownField(layer=layer, field=fields.BGID, available=", ".join(attribute_columns(grid)))
    return grid


def _polygons(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    progress: Progress,
) -> gpd.GeoDataFrame:
    source = algorithm.source(parameters, name, context)
    require_polygons(source)
    return _named(frame_from_source(source, None, progress))


def _named(grid: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A grid whose field of codes is written in other case, as PostGIS writes names, with its fields by their names."""
    if fields.BGID in grid or fields.BGID.lower() not in (str(column).lower() for column in attribute_columns(grid)):
        return grid
    return named(grid, fields.UNIT_GRID)


def named(frame: gpd.GeoDataFrame, names: Sequence[str]) -> gpd.GeoDataFrame:
    """A table whose fields are written in other case, as PostGIS writes names, with its fields by their names."""
    lower = {str(column).lower(): column for column in reversed(attribute_columns(frame))}
    found = {lower[name.lower()]: name for name in names if name.lower() in lower and name not in frame}
    return frame.rename(columns=found)


def to_working_crs(grid: gpd.GeoDataFrame, feedback: QgsProcessingFeedback) -> gpd.GeoDataFrame:
    """The grid in a CRS that measures true metres; says where that is another one."""
    from citygrid_plugin.core.spatial.crs import measuring_crs  # noqa: PLC0415
    from citygrid_plugin.core.spatial.geometry import unplaced  # noqa: PLC0415

    placed = grid[~unplaced(grid.geometry.to_numpy())]
    if not len(placed):
        raise EmptyInput(layer="GRID")
    crs = measuring_crs(grid.crs, placed.geometry.to_numpy())
    if crs == grid.crs:
        return grid
    message = tr("The grid is in {source}; it is measured and written in {target}.")
    feedback.pushInfo(message.format(source=grid.crs.name, target=crs.name))
    return grid.to_crs(crs)


def with_area(grid: gpd.GeoDataFrame, feedback: QgsProcessingFeedback) -> gpd.GeoDataFrame:
    """The grid in its working CRS, its outlines mended, without the rows that have none; says how many those are."""
    from citygrid_plugin.core.spatial.geometry import polygonal  # noqa: PLC0415

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
