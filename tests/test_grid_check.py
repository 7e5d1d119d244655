"""The check of a unit grid: each planted fault is found, at its place, and nothing else is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import GRID_TEMPLATES, GridTemplate
from citygrid_plugin.core.errors import Cancelled
from citygrid_plugin.core.grids.coded_grid import coded_grid
from citygrid_plugin.core.grids.divisions import code_communities
from citygrid_plugin.core.grids.grid_check import check_unit_grid
from citygrid_plugin.core.grids.unit_grid import regular_cells
from citygrid_plugin.core.problems import TEXTS, TITLES

CRS = "EPSG:4549"
WEST, SOUTH = 400_000, 3_830_000
CODES = ("320706001001", "320706001002", "320706002001")
COLUMNS, ROWS = 4, 3


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    return shapely.box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def communities() -> gpd.GeoDataFrame:
    """Two streets, three communities side by side."""
    return gpd.GeoDataFrame(
        {
            "DistCode": "320706",
            "StrCode": [code[:9] for code in CODES],
            "StrName": ["南城街道", "南城街道", "北城街道"],
            "CommCode": CODES,
            "CommName": ["东社区", "中社区", "西社区"],
            "Note": "",
        },
        geometry=[box(COLUMNS * 100 * number, 0, COLUMNS * 100, ROWS * 100) for number in range(3)],
        crs=CRS,
    )


def clean(template: GridTemplate = GridTemplate.FIFTEEN) -> gpd.GeoDataFrame:
    """Squares of 100 m in rows from the north; row 12 * community + 4 * line + column."""
    frame = communities()
    return coded_grid(frame, regular_cells(frame.geometry.to_numpy()), GRID_TEMPLATES[template], "20250101")


def check(grid: gpd.GeoDataFrame, **parameters: float) -> gpd.GeoDataFrame:
    return check_unit_grid(grid, communities(), **parameters)


def kinds(problems: gpd.GeoDataFrame) -> Counter[str]:
    return Counter(problems[fields.PROBLEM_KIND])


@pytest.mark.parametrize("template", GridTemplate)
def test_a_clean_grid_has_no_problem(template: GridTemplate) -> None:
    grid = clean(template)
    assert not len(check(grid))
    shuffled = grid.sample(frac=1, random_state=1).reset_index(drop=True)
    turned = shuffled.set_geometry(shapely.reverse(shuffled.geometry.to_numpy()), crs=CRS)
    assert not len(check(turned))


def test_titles_and_texts_go_together() -> None:
    assert TITLES.keys() == TEXTS.keys()


@dataclass
class Planted:
    """A grid with a fault; what is to be found: (kind, row of the clean grid or -1, place)."""

    grid: gpd.GeoDataFrame
    expected: list[tuple[str, int, shapely.Geometry | None]]
    parameters: dict[str, float]


def planted(
    grid: gpd.GeoDataFrame, *expected: tuple[str, int, shapely.Geometry | None], **parameters: float
) -> Planted:
    return Planted(grid, list(expected), parameters)


def reshaped(outlines: dict[int, shapely.Geometry | None]) -> gpd.GeoDataFrame:
    grid = clean()
    polygons = grid.geometry.to_numpy().copy()
    for row, outline in outlines.items():
        polygons[row] = outline
    return grid.set_geometry(polygons, crs=CRS)


def recoded(row: int, **values: str) -> gpd.GeoDataFrame:
    grid = clean()
    for name, value in values.items():
        grid.loc[row, name] = value
    return grid


def cell(row: int) -> shapely.Polygon:
    return clean().geometry[row]


def triangle(*points: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon([(WEST + x, SOUTH + y) for x, y in points])


def together(*grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return pd.concat(grids, ignore_index=True)


# Row 5 is the square from (100, 100) to (200, 200) in the first community; row 6 lies east of it.
BULGE = triangle((200, 100), (230, 150), (200, 200))
EDGE_BULGE = triangle((100, 300), (150, 330), (200, 300))
INTO_NEIGHBOUR = triangle((400, 100), (430, 150), (400, 200))  # row 7 of the first community into row 16
NEEDLE = triangle((200, 100), (260, 150), (200, 103))


def _gap() -> Planted:
    return planted(clean().drop(index=5), ("gap", -1, cell(5)))


def _notch() -> Planted:
    return planted(reshaped({6: cell(6) - BULGE}), ("gap", -1, BULGE))


def _hole() -> Planted:
    hole = box(120, 120, 20, 20)
    return planted(reshaped({5: cell(5) - hole}), ("gap", -1, hole))


def _overlap() -> Planted:
    return planted(reshaped({5: cell(5) | BULGE}), ("overlap", 5, BULGE))


def _contained() -> Planted:
    inner = box(120, 120, 60, 60)
    grid = reshaped({})
    extra = grid.iloc[[5]].assign(BGID=f"{CODES[0]}013").set_geometry([inner], crs=CRS)
    both = together(grid, extra)
    return planted(both, ("overlap", 5, inner), min_ratio=0.1)


def _twice() -> Planted:
    grid = clean()
    extra = grid.iloc[[5]].assign(BGID=f"{CODES[0]}013")
    return planted(together(grid, extra), ("overlap", 5, cell(5)))


def _outside() -> Planted:
    return planted(reshaped({1: cell(1) | EDGE_BULGE}), ("outside", 1, EDGE_BULGE))


def _far_outside() -> Planted:
    grid = clean()
    far = grid.iloc[[5]].assign(BGID=f"{CODES[0]}013").set_geometry([box(5000, 0, 100, 100)], crs=CRS)
    both = together(grid, far)
    return planted(both, ("outside", len(grid), box(5000, 0, 100, 100)))


def _across() -> Planted:
    return planted(
        reshaped({7: cell(7) | INTO_NEIGHBOUR, 16: cell(16) - INTO_NEIGHBOUR}), ("across", 7, INTO_NEIGHBOUR)
    )


def _multipart() -> Planted:
    piece = box(240, 140, 20, 20)
    parts = shapely.MultiPolygon([cell(5), piece])
    return planted(reshaped({5: parts, 6: cell(6) - piece}), ("multipart", 5, parts))


def _invalid() -> Planted:
    points = shapely.get_coordinates(cell(5))
    there_and_back = np.vstack([points[:1], points[0] + [[-20, 20], [-30, 40]], points[0] + [[-20, 20]], points])
    return planted(reshaped({5: shapely.Polygon(there_and_back)}), ("invalid", 5, cell(5)))


def _empty() -> Planted:
    return planted(reshaped({5: None}), ("empty", 5, None), ("gap", -1, cell(5)))


def _spike() -> Planted:
    tip = shapely.Point(WEST + 260, SOUTH + 150).buffer(1)
    return planted(reshaped({5: cell(5) | NEEDLE, 6: cell(6) - NEEDLE}), ("spike", 5, tip), ("spike", 6, tip))


def _blunt_spike() -> Planted:
    tongue = box(200, 120, 50, 0.4)
    tip = shapely.Point(WEST + 250, SOUTH + 120.2).buffer(1)
    return planted(reshaped({5: cell(5) | tongue, 6: cell(6) - tongue}), ("spike", 5, tip), ("spike", 6, tip))


def _sliver() -> Planted:
    """A strip along the northern edge in place of the first of four squares."""
    strip = _with_corners(box(0, 290, 400, 10), (133, 290), (266, 290))
    below = [box(0, 200, 133, 90), box(133, 200, 133, 90), box(266, 200, 134, 90)]
    below = [_with_corners(part, (100, 200), (200, 200), (300, 200)) for part in below]
    south = [_with_corners(cell(row), (133, 200), (266, 200)) for row in (4, 5, 6)]
    east = _with_corners(cell(12), (400, 290))
    outlines = {0: strip, **dict(enumerate([*below, *south], start=1)), 12: east}
    return planted(reshaped(outlines), ("sliver", 0, strip), min_ratio=0.1)


def _with_corners(polygon: shapely.Polygon, *points: tuple[float, float]) -> shapely.Polygon:
    """The polygon with these points as corners, where they lie on its outline."""
    ring = polygon.exterior
    corners = [shapely.Point(corner) for corner in ring.coords[:-1]]
    corners += [shapely.Point(WEST + x, SOUTH + y) for x, y in points]
    on_it = {(corner.x, corner.y): ring.project(corner) for corner in corners if ring.distance(corner) < 1e-6}
    return shapely.Polygon(sorted(on_it, key=on_it.get))


def _small_and_large() -> Planted:
    small = box(100, 100, 30, 100)
    large = shapely.union_all([cell(row) for row in (24, 25, 26, 27, 30)])
    grid = reshaped({5: small, 6: (cell(6) | cell(5)) - small, 24: large}).drop(index=[25, 26, 27, 30])
    # Their corners are those of the neighbours.
    for row, point in ((1, (130, 200)), (9, (130, 100))):
        grid.loc[row, "geometry"] = _with_corners(grid.geometry[row], point)
    grid.loc[6, "geometry"] = _with_corners(grid.geometry[6], (200, 100), (200, 200))
    return planted(grid, ("small", 5, small), ("large", 24, large))


def _missing_vertex() -> Planted:
    more = _with_corners(cell(5), (200, 150))
    return planted(reshaped({5: more}), ("missing_vertex", 6, shapely.Point(WEST + 200, SOUTH + 150).buffer(1)))


def _no_code() -> Planted:
    return planted(recoded(5, BGID=""), ("no_code", 5, cell(5)))


def _bad_codes() -> Planted:
    grid = recoded(5, BGID=f"{CODES[0]}00x")
    grid.loc[20, "BGID"] = f"{CODES[1]}000"
    return planted(grid, ("bad_code", 5, cell(5)), ("bad_code", 20, cell(20)))


def _short_code() -> Planted:
    return planted(recoded(11, BGID=f"{CODES[0]}12"), ("code_length", 11, cell(11)))


def _duplicate_code() -> Planted:
    code = f"{CODES[0]}005"
    return planted(recoded(5, BGID=code), ("duplicate_code", 4, cell(4)), ("duplicate_code", 5, cell(5)))


def _closed_code() -> Planted:
    grid = clean()
    closed = grid.iloc[[5, 6]].assign(BGID=[f"{CODES[0]}004", f"{CODES[0]}099"], CHDate="20250601")
    return planted(together(grid, closed), ("closed_code", 3, cell(3)))


def _code_disagrees() -> Planted:
    return planted(recoded(5, CommCode=CODES[1]), ("code_disagrees", 5, cell(5)))


def _other_code() -> Planted:
    return planted(recoded(11, BGID=f"{CODES[2]}099"), ("code_disagrees", 11, cell(11)))


def _place_disagrees() -> Planted:
    grid = recoded(11, BGID=f"{CODES[1]}099", CommCode=CODES[1])
    return planted(grid, ("place_disagrees", 11, cell(11)))


def _parents_disagree() -> Planted:
    grid = recoded(5, StrCode="320706002")
    grid.loc[20, "DistCode"] = "320707"
    return planted(grid, ("street_code_disagrees", 5, cell(5)), ("district_code_disagrees", 20, cell(20)))


def _no_grid() -> Planted:
    place = communities().geometry[1]
    return planted(clean().drop(index=range(12, 24)), ("no_grid", -1, place))


def _street_without_grid() -> Planted:
    place = communities().geometry[2]
    return planted(clean().drop(index=range(24, 36)), ("no_grid", -1, place), ("street_without_grid", -1, place))


FAULTS = {function.__name__[1:]: function for function in (
    _gap, _notch, _hole, _overlap, _contained, _twice, _outside, _far_outside, _across, _multipart, _invalid, _empty,
    _spike, _blunt_spike, _sliver, _small_and_large, _missing_vertex, _no_code, _bad_codes, _short_code,
    _duplicate_code, _closed_code, _code_disagrees, _other_code, _place_disagrees, _parents_disagree, _no_grid,
    _street_without_grid,
)}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_where_it_is(fault: str) -> None:
    made = FAULTS[fault]()
    # Notes ask for a look only: where a number is missing, the order may differ.
    problems = check(made.grid.reset_index(drop=True), **made.parameters)
    problems = problems[problems["Severity"] != "note"]
    codes = made.grid["BGID"]
    found = list(zip(problems["Kind"], problems["BGID"], problems.geometry, strict=True))
    assert kinds(problems) == Counter(kind for kind, *_ in made.expected), list(problems["Text"])
    for kind, row, place in made.expected:
        code = "" if row < 0 else codes[row]
        assert any(
            kind == other and code == bgid and _same_place(place, geometry) for other, bgid, geometry in found
        ), (kind, code)
    for geometry in problems.geometry.dropna():
        assert geometry.is_valid
        assert geometry.geom_type in ("Polygon", "MultiPolygon")
    assert not problems["Text"].str.contains(r"[{}]").any()


def _same_place(one: shapely.Geometry | None, other: shapely.Geometry | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.symmetric_difference(other).area < 0.02 * one.area + 0.05


def test_texts_name_what_is_meant() -> None:
    texts = list(check(_overlap().grid)["Text"])
    assert texts == [f"1,500 m² here belong to more than one grid, also to {clean()['BGID'][6]}."]
    texts = list(check(_small_and_large().grid)["Text"])
    assert any("3,000 m², 0.30 times" in text for text in texts)
    assert any("50,000 m², 5.00 times" in text for text in texts)
    assert "西社区 (320706002001) has no grid" in check(_street_without_grid().grid)["Text"].iloc[0]
    without_codes = _overlap().grid.drop(columns=["BGID", "CommCode"])
    assert list(check(without_codes)["Text"]) == ["1,500 m² here belong to more than one grid, also to #7."]


def test_numbers_in_another_order_are_a_note_a_community() -> None:
    grid = clean()
    grid.loc[[4, 5, 20, 21], "BGID"] = grid.loc[[5, 4, 21, 20], "BGID"].to_numpy()
    problems = check(grid)
    assert list(problems["Kind"]) == ["out_of_order"] * 2
    assert set(problems["Severity"]) == {"note"}
    assert "中社区 (320706001002)" in problems["Text"].iloc[1]
    assert "1 of 11 steps" in problems["Text"].iloc[1]


def test_communities_that_are_small_or_thin_themselves_are_no_fault() -> None:
    frame = communities()
    frame.loc[1, "geometry"] = shapely.MultiPolygon([box(500, 500, 30, 30), box(500, 600, 900, 9)])
    cells = regular_cells(frame.geometry.to_numpy())
    grid = coded_grid(frame, cells, GRID_TEMPLATES[GridTemplate.FIFTEEN], "20250101")
    assert not (kinds(check_unit_grid(grid, frame)).keys() & {"small", "sliver"})


def test_a_grid_drawn_elsewhere() -> None:
    frame = communities().drop(columns=["CommCode", "StrCode", "DistCode", "Note"])
    grid = clean()[["geometry"]]
    assert not len(check_unit_grid(grid, frame))
    polygons = grid.geometry.to_numpy()
    shifted = grid.set_geometry(shapely.transform(polygons, lambda xy: xy + 0.007), crs=CRS)
    assert not len(check_unit_grid(shifted, frame))
    xy, row = shapely.get_coordinates(polygons, return_index=True)
    by_themselves = np.random.default_rng(1).uniform(-0.002, 0.002, (len(grid), 2))[row]
    redrawn = grid.set_geometry(shapely.set_coordinates(polygons.copy(), xy + by_themselves), crs=CRS)
    assert not len(check_unit_grid(redrawn, frame))
    moved = grid.set_geometry(shapely.transform(polygons, lambda xy: xy + np.array([3.0, 0.0])), crs=CRS)
    assert kinds(check_unit_grid(moved, frame)) == {"outside": 3, "across": 6, "gap": 1}


def test_closed_rows_are_no_part_of_the_grid() -> None:
    grid = clean()
    closed = grid.iloc[:12].assign(BGID=[f"{CODES[0]}{number:03}" for number in range(50, 62)], CHDate="20250601")
    closed = closed.set_geometry(shapely.buffer(closed.geometry.to_numpy(), 7), crs=CRS)
    assert not len(check(together(grid, closed)))
    assert kinds(check(grid.assign(CHDate="20250601"))) == {"no_grid": 3, "street_without_grid": 2}


SINGLE: dict[str, Callable[[gpd.GeoDataFrame, int], None]] = {
    "gap": lambda grid, row: _set(grid, row, grid.geometry[row] - shapely.centroid(grid.geometry[row]).buffer(20)),
    "overlap": lambda grid, row: _set(grid, row, _stretched(grid.geometry[row])),
    "bad_code": lambda grid, row: _set(grid, row, f"12{row}", "BGID"),
    "street_code_disagrees": lambda grid, row: _set(grid, row, "320706777", "StrCode"),
    "missing_vertex": lambda grid, row: _set(grid, row, _halved_east(grid.geometry[row])),
}


def _set(grid: gpd.GeoDataFrame, row: int, value: object, column: str = "geometry") -> None:
    grid.loc[row, column] = value


def _stretched(square: shapely.Polygon) -> shapely.Polygon:
    _, south, east, north = square.bounds
    return square | shapely.Polygon([(east, south), (east + 30, (south + north) / 2), (east, north)])


def _halved_east(square: shapely.Polygon) -> shapely.Polygon:
    west, south, east, north = square.bounds
    return shapely.Polygon([(west, south), (east, south), (east, (south + north) / 2), (east, north), (west, north)])


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from([0, 2, 8, 10, 12, 14, 20, 22, 24, 26, 32, 34]), st.sampled_from([*SINGLE])))
def test_random_faults(faults: dict[int, str]) -> None:
    grid = clean()
    for row, kind in faults.items():
        SINGLE[kind](grid, row)
    problems = check(grid)
    problems = problems[problems["Severity"] != "note"]
    assert kinds(problems) == Counter(faults.values())
    for row, kind in faults.items():
        reach = cell(row).buffer(31)
        of_kind = problems[problems["Kind"] == kind].geometry
        assert shapely.contains(reach, of_kind.to_numpy()).any()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.05, 3.0, 40.0]), st.integers(0, 12))
def test_overlaps_and_gaps_are_those_of_all_pairs(seed: int, size: float, count: int) -> None:
    """Corners of some cells are moved at will; every pair is compared, and every community with all cells."""
    rng = np.random.default_rng(seed)
    grid = clean()
    polygons = grid.geometry.to_numpy().copy()
    for row in rng.choice(len(polygons), count, replace=False):
        points = shapely.get_coordinates(polygons[row])[:-1]
        polygons[row] = shapely.Polygon(points + rng.uniform(-size, size, points.shape)).buffer(0)
    frame = communities()
    problems = check_unit_grid(grid.set_geometry(polygons, crs=CRS), frame)
    found = problems.assign(area=problems.area).groupby("Kind")["area"].sum()
    left, right = np.triu_indices(len(polygons), 1)
    pairs = shapely.area(shapely.intersection(polygons[left], polygons[right]))
    homes = frame.geometry.to_numpy()
    bare = shapely.area(shapely.difference(homes, shapely.union_all(polygons))).sum()
    outside = shapely.area(shapely.difference(polygons, shapely.union_all(homes))).sum()
    residue = 6.0 * count if size else 1e-3  # what is under 1 cm wide or 0.5 m² is passed over
    for kind, area in (("overlap", pairs.sum()), ("gap", bare), ("outside", outside)):
        assert found.get(kind, 0.0) == pytest.approx(area, abs=residue), kind


def test_progress_rises_and_cancels() -> None:
    seen: list[float] = []
    check_unit_grid(clean(), communities(), progress=seen.append)
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= 1

    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        check_unit_grid(clean(), communities(), progress=stop)


@pytest.mark.real_data
@pytest.mark.parametrize(("template", "area"), [(GridTemplate.FIFTEEN, 10_000.0), (GridTemplate.FOURTEEN, 30_000.0)])
def test_a_real_district_is_clean(jiangdong: Path, template: GridTemplate, area: float) -> None:
    places = gpd.read_file(jiangdong).to_crs(4549)
    named = places.rename(columns={"社区名称": "CommName", "街道名称": "StrName"})
    coded = code_communities(named[["CommName", "StrName", "geometry"]], "330204").frame
    cells = regular_cells(coded.geometry.to_numpy(), area)
    grid = coded_grid(coded, cells, GRID_TEMPLATES[template], "20250101", area)
    problems = check_unit_grid(grid, coded, area)
    assert not len(problems), list(problems["Text"])
