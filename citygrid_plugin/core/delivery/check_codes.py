"""What an acceptance check looks at in the rows: codes, parents, classes, dates, and where things lie."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS, DISTRICT_DIGITS, STREET_DIGITS, is_digits
from citygrid_plugin.core.distinct import factorized
from citygrid_plugin.core.grids.divisions import text
from citygrid_plugin.core.grids.grid_check import check_unit_grid
from citygrid_plugin.core.grids.stability import current
from citygrid_plugin.core.problems import VALUES, Severity
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.schemes import COMPONENT, EVENT, Scheme, name_key
from citygrid_plugin.core.spatial.coverage import Geometries
from citygrid_plugin.core.spatial.crs import UnplacedCrs
from citygrid_plugin.core.spatial.geometry import polygonal, unplaced

from .belts import measured_in, to_crs
from .cells import day_of
from .check_files import FoundFile
from .dictionary import CASES, COMMUNITIES, COMPONENTS, STREETS, UNIT_GRID, ZONES
from .findings import Finding

_SEQUENCE: Final = 6  # digits at the end of a component's id
_NEAR: Final = 0.01  # metres; a component on the edge of a grid lies in it
_NO_ROW: Final = np.array([], dtype=np.intp)
_OF_NO_GRID: Final = frozenset({"gap", "no_grid", "street_without_grid"})
_EVENTS: Final = frozenset({"event", "事件"})
_DIGITS: Final[dict[str, dict[str, tuple[int, ...]]]] = {
    COMMUNITIES: {fields.COMMUNITY_CODE: (COMMUNITY_DIGITS,), fields.STREET_CODE: (STREET_DIGITS,)},
    STREETS: {fields.STREET_CODE: (STREET_DIGITS,), fields.DIST_CODE: (DISTRICT_DIGITS,)},
    ZONES: {fields.RGID: (COMMUNITY_DIGITS + 3,), fields.COMMUNITY_CODE: (COMMUNITY_DIGITS,)},
    COMPONENTS: {fields.OBJ_ID: (16, 17), fields.CLASS_CODE: (4, 5)},
}
"""How many digits codes have; those of unit grids are looked at by ``grid_check``."""
_IDS: Final = {
    COMMUNITIES: fields.COMMUNITY_CODE,
    STREETS: fields.STREET_CODE,
    ZONES: fields.RGID,
    CASES: fields.CASE_ID,
}
"""What identifies a row; ids of components are compared over all files."""
_PARENTS: Final = (
    (ZONES, fields.RGID, fields.COMMUNITY_CODE),
    (COMMUNITIES, fields.COMMUNITY_CODE, fields.STREET_CODE),
    (COMMUNITIES, fields.STREET_CODE, fields.DIST_CODE),
    (STREETS, fields.STREET_CODE, fields.DIST_CODE),
)
_LINKS: Final = (
    (UNIT_GRID, fields.COMMUNITY_CODE, COMMUNITIES),
    (UNIT_GRID, fields.RGID, ZONES),
    (ZONES, fields.COMMUNITY_CODE, COMMUNITIES),
    (COMMUNITIES, fields.STREET_CODE, STREETS),
    (COMPONENTS, fields.BGID, UNIT_GRID),
    (CASES, fields.BGID, UNIT_GRID),
)
"""(kind, field, kind of the layer that must have that code)."""
_ALWAYS: Final = frozenset({
    "invalid", "empty", "multipart", "spike", "no_code", "bad_code", "code_length", "duplicate_code", "closed_code",
    "code_disagrees", "street_code_disagrees", "district_code_disagrees", "overlap", "gap", "missing_vertex",
})  # fmt: skip
_WITH_COMMUNITIES: Final = _ALWAYS | {"outside", "across", "place_disagrees", "no_grid", "street_without_grid"}
"""Kinds of ``grid_check`` that an acceptance check reports: sizes and the order of numbers are not its business."""


def check_codes(file: FoundFile, scheme: Scheme) -> Iterator[Finding]:
    """Codes, classes and dates of the rows of a file by themselves."""
    frame = file.frame
    if frame is None or not len(frame):
        return
    for column, digits in _DIGITS.get(file.kind, {}).items():
        yield from _digits(file, column, digits)
    if file.kind in _IDS and _IDS[file.kind] in frame:
        codes = text(frame[_IDS[file.kind]])
        yield from _repeated(file, _IDS[file.kind], codes, codes.map(codes.value_counts()).to_numpy())
    for kind, column, parent in _PARENTS:
        if file.kind == kind and {column, parent} <= set(frame.columns):
            yield from _prefixes(file, column, parent)
    if file.kind in {COMPONENTS, CASES}:
        yield from _classes(file, scheme)
    yield from _dates(file)


def check_ids(files: Sequence[FoundFile]) -> Iterator[Finding]:
    """Ids of components that several rows have, in whatever files."""
    told = [
        file for file in files if file.kind == COMPONENTS and file.frame is not None and fields.OBJ_ID in file.frame
    ]
    ids = [text(file.frame[fields.OBJ_ID]) for file in told if file.frame is not None]
    if not ids:
        return
    counts = pd.concat(ids).value_counts()
    for file, codes in zip(told, ids, strict=True):
        yield from _repeated(file, fields.OBJ_ID, codes, codes.map(counts).to_numpy())


def check_links(files: Sequence[FoundFile]) -> Iterator[Finding]:
    """Codes that name a row of another file of the delivery which is not there."""
    for kind, column, parent in _LINKS:
        key = _IDS.get(parent, fields.BGID)
        homes = [file for file in files if file.kind == parent and file.frame is not None and key in file.frame]
        if not homes:
            continue
        known = {code for file in homes if file.frame is not None for code in text(file.frame[key]).unique()}
        for file in files:
            if file.kind != kind or file.frame is None or column not in file.frame:
                continue
            codes = text(file.frame[column])
            rows = np.flatnonzero((codes != "") & ~codes.isin(known))
            if len(rows):
                some = codes.iloc[rows].tolist()
                values = [{"field": column, "code": code, "parent_file": homes[0].file} for code in some]
                yield Finding("no_parent", Severity.ERROR, file.file, rows.tolist(), values, column, some)


def check_topology(file: FoundFile, files: Sequence[FoundFile], progress: Progress = silent) -> Iterator[Finding]:
    """A unit grid against its communities in the delivery; without those, against its own outline without holes."""
    grid = _placed(file)
    if grid is None or grid.crs is None:
        yield _places_unknown(file, file)
        return
    outlines = _communities(file, files, grid.crs)
    known = outlines is not None
    for home in files:
        if home.kind == COMMUNITIES and home.frame is not None and not known:
            yield _places_unknown(file, home)
    cells = grid[current(grid)]
    outlines = _outline(grid) if outlines is None else outlines
    if not len(outlines):  # lines or points, which bound nothing that could be checked
        yield Finding("empty", Severity.ERROR, file.file, cells.index.tolist())
        return
    problems = check_unit_grid(grid, outlines, progress=progress)
    problems["row"] = _rows_of(problems, cells)
    problems[VALUES] = [_with_record(values, file, cells.index) for values in problems[VALUES]]
    for (kind, severity), some in problems.groupby([fields.PROBLEM_KIND, fields.SEVERITY], sort=False):
        if kind not in (_WITH_COMMUNITIES if known else _ALWAYS):
            continue
        codes, rows, values = (some[name].tolist() for name in (fields.BGID, "row", VALUES))
        name = "hole" if kind == "gap" and not known else str(kind)
        places = some.geometry.to_numpy()
        yield Finding(name, Severity(severity), file.file, rows, values, fields.BGID, codes, places, grid.crs)


def _places_unknown(file: FoundFile, because: FoundFile) -> Finding:
    return Finding("places_unknown", Severity.WARNING, file.file, values=[{"file": because.file}])


def _placed(file: FoundFile) -> gpd.GeoDataFrame | None:
    """The rows with a place, in the CRS that they are measured in; None where that cannot be told."""
    frame = file.frame
    if frame is None or frame.crs is None:
        return None
    placed = frame[~unplaced(frame.geometry.to_numpy())]
    if not len(placed):
        return None
    try:
        return to_crs(placed, measured_in(frame.crs, placed.geometry.to_numpy()))
    except UnplacedCrs:
        return None


def _communities(file: FoundFile, files: Sequence[FoundFile], crs: pyproj.CRS) -> gpd.GeoDataFrame | None:
    """The communities of a grid as polygons in its CRS: all of the delivery but those whose grids are in other files.

    None where there are none that have a place there.
    """
    homes = _together([home for home in files if home.kind == COMMUNITIES], crs)
    if homes is None or file.frame is None:
        return None
    outlines = polygonal(homes.geometry.to_numpy()).polygon
    homes = homes.set_geometry(outlines, crs=crs)[~shapely.is_empty(outlines)]
    if {fields.COMMUNITY_CODE} <= set(homes.columns) & set(file.frame.columns):
        others = {code for other in files if other is not file for code in _named_communities(other)}
        homes = homes[~text(homes[fields.COMMUNITY_CODE]).isin(others - _named_communities(file))]
    return homes.reset_index(drop=True) if len(homes) else None


def _named_communities(file: FoundFile) -> set[str]:
    """The communities that the rows of a unit grid name; of another layer none."""
    if file.kind != UNIT_GRID or file.frame is None or fields.COMMUNITY_CODE not in file.frame:
        return set()
    return set(text(file.frame[fields.COMMUNITY_CODE])) - {""}


def _together(files: Sequence[FoundFile], crs: pyproj.CRS | None = None) -> gpd.GeoDataFrame | None:
    """The rows with a place of several files in one CRS (that of the first where none is given); None for none."""
    found: list[gpd.GeoDataFrame] = []
    for file in files:
        placed = _placed(file)
        if placed is not None:
            target = crs or (found[0].crs if found else placed.crs)
            with contextlib.suppress(UnplacedCrs):
                found.append(to_crs(placed, target))
    return pd.concat(found, ignore_index=True) if found else None


def _rows_of(problems: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> list[int]:
    """The row of each problem, by its code: of several with that code the one at its place; -1 where it has none."""
    codes = text(cells[fields.BGID]) if fields.BGID in cells else pd.Series("", index=cells.index)
    rows_of = codes.groupby(codes).indices
    shapes = cells.geometry.to_numpy()
    result = []
    for kind, code, place in zip(problems[fields.PROBLEM_KIND], problems[fields.BGID], problems.geometry, strict=True):
        rows = _NO_ROW if kind in _OF_NO_GRID else rows_of.get(code, _NO_ROW)
        if len(rows) > 1 and place is not None:
            far = shapely.distance(shapes[rows], shapely.point_on_surface(place))
            rows = rows[[int(np.nan_to_num(far, nan=np.inf).argmin())]]
        result.append(int(cells.index[rows[0]]) if len(rows) else -1)
    return result


def _with_record(values: dict[str, object], file: FoundFile, rows: pd.Index) -> dict[str, object]:
    """The values of a sentence, in which a grid without a code goes by its record (#3) and not by its place in a list.

    ``rows``: of the frame, those that the numbers counted.
    """
    other = str(values.get("other", ""))
    if not other.startswith("#"):
        return values
    return {**values, "other": f"#{file.record(int(rows[int(other[1:]) - 1]))}"}


def _outline(grid: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What a grid covers, with its holes filled, as communities without a name."""
    whole = shapely.union_all(polygonal(grid.geometry.to_numpy()).polygon)
    parts = shapely.get_parts(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(whole))))
    names = dict.fromkeys((fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, fields.STREET_CODE, fields.STREET_NAME), "")
    return gpd.GeoDataFrame(names, geometry=parts, crs=grid.crs, index=range(len(parts)))


