"""Measures of a unit grid against counts by hand and against buffers and repeated pruning, done slowly."""

from __future__ import annotations

from collections import Counter
from threading import Event

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.errors import Cancelled
from citygrid_plugin.core.grids import quality as module
from citygrid_plugin.core.grids.quality import (
    TEXTS,
    Quality,
    compactness,
    measure,
)
from citygrid_plugin.core.streets.barriers import Barriers, Strength

from .test_blocks import barriers

WEST, SOUTH = 400_000, 3_830_000
NONE = np.array([], dtype=object)


def lattice(columns: int, rows: int, size: float = 100) -> np.ndarray:
    x, y = (np.ravel(part) for part in np.meshgrid(np.arange(columns) * size, np.arange(rows) * size))
    return shapely.box(WEST + x, SOUTH + y, WEST + x + size, SOUTH + y + size)


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(WEST + x, SOUTH + y) for x, y in points])


def measured(cells: np.ndarray, some: Barriers, cell_area: float = 10_000) -> Quality:
    return measure(cells, np.array([shapely.union_all(cells)], dtype=object), some, cell_area)


def test_without_barriers() -> None:
    quality = measured(lattice(3, 2), Barriers.none())
    assert (quality.cells, quality.in_range, quality.astride) == (6, 1.0, 0.0)
    assert quality.median_compactness == pytest.approx(np.pi / 4)
    assert quality.least_compactness == pytest.approx(np.pi / 4)
    assert quality.limits.length == pytest.approx(700)  # inside only, each once
    assert quality.limits.close < 0.05
    assert np.isnan(quality.strong.near)
    assert dict(quality.rows()).keys() <= TEXTS.keys()
    assert "strong_near" not in dict(quality.rows())
    assert compactness(np.array([shapely.Polygon()])) == 0


def test_sizes() -> None:
    assert measured(lattice(2, 2), Barriers.none(), 7_000).in_range == 1
    assert measured(lattice(2, 2), Barriers.none(), 6_000).in_range == 0
    assert measured(lattice(2, 2), Barriers.none(), 21_000).in_range == 0


def test_strengths_stand_apart() -> None:
    on, off, ignored = line((100, 0), (100, 100)), line((0, 50), (200, 50)), line((30, 0), (30, 100))
    some = Barriers(np.array([on, off, ignored]), np.array([Strength.STRONG, Strength.WEAK, Strength.NONE]), NONE)
    quality = measured(lattice(2, 1), some)
    assert (quality.strong.length, quality.strong.close, quality.strong.near) == (pytest.approx(100), 1, 1)
    assert quality.other.length == pytest.approx(200)
    assert quality.other.near == pytest.approx(60 / 200, abs=0.03)  # the outline of the whole is a limit, too
    assert quality.other.close == pytest.approx(4 / 200, abs=0.03)
    assert (quality.limits.length, quality.limits.close) == (pytest.approx(100, abs=2), 1)
    assert quality.astride == 0


def test_a_cell_astride_a_strong_barrier() -> None:
    cells = lattice(2, 1)
    for x, strength, share in ((150, 3, 0.5), (109, 3, 0.0), (111, 3, 0.5), (100.5, 3, 0.0), (150, 2, 0.0)):
        assert measured(cells, barriers(line((x, -50), (x, 150)), strength=strength)).astride == share, x
    carriageways = barriers(line((140, 0), (140, 100)), line((150, 0), (150, 100)), strength=Strength.STRONG)
    assert measured(cells, carriageways).astride == 0.5
    ends_inside = barriers(line((150, 0), (150, 90)), strength=Strength.STRONG)
    assert measured(cells, ends_inside).astride == 0


def test_dead_ends_do_not_count() -> None:
    through = line((-50, 50), (350, 50))  # leaves the communities on both sides
    tree = [line((50, 50), (50, 80)), line((50, 80), (40, 90)), line((50, 80), (60, 90))]
    ring = line((210, 60), (240, 60), (240, 90), (210, 90), (210, 60))
    quality = measured(lattice(3, 1), barriers(through, through, through.reverse(), *tree, ring))
    assert quality.other.length == pytest.approx(300 + 120)  # inside, once, with the ring


def test_carriageways_are_not_single_lines() -> None:
    pair = [line((0, 40), (300, 40)), line((300, 55), (0, 55))]
    crossing = line((150, 0), (150, 300))
    quality = measured(lattice(3, 3), barriers(*pair, crossing))
    assert quality.other.length == pytest.approx(900)
    assert quality.single.length == pytest.approx(300)


def test_slip_roads_and_forks_are_not_single_lines() -> None:
    """Around ground that holds no circle of 30 m a street has several lines; a block of 60 m is a block."""
    crossing = [line((0, 150), (300, 150)), line((150, 0), (150, 300))]
    slip = line((150, 190), (190, 150))
    quality = measured(lattice(3, 3), barriers(*crossing, slip))
    assert quality.other.length == pytest.approx(600 + np.hypot(40, 40))
    assert quality.single.length == pytest.approx(600 - 80)  # without the legs of the triangle, and the slip road
    block = [line((150, 230), (230, 230)), line((230, 230), (230, 150))]
    quality = measured(lattice(3, 3), barriers(*crossing, *block))
    assert quality.single.length == pytest.approx(quality.other.length) == pytest.approx(600 + 160)


