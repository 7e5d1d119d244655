"""Stable codes: the renewed grid and its crosswalk against plain loops and a plain overlay."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import GRID_TEMPLATES, CodeTemplate, GridTemplate
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.core.grids.coded_grid import (
    CommunityTooLarge,
    NumbersUsedUp,
    RenewedGrid,
    TemplateTooShort,
    coded_grid,
    renewed_grid,
)
from citygrid_plugin.core.grids.stability import (
    CLOSED,
    KEPT,
    MERGED,
    NEW,
    SPLIT,
    TEXTS,
    current,
)
from citygrid_plugin.core.grids.unit_grid import regular_cells
from citygrid_plugin.core.spatial.coverage import Faces, shared_edges

from .test_coded_grid import coded
from .test_unit_grid import city

FIFTEEN, FOURTEEN = GRID_TEMPLATES[GridTemplate.FIFTEEN], GRID_TEMPLATES[GridTemplate.FOURTEEN]
AREA = 20_000.0


def first_grid(communities: gpd.GeoDataFrame, template: CodeTemplate = FIFTEEN) -> tuple[Faces, gpd.GeoDataFrame]:
    cells = regular_cells(communities.geometry.to_numpy(), AREA)
    return cells, coded_grid(communities, cells, template, "20250101", AREA)


def renew(
    communities: gpd.GeoDataFrame,
    cells: Faces,
    previous: gpd.GeoDataFrame,
    date: str = "20260101",
    template: CodeTemplate = FIFTEEN,
) -> RenewedGrid:
    return renewed_grid(communities, cells, template, date, AREA, previous)


def same(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    """Attributes, order, and geometry to the byte."""
    if isinstance(left, gpd.GeoDataFrame):
        shapes = [list(shapely.to_wkb(frame.geometry.to_numpy())) for frame in (left, right)]
        if shapes[0] != shapes[1]:
            return False
        left, right = (pd.DataFrame(frame.drop(columns="geometry")) for frame in (left, right))
    return left.astype(object).equals(right.astype(object))  # which type of text pandas chooses does not matter


def recut(cells: Faces, rng: np.random.Generator) -> Faces:
    """The same ground with some cells cut in two, some joined with a neighbour, some moved limits and some holes."""
    polygon, community = list(cells.polygon), list(cells.community)
    for _ in range(rng.integers(0, 4)):
        victim = rng.integers(len(polygon))
        x, y = shapely.get_coordinates(shapely.point_on_surface(polygon[victim]))[0]
        angle = rng.uniform(0, np.pi)
        step = np.array([np.cos(angle), np.sin(angle)]) * 1e4
        blade = shapely.LineString([(x - step[0], y - step[1]), (x + step[0], y + step[1])])
        pieces = shapely.get_parts(shapely.polygonize([shapely.node(shapely.union(polygon[victim].exterior, blade))]))
        pieces = [p for p in pieces if polygon[victim].contains(p.representative_point())]
        owner = community[victim]
        polygon[victim : victim + 1], community[victim : victim + 1] = pieces, [owner] * len(pieces)
    for _ in range(rng.integers(0, 4)):
        edges = shared_edges(np.array(polygon))
        inside = np.flatnonzero(np.array(community)[edges.left] == np.array(community)[edges.right])
        if len(inside):
            left, right = edges.left[pick := rng.choice(inside)], edges.right[pick]
            union = shapely.union(polygon[left], polygon[right])
            if union.geom_type == "Polygon":
                polygon[left] = union
                del polygon[right], community[right]
    if rng.random() < 0.3 and len(polygon) > 1:
        gone = rng.integers(len(polygon))
        del polygon[gone], community[gone]
    order = rng.permutation(len(polygon))
    return Faces(np.array(polygon, dtype=object)[order], np.array(community)[order])


def check_crosswalk(result: RenewedGrid, previous: gpd.GeoDataFrame, date: str) -> None:
    """Shares, kinds and completeness against a plain overlay of every old with every new cell."""
    old = previous[previous[fields.END_DATE] == ""].set_index(fields.BGID).geometry
    new = result.frame[result.frame[fields.END_DATE] == ""].set_index(fields.BGID).geometry
    table = result.crosswalk
    assert list(table.columns) == list(fields.CROSSWALK)
    assert (table[fields.CHANGE_DATE] == date).all()
    assert not table.duplicated([fields.OLD_BGID, fields.NEW_BGID]).any()
    rows = {(row.OldBGID, row.NewBGID): row for row in table.itertuples()}
    assert {key[0] for key in rows} - {""} == set(old.index)  # no cell is forgotten on either side
    assert {key[1] for key in rows} - {""} == set(new.index)
    for code, cell in old.items():
        listed = 0.0
        for other, place in new.items():
            common = shapely.area(shapely.intersection(cell, place))
            row = rows.get((code, other))
            least = 0.01 * min(cell.area, place.area)
            if row is None:
                assert common <= least + 1e-6
                continue
            assert row.Share == pytest.approx(common / cell.area, abs=2e-6)
            listed += row.Share
            alike = common >= 0.9 * cell.area and common >= 0.9 * place.area and code[:12] == other[:12]
            whole = common >= 0.9 * cell.area
            assert row.Kind == (KEPT if alike else MERGED if whole else SPLIT)
            assert (code == other) == alike
        rest = rows.get((code, ""))
        if rest is not None:
            assert rest.Kind == CLOSED
            listed += rest.Share
        assert 0.95 < listed < 1.00001
    for code in new.index:
        if ("", code) in rows:
            assert rows["", code].Kind == NEW
            assert not any(key[1] == code and key[0] for key in rows)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 100_000), st.integers(1, 6), st.sampled_from([FIFTEEN, FOURTEEN]))
def test_three_generations(seed: int, count: int, template: CodeTemplate) -> None:
    rng = np.random.default_rng(seed)
    communities = coded(city(seed, count, 900.0))
    cells, grid = first_grid(communities, template)
    again = renew(communities, cells, grid, template=template)
    assert same(again.frame, grid)
    assert (again.crosswalk[fields.CHANGE] == KEPT).all()
    assert (again.crosswalk[fields.SHARE] == 1).all()
    assert again.remarks == {}

    given_before = set(grid[fields.BGID])
    for date in ("20260101", "20270101", "20280101"):
        cells = recut(cells, rng)
        result = renew(communities, cells, grid, date, template)
        frame = result.frame
        check_crosswalk(result, grid, date)
        assert frame[fields.BGID].is_unique
        old, now = grid.set_index(fields.BGID), frame.set_index(fields.BGID)
        assert set(old.index) <= set(now.index)
        born = now.index.difference(old.index)
        assert given_before.isdisjoint(born)
        assert (now.loc[born, fields.INITIAL_DATE] == date).all()
        for community, codes in pd.Series(born).groupby(born.str[:12]):
            highest = max([code for code in given_before if code.startswith(community)], default=community)
            first = int(highest[12:] or 0) + 1
            assert sorted(int(code[12:]) for code in codes) == list(range(first, first + len(codes)))
        closed = old.index[old[fields.END_DATE] != ""]
        assert same(now.loc[closed], old.loc[closed])
        ended = now.index[(now[fields.END_DATE] == date)]
        assert same(now.loc[ended].assign(CHDate=""), old.loc[ended])
        kept = now.index.intersection(old.index).difference(closed).difference(ended)
        assert (now.loc[kept, fields.INITIAL_DATE] == old.loc[kept, fields.INITIAL_DATE]).all()
        assert shapely.area(frame[current(frame)].geometry.to_numpy()).sum() == pytest.approx(
            shapely.area(cells.polygon).sum()
        )

        shuffled = grid.iloc[rng.permutation(len(grid))]
        names = rng.permutation(count)
        turned = communities.iloc[names].reset_index(drop=True)
        other = renew(turned, Faces(cells.polygon, np.argsort(names)[cells.community]), shuffled, date, template)
        assert same(other.frame, frame)
        assert same(other.crosswalk, result.crosswalk)
        rerun = renew(communities, cells, frame, "20290101", template)
        assert same(rerun.frame, frame)
        assert set(rerun.crosswalk[fields.CHANGE]) == {KEPT}
        grid, given_before = frame, given_before | set(frame[fields.BGID])


BOXES = np.array([shapely.box(x, 0, x + 100, 100) for x in range(0, 500, 100)])
TOWN = coded(np.array([shapely.box(0, 0, 500, 100)]))
CODE = "500103001001"


def faces(*polygons: shapely.Polygon) -> Faces:
    return Faces(np.array(polygons, dtype=object), np.zeros(len(polygons), dtype=np.intp))


def town_grid(template: CodeTemplate = FIFTEEN) -> gpd.GeoDataFrame:
    return coded_grid(TOWN, faces(*BOXES), template, "20250101")


def rows_of(result: RenewedGrid) -> list[tuple[str, str, float, str]]:
    """The crosswalk with the number of each code only."""
    table = result.crosswalk
    return [(row.OldBGID[12:], row.NewBGID[12:], round(row.Share, 2), row.Kind) for row in table.itertuples()]


def test_kinds_of_change() -> None:
    """Cell 1 is cut in two, 2 and 3 become one, the limit of 4 and 5 moves by 30 m, 5 loses its east, 6 is new."""
    cells = faces(
        shapely.box(0, 0, 50, 100),
        shapely.box(50, 0, 100, 100),
        shapely.box(100, 0, 300, 100),
        shapely.box(300, 0, 430, 100),
        shapely.box(430, 0, 480, 100),
        shapely.box(600, 0, 700, 100),
    )
    result = renew(TOWN, cells, town_grid())
    assert rows_of(result) == [
        ("", "011", 1.0, NEW),
        ("001", "006", 0.5, SPLIT),
        ("001", "007", 0.5, SPLIT),
        ("002", "008", 1.0, MERGED),
        ("003", "008", 1.0, MERGED),
        ("004", "009", 1.0, MERGED),
        ("005", "", 0.2, CLOSED),
        ("005", "009", 0.3, SPLIT),
        ("005", "010", 0.5, SPLIT),
    ]
    closed = result.frame[~current(result.frame)]
    assert list(closed[fields.BGID].str[12:]) == ["001", "002", "003", "004", "005"]
    assert (closed[fields.END_DATE] == "20260101").all()


def test_a_cell_that_hardly_moved_keeps_its_code_and_gets_the_new_outline() -> None:
    before = town_grid()
    before[fields.NOTE] = [f"注（{number}）" for number in range(5)]
    limits = [0, 94, 200, 300, 400, 500]
    cells = faces(*(shapely.box(a, 0, b, 100) for a, b in pairwise(limits)))
    result = renew(TOWN, cells, before)
    assert rows_of(result)[:3] == [("001", "001", 0.94, KEPT), ("001", "002", 0.06, SPLIT), ("002", "002", 1.0, KEPT)]
    assert list(result.frame[fields.BGID]) == list(before[fields.BGID])
    assert list(result.frame[fields.NOTE]) == list(before[fields.NOTE])
    assert list(result.frame[fields.INITIAL_DATE]) == ["20250101"] * 5
    assert list(result.frame[fields.AREA]) == [9400, 10600, 10000, 10000, 10000]


def test_the_rest_of_a_cut_cell_keeps_its_code_only_from_nine_tenths_up() -> None:
    for width, codes in ((89.9, ["001", "006", "007"]), (90.0, ["001", "006"])):
        cells = faces(shapely.box(0, 0, width, 100), shapely.box(width, 0, 100, 100), *BOXES[1:])
        frame = renew(TOWN, cells, town_grid()).frame
        touched = frame[(frame[fields.BGID].str[12:] > "005") | (frame[fields.BGID].str[12:] == "001")]
        assert list(touched[fields.BGID].str[12:]) == codes


def test_the_same_place_in_another_community_gets_another_code() -> None:
    """Two communities become one; the cells of the one that is gone are closed, and their numbers stay closed."""
    two = coded(np.array([shapely.box(0, 0, 200, 100), shapely.box(200, 0, 500, 100)]))
    before = coded_grid(two, Faces(BOXES, np.array([0, 0, 1, 1, 1])), FIFTEEN, "20250101")
    result = renew(TOWN, faces(*BOXES), before)
    frame = result.frame
    assert list(frame[current(frame)][fields.BGID]) == [f"{CODE}{number:03d}" for number in range(1, 6)]
    gone = before[before[fields.COMMUNITY_CODE] != CODE][fields.BGID]
    assert list(frame[~current(frame)][fields.BGID]) == list(gone)
    moved = result.crosswalk[result.crosswalk[fields.OLD_BGID].isin(gone)]
    assert set(moved[fields.CHANGE]) == {MERGED}
    back = renew(two, Faces(BOXES, np.array([0, 0, 1, 1, 1])), frame, "20270101").frame
    again = back[current(back) & (back[fields.COMMUNITY_CODE] != CODE)]
    assert list(again[fields.BGID].str[12:]) == ["004", "005", "006"]


def test_another_template_is_a_recoding() -> None:
    before = town_grid(FOURTEEN)
    before.loc[1, fields.END_DATE] = "20250601"
    cells = faces(BOXES[0], *BOXES[2:], BOXES[1])
    wider = renew(TOWN, cells, before)
    now = wider.frame[current(wider.frame)]
    assert list(now[fields.BGID].str[12:]) == ["001", "003", "004", "005", "006"]
    assert list(wider.frame[~current(wider.frame)][fields.BGID].str[12:]) == ["02"]
    assert rows_of(wider)[1:] == [(old[1:], old, 1.0, KEPT) for old in ("001", "003", "004", "005")]
    assert wider.remarks == {"recoded": 4}
    narrow = renew(TOWN, cells, wider.frame, "20270101", FOURTEEN)
    assert list(narrow.frame[current(narrow.frame)][fields.BGID].str[12:]) == ["01", "03", "04", "05", "06"]
    high = town_grid()
    high.loc[4, fields.BGID] = f"{CODE}150"
    with pytest.raises(TemplateTooShort, match=r"“社区1” needs 150 numbers, but 2 digits .* 6\+3\+3\+3"):
        renew(TOWN, cells, high, template=FOURTEEN)


def test_numbers_that_are_used_up_are_named_with_the_remedy() -> None:
    before = town_grid()
    before.loc[4, [fields.BGID, fields.END_DATE]] = [f"{CODE}999", "20250601"]
    assert len(renew(TOWN, faces(*BOXES[:4]), before).frame) == 5
    with pytest.raises(NumbersUsedUp, match=r"“社区1” needs the number 1000, .* Give it a new community code"):
        renew(TOWN, faces(*BOXES), before)
    many = shapely.box(*(np.array([[i, 0, i + 0.5, 100] for i in np.arange(0, 500, 0.5)]).T))
    with pytest.raises(CommunityTooLarge):
        renew(TOWN, faces(*many), before)


def test_odd_rows_are_counted_and_nothing_is_lost() -> None:
    bow = shapely.Polygon([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0), (-1, -1), (1, -1), (0, 0)])
    before = town_grid()
    odd = before.iloc[[0, 1, 2, 3, 4, 4, 4, 4]].reset_index(drop=True)
    odd[fields.BGID] = [f"{CODE}001", f"{CODE}002", "12", None, f"{CODE}005", f"{CODE}005", f"{CODE}9", f"{CODE}017"]
    odd[fields.END_DATE] = [None, "", None, None, "", "", "2024-05-02T00:00:00", None]
    odd[fields.AREA] = None
    geometry = odd.geometry.to_numpy().copy()
    geometry[0] = bow
    geometry[1] = shapely.MultiPolygon([shapely.force_3d(geometry[1], 4.0)])
    geometry[5] = shapely.box(440, 0, 500, 100)
    geometry[7] = None
    odd = odd.set_geometry(geometry)[[fields.BGID, fields.END_DATE, fields.NOTE, fields.AREA, "geometry"]]
    result = renew(TOWN, faces(*BOXES), odd)
    frame = result.frame
    assert result.remarks == {"no_code": 1, "bad_code": 1, "duplicate_code": 1, "no_area": 1, "invalid": 1}
    assert set(result.remarks) <= set(TEXTS)
    assert list(frame[current(frame)][fields.BGID].str[12:]) == ["001", "002", "005", "018", "019"]
    ended = frame[~current(frame)]
    assert list(ended[fields.BGID]) == ["12", f"{CODE}005", f"{CODE}017", f"{CODE}9"]
    assert list(ended[fields.END_DATE]) == ["20260101", "20260101", "20260101", "20240502"]
    assert list(ended[fields.COMMUNITY_CODE]) == ["", CODE, CODE, ""]
    assert (f"{CODE}017", "", 1.0, CLOSED) in [tuple(row)[:4] for row in result.crosswalk.itertuples(index=False)]
    assert same(renew(TOWN, faces(*BOXES), odd.iloc[::-1]).frame, frame)
    assert same(renew(TOWN, faces(*BOXES), frame, "20270101").frame, frame)
    with pytest.raises(UnknownField, match="BGID"):
        renew(TOWN, faces(*BOXES), before.drop(columns=fields.BGID))


def test_a_previous_grid_without_a_row_is_no_grid() -> None:
    result = renew(TOWN, faces(*BOXES), town_grid().iloc[:0])
    assert same(result.frame, coded_grid(TOWN, faces(*BOXES), FIFTEEN, "20260101"))
    assert set(result.crosswalk[fields.CHANGE]) == {NEW}


@pytest.mark.real_data
def test_a_real_community_is_split_in_two(real_data: Path) -> None:
    wards = gpd.read_file(real_data / "boundaries" / "ningbo_shequ.geojson").to_crs(4549)
    wards = wards[wards["县市区"] == "江东区"].geometry.make_valid().to_numpy()
    before = coded(wards)
    cells = regular_cells(wards)
    grid = coded_grid(before, cells, FIFTEEN, "20250101")
    assert same(renew(before, cells, grid).frame, grid)

    largest = int(np.argmax(shapely.area(wards)))
    west, south, east, north = wards[largest].bounds
    half = shapely.box(west - 1, south - 1, (west + east) / 2, north + 1)
    after = coded(np.r_[wards, [wards[largest].difference(half)]])
    after.loc[largest, "geometry"] = wards[largest].intersection(half)
    result = renew(after, regular_cells(after.geometry.to_numpy()), grid)
    now = result.frame[current(result.frame)]
    code = after[fields.COMMUNITY_CODE]
    elsewhere = grid[grid[fields.COMMUNITY_CODE] != code[largest]].reset_index(drop=True)
    kept = now[now[fields.BGID].isin(elsewhere[fields.BGID])].reset_index(drop=True)
    apart = ~shapely.dwithin(kept.geometry.to_numpy(), wards[largest], 1.0)
    assert apart.sum() > 2500
    assert same(kept[apart], elsewhere[apart])
    attributes = [name for name in fields.UNIT_GRID if name != fields.AREA]  # neighbours got a vertex at the new limit
    assert same(pd.DataFrame(kept[attributes]), pd.DataFrame(elsewhere[attributes]))
    fresh = now[now[fields.COMMUNITY_CODE] == code.iloc[-1]][fields.BGID].str[12:].astype(int)
    assert list(fresh) == list(range(1, len(fresh) + 1))
    own = grid[grid[fields.COMMUNITY_CODE] == code[largest]][fields.BGID]
    stayed = now[fields.BGID].isin(own)
    away = shapely.within(
        grid.geometry.to_numpy(), shapely.box(west - 1, south - 1, (west + east) / 2 - 100, north + 1)
    )
    away &= grid[fields.BGID].isin(own).to_numpy()
    assert away.sum() > 20
    assert set(grid[fields.BGID][away]) <= set(now[fields.BGID][stayed])
    born = now[(now[fields.COMMUNITY_CODE] == code[largest]) & ~stayed][fields.BGID]
    assert (born > own.max()).all()
    shares = result.crosswalk.groupby(fields.OLD_BGID)[fields.SHARE].sum().drop("", errors="ignore")
    assert set(shares.index) == set(grid[fields.BGID])
    assert shares.between(0.97, 1.00001).all()
