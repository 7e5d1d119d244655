"""Unit grids along streets: any city and any barriers keep the coverage exact; small made cases have clear answers."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import pytest
import shapely
import shapely.affinity
import shapely.ops
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.grids.quality import compactness
from citygrid_plugin.core.spatial.coverage import Faces
from citygrid_plugin.core.streets.barriers import Barriers, Strength
from citygrid_plugin.core.streets.blocks import street_cells

from .test_unit_grid import check_cells, city, shapes
from .topology import assert_edges_shared

WEST, SOUTH = 512_340.0, 3_812_345.0
SIZE = 700.0
Lines = list[shapely.LineString]


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(WEST + x, SOUTH + y) for x, y in points])


def circle(x: float, y: float, radius: float) -> shapely.LineString:
    return shapely.LineString(shapely.Point(WEST + x, SOUTH + y).buffer(radius, quad_segs=8).exterior)


def barriers(
    *lines: shapely.LineString, strength: int | list[int] = Strength.NORMAL, compound: Collection[shapely.Polygon] = ()
) -> Barriers:
    level = np.broadcast_to(np.asarray(strength, dtype=np.intp), len(lines)).copy()
    return Barriers(np.array(lines, dtype=object), level, np.array(list(compound), dtype=object))


def cut(
    communities: list[shapely.Geometry] | np.ndarray,
    some: Barriers,
    sizes: tuple[float, float, float] = (10_000.0, 0.5, 1.5),
    compound_limit: float = 40_000.0,
) -> Faces:
    """The cells of communities, checked for what holds for any cells; ``sizes``: area, least and greatest ratio."""
    outlines = np.array(communities, dtype=object)
    cells = street_cells(outlines, some, *sizes, compound_limit)
    check_cells(cells, outlines)
    assert_edges_shared(cells.polygon)
    return cells


# Any city, any barriers


def streets(rng: np.random.Generator) -> Lines:
    """A street grid at an angle, some of its pieces missing; long lines or one a block."""
    step, angle = rng.uniform(60, 250), rng.uniform(0, 90)
    at = np.arange(-SIZE, 2 * SIZE, step) + rng.uniform(0, step)
    if rng.random() < 0.5:
        whole = [line((x, -SIZE), (x, 2 * SIZE)) for x in at] + [line((-SIZE, y), (2 * SIZE, y)) for y in at]
    else:
        whole = [line((x, y), (x, y + step)) for x in at for y in at] + [
            line((x, y), (x + step, y)) for x in at for y in at
        ]
        whole = [whole[number] for number in np.flatnonzero(rng.random(len(whole)) < 0.85)]
    centre = (WEST + SIZE / 2, SOUTH + SIZE / 2)
    return [shapely.affinity.rotate(street, angle, origin=centre) for street in whole]


def crossing(rng: np.random.Generator) -> Lines:
    """Bent lines from anywhere to anywhere, crossing themselves and each other."""
    return [line(*rng.uniform(-100, SIZE + 100, (rng.integers(2, 6), 2))) for _ in range(rng.integers(1, 8))]


def path(rng: np.random.Generator) -> shapely.LineString:
    """A winding line through the city."""
    x = np.linspace(-50, SIZE + 50, 30)
    y = rng.uniform(0.2, 0.8) * SIZE + rng.uniform(0, 60) * np.sin(x / rng.uniform(30, 200))
    return line(*(zip(x, y, strict=True) if rng.random() < 0.5 else zip(y, x, strict=True)))


def carriageways(rng: np.random.Generator) -> Lines:
    """Two or three lines side by side, joined here and there."""
    first, apart = path(rng), rng.uniform(3, 28)
    lines = [first] + [shapely.offset_curve(first, apart * number) for number in range(1, rng.integers(2, 4))]
    for share in rng.uniform(0, 1, 3):
        ends = [one.interpolate(share, normalized=True) for one in lines[:2]]
        lines.append(shapely.LineString(ends))
    return [one for one in lines if one.geom_type == "LineString" and not one.is_empty]


def roundabout(rng: np.random.Generator) -> Lines:
    """A circle with arms, as one line or drawn as arcs between the arms."""
    x, y, radius = *rng.uniform(100, SIZE - 100, 2), rng.uniform(6, 45)
    angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 6)))
    ring = circle(x, y, radius)
    on = [ring.interpolate(share / (2 * np.pi), normalized=True) for share in angle]
    arms = [
        shapely.LineString([point, (WEST + x + 900 * np.cos(-turn), SOUTH + y + 900 * np.sin(-turn))])
        for point, turn in zip(on, angle, strict=True)
    ]
    return [ring, *arms]


def loose_ends(rng: np.random.Generator) -> Lines:
    """Dead ends, and lines that end a little before or behind another one."""
    main = path(rng)
    lines = [main]
    for share in rng.uniform(0.1, 0.9, 6):
        at = np.array(main.interpolate(share, normalized=True).coords[0])
        way = np.array([np.cos(turn := rng.uniform(0, 2 * np.pi)), np.sin(turn)])
        lines.append(
            shapely.LineString(
                [at + way * rng.choice([0, 1e-7, 1e-4, 0.01, 1, 4, 8, -0.001, -3]), at + way * rng.uniform(1, 300)]
            )
        )
    return lines


def twice(rng: np.random.Generator) -> Lines:
    """A line drawn twice: exactly, backwards, in part, a hair or a metre beside itself."""
    first = path(rng)
    moved = [
        shapely.affinity.translate(first, *rng.uniform(-size, size, 2)) for size in (1e-9, 1e-6, 1e-4, 0.01, 0.3, 2)
    ]
    part = shapely.ops.substring(first, 0.2, 0.7, normalized=True)
    return [first, first, first.reverse(), part, *(moved[number] for number in rng.integers(0, 6, 2))]


def loops(rng: np.random.Generator) -> Lines:
    """Closed lines that nothing leads to, some within others, and figures of eight."""
    lines = [circle(x, y, rng.uniform(0.5, 250)) for x, y in rng.uniform(0, SIZE, (rng.integers(1, 5), 2))]
    x, y = rng.uniform(0, SIZE, 2)
    return [*lines, line((x, y), (x + 90, y + 80), (x + 90, y), (x, y + 80), (x, y))]


def river(rng: np.random.Generator) -> Lines:
    """The outline of a water, with an island or not."""
    water = path(rng).buffer(rng.uniform(2, 60), quad_segs=3)
    if rng.random() < 0.5:
        water = water.difference(path(rng).buffer(rng.uniform(5, 80)))
    return [shapely.LineString(ring) for ring in shapely.get_rings(shapely.get_parts(water))]


def fine(rng: np.random.Generator) -> Lines:
    """Lines with vertices a few centimetres apart, with spikes, and lines of next to no length."""
    x = np.cumsum(rng.uniform(0, 1.5, 500))
    y = 300 + np.cumsum(rng.uniform(-0.3, 0.3, 500))
    return [line(*zip(x, y, strict=True)), line((9, 9), (9, 9 + 1e-7)), line((50, 50), (200, 50), (120, 50), (120, 90))]


KINDS: dict[str, tuple[Callable[[np.random.Generator], Lines], int | None]] = {
    "streets": (streets, None),
    "crossing": (crossing, None),
    "carriageways": (carriageways, None),
    "roundabout": (roundabout, 2),
    "loose ends": (loose_ends, 1),
    "twice": (twice, None),
    "loops": (loops, None),
    "river": (river, 3),
    "fine": (fine, 1),
}


def made_barriers(seed: int, kinds: Collection[str], communities: np.ndarray) -> Barriers:
    """Barriers of some kinds, of any strength; and lines along the limits of communities."""
    lines: Lines = []
    strength: list[int] = []
    for kind in sorted(kinds):
        rng = np.random.default_rng([seed, *kind.encode()])
        if kind == "limits":
            new = [
                shapely.affinity.translate(shapely.LineString(ring), *rng.uniform(-size, size, 2))
                for ring in shapely.get_rings(communities)
                if (size := rng.choice([0, 1e-6, 1e-3, 0.2, 3, 9])) >= 0
            ]
            level = None
        elif kind == "compounds":
            continue
        else:
            make, level = KINDS[kind]
            new = make(rng)
        lines += new
        strength += list(rng.integers(1, 4, len(new))) if level is None else [level] * len(new)
    compound = []
    if "compounds" in kinds:
        rng = np.random.default_rng(seed)
        compound = [
            shapely.affinity.rotate(box(x, y, x + wide, y + high), rng.uniform(0, 90))
            for x, y, wide, high in rng.uniform([0, 0, 5, 5], [SIZE, SIZE, 250, 250], (4, 4))
        ]
    return barriers(*lines, strength=strength, compound=compound)


def made_city(seed: int, count: int, *, odd: bool) -> np.ndarray:
    """Communities; odd ones have a hole, another part far off, or are two lobes joined by a neck of a metre."""
    communities = city(seed, count, SIZE)
    if odd:
        rng = np.random.default_rng(seed)
        some = rng.permutation(count)[:3]
        hole = communities[some[0]].representative_point().buffer(rng.uniform(1, 60), quad_segs=3)
        communities[some[0]] = communities[some[0]].difference(hole)
        communities[some[-1]] = communities[some[-1]].union(box(1000, 0, 1000 + rng.uniform(3, 200), 150))
        lobes = box(-500, 0, -350, 180).union(box(-300, 20, -200, 100)).union(box(-350, 60, -300, 61))
        communities = np.append(communities, lobes)
    return communities


SCENES = (
    st.integers(0, 10_000),
    st.integers(1, 9),
    st.booleans(),
    st.sets(st.sampled_from([*KINDS, "limits", "compounds"]), max_size=4),
)
SIZES = st.sampled_from([(10_000.0, 0.5, 1.5), (4_000.0, 0.5, 1.5), (22_500.0, 0.3, 2.0), (10_000.0, 0.0, 1.2)])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(*SCENES, SIZES)
def test_cells_fill_any_city_and_share_their_edges(
    seed: int, count: int, odd: bool, kinds: set[str], sizes: tuple[float, float, float]
) -> None:
    communities = made_city(seed, count, odd=odd)
    cut(communities, made_barriers(seed, kinds, communities), sizes)


def check_order(communities: np.ndarray, some: Barriers) -> None:
    """The same cells for another order of communities and barriers, and for lines drawn backwards."""
    cells = street_cells(communities, some)
    again = street_cells(communities, some)
    assert list(shapely.to_wkb(again.polygon)) == list(shapely.to_wkb(cells.polygon))
    assert (again.community == cells.community).all()

    rng = np.random.default_rng(len(some.line))
    order, mixed = rng.permutation(len(communities)), rng.permutation(len(some.line))
    lines = some.line[mixed]
    turned = rng.random(len(lines)) < 0.5
    lines[turned] = shapely.reverse(lines[turned])
    other = Barriers(lines, some.strength[mixed], rng.permutation(some.compound))
    again = street_cells(communities[order], other)
    expected = dict(zip(shapes(cells), cells.community.tolist(), strict=True))
    assert dict(zip(shapes(again), order[again.community].tolist(), strict=True)) == expected


@settings(max_examples=15, deadline=None, derandomize=True)
@given(*SCENES)
def test_order_and_direction_do_not_matter(seed: int, count: int, odd: bool, kinds: set[str]) -> None:
    communities = made_city(seed, count, odd=odd)
    check_order(communities, made_barriers(seed, kinds, communities))


# Small made cases


def test_street_blocks_of_the_right_size_are_the_cells() -> None:
    at = np.arange(0, 801, 100)
    lines = [line((x, -50), (x, 650)) for x in at] + [line((-50, y), (850, y)) for y in at[:7]]
    for angle in (0.0, 0.0001, 28.0):
        turned = shapely.affinity.rotate(shapely.MultiLineString(lines), angle, origin=(WEST, SOUTH))
        place = shapely.affinity.rotate(box(0, 0, 800, 600), angle, origin=(WEST, SOUTH))
        cells = cut([place], barriers(*turned.geoms))
        expected = [
            shapely.affinity.rotate(box(x, y, x + 100, y + 100), angle, origin=(WEST, SOUTH))
            for x in at[:8]
            for y in at[:6]
        ]
        assert len(cells.polygon) == 48
        square, cell = shapely.STRtree(cells.polygon).query(shapely.centroid(expected), predicate="within")
        assert shapely.hausdorff_distance(np.array(expected)[square], cells.polygon[cell]).max() < 0.02


def limits(cells: Faces) -> shapely.Geometry:
    return shapely.union_all(shapely.boundary(cells.polygon))


def largest_gap(lines: Lines, cells: Faces, within: float = 20.0) -> float:
    """How far points on lines, those near the outline of all aside, are at most from a limit of cells."""
    outline = shapely.boundary(shapely.union_all(cells.polygon))
    points = np.concatenate([shapely.line_interpolate_point(one, np.arange(1, one.length, 2)) for one in lines])
    inside = shapely.covers(shapely.union_all(cells.polygon), points) & (shapely.distance(points, outline) > within)
    return float(shapely.distance(points[inside], limits(cells)).max())


@pytest.mark.parametrize("apart", [3.0, 12.0, 20.0])
@pytest.mark.parametrize("angle", [0.0, 40.0])
def test_one_limit_for_a_dual_carriageway(apart: float, angle: float) -> None:
    ways = [line((-50, 300 + shift), (850, 300 + shift)) for shift in (-apart / 2, apart / 2)]
    links = [line((x, 300 - apart / 2), (x, 300 + apart / 2)) for x in (133, 400, 690)]
    crossing = [line((x, -50), (x, 650)) for x in (205, 610)]

    def turn(some: shapely.Geometry) -> shapely.Geometry:
        return shapely.affinity.rotate(some, angle, origin=(WEST, SOUTH))

    lines = [turn(one) for one in (*ways, *links, *crossing)]
    cells = cut([turn(box(0, 0, 800, 600))], barriers(*lines))
    assert shapely.area(cells.polygon).min() > 5_000
    assert shapely.is_empty(shapely.buffer(cells.polygon, -apart / 2 - 3)).sum() == 0  # no sliver between the two
    assert largest_gap(lines[:2], cells) < apart / 2 + 2
    assert largest_gap(lines[-2:], cells) < 0.01 + apart / 2


@pytest.mark.parametrize("angle", [0.0, 40.0])
def test_the_ground_of_an_avenue_is_a_strip_of_grids(angle: float) -> None:
    """Two carriageways 15 m apart with a side street 19 m off: one middle line cannot stand for all three."""

    def turn(some: shapely.Geometry) -> shapely.Geometry:
        return shapely.affinity.rotate(some, angle, origin=(WEST, SOUTH))

    ways = [turn(line((-50, 300 + y), (850, 300 + y))) for y in (0, 15, 34)]
    across = [turn(line((x, -50), (x, 650))) for x in (0, 130, 260, 390, 520, 650, 800)]
    cells = cut([turn(box(0, 0, 800, 600))], barriers(*ways, *across))
    assert largest_gap(ways, cells) < 16
    assert shapely.area(cells.polygon).min() > 4_400
    assert (4 * np.pi * shapely.area(cells.polygon) / shapely.length(cells.polygon) ** 2).min() > 0.25


@pytest.mark.parametrize("width", [12.0, 18.0])
def test_a_river_inside_blocks_has_one_limit_in_its_middle(width: float) -> None:
    """It ends in a block, so the same block lies on both of its banks; across a street there is another one."""
    river = line((0, 330), (620, 330), (620, 330 + width), (0, 330 + width))
    street = line((200, -50), (200, 650))
    cells = cut([box(0, 0, 800, 600)], barriers(river, street, strength=[Strength.STRONG, Strength.NORMAL]))
    assert largest_gap([river], cells) < width / 2 + 2.5
    assert compactness(cells.polygon).min() > 0.6


def test_limits_between_lines_of_unequal_spread_have_no_teeth() -> None:
    """Three carriageways leave a community at an angle: where they are too far apart no place serves all of them."""
    ways = [
        line((-50, 68), (850, 644)),
        line((-50, 75.8), (359, 337.56), (399, 355.36)),
        line((-50, 98.6), (850, 680.9)),
    ]
    cells = cut([box(0, 0, 700, 200), box(0, 200, 700, 600)], barriers(*ways))
    assert shapely.get_num_coordinates(cells.polygon).max() < 50


def test_few_small_blocks_stay_where_a_street_would_be_given_up() -> None:
    """A block of 4,000 m² between long streets: of fifty cells of a community one may be too small, of forty none."""
    for rows, small in ((8, 1), (5, 0)):
        ways = [line((-50, y), (950, y)) for y in range(0, rows * 100 + 1, 100)]
        across = [line((x, -50), (x, rows * 100 + 50)) for x in (100, 200, 300, 440, 540, 640)]
        cells = cut([box(0, 0, 740, rows * 100)], barriers(*ways, *across, line((340, 300), (340, 400))))
        area = shapely.area(cells.polygon)
        assert area[area < 5_000].tolist() == pytest.approx([4_000] * small)


def test_communities_too_small_for_a_small_block_of_their_own_share_one() -> None:
    """Three communities of 36 cells, each with a block of 4,000 m²: of 108 cells two may be too small."""
    ways = [line((-50, y), (950, y)) for y in range(0, 1501, 100)]
    across = [line((x, -50), (x, 1550)) for x in (100, 200, 300, 440, 540, 640)]
    short = [line((340, y + 300), (340, y + 400)) for y in (0, 500, 1000)]
    communities = [box(0, y, 740, y + 500) for y in (0, 500, 1000)]
    cells = cut(communities, barriers(*ways, *across, *short))
    small = shapely.area(cells.polygon) < 5_000
    assert shapely.area(cells.polygon[small]) == pytest.approx([4_000, 4_000])
    assert len(np.unique(cells.community[small])) == 2


def test_a_street_that_leaves_its_community_at_a_slant_keeps_its_limit() -> None:
    """The ground between it, the limit and another street holds no circle of 30 m; one of the two streets may go."""
    slant, straight = line((200, 40), (290, -20)), line((200, -50), (200, 650))
    cells = cut([box(0, 0, 800, 600), box(0, -600, 800, 0)], barriers(slant, straight))
    points = shapely.line_interpolate_point(slant, np.arange(2, 70, 2))
    assert shapely.distance(points, limits(cells)).max() < 0.01


def test_a_square_between_wide_carriageways_stays_a_cell() -> None:
    """Sixty metres apart they are two streets with a cell between them."""
    ways = [line((-50, y), (850, y)) for y in (270, 330)]
    cells = cut([box(0, 0, 800, 600)], barriers(*ways))
    assert largest_gap(ways, cells) < 0.01


@pytest.mark.parametrize("gap", [0.001, 0.5, 4.0, -0.5])
def test_a_street_that_ends_just_before_a_crossing_is_led_on(gap: float) -> None:
    through = line((-50, 200), (850, 200))
    side = [line((400, 650), (400, 200 + gap)), line((470, -50), (470, 200 - gap))]
    cells = cut([box(0, 0, 800, 400)], barriers(through, *side))
    assert largest_gap([through, *side], cells) < 0.01
    blocks = shapely.buffer(cells.polygon, -0.6)
    assert not shapely.intersects(blocks[:, None], np.array([through, *side])).any()


def test_a_dead_end_draws_the_cut_where_the_sizes_allow() -> None:
    """A block of two cells; a street from one side ends inside, a little off the middle."""
    outline = [
        line((-50, 0), (250, 0)),
        line((-50, 100), (250, 100)),
        line((0, -50), (0, 150)),
        line((210, -50), (210, 150)),
    ]
    place = [box(-100, -100, 310, 200)]
    dead = line((115, 0), (115, 62))
    cells = cut(place, barriers(*outline, dead))
    assert largest_gap([dead], cells, 0) < 0.01
    short = line((30, 0), (30, 60))  # it would cut off 3,000 m²
    cells = cut(place, barriers(*outline, short))
    assert largest_gap([short], cells, 0) > 10
    assert shapely.area(cells.polygon).min() > 5_000


@pytest.mark.parametrize(("south", "north"), [(1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2)])
def test_a_small_block_merges_across_the_weaker_street(south: int, north: int) -> None:
    """A strip of 40 m between blocks of 80 m."""
    along = [line((-50, y), (150, y)) for y in (0, 80, 120, 200)]
    cells = cut([box(0, 0, 100, 200)], barriers(*along, strength=[2, south, north, 2]))
    stays = 120 if north > south else 80
    assert largest_gap([line((0, stays), (100, stays))], cells) < 0.01
    assert sorted(shapely.area(cells.polygon)) == pytest.approx([8_000, 12_000])


def test_small_blocks_side_by_side_merge_across_the_weak_street() -> None:
    """Not with each other across the short streets between them: that would make a long strip."""
    across, along = (
        [line((x, -50), (x, 300)) for x in (0, 100, 200, 300)],
        [line((-50, y), (350, y)) for y in (0, 80, 120, 200)],
    )
    cells = cut([box(0, 0, 300, 200)], barriers(*across, *along, strength=[2, 2, 2, 2, 2, 1, 3, 2]))
    assert sorted(shapely.area(cells.polygon)) == pytest.approx([8_000] * 3 + [12_000] * 3)


def test_no_merge_across_the_limit_of_communities() -> None:
    lines = [line((-50, y), (350, y)) for y in (0, 100)] + [line((x, -50), (x, 150)) for x in (0, 90, 120, 200)]
    cells = cut([box(0, 0, 120, 100), box(120, 0, 200, 100)], barriers(*lines, strength=[2, 2, 2, 3, 1, 2]))
    assert sorted(shapely.area(cells.polygon)) == pytest.approx([8_000, 12_000])


def inside(compound: shapely.Polygon, cells: Faces) -> np.ndarray:
    """Areas of a compound by cell, without what is next to nothing."""
    area = shapely.area(shapely.intersection(cells.polygon, compound))
    return area[area > 1]


def test_a_compound_is_not_cut_below_the_limit() -> None:
    streets = [line((x, -50), (x, 650)) for x in range(0, 801, 200)] + [
        line((-50, y), (850, y)) for y in range(0, 601, 200)
    ]
    compound = box(215, 210, 395, 370)  # 28,800 m², in a block of 40,000 m²
    cells = cut([box(0, 0, 800, 600)], barriers(*streets, compound=[compound]))
    assert inside(compound, cells) == pytest.approx([compound.area])
    lane = line((300, 150), (300, 450))  # not even by a way through it
    cells = cut([box(0, 0, 800, 600)], barriers(*streets, lane, compound=[compound], strength=[2] * len(streets) + [1]))
    assert inside(compound, cells) == pytest.approx([compound.area])


def test_a_compound_is_cut_above_the_limit() -> None:
    compound = box(215, 210, 395, 370)
    cells = cut([box(0, 0, 800, 600)], barriers(compound=[compound]), compound_limit=20_000)
    assert len(inside(compound, cells)) >= 2
    assert shapely.area(cells.polygon).max() < 15_000


def test_a_compound_across_a_community_limit_is_kept_in_each() -> None:
    compound = box(300, 100, 500, 200)
    communities = [box(0, 0, 400, 400), box(400, 0, 800, 400)]
    cells = cut(communities, barriers(compound=[compound]))
    assert inside(compound, cells) == pytest.approx([10_000, 10_000])


def test_without_barriers_compact_parts_of_similar_size() -> None:
    for some in (Barriers.none(), barriers(line((5_000, 0), (5_000, 900))), barriers(line((0, 1), (1, 1)), strength=0)):
        communities = city(5, 6)
        cells = cut(communities, some)
        area = shapely.area(cells.polygon)
        assert (area > 5_000).all()
        assert (area < 15_000).all()
        assert np.median(4 * np.pi * area / shapely.length(cells.polygon) ** 2) > 0.7


@pytest.mark.parametrize("radius", [8.0, 15.0, 25.0])
def test_a_roundabout_leaves_no_cell(radius: float) -> None:
    arms = [
        line((400, 300 + radius), (400, 650)), line((400, 300 - radius), (400, -50)),
        line((400 + radius, 300), (850, 300)), line((400 - radius, 300), (-50, 300)),
    ]  # fmt: skip
    cells = cut([box(0, 0, 800, 600)], barriers(circle(400, 300, radius), *arms))
    assert shapely.area(cells.polygon).min() > 5_000
    assert largest_gap(arms, cells, 0) < 0.5
    if radius < 10:  # the four blocks meet in a small one
        assert shapely.dwithin(cells.polygon, shapely.Point(WEST + 400, SOUTH + 300), radius / 2).sum() == 4


def test_lines_drawn_twice_change_nothing() -> None:
    lines = [line((x, -50), (x, 450)) for x in (0, 130, 260, 390)] + [
        line((-50, y), (450, y)) for y in (0, 90, 180, 400)
    ]
    once = cut([box(0, 0, 390, 400)], barriers(*lines))
    twice = cut([box(0, 0, 390, 400)], barriers(*lines, *lines, *(one.reverse() for one in lines)))
    assert sorted(shapes(twice)) == sorted(shapes(once))
    hair = [shapely.affinity.translate(one, 0.02, 0.03) for one in lines]
    beside = cut([box(0, 0, 390, 400)], barriers(*lines, *hair))
    assert len(beside.polygon) == len(once.polygon)
    assert shapely.area(beside.polygon) == pytest.approx(shapely.area(once.polygon), abs=30)


def test_a_large_empty_community_beside_streets() -> None:
    streets = [line((x, -50), (x, 850)) for x in range(0, 801, 100)] + [
        line((-50, y), (850, y)) for y in range(0, 801, 100)
    ]
    communities = [box(0, 0, 800, 800), box(800, 0, 3000, 800)]
    cells = cut(communities, barriers(*streets))
    area = shapely.area(cells.polygon)
    assert (cells.community == 0).sum() == 64
    assert (cells.community == 1).sum() == pytest.approx(176, abs=20)
    assert (area >= 5_000).all()
    assert (area <= 15_000).all()


def test_hole_two_parts_and_a_neck() -> None:
    hole = box(0, 0, 500, 500).difference(box(200, 220, 310, 300))
    parts = box(600, 0, 800, 150).union(box(900, 0, 1000, 90))
    neck = box(0, 600, 200, 800).union(box(260, 600, 400, 800)).union(box(200, 700, 260, 701))
    streets = [line((x, -50), (x, 900)) for x in (150, 340, 690)]
    cells = cut([hole, parts, neck], barriers(*streets))
    area = shapely.area(cells.polygon)
    assert set(cells.community) == {0, 1, 2}
    assert np.isclose(area, 9_000).sum() == 1  # the part that lies apart is a cell
    assert area.min() > 5_000
    assert area.max() < 15_100


def test_overlapping_communities_give_the_place_to_the_smallest() -> None:
    outlines = [box(0, 0, 600, 600), box(400, 400, 800, 700), box(450, 450, 550, 550)]
    cells = street_cells(np.array(outlines), barriers(line((-50, 300), (900, 300)), line((500, -50), (500, 900))))
    assert_edges_shared(cells.polygon)
    own = [shapely.area(cells.polygon[cells.community == number]).sum() for number in range(3)]
    assert own == pytest.approx([360_000 - 40_000, 120_000 - 10_000, 10_000])


def test_a_community_smaller_than_a_cell_is_one_cell() -> None:
    streets = [line((20, -50), (20, 150)), line((-50, 30), (150, 30))]
    cells = cut([box(0, 0, 60, 60), box(60, 0, 160, 60)], barriers(*streets, strength=3))
    assert sorted(shapely.area(cells.polygon)) == pytest.approx([3_600, 6_000])
