"""Correcting responsibility grids: every figure is what a fresh count gives, and what must not change does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.codes import SequenceOverflow
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids.grid_edit import NoCommunityCode
from citygrid_plugin.core.streets.barriers import Barriers, Strength
from citygrid_plugin.core.zones import zone_edit
from citygrid_plugin.core.zones.zone_plan import (
    NO_ZONE,
    Figures,
    Ground,
    Step,
    ZonePlan,
    outlines_of,
)

X, Y = 420_000.0, 3_830_000.0
WEST, EAST = "320706001001", "320706001002"
SIDE = 100.0


def ground(columns: int = 6, rows: int = 4, split_at: int = 3, seed: int = 0, holes: tuple[int, ...] = ()) -> Ground:
    """Squares row by row from the south-west; those from column ``split_at`` on are of the eastern community."""
    rng = np.random.default_rng(seed)
    cells = [(i, j) for j in range(rows) for i in range(columns) if j * columns + i not in holes]
    boxes = [shapely.box(X + SIDE * i, Y + SIDE * j, X + SIDE * (i + 1), Y + SIDE * (j + 1)) for i, j in cells]
    codes = [f"{WEST if i < split_at else EAST}{j * columns + i + 1:03d}" for i, j in cells]
    return Ground.of(
        codes,
        [code[:12] for code in codes],
        np.array(boxes, dtype=object),
        rng.integers(0, 5, len(cells)) / 4,
        {code: int(count) for code, count in zip(codes, rng.integers(0, 9, len(codes)), strict=True)},
        {codes[0]: 2},
    )


def zone(community: str, number: int) -> str:
    return f"{community}{number:03d}"


def counted(plan: ZonePlan, code: str) -> Figures:
    """The figures of a zone from its cells alone, by other means."""
    base = plan.ground
    cells = [cell for cell, own in enumerate(plan.codes()) if own == code]
    union = shapely.union_all(base.polygon[cells])
    return Figures(
        len(cells),
        pytest.approx(shapely.area(union), abs=1e-3),
        pytest.approx(base.workload[cells].sum(), abs=1e-5),
        pytest.approx(shapely.length(union), abs=1e-3),
        len(shapely.get_parts(shapely.buffer(union, -1, join_style="mitre"))) if cells else 0,  # corners join nothing
        int(base.components[cells].sum()),
        int(base.cases[cells].sum()),
    )


def assert_counts(plan: ZonePlan) -> None:
    for code in {*plan.zones, NO_ZONE}:
        assert plan.figures(code) == counted(plan, code)
        assert plan.cells_of(code) == [cell for cell, own in enumerate(plan.codes()) if own == code]


@st.composite
def plans(draw: st.DrawFn) -> ZonePlan:
    columns, rows = draw(st.integers(2, 6)), draw(st.integers(1, 5))
    holes = tuple(draw(st.sets(st.integers(1, columns * rows - 1), max_size=4)))
    base = ground(columns, rows, draw(st.integers(1, columns)), draw(st.integers(0, 99)), holes)
    numbers = draw(st.lists(st.integers(0, 3), min_size=len(base), max_size=len(base)))
    zones = [
        zone(community, number) if number else NO_ZONE
        for community, number in zip(base.community, numbers, strict=True)
    ]
    locks = draw(st.sets(st.sampled_from(sorted(set(zones) - {NO_ZONE}) or [NO_ZONE])))
    return ZonePlan(base, zones, [code in locks and code != NO_ZONE for code in zones])


@given(plans(), st.data())
@settings(max_examples=60, deadline=None)
def test_figures_are_those_of_a_fresh_count(plan: ZonePlan, data: st.DataObject) -> None:
    start, before = plan.codes(), {code: plan.figures(code) for code in [*plan.zones, NO_ZONE]}
    inverses = []
    for _ in range(4):
        cells = data.draw(st.lists(st.integers(0, len(plan.ground) - 1), unique=True, max_size=5))
        codes = data.draw(
            st.lists(st.sampled_from([*plan.zones, NO_ZONE, zone(WEST, 9)]), min_size=len(cells), max_size=len(cells))
        )
        step = Step(tuple(cells), tuple(codes))
        now = plan.codes()
        effects = plan.effects(step)
        assert plan.codes() == now
        assert_counts(plan)
        for effect in effects:
            assert effect.before == counted(plan, effect.code)
        inverses.append(plan.apply(step))
        for effect in effects:
            assert effect.after == counted(plan, effect.code)
        assert_counts(plan)
    for inverse in reversed(inverses):
        plan.apply(inverse)
    assert plan.codes() == start
    assert {code: plan.figures(code) for code in [*plan.zones, NO_ZONE]} == before  # to the last bit


@given(plans(), st.data())
@settings(max_examples=80, deadline=None)
def test_no_action_does_what_is_forbidden(plan: ZonePlan, data: st.DataObject) -> None:
    codes = [*plan.zones, NO_ZONE]
    target = data.draw(st.sampled_from(codes))
    cells = data.draw(st.lists(st.integers(0, len(plan.ground) - 1), unique=True))
    question = None

    def solved() -> Step:
        nonlocal question
        question = zone_edit.problem(plan, data.draw(st.sampled_from([None, WEST, EAST])))
        return zone_edit.solution(plan, question, zone_edit.solve(question))

    actions: list[Callable[[], Step]] = [
        lambda: zone_edit.move(plan, cells, target),
        lambda: zone_edit.move(plan, zone_edit.movable(plan, cells, target), target),
        lambda: zone_edit.split(plan, target),
        lambda: zone_edit.merge(plan, data.draw(st.lists(st.sampled_from(codes)))),
        solved,
    ]
    action = data.draw(st.sampled_from(actions))
    before, locked = plan.codes(), {code for code in codes if plan.is_locked(code)}
    mixed = {code for code in codes if len({plan.ground.community[cell] for cell in plan.cells_of(code)}) > 1}
    try:
        step = action()
    except CityGridError:
        assert plan.codes() == before
        return
    plan.apply(step)
    assert {code for code in codes if plan.is_locked(code)} == locked
    for cell, (old, new) in enumerate(zip(before, plan.codes(), strict=True)):
        assert new != NO_ZONE or old == NO_ZONE
        if old != new:
            assert not {old, new} & locked
            assert new.startswith(str(plan.ground.community[cell]))
    assert {code for code in plan.zones if len({plan.ground.community[c] for c in plan.cells_of(code)}) > 1} <= mixed
    if question is not None:
        asked = dict(zip(np.unique(plan.ground.community[question.cells].astype(str)), question.zones, strict=True))
        for community, count in asked.items():
            free = [code for code in plan.zones if code.startswith(community) and code not in locked]
            assert len(free) == count
    elif action is actions[0] or action is actions[1]:
        assert {*plan.zones} >= {*codes} - {NO_ZONE}


def quarters() -> ZonePlan:
    """Six columns and four rows; west: zones 1 (south) and 2 (north); east: zones 1 and 2; cell 5 in none."""
    base = ground()
    zones = [zone(str(community), 1 + cell // 12) for cell, community in enumerate(base.community)]
    zones[5] = NO_ZONE
    return ZonePlan(base, zones)


def test_what_a_move_would_do_is_told_before() -> None:
    plan = quarters()
    step = zone_edit.move(plan, [7], zone(WEST, 2))  # the middle of the southern zone's upper row
    gain, loss = plan.effects(step)
    assert (gain.code, gain.before.cells, gain.after.cells, gain.breaks) == (zone(WEST, 2), 6, 7, False)
    assert (loss.code, loss.before.cells, loss.after.cells, loss.breaks) == (zone(WEST, 1), 6, 5, False)
    assert gain.after.workload + loss.after.workload == pytest.approx(gain.before.workload + loss.before.workload)
    plan.apply(zone_edit.move(plan, [6, 7], zone(WEST, 2)))
    assert [effect.breaks for effect in plan.effects(zone_edit.move(plan, [1], zone(WEST, 2)))] == [False, True]


@pytest.mark.parametrize(
    ("cells", "code", "error"),
    [
        ([3], zone(WEST, 1), zone_edit.OtherCommunity),
        ([3], zone(WEST, 9), zone_edit.OtherCommunity),  # a new zone has its community from the start
        ([12], zone(WEST, 3), zone_edit.LockedZone),  # into a locked one
        ([18], zone(WEST, 2), zone_edit.LockedZone),  # out of a locked one
        ([0, 1, 2, 6, 7, 8], zone(WEST, 2), zone_edit.LastCell),
        ([0], NO_ZONE, zone_edit.UnknownZone),
    ],
)
def test_refusals_name_what_is_in_the_way(cells: list[int], code: str, error: type[CityGridError]) -> None:
    plan = quarters()
    plan.apply(Step.to([18, 19], zone(WEST, 3)))
    plan.lock(18, locked=True)
    with pytest.raises(error) as refusal:
        zone_edit.move(plan, cells, code)
    assert all(value in str(refusal.value) for value in refusal.value.values.values())


def test_new_zones_get_numbers_that_were_never_used() -> None:
    plan = ZonePlan(ground(), [NO_ZONE] * 24, used=[zone(WEST, 41), "nonsense", zone(EAST, 2)])
    assert plan.next_code(0) == zone(WEST, 42)
    inverse = plan.apply(Step.to([0], zone(WEST, 42)))
    assert plan.next_codes(1, 2) == [zone(WEST, 43), zone(WEST, 44)]
    plan.apply(inverse)
    assert plan.next_code(0) == zone(WEST, 42)  # nobody has seen it saved
    plan.apply(Step.to([0], zone(WEST, 42)))
    plan.remember()
    plan.apply(inverse)
    assert plan.next_code(0) == zone(WEST, 43)
    assert plan.next_code(3) == zone(EAST, 3)
    with pytest.raises(SequenceOverflow, match="divide the community"):
        plan.next_codes(0, 999)
    base = ground()
    base.community[0] = "?"
    with pytest.raises(NoCommunityCode):
        ZonePlan(base, [NO_ZONE] * 24).next_code(0)


def test_split_and_merge() -> None:
    plan = quarters()
    step = zone_edit.split(plan, zone(WEST, 1))
    assert set(step.codes) == {zone(WEST, 3)}
    inverse = plan.apply(step)
    halves = plan.figures(zone(WEST, 1)), plan.figures(zone(WEST, 3))
    assert halves[0].workload >= halves[1].workload > 0
    assert [half.parts for half in halves] == [1, 1]
    with pytest.raises(zone_edit.NotSideBySide):
        zone_edit.merge(apart(plan), [zone(WEST, 7), zone(WEST, 8)])
    joined = zone_edit.merge(plan, [zone(WEST, 1), zone(WEST, 3)])
    assert set(joined.codes) == {zone(WEST, 1)}
    plan.apply(joined)
    assert plan.codes() == apply_again(quarters(), []).codes()
    assert inverse.codes == (zone(WEST, 1),) * len(inverse)
    with pytest.raises(zone_edit.SeveralCommunities, match=EAST):
        zone_edit.merge(plan, [zone(WEST, 1), zone(EAST, 1)])
    with pytest.raises(zone_edit.TooFewZonesChosen):
        zone_edit.merge(plan, [zone(WEST, 1), zone(WEST, 1), NO_ZONE])
    plan.apply(Step.to([12], zone(WEST, 5)))
    with pytest.raises(zone_edit.NothingToSplit):
        zone_edit.split(plan, zone(WEST, 5))


def apart(plan: ZonePlan) -> ZonePlan:
    """A plan with two more zones in opposite corners of the western community."""
    other = ZonePlan(plan.ground, plan.codes())
    other.apply(Step((0, 20), (zone(WEST, 7), zone(WEST, 8))))
    return other


def apply_again(plan: ZonePlan, steps: list[Step]) -> ZonePlan:
    for step in steps:
        plan.apply(step)
    return plan


def test_solving_keeps_locks_and_the_codes_of_what_stays() -> None:
    base = ground(8, 4, 8)
    rows = [zone(WEST, 1 + cell // 8) for cell in range(32)]  # four strips
    plan = ZonePlan(base, rows, [cell < 8 for cell in range(32)])
    plan.apply(Step.to([8], NO_ZONE))
    question = zone_edit.problem(plan, WEST)
    assert question.zones.tolist() == [3]
    assert 0 not in question.cells
    step = zone_edit.solution(plan, question, zone_edit.solve(question))
    plan.apply(step)
    assert plan.cells_of(zone(WEST, 1)) == list(range(8))
    assert not plan.cells_of(NO_ZONE)
    assert len(plan.zones) == 4
    load = [plan.figures(code).workload for code in plan.zones if code != zone(WEST, 1)]
    assert max(load) <= sum(load) / 3 + base.workload.max()
    assert all(plan.figures(code).parts == 1 for code in plan.zones)
    again = zone_edit.problem(plan, WEST)
    same = zone_edit.solution(plan, again, zone_edit.solve(again))
    assert not len(same)  # the same seed, the same plan, the same codes
    plan.apply(Step.to([31], NO_ZONE))
    with pytest.raises(zone_edit.PlanChanged):
        zone_edit.solution(plan, again, zone_edit.solve(again))
    for cell in range(32):
        plan.lock(cell, locked=True)
    plan.apply(Step.to([31], zone(WEST, 1)))
    with pytest.raises(zone_edit.NothingToSolve):
        zone_edit.problem(plan)


def test_a_flood_ends_at_streets() -> None:
    base = ground(6, 4, 6)
    # A street through the middle of the squares of one column, as a regular grid is cut by it, up to a dead end.
    street = shapely.LineString([(X + 300.5, Y - 50), (X + 300.5, Y + 240)])
    barred = zone_edit.barred(base, np.array([street], dtype=object))
    cut = {tuple(edge) for edge in base.edges[barred].tolist()}
    assert cut == {(2, 3), (8, 9)}  # the centroids of the third row lie beyond the street's end
    closed = shapely.LineString([(X + 300, Y - 50), (X + 300, Y + 450)])  # on the limit itself
    barred = zone_edit.barred(base, np.array([closed], dtype=object))
    assert zone_edit.flooded(base, 0, barred) == [cell for cell in range(24) if cell % 6 < 3]
    assert zone_edit.flooded(base, 23, barred) == [cell for cell in range(24) if cell % 6 >= 3]
    assert zone_edit.flooded(ground(6, 4, 3), 0, np.zeros(len(base.edges), dtype=bool)) == [
        cell for cell in range(24) if cell % 6 < 3
    ]  # never beyond the community


def test_cells_at_a_place_along_a_way_and_within() -> None:
    base = ground()
    assert base.at(X + 250, Y + 150) == 8
    assert base.at(X - 1, Y) is None
    assert base.at(X + 100, Y + 50) == 0
    assert base.along((X + 50, Y + 50), (X + 350, Y + 60)) == [0, 1, 2, 3]
    assert base.along((X + 350, Y + 60), (X + 50, Y + 50)) == [3, 2, 1, 0]
    assert base.along((X + 50, Y + 50), (X + 150, Y + 150)) == [0, 7]  # through a corner
    assert base.along((X + 50, Y + 50), (X + 50, Y + 50)) == [0]
    assert base.within(shapely.box(X, Y, X + 160, Y + 149)) == [0, 1]
    assert base.within(shapely.box(X, Y, X + 40, Y + 40)) == []
    limits = base.outline([0, 1, 6])
    assert shapely.equals(shapely.union_all(limits), shapely.boundary(shapely.union_all(base.polygon[[0, 1, 6]])))


def test_outlines_of_zones() -> None:
    plan = quarters()
    shapes = dict(outlines_of(plan, [zone(WEST, 1), zone(WEST, 9)]))
    assert set(shapes) == {zone(WEST, 1)}
    assert shapes[zone(WEST, 1)].bounds == (X, Y, X + 300, Y + 200)
    assert shapes[zone(WEST, 1)].geom_type == "MultiPolygon"


@given(plans())
@settings(max_examples=40, deadline=None)
def test_limits_run_between_zones_and_nowhere_else(plan: ZonePlan) -> None:
    codes = plan.codes()
    base = plan.ground
    unions = [shapely.union_all(base.polygon[plan.cells_of(code)]) for code in sorted(set(codes))]
    outlines = sum(shapely.length(shapely.boundary(shape)) for shape in unions)
    rim = shapely.length(shapely.boundary(shapely.union_all(base.polygon)))
    limits = base.limits(codes)
    assert limits.length == pytest.approx((outlines - rim) / 2, abs=1e-6)
    assert not any(shapely.intersects(limits, shapely.buffer(shape, -1)) for shape in unions)


@pytest.mark.parametrize("along_rows", [False, True])
def test_solving_draws_limits_along_streets(along_rows: bool) -> None:
    """Four by four equal cells in two zones: the street in the middle decides between two cuts of the same length."""
    base = ground(4, 4, 4)
    equal = Ground.of(base.code.tolist(), base.community.tolist(), base.polygon)
    plan = ZonePlan(equal, [zone(WEST, 1 + cell % 2) for cell in range(16)])
    ends = [(X, Y + 2 * SIDE), (X + 4 * SIDE, Y + 2 * SIDE)] if along_rows else [(X + 200, Y), (X + 200, Y + 400)]
    street = np.array([shapely.LineString(ends)], dtype=object)
    barriers = Barriers(street, np.array([Strength.STRONG]), np.array([], dtype=object))
    question = zone_edit.problem(plan, None, barriers)
    plan.apply(zone_edit.solution(plan, question, zone_edit.solve(question)))
    assert shapely.covers(street[0], base.limits(plan.codes()))
    assert base.limits(plan.codes()).length == pytest.approx(4 * SIDE)