def cells_of(grids: Sequence[FoundFile]) -> gpd.GeoDataFrame | None:
    """The unit grids in force of all files as valid polygons with BGID, in one CRS; None for none with a place."""
    grid = _together([file for file in grids if file.frame is not None and fields.BGID in file.frame])
    if grid is None:
        return None
    cells = grid[current(grid)]
    return cells.set_geometry(polygonal(cells.geometry.to_numpy()).polygon, crs=grid.crs)


def check_places(file: FoundFile, cells: gpd.GeoDataFrame | None, grids: Sequence[FoundFile]) -> Iterator[Finding]:
    """Components and cases: whether they lie in a grid (``cells_of`` the grids), and in the one that BGID names.

    On an edge every grid that meets there will do, for lines and polygons every one that they touch (the rule that
    chooses one is the importer's).
    """
    frame = file.frame
    if frame is None or cells is None:
        yield from (_places_unknown(file, grid) for grid in grids[:1])
        return
    given = np.flatnonzero(~unplaced(frame.geometry.to_numpy()))
    if not len(given):
        shapes = frame.geometry.to_numpy()
    elif (moved := _shapes_in(frame, cells.crs)) is not None:
        shapes = moved
    else:
        yield _places_unknown(file, file)
        return
    row, cell = shapely.STRtree(cells.geometry.to_numpy()).query(shapes[given], predicate="dwithin", distance=_NEAR)
    inside = np.zeros(len(given), dtype=bool)
    inside[row] = True
    outside = given[~inside]
    if len(outside):
        severity = Severity.ERROR if file.kind == COMPONENTS else Severity.WARNING
        yield Finding("outside_grids", severity, file.file, outside.tolist(), places=shapes[outside], crs=cells.crs)
    if fields.BGID not in frame:
        return
    yield from _stated_grids(file, cells, shapes, (given, row, cell))