def test_compounds_and_communities_bound_cells() -> None:
    cells = lattice(2, 2)
    communities = shapely.box([WEST, WEST + 100], SOUTH, [WEST + 100, WEST + 200], SOUTH + 200)
    quality = measure(cells, communities, Barriers.none(), 10_000)
    assert quality.limits.length == pytest.approx(400, abs=3)
    assert quality.limits.close == pytest.approx(0.5, abs=0.03)
    compound = Barriers(NONE, np.array([], dtype=np.intp), cells[:1])
    assert measure(cells, communities, compound, 10_000).limits.close == pytest.approx(0.75, abs=0.03)


def test_limits_drawn_twice_count_once() -> None:
    cells = lattice(2, 1)
    cells[1] = shapely.union(cells[1], shapely.Point(WEST + 150, SOUTH + 50))
    more = shapely.segmentize(cells[1], 7)  # vertices that the neighbour lacks
    assert measured(np.array([cells[0], more]), Barriers.none()).limits.length == pytest.approx(100, abs=2)


def test_cancel() -> None:
    def progress(share: float) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        measure(lattice(2, 2), lattice(1, 1, 200), Barriers.none(), 10_000, progress)


def _pruned(lines: list[shapely.LineString], extent: shapely.Polygon) -> shapely.Geometry:
    """The lines inside without dead ends: one end after the other is taken off."""
    net = list(shapely.get_parts(shapely.union_all(shapely.intersection(lines, extent), grid_size=0.01)))
    net = [piece for piece in net if piece.length > 0]
    while True:
        ends = [tuple(piece.coords[0]) for piece in net] + [tuple(piece.coords[-1]) for piece in net]
        count = Counter(ends)
        loose = {end for end in ends if count[end] == 1 and extent.boundary.distance(shapely.Point(end)) > 0.02}
        kept = [piece for piece in net if not loose & {tuple(piece.coords[0]), tuple(piece.coords[-1])}]
        if len(kept) == len(net):
            return shapely.MultiLineString(kept)
        net = kept


# Not on the outline of the whole: there it is a matter of taste what leads on.
_place = st.tuples(st.floats(-100, 500), st.floats(-100, 400)).filter(
    lambda at: min(at[0] % 400, -at[0] % 400, at[1] % 300, -at[1] % 300) > 0.05
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(_place, min_size=2, max_size=4, unique=True), min_size=1, max_size=8))
def test_as_measured_with_buffers(drawn: list[list[tuple[float, float]]]) -> None:
    lines = [line(*points) for points in drawn]
    cells = lattice(4, 3)
    quality = measured(cells, barriers(*lines))
    net = _pruned(lines, shapely.union_all(cells))
    assert quality.other.length == pytest.approx(net.length, abs=0.5)
    if net.length < 50:
        return
    limits = shapely.union_all(shapely.boundary(cells))
    for distance, share in ((15, quality.other.near), (1, quality.other.close)):
        inside = net.intersection(limits.buffer(distance, quad_segs=32)).length
        assert share * net.length == pytest.approx(inside, abs=2 * len(net.geoms) * 4)


def test_detail_that_is_too_small_to_matter_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 200,000 bends of 2 cm most are never laid over anything, and shores are as long as they look."""
    x = np.linspace(0, 5_000, 100_000)
    rng = np.random.default_rng(1)
    shores = [shapely.linestrings(np.column_stack([x, y + rng.normal(0, 0.02, len(x))])) for y in (1_000, 3_000)]
    laid: list[int] = []
    tree = module._Segments.tree
    monkeypatch.setattr(module._Segments, "tree", lambda self: laid.append(len(self.start)) or tree(self))
    town = np.array([shapely.box(0, 0, 5_000, 4_000)])
    west, south = (part.ravel() for part in np.meshgrid(np.arange(0, 5_000, 100), np.arange(0, 4_000, 100)))
    cells = shapely.box(west, south, west + 100, south + 100)
    found = measure(cells, town, barriers(*shores), 10_000.0)
    assert found.other.close == pytest.approx(1.0)
    assert found.other.length == pytest.approx(10_000, rel=0.1)
    assert laid
    assert max(laid) < 50_000


def test_the_cancel_button_is_looked_at_while_geos_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """A union that never ends is left alone when the user cancels; until then it is asked again and again."""
    go_on, asked = Event(), 0
    monkeypatch.setattr(module, "_PATIENCE", 0.001)
    monkeypatch.setattr(module, "noded_limits", lambda *_: go_on.wait())

    def cancel(_: float) -> None:
        nonlocal asked
        asked += 1
        if asked == 50:
            raise Cancelled

    with pytest.raises(Cancelled):
        measure(lattice(3, 2), np.array([shapely.union_all(lattice(3, 2))]), Barriers.none(), 10_000.0, cancel)
    go_on.set()
    assert asked == 50
