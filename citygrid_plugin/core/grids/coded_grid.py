"""The unit grid as a layer: cells numbered inside their community, coded, with their fields.

``coded_grid`` makes a first grid; ``renewed_grid`` cuts it again and keeps the codes of what stayed the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import GRID_TEMPLATES, CodeTemplate
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import Faces, Geometries, Indices

from .numbering import cell_numbers
from .stability import (
    Cells,
    Overlaps,
    PreviousGrid,
    crosswalk,
    in_order,
    overlaps,
    same_cells,
)


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


class NumbersUsedUp(CityGridError):
    """A community that has given nearly all its numbers before, so that none is left for its new unit grids."""

    template = (
        "“{name}” needs the number {count}, but {digits} digits end at {capacity}, and a number once given is never "
        "given again (communities with too many: {communities}). Give it a new community code, or number the grid "
        "anew without PREVIOUS_GRID."
    )


def coded_grid(
    communities: gpd.GeoDataFrame, cells: Faces, template: CodeTemplate, date: str, cell_area: float = 10_000.0
) -> gpd.GeoDataFrame:
    """The coded unit grid of the cells of coded communities (columns as ``divisions.CodedCommunities.frame``).

    ``date`` (YYYYMMDD) becomes ORDate; the order is that of ``numbering``. Columns: ``fields.UNIT_GRID`` and the
    geometry, sorted by BGID; Area in m². No two communities may have the same code. Raises ``TemplateTooShort`` or
    ``CommunityTooLarge`` where a community needs more numbers than the template holds.
    """
    number = cell_numbers(cells.polygon, math.sqrt(cell_area), cells.community)
    _check_capacity(communities, cells.community, number, template, cell_area)
    # Codes have one length, so what is sorted by community code and number is sorted by BGID.
    _, rank = np.unique(communities[fields.COMMUNITY_CODE].to_numpy(dtype=object), return_inverse=True)
    order = np.lexsort((number, rank[cells.community]))
    return _frame(communities, Faces(cells.polygon[order], cells.community[order]), number[order], template, date)


@dataclass(frozen=True)
class RenewedGrid:
    """A unit grid cut again.

    ``frame``: as of ``coded_grid``, current rows and closed ones (CHDate filled), sorted by BGID. ``crosswalk``:
    ``fields.CROSSWALK``. ``remarks``: keys of ``stability.TEXTS`` and counts.
    """

    frame: gpd.GeoDataFrame
    crosswalk: pd.DataFrame
    remarks: dict[str, int]


def renewed_grid(
    communities: gpd.GeoDataFrame,
    cells: Faces,
    template: CodeTemplate,
    date: str,
    cell_area: float,
    previous: gpd.GeoDataFrame,
    progress: Progress = silent,
) -> RenewedGrid:
    """The coded unit grid of ``cells``, with the codes of the previous grid where its cells are the same.

    The rules are those of ``stability``. ``previous`` has BGID and, where known, the other fields of a unit grid;
    rows with CHDate are closed ones. A kept cell has code, ORDate and Note of the old one, the parents' names of the
    communities (the old one's where those are empty), and the new outline; where that is equal to the old one, the
    row stays as it was. New cells take numbers above the highest that their community ever gave, in the order of
    ``numbering``. Raises as ``coded_grid``, ``NumbersUsedUp`` where only numbers given before stand in the way, and
    ``UnknownField`` where ``previous`` has no BGID.
    """
    old = PreviousGrid.read(previous, communities.crs, template)
    codes = communities[fields.COMMUNITY_CODE].to_numpy(dtype=object)
    progress(0.3)
    pairs = overlaps(old.outline, cells.polygon, part(progress, 0.3, 0.8))
    old_area, new_area = shapely.area(old.outline), shapely.area(cells.polygon)
    same_place = old.community[pairs.old] == codes[cells.community[pairs.new]]
    kept = same_cells(pairs, old_area, new_area, allowed=old.holds[pairs.old] & same_place)
    origin = np.full(len(cells.polygon), -1, dtype=np.intp)  # the row of ``old`` that a new cell continues
    origin[pairs.new[kept]] = pairs.old[kept]

    place = cell_numbers(cells.polygon, math.sqrt(cell_area), cells.community)
    highest = old.highest.reindex(codes, fill_value=0).to_numpy()
    number = _renewed_numbers(place, cells.community, origin, old.number, highest)
    _check_capacity(communities, cells.community, number, template, cell_area)

    progress(0.9)
    outlines = Faces(_outlines(cells.polygon, pairs, old.outline), cells.community)
    grid = _frame(communities, outlines, number, template, date)
    recoded = _keep_attributes(grid, origin, old.cells)
    old_cells = Cells(old.cells[fields.BGID].to_numpy(), old_area)
    table = crosswalk(old_cells, Cells(grid[fields.BGID].to_numpy(), new_area), pairs, kept, date)
    elsewhere = int((old.holds & ~np.isin(old.community, codes)).sum())
    found = {"other_community": elsewhere, "recoded": recoded}
    remarks = old.remarks | {key: count for key, count in found.items() if count}
    ended = old.cells.drop(index=origin[origin >= 0]).assign(**{fields.END_DATE: date})
    rows = [some for some in (grid, ended, old.closed) if len(some)]
    return RenewedGrid(in_order(pd.concat(rows)), table, remarks)


def _renewed_numbers(
    place: Indices, community: Indices, origin: Indices, old_number: Indices, highest: Indices
) -> Indices:
    """The old number of kept cells; for the others the next after the highest, in their order of numbering."""
    kept, new = np.flatnonzero(origin >= 0), np.flatnonzero(origin < 0)
    number = np.empty(len(origin), dtype=np.intp)
    number[kept] = old_number[origin[kept]]
    new = new[np.lexsort((place[new], community[new]))]
    rank = np.arange(len(new)) - np.searchsorted(community[new], community[new]) + 1
    number[new] = highest[community[new]] + rank
    return number


def _outlines(polygon: Geometries, pairs: Overlaps, old: Geometries) -> Geometries:
    """The new outlines; an equal one as it was written before, beginning at the same vertex."""
    result = polygon.copy()
    result[pairs.new[pairs.equal]] = old[pairs.old[pairs.equal]]
    return result


def _keep_attributes(grid: gpd.GeoDataFrame, origin: Indices, old: gpd.GeoDataFrame) -> int:
    """Put what a kept cell keeps into the new rows; returns how many codes were rewritten for another template."""
    kept = np.flatnonzero(origin >= 0)
    before = old.iloc[origin[kept]]
    for name in (fields.INITIAL_DATE, fields.NOTE):
        grid.loc[kept, name] = before[name].to_numpy()
    for name in (fields.STREET_NAME, fields.COMMUNITY_NAME):
        now = grid.loc[kept, name].to_numpy()
        grid.loc[kept, name] = np.where(now == "", before[name].to_numpy(), now)
    return int((grid.loc[kept, fields.BGID].to_numpy() != before[fields.BGID].to_numpy()).sum())


def _frame(
    communities: gpd.GeoDataFrame, cells: Faces, number: Indices, template: CodeTemplate, date: str
) -> gpd.GeoDataFrame:
    """The rows of cells, in their order."""
    columns = {name: communities[name].to_numpy(dtype=object)[cells.community] for name in _FROM_COMMUNITY}
    columns[fields.BGID] = template.format(pd.Series(columns[fields.COMMUNITY_CODE]), number)
    columns[fields.AREA] = np.round(shapely.area(cells.polygon), 2)
    columns[fields.INITIAL_DATE], columns[fields.END_DATE] = (
        np.full(len(number), value, dtype=object) for value in (date, "")
    )
    # Texts as plain objects: text types of pandas have a mask, which costs a look a value when they are written.
    table = pd.DataFrame({name: pd.Series(columns[name], dtype=columns[name].dtype) for name in fields.UNIT_GRID})
    return gpd.GeoDataFrame(table, geometry=cells.polygon, crs=communities.crs)


_FROM_COMMUNITY = (
    fields.DIST_CODE,
    fields.STREET_CODE,
    fields.STREET_NAME,
    fields.COMMUNITY_CODE,
    fields.COMMUNITY_NAME,
    fields.NOTE,
)


def _check_capacity(
    communities: pd.DataFrame, community: Indices, number: Indices, template: CodeTemplate, cell_area: float
) -> None:
    """Raise where a community needs more numbers than the template holds; the details list all of them."""
    needed = pd.Series(number).groupby(community).agg(["max", "size"])
    needed = needed[needed["max"] > template.capacity].sort_values("max", ascending=False, kind="stable")
    if needed.empty:
        return
    large = communities.iloc[needed.index]
    titles = (
        large[fields.COMMUNITY_NAME].where(large[fields.COMMUNITY_NAME] != "", large[fields.COMMUNITY_CODE]).tolist()
    )
    highest, count = (int(value) for value in needed.iloc[0])
    longer = max(GRID_TEMPLATES.values(), key=lambda other: other.capacity)
    if highest <= longer.capacity:
        kind: type[CityGridError] = TemplateTooShort
    else:
        kind = CommunityTooLarge if count > longer.capacity else NumbersUsedUp
    raise kind(
        details=", ".join(f"{title}: {value}" for title, value in zip(titles, needed["max"], strict=True)),
        name=titles[0],
        count=highest,
        digits=template.sequence_digits,
        capacity=template.capacity,
        longer=longer.name,
        communities=len(needed),
        area=math.ceil(cell_area * count / longer.capacity / 1000) * 1000,
    )
