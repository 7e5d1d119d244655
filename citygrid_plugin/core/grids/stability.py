"""Stability of the unit grid: which cells are still the same, and what became of the others.

Rules (ours; the standards ask for stable limits and that a closed code is never given again, domain facts):

* A new cell is **the same** as an old current one where their common area is at least 90 % of each of both
  and both are in the same community (twelve digits). It keeps number, initial date and note.
* Every other current cell is closed: it stays in the layer, with the day of the change as its end date.
  Rows that were closed before stay as they are.
* A new cell gets a number above the highest that its community ever gave, to current and closed cells.
* A change of the template is a recoding: the number is kept, and only written with more or fewer digits.

The crosswalk has a row for each old current cell and new cell whose common area is more than 1 % of one
of them. Share is that of the old cell's area; a strip of less than 1 % has no row, so the shares of an old
cell add up to 1 less such strips. Kinds:

* ``kept``: the same cell (the code differs only where the template did);
* ``merged``: at least 90 % of the old cell went into a new cell with another code;
* ``split``: a smaller part of the old cell went into that new cell, also where a limit was only moved;
* ``closed``: this share of the old cell lies in no new cell (NewBGID is empty);
* ``new``: no old cell lay here (OldBGID is empty; Share is that of the new cell without an old one).

Each row speaks of its pair alone, so a cell that is both split and merged (limits drawn anew) has rows of both
kinds, and the shares say how much went where. A code that several current cells had has rows for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS, DISTRICT_DIGITS, GRID_TEMPLATES, STREET_DIGITS, CodeTemplate
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices
from citygrid_plugin.core.spatial.crs import UnplacedCrs
from citygrid_plugin.core.spatial.datum import Datum
from citygrid_plugin.core.spatial.geometry import polygonal
from citygrid_plugin.core.spatial.place import moved

from .divisions import text

SAME_SHARE: Final = 0.9  # of each of both cells; ours
LEAST_SHARE: Final = 0.01  # of one of them; ours: less is a limit drawn anew, not a change
_CHUNK = 5_000  # old cells between two looks at the cancel button
_MULTIPOLYGON = 6

KEPT: Final = "kept"
SPLIT: Final = "split"
MERGED: Final = "merged"
NEW: Final = "new"
CLOSED: Final = "closed"

TEXTS: Final = {
    "no_code": "{count} current cells of the previous grid have no code; they were left out.",
    "bad_code": "{count} current cells of the previous grid have a code of the wrong shape; they were closed.",
    "duplicate_code": (
        "{count} current cells of the previous grid have the code of another one; the largest cell with the code "
        "counts, the others were closed."
    ),
    "other_community": (
        "{count} current cells of the previous grid are of communities that are not among these; they were closed. "
        "If those communities still exist, run again with all of them."
    ),
    "no_area": "{count} current cells of the previous grid have no area; they were closed.",
    "invalid": "{count} outlines of the previous grid cross themselves; they were compared as mended.",
    "recoded": "{count} cells kept their number and were written with the chosen template.",
}
"""What should be known about a previous grid; the interface translates it and fills in the count."""


def current(grid: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows of a unit grid are in force: those without an end date (all, where there is no such column).

    What holds no digit but zeros is no date: programs write 0, 00000000 or NULL where a shapefile can hold nothing.
    """
    if fields.END_DATE not in grid:
        return np.ones(len(grid), dtype=bool)
    return ~_each(grid[fields.END_DATE], _has_date).astype(bool)


