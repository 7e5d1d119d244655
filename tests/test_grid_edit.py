"""Corrections by hand on random grids: the coverage stays exact, areas add up, codes are never given twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import event, given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.codes import GRID_TEMPLATES, GridTemplate, SequenceOverflow
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids import grid_edit
from citygrid_plugin.core.grids.grid_edit import Cells, Piece

from .topology import assert_edges_shared, assert_no_common_interior

WEST, EAST = "320706001001", "320706001002"
X, Y = 420_000.0, 3_830_000.0
SIDE = 100.0


def grid(seed: int = 0, columns: int = 4, rows: int = 3, jitter: float = 0.0) -> Cells:
    """Cells of about 100 m; the two western columns are one community, the others another."""
    lattice = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij"), axis=-1) * SIDE
    lattice += np.random.default_rng(seed).uniform(-jitter, jitter, lattice.shape) * SIDE
    lattice += X, Y
    polygons, codes, communities = [], [], []
    for column in range(columns):
        for row in range(rows):
            corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
            polygons.append(shapely.Polygon([lattice[column + i, row + j] for i, j in corners]))
            community = WEST if column < 2 else EAST
            communities.append(community)
            codes.append(f"{community}{communities.count(community):03d}")
    return Cells(np.array(polygons, dtype=object), np.array(codes, dtype=object), np.array(communities, dtype=object))


def after(cells: Cells, pieces: list[Piece]) -> Cells:
    """The grid as the action leaves it, coded by the rules."""
    change = grid_edit.change_of(cells, pieces, list(cells.polygon))
    polygon, code, community = list(cells.polygon), list(cells.code), list(cells.community)
    used = list(code)
    for cell, outline in change.kept.items():
        polygon[cell] = outline
    for cell, outline in change.added:
        numbers = grid_edit.numbers_used(cells.community[cell], used)
        (new,) = grid_edit.new_codes([outline], cells.community[cell], "", numbers)
        used.append(new)
        polygon.append(outline)
        code.append(new)
        community.append(cells.community[cell])
    stays = np.array([index not in change.closed for index in range(len(polygon))])
    assert len(set(used)) == len(used)
    return Cells(
        np.array(polygon, dtype=object)[stays], np.array(code, dtype=object)[stays],
        np.array(community, dtype=object)[stays],
    )  # fmt: skip


def assert_sound(before: Cells, now: Cells) -> None:
    assert shapely.is_valid(now.polygon).all()
    assert (shapely.get_type_id(now.polygon) == shapely.GeometryType.POLYGON).all()
    assert_no_common_interior(now.polygon)
    assert_edges_shared(now.polygon)
    assert len(set(now.code)) == len(now.code)
    for community in (WEST, EAST):  # no community's limit has moved
        old = shapely.union_all(before.polygon[before.community == community])
        new = shapely.union_all(now.polygon[now.community == community])
        assert shapely.area(shapely.symmetric_difference(old, new)) < 1e-3
    assert shapely.area(now.polygon).sum() == pytest.approx(shapely.area(before.polygon).sum(), rel=1e-9)


def act(cells: Cells, action: Callable[[], list[Piece]]) -> Cells:
    """The grid after an action; as it was where the action is refused in words."""
    try:
        pieces = action()
    except CityGridError as refused:
        event(type(refused).__name__)
        return cells
    event("done")
    return after(cells, pieces)


places = st.tuples(st.floats(-50, 450), st.floats(-50, 350))
lines = st.lists(places, min_size=2, max_size=4)
jitters = st.sampled_from([0.0, 0.3])


def divide(cells: Cells, line: list[tuple[float, float]]) -> Cells:
    return act(cells, lambda: grid_edit.split(cells, shapely.LineString(np.add(line, (X, Y)))))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 50), jitters, st.lists(lines, min_size=1, max_size=4))
def test_any_split_keeps_the_coverage(seed: int, jitter: float, cuts: list[list[tuple[float, float]]]) -> None:
    before = now = grid(seed, jitter=jitter)
    for line in cuts:
        now = divide(now, line)
        assert_sound(before, now)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 50), jitters, lines, st.lists(st.integers(0, 30), min_size=2, max_size=4))
def test_any_merge_keeps_the_coverage(
    seed: int, jitter: float, line: list[tuple[float, float]], chosen: list[int]
) -> None:
    before = grid(seed, jitter=jitter)
    now = divide(before, line)
    beside = np.flatnonzero(shapely.distance(now.polygon, now.polygon[chosen[0] % len(now.polygon)]) == 0)
    members = sorted({int(beside[number % len(beside)]) for number in chosen})
    assert_sound(before, act(now, lambda: grid_edit.merge(now, members)))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 50),
    jitters,
    lines,
    st.lists(
        st.tuples(st.integers(0, 99), st.integers(0, 9), st.sampled_from(["vertex", "edge", "bend"]), places),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([0.05, 0.2, 1.0]),
)
def test_any_move_keeps_the_coverage(
    seed: int,
    jitter: float,
    line: list[tuple[float, float]],
    moves: list[tuple[int, int, str, tuple[float, float]]],
    far: float,
) -> None:
    before = grid(seed, jitter=jitter)
    now = divide(before, line)
    for cell, number, kind, way in moves:
        ring = shapely.get_coordinates(now.polygon[cell % len(now.polygon)])
        start, end = ring[number % (len(ring) - 1) :][:2]
        held = grid_edit.grip(now.polygon, tuple(start if kind == "vertex" else (2 * start + end) / 3), 0.001)
        assert held is not None
        goal = tuple(np.array(held.at) + (np.array(way) - (200, 150)) * far)
        now = act(now, lambda now=now, held=held, goal=goal, kind=kind: (
            grid_edit.bend(now, held, goal) if kind == "bend" else grid_edit.move(now, held, goal, 20.0)
        ))  # fmt: skip
        assert_sound(before, now)


def test_a_cut_stands_in_all_grids_that_it_meets() -> None:
    before = grid()
    # From inside a western grid through the whole of three more, its last end just beyond the outer limit.
    line = shapely.LineString([(X + 50, Y + 20), (X + 410, Y + 40)])
    pieces = grid_edit.split(before, line)
    now = after(before, pieces)
    assert_sound(before, now)
    assert len(now.polygon) == len(before.polygon) + 3
    assert before.code[0] in now.code  # the line ends inside it: only a vertex more
    whole = now.polygon[list(now.code).index(before.code[0])]
    assert shapely.get_num_coordinates(whole) == 6


def test_an_end_that_was_snapped_to_a_limit_counts_as_on_it() -> None:
    before = grid()
    for short in (0.0, 0.004, -0.004):
        line = shapely.LineString([(X + 30, Y + short), (X + 30, Y + 100 - short)])
        now = after(before, grid_edit.split(before, line))
        assert_sound(before, now)
        assert len(now.polygon) == 13


def test_nine_tenths_keep_the_code() -> None:
    before = grid()
    for x, keeps in ((91, True), (89, False)):
        pieces = grid_edit.split(before, shapely.LineString([(X + x, Y - 1), (X + x, Y + 101)]))
        now = after(before, pieces)
        assert (WEST + "001" in now.code) == keeps
        assert {WEST + "007", WEST + "008"} & set(now.code) == {WEST + "007"} | (set() if keeps else {WEST + "008"})
    halves = after(before, grid_edit.split(before, shapely.LineString([(X + 92, Y - 1), (X + 92, Y + 101)])))
    small, large = int(np.argmin(shapely.area(halves.polygon))), list(halves.code).index(WEST + "001")
    again = after(halves, grid_edit.merge(halves, [small, large]))
    assert WEST + "001" in again.code
    assert WEST + "007" not in again.code
    both = after(before, grid_edit.merge(before, [0, 1]))
    assert not {WEST + "001", WEST + "002"} & set(both.code)
    assert WEST + "007" in both.code


def test_moving_back_and_forth_compares_with_what_was_saved() -> None:
    saved = now = grid()
    held = grid_edit.grip(now.polygon, (X + 50, Y + 100), 1)
    assert held is not None
    kept = []
    for _ in range(2):
        held = grid_edit.grip(now.polygon, (X + 50, held.at[1]), 1)
        pieces = grid_edit.move(now, held, (X + 50, held.at[1] + 6), 1)
        change = grid_edit.change_of(now, pieces, list(saved.polygon))
        kept.append(not change.closed)
        now = after(now, pieces)
        held = grid_edit.Grip(held.points, (held.at[0], held.at[1] + 6))
    assert kept == [True, False]  # 6 % once, 12 % of what it was when saved
    change = grid_edit.change_of(now, pieces, [None] * len(now.polygon))
    assert not change.closed  # never saved, no code to lose


def test_an_edge_slides_and_leaves_no_vertex_behind() -> None:
    before = grid()
    held = grid_edit.grip(before.polygon, (X + 50, Y + 100), 1)
    assert held is not None
    now = before
    for step in (3, -2, 1):
        pieces = grid_edit.move(now, held, (X + 50, held.at[1] + step), 1)
        now = after(now, pieces)
        assert_sound(before, now)
        held = grid_edit.grip(now.polygon, (X + 50, held.at[1] + step), 0.5)
        assert held is not None
    # The limit of the western community's first two grids lies 2 m further north; its ends are T junctions now.
    assert now.polygon[0].bounds == (X, Y, X + 100, Y + 102)
    assert now.polygon[1].bounds == (X, Y + 102, X + 100, Y + 200)
    assert shapely.get_num_coordinates(now.polygon[0]) == 6  # the corner of four became one of its limit's
    assert shapely.get_num_coordinates(now.polygon[1]) == 5


def test_community_limits_do_not_move() -> None:
    cells = grid()
    inside = (X + 200, Y + 150)  # on the limit of the two communities
    held = grid_edit.grip(cells.polygon, inside, 1)
    assert held is not None
    assert not held.is_vertex
    for act in (lambda: grid_edit.move(cells, held, (X + 210, Y + 150), 1),
                lambda: grid_edit.bend(cells, held, (X + 210, Y + 150))):  # fmt: skip
        with pytest.raises(grid_edit.CommunityLimit):
            act()
    corner = grid_edit.grip(cells.polygon, (X, Y), 1)
    with pytest.raises(grid_edit.CommunityLimit):
        grid_edit.move(cells, corner, (X + 5, Y + 5), 1)
    # The end of a limit on the outer edge slides along it, and nowhere else.
    end = grid_edit.grip(cells.polygon, (X, Y + 100), 1)
    assert end is not None
    assert end.is_vertex
    with pytest.raises(grid_edit.CommunityLimit):
        grid_edit.move(cells, end, (X + 9, Y + 110), 5)
    now = after(cells, grid_edit.move(cells, end, (X + 2, Y + 109), 5))
    assert_sound(cells, now)
    assert shapely.area(now.polygon[0]) == pytest.approx(10_450)


def test_missing_vertices_are_set_before_a_limit_moves() -> None:
    whole = shapely.box(X, Y, X + 200, Y + 100)
    halves = [shapely.box(X, Y + 100, X + 100, Y + 200), shapely.box(X + 100, Y + 100, X + 200, Y + 200)]
    cells = Cells(
        np.array([whole, *halves], dtype=object), np.array(["a", "b", "c"], dtype=object),
        np.array([WEST] * 3, dtype=object),
    )  # fmt: skip
    held = grid_edit.grip(cells.polygon, (X + 100, Y + 100), 1)
    pieces = grid_edit.move(cells, held, (X + 105, Y + 108), 1)
    now = after(cells, pieces)
    assert_no_common_interior(now.polygon)
    assert_edges_shared(now.polygon)
    assert shapely.get_num_coordinates(now.polygon[0]) == 6


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (lambda c: grid_edit.split(c, shapely.LineString([(X + 10, Y + 10), (X + 90, Y + 90)])), grid_edit.NothingCut),
        (lambda c: grid_edit.split(c, shapely.LineString([(X, Y), (X + 100, Y)])), grid_edit.NothingCut),
        (lambda c: grid_edit.split(c, shapely.LineString([(X - 9, Y + 0.1), (X + 99, Y + 0.1), (X + 99, Y - 1)])),
         grid_edit.TooSmall),
        (lambda c: grid_edit.split(c, shapely.LineString([(X + 1, Y - 1), (X - 1, Y + 1)])), grid_edit.NothingCut),
        (lambda c: grid_edit.split(c, shapely.LineString([(X + 1, Y - 0.5), (X - 0.5, Y + 1)])), grid_edit.TooSmall),
        (lambda c: grid_edit.split(c, shapely.LineString([(X - 9, Y), (X + 99, Y + 99), (X + 9, Y + 99), (X + 99, Y)])),
         grid_edit.LineCrossesItself),
        (lambda c: grid_edit.merge(c, [0]), grid_edit.TooFewChosen),
        (lambda c: grid_edit.merge(c, [0, 4]), grid_edit.NotSideBySide),
        (lambda c: grid_edit.merge(c, [3, 6]), grid_edit.SeveralCommunities),
        (lambda c: grid_edit.move(c, grid_edit.grip(c.polygon, (X + 100, Y + 100), 1), (X + 350, Y + 100), 1),
         grid_edit.LimitBlocked),
        (lambda c: grid_edit.move(c, grid_edit.grip(c.polygon, (X + 50, Y + 100), 1), (X + 50, Y + 300), 1),
         grid_edit.LimitBlocked),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(action: Callable[[Cells], object], error: type[CityGridError]) -> None:
    with pytest.raises(error) as caught:
        action(grid())
    assert "{" not in str(caught.value)


def test_numbers_are_never_given_twice() -> None:
    used = grid_edit.numbers_used(WEST, [WEST + "001", WEST + "017", EAST + "050", WEST + "x", ""])
    assert used == grid_edit.Numbers(17, GRID_TEMPLATES[GridTemplate.FIFTEEN])
    cells = grid()
    assert grid_edit.new_codes(cells.polygon[:2], WEST, "", used) == [WEST + "019", WEST + "018"]  # north first
    short = grid_edit.numbers_used(WEST, [WEST + "98"])
    assert grid_edit.new_codes(cells.polygon[:1], WEST, "", short) == [WEST + "99"]
    with pytest.raises(SequenceOverflow, match="东社区"):
        grid_edit.new_codes(cells.polygon[:2], WEST, "东社区", short)
    with pytest.raises(grid_edit.NoCommunityCode):
        grid_edit.numbers_used("", [])


def test_renumbering_wastes_no_numbers() -> None:
    cells = grid(columns=2)
    used = grid_edit.numbers_used(WEST, list(cells.code))
    new = grid_edit.renumbered(cells, "", used)
    assert sorted(new) == [f"{WEST}{number:03d}" for number in range(7, 13)]
    assert new[2] == WEST + "007"  # the north-western one
    with pytest.raises(grid_edit.InOrder):
        grid_edit.renumbered(Cells(cells.polygon, np.array(new, dtype=object), cells.community), "", used)


def test_the_crosswalk_accounts_for_every_square_metre() -> None:
    box = shapely.box
    old = {"a": box(0, 0, 10, 10), "b": box(10, 0, 20, 10), "c": box(20, 0, 30, 10), "same": box(0, 10, 30, 20)}
    new = {"a": box(0, 0, 9, 10), "d": box(9, 0, 20, 10), "e": box(30, 0, 40, 10), "same": box(0, 10, 30, 20)}
    rows = grid_edit.crosswalk(list(old.items()), list(new.items()), "20260101")
    assert rows.to_numpy().tolist() == [
        ["", "e", 1.0, "new", "20260101"],
        ["a", "a", 0.9, "kept", "20260101"],
        ["a", "d", 0.1, "split", "20260101"],
        ["b", "d", 1.0, "merged", "20260101"],
        ["c", "", 1.0, "closed", "20260101"],
    ]
    assert not len(grid_edit.crosswalk(list(old.items()), list(old.items()), "20260101"))
