"""The unit grid as a layer: cells numbered inside their community, coded, with their fields."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import fields
from .codes import GRID_TEMPLATES, CodeTemplate
from .coverage import Faces, Indices
from .errors import CityGridError
from .numbering import numbers


class TemplateTooShort(CityGridError):
    """A community with more unit grids than the chosen template numbers, but not too many for the longer one."""

    template = (
        "“{name}” needs {count} numbers, but {digits} digits hold only {capacity} (communities with too many: "
        "{communities}). Choose the code template {longer}, or a larger CELL_AREA."
    )


class CommunityTooLarge(CityGridError):
    """A community with more unit grids than any template numbers."""

    template = (
        "“{name}” needs {count} numbers, but {digits} digits hold only {capacity} (communities with too many: "
        "{communities}). Split what is too large, leave it out, or set CELL_AREA to {area} m² or more."
    )


def coded_grid(
    communities: gpd.GeoDataFrame, cells: Faces, template: CodeTemplate, date: str, cell_area: float = 10_000.0
) -> gpd.GeoDataFrame:
    """The coded unit grid of the cells of coded communities (columns as ``divisions.CodedCommunities.frame``).

    ``date`` (YYYYMMDD) becomes ORDate. Columns: ``fields.UNIT_GRID`` and the geometry, sorted by
    BGID; Area in m². Raises ``TemplateTooShort`` or ``CommunityTooLarge`` where a community needs
    more numbers than the template holds.
    """
    sequence = _sequence(cells, float(np.sqrt(cell_area)))
    _check_capacity(communities, cells.community, sequence, template, cell_area)
    order = np.lexsort((sequence, cells.community))
    community, polygon, sequence = cells.community[order], cells.polygon[order], sequence[order]
    columns = {name: communities[name].to_numpy(dtype=object)[community] for name in _FROM_COMMUNITY}
    columns[fields.BGID] = template.format(pd.Series(columns[fields.COMMUNITY_CODE]), sequence)
    columns[fields.AREA] = np.round(shapely.area(polygon), 2)
    columns |= {fields.INITIAL_DATE: date, fields.END_DATE: ""}
    return gpd.GeoDataFrame({name: columns[name] for name in fields.UNIT_GRID}, geometry=polygon, crs=communities.crs)


_FROM_COMMUNITY = (
    fields.DIST_CODE,
    fields.STREET_CODE,
    fields.STREET_NAME,
    fields.COMMUNITY_CODE,
    fields.COMMUNITY_NAME,
    fields.NOTE,
)


def _sequence(cells: Faces, side: float) -> Indices:
    """The number of each cell inside its community, from 1, by the place of its centroid."""
    return numbers(shapely.get_coordinates(shapely.centroid(cells.polygon)), side, cells.community)


def _check_capacity(
    communities: pd.DataFrame, community: Indices, sequence: Indices, template: CodeTemplate, cell_area: float
) -> None:
    """Raise where a community needs more numbers than the template holds; the details list all of them."""
    needed = pd.Series(sequence).groupby(community).max()
    needed = needed[needed > template.capacity].sort_values(ascending=False)
    if needed.empty:
        return
    large = communities.iloc[needed.index]
    titles = (
        large[fields.COMMUNITY_NAME].where(large[fields.COMMUNITY_NAME] != "", large[fields.COMMUNITY_CODE]).tolist()
    )
    worst = int(needed.iloc[0])
    longer = max(GRID_TEMPLATES.values(), key=lambda other: other.capacity)
    fits = worst <= longer.capacity
    raise (TemplateTooShort if fits else CommunityTooLarge)(
        details=", ".join(f"{title}: {count}" for title, count in zip(titles, needed, strict=True)),
        name=titles[0],
        count=worst,
        digits=template.sequence_digits,
        capacity=template.capacity,
        longer=longer.name,
        communities=len(needed),
        area=math.ceil(cell_area * worst / longer.capacity / 1000) * 1000,
    )