@dataclass(frozen=True)
class PreviousGrid:
    """A unit grid made before, its rows in an order of their own.

    ``cells``: the rows in force (``fields.UNIT_GRID`` and the geometry, 2D); ``closed``: those closed before.
    For each row in force ``outline``, a valid (multi)polygon, empty where the row has no area; ``community`` (12
    digits, empty for a code of the wrong shape) and ``number`` as the code says; ``holds``: it can pass on its code.
    ``highest``: the highest number that each community (code) ever gave. ``remarks``: keys of ``TEXTS`` and counts.
    """

    cells: gpd.GeoDataFrame
    closed: gpd.GeoDataFrame
    outline: Geometries
    community: NDArray[np.object_]
    number: Indices
    holds: NDArray[np.bool_]
    highest: pd.Series
    remarks: dict[str, int]

    @classmethod
    def read(cls, previous: gpd.GeoDataFrame, crs: pyproj.CRS | None, template: CodeTemplate) -> PreviousGrid:
        """Read a grid as it comes: rows in any order, another CRS, odd rows.

        Raises ``UnknownField`` without BGID, and ``UnplacedCrs`` where no row has a place in the new grid's CRS.
        Where several cells have one number of a community, one with a code of ``template`` holds it, of several
        the largest.
        """
        frame = _readable(previous, crs)
        community, number = _parts(frame[fields.BGID])
        highest = pd.Series(number).groupby(community).max()
        in_force = current(frame)
        closed, cells = frame[~in_force], frame[in_force]
        no_code = (cells[fields.BGID] == "").to_numpy(dtype=bool)
        cells = cells[~no_code].reset_index(drop=True)
        community, number = (part[in_force][~no_code] for part in (community, number))

        repaired = polygonal(cells.geometry.to_numpy())
        usable = (number > 0) & ~repaired.empty
        other_template = (cells[fields.BGID].str.len() != template.length).to_numpy(dtype=bool)
        holds = _first_of_each(community, number, usable, other_template)
        counts = {
            "no_code": no_code,
            "bad_code": number == 0,
            "duplicate_code": usable & ~holds,
            "no_area": repaired.empty,
            "invalid": repaired.mended & ~repaired.empty,
        }
        remarks = {key: int(rows.sum()) for key, rows in counts.items() if rows.any()}
        return cls(cells, closed, repaired.polygon, community, number, holds, highest, remarks)


