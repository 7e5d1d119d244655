"""What joining faces would lose of the streets under watch, against the limits that are really left."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.spatial.coverage import (
    SharedEdges,
    dissolve,
    ordered,
    summed,
)
from citygrid_plugin.core.streets.barriers import Strength
from citygrid_plugin.core.streets.street_net import Net
from citygrid_plugin.core.streets.watched import (
    STEP,
    Edges,
    Kept,
    Watched,
)

WEST, SOUTH, NEAR, ON = 400_000, 3_830_000, 15.0, 1.0


def lattice(columns: int, rows: int, width: float, height: float) -> np.ndarray:
    x, y = (np.ravel(part) for part in np.meshgrid(np.arange(columns) * width, np.arange(rows) * height))
    return shapely.box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def pairs_of(edges: Edges, label: np.ndarray) -> SharedEdges:
    inner = edges.at(edges.inner)
    return summed(*ordered(label[inner.left], label[inner.right]), np.ones((len(inner.key), 4)))


def unwatched(watched: Watched, faces: np.ndarray, label: np.ndarray, reach: float) -> np.ndarray:
    """Which points have no outline of a group in reach."""
    limits = shapely.union_all(shapely.boundary(dissolve(faces, label)[0]))
    return shapely.distance(watched.point, limits) > reach


_number = st.floats(-0.2, 1.2)
_line = st.tuples(_number, _number, _number, _number, st.sampled_from([1, 2, 3])).filter(lambda at: at[:2] != at[2:4])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(_line, min_size=1, max_size=6),
    st.floats(11, 70),
    st.lists(st.integers(0, 29), max_size=12),
    st.booleans(),
)
def test_what_is_lost_is_what_has_no_limit_nearby_or_on_it(
    drawn: list[tuple[float, float, float, float, int]], width: float, merged: list[int], divided: bool
) -> None:
    faces = lattice(6, 5, width, 37)
    community = (np.arange(30) % 6 > 2).astype(np.intp) * divided
    ends = np.array([at[:4] for at in drawn]).reshape(-1, 2, 2) * [6 * width, 5 * 37] + [WEST, SOUTH]
    lines = shapely.linestrings(ends)
    strength = np.array([at[4] for at in drawn], dtype=np.intp)
    watched = Watched.of(Net.of(lines, strength))
    points = shapely.line_interpolate_point(lines[:, None], np.linspace(0.01, 0.99, 23), normalized=True)
    single = np.arange(points.size) % 3 > 0
    watched = Watched(points.ravel(), np.repeat(strength, 23), single)  # all: dead ends are a matter of the net
    edges = Edges.of(faces, community)
    label = np.arange(30)
    for face in merged:  # with the face to the east, where there is one
        if face % 6 < 5 and community[face] == community[face + 1]:
            label[label == label[face]] = label[face + 1]
    pairs = pairs_of(edges, label)
    near, on = Kept.of(watched, edges, np.ones(30, dtype=bool))
    for kept, reach, some in ((near, NEAR, np.ones_like(single)), (on, ON, single)):
        found = kept.lost(label, pairs)
        there = some & ~unwatched(watched, faces, label, reach)
        for row in range(len(pairs.left)):
            joined = np.where(label == pairs.left[row], pairs.right[row], label)
            lost = there & unwatched(watched, faces, joined, reach)
            wanted = STEP * np.bincount(watched.strength[lost], minlength=len(Strength))
            assert found[row] == pytest.approx(wanted), row


def test_only_streets_that_lead_on_are_watched() -> None:
    through = shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(100, 0), (100, 95)])
    back, dead = shapely.LineString([(100, 95), (0, 0)]), shapely.LineString([(100, 95), (100, 200)])
    limit = Net.of(np.array([shapely.LineString([(0, 0), (-100, 0)])]), np.array([0]), limit=True)
    watched = Watched.of((Net.of(np.array([*through, back, dead]), np.array([2, 2, 3, 2])) + limit).noded())
    assert len(watched.point) == 10 + 10 + 14
    assert np.bincount(watched.strength).tolist() == [0, 0, 20, 14]


def test_carriageways_and_strong_barriers_are_no_single_streets() -> None:
    loop = shapely.LinearRing([(0, 0), (300, 0), (300, 200), (150, 170), (0, 200)])
    beside = shapely.LineString([(0, 0), (10, 30), (140, 30), (150, 0)])  # along nearly half of the southern side
    net = Net.of(np.array([shapely.LineString(loop.coords), beside]), np.array([2, 3])).noded()
    watched = Watched.of(net)
    x, y = shapely.get_coordinates(watched.point).T
    assert not watched.single[watched.strength == Strength.STRONG].any()
    assert np.array_equal(watched.single[y < 0.1], ((x < 10) | (x > 140))[y < 0.1])
    assert watched.single[y > 40].all()