def _shapes_in(frame: gpd.GeoDataFrame, crs: pyproj.CRS) -> Geometries | None:
    """The shapes of a file in another CRS; None where that cannot be."""
    if frame.crs is None:
        return None
    with contextlib.suppress(UnplacedCrs):
        return to_crs(frame, crs).geometry.to_numpy()
    return None


def _stated_grids(
    file: FoundFile,
    cells: gpd.GeoDataFrame,
    shapes: Geometries,
    pairs: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]],
) -> Iterator[Finding]:
    """Rows in other grids than the one that they state; ``pairs``: placed rows, and which of them is in which cell."""
    if file.frame is None:
        return
    given, row, cell = pairs
    codes, stated = text(cells[fields.BGID]).to_numpy(), text(file.frame[fields.BGID]).to_numpy()
    agrees = np.zeros(len(given), dtype=bool)
    np.logical_or.at(agrees, row, codes[cell] == stated[given[row]])
    found = np.full(len(given), -1, dtype=np.intp)
    found[row] = cell
    wrong = np.flatnonzero((found >= 0) & ~agrees & (stated[given] != ""))
    rows = given[wrong]
    if len(rows):
        values = [{"found": there, "code": code} for there, code in zip(codes[found[wrong]], stated[rows], strict=True)]
        yield Finding(
            "other_grid", Severity.ERROR, file.file, rows.tolist(), values, fields.BGID, stated[rows].tolist(),
            shapes[rows], cells.crs,
        )  # fmt: skip
    empty = np.flatnonzero(stated == "")
    if len(empty) and file.kind == COMPONENTS:
        values = [{"field": fields.BGID}]
        yield Finding("no_value", Severity.ERROR, file.file, empty.tolist(), values * len(empty), fields.BGID)