def in_order(grid: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows by code, the current one first; what has equal codes in an order that no order of input changes."""
    code = grid[fields.BGID]
    repeated = code.duplicated(keep=False).to_numpy()
    if not repeated.any():
        return grid.sort_values(fields.BGID, ignore_index=True)
    shapes = grid.geometry.to_numpy()
    keys = pd.DataFrame({"code": code.to_numpy(), "end": grid[fields.END_DATE].to_numpy()})
    keys["area"] = -np.round(shapely.area(shapes), 3)
    keys["start"], keys["note"], keys["shape"] = grid[fields.INITIAL_DATE].to_numpy(), grid[fields.NOTE].to_numpy(), ""
    texts = shapely.to_wkt(shapely.normalize(shapes[repeated]), rounding_precision=-1)
    keys.loc[repeated, "shape"] = pd.Series(texts, dtype=object).fillna("").to_numpy()
    return grid.iloc[keys.sort_values(list(keys.columns)).index.to_numpy()].reset_index(drop=True)


def _readable(previous: gpd.GeoDataFrame, crs: pyproj.CRS | None) -> gpd.GeoDataFrame:
    """All rows with the columns of a unit grid, in order, in the CRS of the new grid; None where they have no place."""
    if fields.BGID not in previous:
        raise UnknownField(
            layer="PREVIOUS_GRID",
            field=fields.BGID,
            available=", ".join(str(name) for name in previous.columns if name != previous.geometry.name),
        )
    if crs is not None and previous.crs is not None and previous.crs != crs:
        geometry = moved(previous.geometry.to_numpy(), previous.crs, crs, Datum.STATED).geometry
        if len(geometry) and shapely.is_missing(geometry).all():
            raise UnplacedCrs(crs=previous.crs.name)
    else:
        geometry = _single(shapely.force_2d(previous.geometry.to_numpy()))
    return in_order(gpd.GeoDataFrame(_columns(previous, shapely.area(geometry)), geometry=geometry, crs=crs))


def _columns(previous: gpd.GeoDataFrame, area: Floats) -> dict[str, object]:
    """The columns of a unit grid: text as given, dates as YYYYMMDD, missing parents' codes from the code."""
    code = text(previous[fields.BGID])
    formed = _parts(code)[1] > 0
    columns: dict[str, object] = {}
    for name in fields.UNIT_GRID:
        given = previous.get(name, pd.Series("", index=previous.index, dtype=object))
        if name == fields.BGID:
            columns[name] = code.to_numpy()
        elif name == fields.AREA:
            number = pd.to_numeric(given, errors="coerce").astype("Float64").to_numpy(dtype=float, na_value=np.nan)
            columns[name] = np.where(np.isfinite(number), number, np.round(area, 2))
        elif name in _PARENT_DIGITS:
            parent = _each(given, text)
            missing = np.flatnonzero((parent == "") & formed)
            parent[missing] = code.iloc[missing].str[: _PARENT_DIGITS[name]]
            columns[name] = parent
        else:
            columns[name] = _each(given, _date if name in _DATES else _as_given)
    return columns


def _each(values: pd.Series, change: Callable[[pd.Series], pd.Series]) -> NDArray[np.generic]:
    """A column changed value by value; these columns repeat few values many times."""
    row, distinct = pd.factorize(values, use_na_sentinel=False)
    return change(pd.Series(distinct)).to_numpy()[row]


def _as_given(values: pd.Series) -> pd.Series:
    return values.astype("string").fillna("")


def _has_date(values: pd.Series) -> pd.Series:
    return text(values).str.contains("[1-9]")


def _date(values: pd.Series) -> pd.Series:
    """YYYYMMDD, also from 2020-05-02 and what follows it; empty for what is no date."""
    dates = text(values).str.replace(r"^(\d{4})-(\d{2})-(\d{2}).*$", r"\1\2\3", regex=True)
    return dates.where(_has_date(values), "")


_DATES: Final = (fields.INITIAL_DATE, fields.END_DATE)
_PARENT_DIGITS: Final = {
    fields.DIST_CODE: DISTRICT_DIGITS,
    fields.STREET_CODE: STREET_DIGITS,
    fields.COMMUNITY_CODE: COMMUNITY_DIGITS,
}


def _single(geometry: Geometries) -> Geometries:
    """Multipolygons of one part as that part: layers of that type hold every cell so."""
    one = (shapely.get_type_id(geometry) == _MULTIPOLYGON) & (shapely.get_num_geometries(geometry) == 1)
    geometry[one] = shapely.get_geometry(geometry[one], 0)
    return geometry


def _parts(codes: pd.Series) -> tuple[NDArray[np.object_], Indices]:
    """Community and number of each code of any template; empty and 0 where its shape is wrong."""
    community = np.full(len(codes), "", dtype=object)
    number = np.zeros(len(codes), dtype=np.intp)
    for template in GRID_TEMPLATES.values():
        formed = template.well_formed(codes).to_numpy(dtype=bool)
        community[formed] = codes[formed].str[: template.parent_digits].to_numpy()
        number[formed] = codes[formed].str[template.parent_digits :].astype(int).to_numpy()
    return community, number


def _first_of_each(
    community: NDArray[np.object_], number: Indices, among: NDArray[np.bool_], last: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Marks the first row with each number of a community, of the rows ``among``; those of ``last`` come last."""
    rows = np.flatnonzero(among)
    rows = rows[np.argsort(last[rows], kind="stable")]
    repeated = pd.DataFrame({"community": community[rows], "number": number[rows]}).duplicated().to_numpy()
    result = np.zeros(len(among), dtype=bool)
    result[rows[~repeated]] = True
    return result


@dataclass(frozen=True)
class Overlaps:
    """Pairs of an old and a new cell (indices) with common area (m²); ``equal``: the very same outline."""

    old: Indices
    new: Indices
    area: Floats
    equal: NDArray[np.bool_]


def overlaps(old: Geometries, new: Geometries, progress: Progress = silent) -> Overlaps:
    """All pairs of old and new cells with common area.

    ``new`` are polygons without overlap, ``old`` valid (multi)polygons of any kind. Cells with the same outline are
    found by key; only the others are laid over each other.
    """
    twin = _twins(old, new)
    equal, other = np.flatnonzero(twin >= 0), np.flatnonzero(twin < 0)
    found = [(equal, twin[equal], shapely.area(old[equal]))]
    tree = shapely.STRtree(new)
    for start in range(0, len(other), _CHUNK):
        progress(start / len(other))
        some = other[start : start + _CHUNK]
        which, partner = tree.query(old[some], predicate="intersects")
        with np.errstate(invalid="ignore"):  # GEOS leaves that flag behind on outlines that only touch
            area = shapely.area(shapely.intersection(old[some[which]], new[partner]))
        real = area > 0
        found.append((some[which[real]], partner[real], area[real]))
    progress(1.0)
    old_cell, new_cell, area = (np.concatenate(column) for column in zip(*found, strict=True))
    return Overlaps(old_cell, new_cell, area, np.arange(len(area)) < len(equal))


def _twins(old: Geometries, new: Geometries) -> Indices:
    """The new cell with the same outline as each old one, wherever its rings begin; -1 where there is none."""
    keys = pd.factorize(shapely.to_wkb(shapely.normalize(np.r_[new, old])))[0]
    holder = np.full(keys.max(initial=-1) + 1, -1, dtype=np.intp)
    holder[keys[: len(new)]] = np.arange(len(new))
    return holder[keys[len(new) :]]


def same_cells(pairs: Overlaps, old_area: Floats, new_area: Floats, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which pairs are the same cell; ``allowed`` (a pair) says where the code could be kept at all.

    Of several old cells for one new cell (old cells that overlap), the one with most in common, then the lower index.
    """
    least = SAME_SHARE - 1e-9
    candidate = allowed & (pairs.area >= least * old_area[pairs.old]) & (pairs.area >= least * new_area[pairs.new])
    rows = np.flatnonzero(candidate)
    union = old_area[pairs.old[rows]] + new_area[pairs.new[rows]] - pairs.area[rows]
    rows = rows[np.lexsort((pairs.old[rows], -np.round(pairs.area[rows] / union, 9)))]
    for partner in (pairs.new, pairs.old):
        rows = rows[np.sort(np.unique(partner[rows], return_index=True)[1])]
    result = np.zeros(len(candidate), dtype=bool)
    result[rows] = True
    return result


@dataclass(frozen=True)
class Cells:
    """Cells of one side of a crosswalk: their codes and areas (m²)."""

    code: NDArray[np.object_]
    area: Floats


def crosswalk(old: Cells, new: Cells, pairs: Overlaps, kept: NDArray[np.bool_], date: str) -> pd.DataFrame:
    """What became of the old cells (``fields.CROSSWALK``), by this module's rule, sorted by OldBGID and NewBGID."""
    share = pairs.area / old.area[pairs.old]
    listed = kept | (share > LEAST_SHARE) | (pairs.area > LEAST_SHARE * new.area[pairs.new])
    kind = np.select([kept, share >= SAME_SHARE - 1e-9], [KEPT, MERGED], SPLIT)
    lost = _bare(pairs.old, pairs.area, old.area)
    gone = (lost > LEAST_SHARE) | ~np.isin(np.arange(len(old.code)), pairs.old[listed])
    born = ~np.isin(np.arange(len(new.code)), pairs.new[listed])
    fresh = _bare(pairs.new, pairs.area, new.area)
    parts = [
        (old.code[pairs.old[listed]], new.code[pairs.new[listed]], share[listed], kind[listed]),
        (old.code[gone], "", lost[gone], CLOSED),
        ("", new.code[born], fresh[born], NEW),
    ]
    names = (fields.OLD_BGID, fields.NEW_BGID, fields.SHARE, fields.CHANGE)
    table = pd.concat([pd.DataFrame(dict(zip(names, part, strict=True)), dtype=object) for part in parts])
    table[fields.SHARE] = np.clip(table[fields.SHARE].astype(float), 0.0, 1.0).round(6)
    table[fields.CHANGE_DATE] = date
    table = table.sort_values([*names[:2], fields.SHARE, fields.CHANGE], ascending=[True, True, False, True])
    return table[list(fields.CROSSWALK)].reset_index(drop=True)


def _bare(cell: Indices, common: Floats, area: Floats) -> Floats:
    """The share of each cell that lies under no cell of the other side; 1 for a cell without area."""
    covered = np.bincount(cell, weights=common, minlength=len(area))
    return 1.0 - np.divide(covered, area, out=np.zeros(len(area)), where=area > 0)
