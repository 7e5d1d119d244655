"""Plans of responsibility grids: numbers of communities, locks, codes that stay, limits along barriers, reasons."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import SequenceOverflow
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.core.grids.unit_grid import regular_cells
from citygrid_plugin.core.spatial.connected import is_connected
from citygrid_plugin.core.spatial.coverage import adjacency
from citygrid_plugin.core.streets.barriers import Strength, line_barriers
from citygrid_plugin.core.zones.allocation import Rule, TooFewZones, TooManyZones
from citygrid_plugin.core.zones.responsibility import (
    DEVIATION,
    TEXTS,
    LockedAcross,
    Plan,
    Wanted,
    allocation_of,
    responsibility_grids,
)
from citygrid_plugin.core.zones.zone_codes import Previous
from citygrid_plugin.core.zones.zone_counts import (
    COUNT,
    LOCKED_ZONES,
    QUOTA,
    BadCounts,
    CountsDiffer,
    TooFewForLocks,
    UnfitCount,
    UnknownCommunities,
    parse_counts,
)
from citygrid_plugin.core.zones.zone_limits import limit_prices
from citygrid_plugin.core.zones.zone_numbers import zone_name
from citygrid_plugin.core.zones.zone_reasons import TEXTS as REASONS
from citygrid_plugin.core.zones.zone_reasons import cut_cells

from .conftest import SAMPLE

FIRST, SECOND, THIRD = "320706001001", "320706001002", "320706001003"
CRS = "EPSG:4549"


def lattice(width: int, height: int, code: str = FIRST, west: float = 500_000.0) -> gpd.GeoDataFrame:
    """Unit grids of 100 m in rows from the north."""
    cells = [
        shapely.box(west + 100 * x, -100 * y, west + 100 * (x + 1), 100 - 100 * y)
        for y in range(height)
        for x in range(width)
    ]
    numbers = [f"{code}{number:03}" for number in range(1, len(cells) + 1)]
    data = {fields.BGID: numbers, fields.COMMUNITY_CODE: code, fields.COMMUNITY_NAME: f"社区{code[-1]}"}
    return gpd.GeoDataFrame(data, geometry=cells, crs=CRS)


def together(*grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.concat(grids, ignore_index=True), crs=CRS)


def ones(grid: gpd.GeoDataFrame) -> np.ndarray:
    return np.ones(len(grid))


def cells_of(plan: Plan, code: str) -> set[str]:
    return set(plan.cells.loc[plan.cells[fields.RGID] == code, fields.BGID])


def keys(plan: Plan) -> dict[str, dict[str, object]]:
    said = dict(plan.remarks)
    assert all(TEXTS[key].format(**values) for key, values in said.items())
    return said


# Numbers of the communities


def three() -> gpd.GeoDataFrame:
    return together(
        lattice(4, 4), lattice(6, 4, SECOND, 510_000), lattice(10, 4, THIRD, 520_000)
    )  # 16, 24 and 40 unit grids


def test_the_allocation_is_told_before_the_run_and_is_that_of_the_run() -> None:
    grid = three()
    wanted = Wanted(count=10)
    table = allocation_of(grid, ones(grid), wanted)
    assert table[fields.COMMUNITY_CODE].tolist() == [FIRST, SECOND, THIRD]
    assert table[QUOTA].tolist() == [2.0, 3.0, 5.0]
    assert table[COUNT].tolist() == [2, 3, 5]
    plan = responsibility_grids(grid, 10, ones(grid), wanted=wanted)
    assert plan.allocation.equals(table)
    assert plan.zones.groupby(fields.COMMUNITY_CODE).size().tolist() == [2, 3, 5]


def test_numbers_of_single_communities_go_before_the_rule() -> None:
    grid = three()
    changed = allocation_of(grid, ones(grid), Wanted(count=10, counts={SECOND: 6}))
    assert changed[COUNT].tolist() == [1, 6, 3]
    all_given = allocation_of(grid, ones(grid), Wanted(counts={FIRST: 1, SECOND: 2, THIRD: 3}))
    assert all_given[COUNT].tolist() == [1, 2, 3]
    rest_by_size = allocation_of(grid, ones(grid), Wanted(counts={FIRST: 7}, mean_cells=8))
    assert rest_by_size[COUNT].tolist() == [7, 3, 5]


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        (Wanted(count=2), TooFewZones, "2 responsibility grids cannot serve 3 communities"),
        (Wanted(count=81), TooManyZones, "81 responsibility grids cannot be made of 80 unit grids"),
        (Wanted(count=10, counts={"9" * 12: 1}), UnknownCommunities, "1 communities .* such as 999999999999"),
        (Wanted(count=40, counts={FIRST: 17}), UnfitCount, f"17 .* community {FIRST}, which has 16 unit grids"),
        (Wanted(count=9, counts={FIRST: 4, SECOND: 4}), None, ""),
        (Wanted(count=8, counts={FIRST: 4, SECOND: 4}), CountsDiffer, "add up to 8, but 8 .* need at least 1"),
        (Wanted(count=9, counts={FIRST: 4, SECOND: 4, THIRD: 2}), CountsDiffer, "add up to 10, but 9 "),
        (Wanted(count=11, counts={FIRST: 4, SECOND: 4, THIRD: 2}), CountsDiffer, "add up to 10, but 11 "),
    ],
)
def test_numbers_that_cannot_be_are_explained(wanted: Wanted, error: type[Exception] | None, said: str) -> None:
    grid = three()
    if error is None:
        assert allocation_of(grid, ones(grid), wanted)[COUNT].tolist() == [4, 4, 1]
        return
    with pytest.raises(error, match=said):
        allocation_of(grid, ones(grid), wanted)


def test_largest_remainder_differs_where_it_should() -> None:
    grid = together(lattice(10, 1), lattice(30, 1, SECOND, 510_000))
    load = np.r_[np.full(10, 1.4), np.full(30, 86 / 30)]  # quotas 1.4 and 8.6 of ten
    hill, remainder = (
        allocation_of(grid, load, Wanted(count=10, rule=rule))[COUNT].tolist() for rule in list(Rule)[:2]
    )
    assert hill == [1, 9]
    assert remainder == [1, 9]
    load = np.r_[np.full(10, 1.45), np.full(30, 85.5 / 30)]
    hill, remainder = (
        allocation_of(grid, load, Wanted(count=10, rule=rule))[COUNT].tolist() for rule in list(Rule)[:2]
    )
    assert (hill, remainder) == ([2, 8], [1, 9])  # √2 is less than 1.45, which is less than 1.5


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": "x"}', '{"a": 1.5}', '{"a": -1}', '{"a": true}', '{"a": null}'])
def test_counts_that_cannot_be_read(text: str) -> None:
    with pytest.raises(BadCounts, match="COUNTS cannot be read"):
        parse_counts(text)


def test_counts_may_be_written_as_text() -> None:
    assert parse_counts('{" 320706001001": "6", "320706001002": 7.0}') == {FIRST: 6, SECOND: 7}


# Locks and codes


def planned(grid: gpd.GeoDataFrame, count: int, seed: int = 0) -> Plan:
    return responsibility_grids(grid, count, ones(grid), seed)


def again(plan: Plan, count: int, locked: list[str] | None = None, seed: int = 9, **more: object) -> Plan:
    grid = plan.cells
    marked = None if locked is None else grid[fields.RGID].isin(locked).to_numpy()
    previous = Previous.read(grid, grid)
    wanted = Wanted(count=count, seed=seed, locked=marked, previous=previous, **more)
    return responsibility_grids(grid, count, ones(grid), wanted=wanted)


def test_locked_zones_stay_exactly_and_are_counted() -> None:
    before = planned(together(lattice(12, 10), lattice(9, 8, SECOND, 510_000)), 12)
    locked = [before.zones[fields.RGID].iloc[row] for row in (0, 3, 9)]
    after = again(before, 15, locked)
    assert len(after.zones) == 15
    assert all(cells_of(after, code) == cells_of(before, code) for code in locked)
    assert after.zones.set_index(fields.RGID)[fields.LOCKED].to_dict() == {
        code: int(code in locked) for code in after.zones[fields.RGID]
    }
    assert after.allocation[LOCKED_ZONES].sum() == 3
    edges = adjacency(after.cells.geometry.to_numpy())
    label = pd.factorize(after.cells[fields.RGID])[0]
    assert is_connected(np.column_stack([edges.left, edges.right]), label).all()


def test_a_locked_zone_of_which_some_cells_are_marked_stays_whole() -> None:
    before = planned(lattice(8, 8), 8)
    code = before.zones[fields.RGID].iloc[2]
    marked = np.zeros(64, dtype=bool)
    marked[np.flatnonzero(before.cells[fields.RGID] == code)[0]] = True
    wanted = Wanted(count=8, locked=marked, previous=Previous.read(before.cells, before.cells))
    after = responsibility_grids(before.cells, 8, ones(before.cells), wanted=wanted)
    assert cells_of(after, code) == cells_of(before, code)
    assert keys(after)["locked_in_part"] == {"count": 1, "codes": code}


def test_a_locked_zone_in_two_places_stays_and_is_named() -> None:
    grid = lattice(9, 6)
    x = shapely.get_coordinates(shapely.centroid(grid.geometry.to_numpy()))[:, 0]
    code = FIRST + "007"
    grid[fields.RGID] = np.where((x < 500_150) | (x > 500_750), code, "")
    after = again(Plan(grid, grid, [], pd.DataFrame(), [], {}), 5, [code])
    assert cells_of(after, code) == set(grid.loc[grid[fields.RGID] == code, fields.BGID])
    assert keys(after)["locked_apart"] == {"count": 1, "codes": code}
    assert after.disconnected == []
    assert set(after.zones[fields.RGID]) == {code, *(f"{FIRST}{number:03}" for number in (8, 9, 10, 11))}


def test_locks_that_cut_a_community_apart_are_named() -> None:
    """A locked bar between two ends, and only one zone for both ends."""
    grid = lattice(9, 3)
    x = shapely.get_coordinates(shapely.centroid(grid.geometry.to_numpy()))[:, 0]
    grid[fields.RGID] = np.where((x > 500_300) & (x < 500_600), FIRST + "002", FIRST + "001")
    after = again(Plan(grid, grid, [], pd.DataFrame(), [], {}), 2, [FIRST + "002"])
    assert len(after.disconnected) == 1
    assert keys(after)["cut_by_locks"]["codes"] == after.disconnected[0]
    assert "islands" not in keys(after)


def test_locks_that_cannot_stay_are_explained() -> None:
    before = planned(together(lattice(4, 4), lattice(4, 4, SECOND, 510_000)), 8)
    locked = before.zones[fields.RGID].tolist()[:3]
    with pytest.raises(TooFewForLocks, match="4 responsibility grids are too few: 3 are locked"):
        again(before, 4, locked)
    across = before.cells.assign(RGID="X1")
    with pytest.raises(LockedAcross, match=f"X1 has unit grids in several communities .{FIRST}, {SECOND}"):
        again(Plan(across, across, [], pd.DataFrame(), [], {}), 8, ["X1"])


def test_marks_without_a_code_are_told() -> None:
    grid = lattice(4, 4).assign(RGID="")
    wanted = Wanted(count=2, locked=np.arange(16) < 3, previous=Previous.read(grid, grid))
    plan = responsibility_grids(grid, 2, ones(grid), wanted=wanted)
    assert keys(plan)["locked_without_code"] == {"count": 3}
    assert (plan.cells[fields.RGID] != "").all()


def test_codes_names_and_owners_stay_where_a_zone_is_essentially_the_same() -> None:
    before = planned(lattice(12, 10), 10)
    zones = before.zones.assign(Owner=[f"人{row}" for row in range(10)], RGName=[f"片区{row}" for row in range(10)])
    wanted = Wanted(count=11, seed=3, previous=Previous.read(before.cells, zones))
    after = responsibility_grids(before.cells, 11, ones(before.cells), wanted=wanted)
    old = {code: cells_of(before, code) for code in before.zones[fields.RGID]}
    named = zones.set_index(fields.RGID)
    for code, owner, name in zip(
        after.zones[fields.RGID], after.zones[fields.OWNER], after.zones["RGName"], strict=True
    ):
        now = cells_of(after, code)
        alike = [had for had, cells in old.items() if 3 * len(now & cells) >= 2 * max(len(now), len(cells))]
        if alike:
            assert [code] == alike
            assert (owner, name) == (named.loc[code, "Owner"], named.loc[code, "RGName"])
        else:
            assert code not in old
            assert code > max(old)
            assert owner == ""
    kept = keys(after).get("kept_codes", {"count": 0})["count"]
    assert kept == sum(code in old for code in after.zones[fields.RGID])


def test_the_same_plan_again_keeps_every_code_by_code_and_by_place() -> None:
    grid = together(lattice(8, 7), lattice(9, 5, SECOND, 510_000))
    before = planned(grid, 13)
    by_code = again(before, 13, seed=0)
    assert by_code.cells[fields.RGID].tolist() == before.cells[fields.RGID].tolist()
    wanted = Wanted(count=13, previous=Previous.read(grid, before.zones.assign(Owner="甲")))
    by_place = responsibility_grids(grid, 13, ones(grid), wanted=wanted)
    assert by_place.cells[fields.RGID].tolist() == before.cells[fields.RGID].tolist()
    assert set(by_place.zones[fields.OWNER]) == {"甲"}


def test_new_numbers_were_never_used_in_the_community() -> None:
    """Closed rows of the previous plan tell that 041 was used once."""
    grid = lattice(6, 6)
    old = grid.assign(RGID=FIRST + "003", CHDate="")
    closed = old.iloc[[0]].assign(RGID=FIRST + "041", CHDate="20240101", BGID=FIRST + "999")
    previous = Previous.read(grid, together(old, closed))
    plan = responsibility_grids(grid, 4, ones(grid), wanted=Wanted(count=4, previous=previous))
    assert plan.zones[fields.RGID].tolist() == [f"{FIRST}{number:03}" for number in (42, 43, 44, 45)]


def test_numbers_that_do_not_suffice_name_the_community() -> None:
    grid = lattice(4, 4).assign(RGID=FIRST + "998")
    with pytest.raises(SequenceOverflow, match=FIRST):
        again(Plan(grid, grid, [], pd.DataFrame(), [], {}), 4)


def test_one_code_for_two_places_stays_with_the_larger() -> None:
    grid = lattice(12, 4)
    x = shapely.get_coordinates(shapely.centroid(grid.geometry.to_numpy()))[:, 0]
    grid[fields.RGID] = np.select([x < 500_400, x > 500_900], [FIRST + "001"] * 2, FIRST + "002")
    after = again(Plan(grid, grid, [], pd.DataFrame(), [], {}), 3, seed=0)
    assert keys(after)["previous_apart"] == {"count": 1, "codes": FIRST + "001"}
    west = after.cells.loc[x < 500_100, fields.RGID].unique().tolist()
    assert west == [FIRST + "001"]
    assert (after.cells[fields.RGID] != "").all()


def test_codes_run_west_to_east_north_to_south() -> None:
    plan = planned(lattice(8, 8), 4)
    centre = shapely.get_coordinates(shapely.centroid(plan.zones.geometry.to_numpy())).round()
    assert plan.zones[fields.RGID].tolist() == [f"{FIRST}{number:03}" for number in (1, 2, 3, 4)]
    assert centre[0, 1] > centre[2, 1]
    assert centre[0, 0] < centre[1, 0]
    assert plan.zones[fields.RG_NAME].iloc[0] == "社区101网格"


def test_a_previous_plan_without_codes_is_refused() -> None:
    grid = lattice(2, 2)
    with pytest.raises(UnknownField, match="“PREVIOUS” has no field “RGID”"):
        Previous.read(grid, grid)


# Limits along barriers


def test_prices_of_limits_by_strength_distance_and_direction() -> None:
    grid = lattice(4, 4)
    polygons = grid.geometry.to_numpy()
    edges = adjacency(polygons)
    line = np.array(
        [shapely.LineString([(500_200, 200), (500_200, -400)]), shapely.LineString([(499_900, -75), (500_500, -75)])]
    )
    middle = shapely.get_coordinates(shapely.centroid(polygons))
    centre = (middle[edges.left] + middle[edges.right]) / 2
    upright = np.abs(middle[edges.left, 0] - middle[edges.right, 0]) > 1

    def prices(*strength: Strength) -> np.ndarray:
        barriers = line_barriers(line[: len(strength)], np.array(strength))
        return limit_prices(polygons, edges, barriers)

    on_river = upright & (np.abs(centre[:, 0] - 500_200) < 1)
    strong = prices(Strength.STRONG)
    assert strong[on_river] == pytest.approx(0.15)
    assert (strong[~on_river] == 1).all()  # what crosses the river, and what lies 100 m off
    assert prices(Strength.NORMAL)[on_river] == pytest.approx(0.5)
    assert (prices(Strength.NONE) == 1).all()
    # The second line runs 25 m off the limit between the first and the second row below it.
    level = prices(Strength.NONE, Strength.STRONG)[~upright & (np.abs(centre[:, 1] + 100) < 1)]
    assert level == pytest.approx(1 - 0.85 * (50 - 25) / (50 - 15))


def test_limits_follow_a_strong_barrier() -> None:
    """A bent railway halves the community; with it, the two zones lie on its two sides."""
    grid = lattice(16, 8)
    middle = shapely.get_coordinates(shapely.centroid(grid.geometry.to_numpy())) - (500_000, 0)
    north = middle[:, 1] > -700 + 100 * (middle[:, 0] // 200)
    railway = shapely.union_all(grid.geometry.to_numpy()[north]).boundary.intersection(
        shapely.union_all(grid.geometry.to_numpy()[~north]).boundary
    )
    barriers = line_barriers(shapely.get_parts(shapely.line_merge(railway))[None].ravel(), np.array([Strength.STRONG]))
    load = np.where(north, 1 / north.sum(), 1 / (~north).sum())
    plan = responsibility_grids(grid, 2, load, wanted=Wanted(count=2, barriers=barriers))
    sides = pd.crosstab(plan.cells[fields.RGID], north)
    assert ((sides == 0).sum(axis=1) == 1).all()
    plain = responsibility_grids(grid, 2, load)
    assert not ((pd.crosstab(plain.cells[fields.RGID], north) == 0).sum(axis=1) == 1).all()


# Reasons


def why(plan: Plan) -> dict[str, dict[str, object]]:
    assert all(REASONS[reason.key].format(**reason.values) for reason in plan.reasons.values())
    return {reason.key: reason.values for reason in plan.reasons.values()}


def test_even_zones_need_no_reason() -> None:
    plan = planned(lattice(12, 10), 10)
    assert plan.reasons == {}
    assert plan.zones[DEVIATION].abs().max() == 0


def test_a_heavy_unit_grid_is_the_reason() -> None:
    grid = lattice(6, 6)
    load = ones(grid)
    load[14] = 50.0
    plan = responsibility_grids(grid, 5, load)
    heavy = plan.cells[fields.RGID].iloc[14]
    assert plan.reasons[heavy].key == "heavy_cell"
    assert plan.reasons[heavy].values == {"cell": FIRST + "015", "percent": 294}
    assert {plan.reasons[code].key for code in plan.zones[fields.RGID] if code != heavy} == {"beside_heavy"}


def test_an_island_is_the_reason() -> None:
    grid = together(lattice(6, 6), lattice(2, 1, FIRST, 510_000).assign(BGID=[FIRST + "901", FIRST + "902"]))
    plan = planned(grid, 4)
    small = plan.zones.set_index(fields.RGID)[fields.CELLS].idxmin()
    assert plan.reasons[small].key == "island"
    assert plan.reasons[small].values == {"quota": 0.21, "zones": 1}


def test_few_unit_grids_are_the_reason() -> None:
    assert why(planned(lattice(5, 1), 2)) == {"whole_cells": {"cells": 5, "zones": 2}}


def test_a_neck_is_the_reason() -> None:
    """Five arms of seven cells meet in one: two zones cannot be nearer to even than one arm and four."""
    arms = [
        shapely.box(500_000 + 100 * x, 100 * y, 500_100 + 100 * x, 100 + 100 * y)
        for x, y in [(0, 0), *((step, 0) for step in range(1, 8)), *((-step, 0) for step in range(1, 8)),
                     *((0, step) for step in range(1, 8)), *((0, -step) for step in range(1, 8))]
    ]  # fmt: skip
    grid = gpd.GeoDataFrame({fields.BGID: [f"{FIRST}{row:03}" for row in range(1, 30)]}, geometry=arms, crs=CRS)
    plan = planned(grid, 2)
    assert why(plan) == {"neck": {"cell": FIRST + "001"}}


def test_locked_zones_are_the_reason() -> None:
    grid = lattice(10, 6)
    grid[fields.RGID] = np.where(np.arange(60) < 40, FIRST + "001", FIRST + "002")
    plan = again(Plan(grid, grid, [], pd.DataFrame(), [], {}), 3, [FIRST + "001"])
    assert {reason.key for reason in plan.reasons.values()} == {"locked", "beside_locked"}


@given(st.integers(1, 9), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14))
def test_cut_cells_are_those_whose_loss_divides(size: int, pairs: list[tuple[int, int]]) -> None:
    edges = np.array([pair for pair in pairs if max(pair) < size and pair[0] != pair[1]], dtype=int).reshape(-1, 2)

    def pieces(without: int) -> int:
        left, count = set(range(size)) - {without}, 0
        while left:
            front, count = [left.pop()], count + 1
            while front:
                cell = front.pop()
                near = {b if a == cell else a for a, b in edges.tolist() if cell in (a, b)} & left
                left -= near
                front += near
        return count

    whole = pieces(-1)
    alone = [cell for cell in range(size) if not (edges == cell).any()]
    assert cut_cells(size, edges) == [cell for cell in range(size) if cell not in alone and pieces(cell) > whole]


# The sample district


def test_the_sample_district_has_exactly_468() -> None:

    communities = gpd.read_file(SAMPLE / "communities.gpkg")
    cells = regular_cells(communities.geometry.to_numpy())
    number = pd.Series(cells.community).groupby(cells.community).cumcount() + 1
    code = communities[fields.COMMUNITY_CODE].astype(str).to_numpy()[cells.community]
    grid = gpd.GeoDataFrame(
        {fields.BGID: [f"{parent}{place:03}" for parent, place in zip(code, number, strict=True)]},
        geometry=cells.polygon,
        crs=communities.crs,
    )
    plan = responsibility_grids(grid, 468, shapely.area(cells.polygon))
    assert len(plan.zones) == plan.zones[fields.RGID].nunique() == 468
    assert plan.zones[fields.COMMUNITY_CODE].nunique() == 74
    assert plan.disconnected == []
    edges = adjacency(cells.polygon)
    label = pd.factorize(plan.cells[fields.RGID], sort=True)[0]
    assert is_connected(np.column_stack([edges.left, edges.right]), label).all()
    assert (plan.cells[fields.RGID].str[:12] == pd.Series(code)).all()


def test_zones_of_a_grid_drawn_elsewhere_have_clean_outlines() -> None:
    """Cells whose edges do not meet in common vertices: a large one beside two small ones, and a hair's breadth off."""
    shapes = [
        shapely.box(0, 0, 200, 200),
        shapely.box(200.001, 0, 300, 100),
        shapely.box(200.001, 100, 300, 200),
        shapely.box(0, 200, 150, 300),
        shapely.box(150, 200, 300, 300),
    ]
    grid = gpd.GeoDataFrame({fields.BGID: [f"{FIRST}{row:03}" for row in range(1, 6)]}, geometry=shapes, crs=CRS)
    plan = planned(grid, 2)
    assert plan.zones.is_valid.all()
    of_cells = plan.cells.dissolve(fields.RGID).area.to_numpy()
    assert plan.zones.area.to_numpy() == pytest.approx(of_cells)
    assert plan.disconnected == []


def test_numbers_that_do_not_suffice_tell_the_numbers_of_that_community() -> None:
    """Two communities run out: the sentence has the first one and what that one needs, not what the other does."""
    grid = together(lattice(4, 4), lattice(4, 4, SECOND, 600_000.0))
    used = frozenset({FIRST + "998", SECOND + "997"})
    previous = replace(Previous.none(len(grid)), used=used)
    with pytest.raises(SequenceOverflow, match=f"“{FIRST}” needs 1001 numbers"):
        responsibility_grids(grid, 10, ones(grid), wanted=Wanted(counts={FIRST: 3, SECOND: 7}, previous=previous))


def test_names_of_zones_with_codes_of_others() -> None:
    assert zone_name("西社区", FIRST + "007") == "西社区07网格"
    assert zone_name("西社区", FIRST + "120") == "西社区120网格"
    assert zone_name("西社区", "A-7") == "西社区A-7网格"
    assert zone_name("", FIRST + "00x") == FIRST + "00x网格"