def _digits(file: FoundFile, column: str, digits: tuple[int, ...]) -> Iterator[Finding]:
    if file.frame is None or column not in file.frame:
        return
    codes = text(file.frame[column])
    empty = np.flatnonzero(codes == "")
    if len(empty) and column == (_IDS.get(file.kind) or fields.OBJ_ID):
        yield Finding("no_value", Severity.ERROR, file.file, empty.tolist(), [{"field": column}] * len(empty), column)
    formed = np.any([is_digits(codes, count) for count in digits], axis=0)
    rows = np.flatnonzero((codes != "") & ~formed)
    if len(rows):
        some = codes.iloc[rows].tolist()
        values = [{"field": column, "value": code, "digits": " / ".join(map(str, digits))} for code in some]
        yield Finding("bad_value", Severity.ERROR, file.file, rows.tolist(), values, column, some)


def _repeated(file: FoundFile, column: str, codes: pd.Series, counts: NDArray[np.int64]) -> Iterator[Finding]:
    rows = np.flatnonzero((counts > 1) & (codes != "").to_numpy(dtype=bool))
    if len(rows):
        some = codes.iloc[rows].tolist()
        values = [
            {"field": column, "code": code, "count": int(count)} for code, count in zip(some, counts[rows], strict=True)
        ]
        yield Finding("repeated", Severity.ERROR, file.file, rows.tolist(), values, column, some)


