"""What an acceptance check looks at in the rows: codes, parents, classes, dates, and where things lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
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
from citygrid_plugin.core.spatial.crs import measuring_crs
from citygrid_plugin.core.spatial.geometry import polygonal, unplaced

from .cells import day_of
from .check_files import FoundFile
from .dictionary import CASES, COMMUNITIES, COMPONENTS, STREETS, UNIT_GRID, ZONES
from .findings import Finding

_SEQUENCE: Final = 6  # digits at the end of a component's id
_NEAR: Final = 0.01  # metres; a component on the edge of a grid lies in it
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


def check_topology(file: FoundFile, homes: FoundFile | None, progress: Progress = silent) -> Iterator[Finding]:
    """A unit grid against its communities; without those, against its own outline without holes."""
    frame = file.frame
    if frame is None or frame.crs is None:
        return
    placed = frame[~unplaced(frame.geometry.to_numpy())]
    if not len(placed):
        return
    crs = measuring_crs(frame.crs, placed.geometry.to_numpy())
    grid = placed.to_crs(crs)
    known = homes is not None and homes.frame is not None and homes.frame.crs is not None
    if homes is not None and homes.frame is not None and known:
        outlines = homes.frame.to_crs(crs)
        outlines = outlines.set_geometry(polygonal(outlines.geometry.to_numpy()).polygon, crs=crs)
    else:
        outlines = _outline(grid)
    problems = check_unit_grid(grid, outlines, progress=progress)
    row_of = pd.Series(np.arange(len(frame)), index=text(frame[fields.BGID])) if fields.BGID in frame else pd.Series()
    row_of = row_of[~row_of.index.duplicated()]
    for (kind, severity), some in problems.groupby([fields.PROBLEM_KIND, fields.SEVERITY], sort=False):
        if kind not in (_WITH_COMMUNITIES if known else _ALWAYS):
            continue
        codes = some[fields.BGID].tolist()
        rows = row_of.reindex(codes).fillna(-1).astype(int).tolist()
        places = some.geometry.to_numpy()
        values = some[VALUES].tolist()
        name = "hole" if kind == "gap" and not known else str(kind)
        yield Finding(name, Severity(severity), file.file, rows, values, fields.BGID, codes, places, crs)


def _outline(grid: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What a grid covers, with its holes filled, as communities without a name."""
    whole = shapely.union_all(polygonal(grid.geometry.to_numpy()).polygon)
    parts = shapely.get_parts(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(whole))))
    names = dict.fromkeys((fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, fields.STREET_CODE, fields.STREET_NAME), "")
    return gpd.GeoDataFrame(names, geometry=parts, crs=grid.crs, index=range(len(parts)))


def check_places(file: FoundFile, grids: FoundFile) -> Iterator[Finding]:
    """Components and cases: whether they lie in a grid, and in the one that BGID names.

    On an edge every grid that meets there will do, for lines and polygons every one that they touch (the rule that
    chooses one is the importer's).
    """
    frame, grid = file.frame, grids.frame
    if frame is None or grid is None or frame.crs is None or grid.crs is None or fields.BGID not in grid:
        return
    drawn = grid.geometry.to_numpy()
    crs = measuring_crs(grid.crs, drawn[~unplaced(drawn)])
    cells = grid[current(grid)].to_crs(crs)
    shapes = frame.to_crs(crs).geometry.to_numpy()
    given = np.flatnonzero(~unplaced(shapes))
    outlines = polygonal(cells.geometry.to_numpy()).polygon
    row, cell = shapely.STRtree(outlines).query(shapes[given], predicate="dwithin", distance=_NEAR)
    inside = np.zeros(len(given), dtype=bool)
    inside[row] = True
    outside = given[~inside]
    if len(outside):
        severity = Severity.ERROR if file.kind == COMPONENTS else Severity.WARNING
        yield Finding("outside_grids", severity, file.file, outside.tolist(), places=shapes[outside], crs=crs)
    if fields.BGID not in frame:
        return
    yield from _stated_grids(file, cells, shapes, (given, row, cell))


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