def _prefixes(file: FoundFile, column: str, parent: str) -> Iterator[Finding]:
    if file.frame is None:
        return
    codes, parents = text(file.frame[column]), text(file.frame[parent])
    rows = [
        row
        for row, (code, begin) in enumerate(zip(codes, parents, strict=True))
        if code and begin and not code.startswith(begin)
    ]
    if rows:
        some = codes.iloc[rows].tolist()
        values = [
            {"field": column, "code": code, "parent_field": parent, "parent": begin}
            for code, begin in zip(some, parents.iloc[rows], strict=True)
        ]
        yield Finding("parent", Severity.ERROR, file.file, rows, values, column, some)


def _classes(file: FoundFile, scheme: Scheme) -> Iterator[Finding]:
    """Classes that the scheme lacks or calls otherwise, and ids of another class than the row's."""
    frame = file.frame
    if frame is None or fields.CLASS_CODE not in frame:
        return
    codes = text(frame[fields.CLASS_CODE])
    names = text(frame[fields.CLASS_NAME]) if fields.CLASS_NAME in frame else pd.Series("", index=codes.index)
    kinds = (
        text(frame[fields.KIND]) if file.kind == CASES and fields.KIND in frame else pd.Series("", index=codes.index)
    )
    rows = pd.DataFrame({"code": codes, "name": names, "event": kinds.isin(_EVENTS)})
    for (code, name, event), some in rows.groupby(["code", "name", "event"], sort=False).indices.items():
        kind = EVENT if event else COMPONENT
        expected = scheme.names(kind).get(code, "")
        many = [code] * len(some)
        if code and not expected:
            severity = Severity.WARNING if scheme.is_extension(code, kind) else Severity.ERROR
            values = [{"code": code, "scheme": scheme.title}] * len(some)
            yield Finding("unknown_class", severity, file.file, some.tolist(), values, fields.CLASS_CODE, many)
        elif code and name and name_key(name) != name_key(expected) and code not in scheme.codes_of_name(kind, name):
            values = [{"code": code, "expected": expected, "found": name}] * len(some)
            yield Finding("class_name", Severity.ERROR, file.file, some.tolist(), values, fields.CLASS_NAME, many)
    if file.kind == COMPONENTS and fields.OBJ_ID in frame:
        ids = text(frame[fields.OBJ_ID])
        named = ids.where(ids.str.fullmatch("[0-9]{16,17}"), "").str[DISTRICT_DIGITS:-_SEQUENCE]
        wrong = np.flatnonzero((named != "") & (codes != "") & (named != codes))
        if len(wrong):
            triples = zip(ids.iloc[wrong], named.iloc[wrong], codes.iloc[wrong], strict=True)
            values = [{"code": code, "named": name, "stated": stated} for code, name, stated in triples]
            yield Finding(
                "id_class", Severity.ERROR, file.file, wrong.tolist(), values, fields.OBJ_ID, ids.iloc[wrong].tolist()
            )


def _dates(file: FoundFile) -> Iterator[Finding]:
    frame = file.frame
    if frame is None:
        return
    days: dict[str, NDArray[np.int64]] = {}
    for column in (fields.INITIAL_DATE, fields.END_DATE):
        if column not in frame:
            continue
        row, distinct = factorized(text(frame[column]))
        read = [day_of(value) for value in distinct.tolist()]
        days[column] = np.array([int(day or 0) for day in read], dtype=np.int64)[row]
        bad = np.flatnonzero(np.isin(row, [n for n, day in enumerate(read) if day is None]))
        if len(bad):
            values = [{"field": column, "value": distinct[row[n]]} for n in bad.tolist()]
            yield Finding("bad_date", Severity.ERROR, file.file, bad.tolist(), values, column)
    first, last = days.get(fields.INITIAL_DATE), days.get(fields.END_DATE)
    if last is None:
        return
    begun = np.zeros(len(last), dtype=np.int64) if first is None else first
    for kind, severity, marked in (
        ("dates_reversed", Severity.ERROR, (last > 0) & (last < begun)),
        ("closed_row", Severity.NOTE, (last > 0) & (last >= begun)),
    ):
        rows = np.flatnonzero(marked)
        if len(rows):
            values = [{"first": int(begun[n]), "last": int(last[n])} for n in rows.tolist()]
            yield Finding(kind, severity, file.file, rows.tolist(), values, fields.END_DATE)
