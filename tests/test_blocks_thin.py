"""Thin cells between strong barriers: when their ground goes to the cells beside them, and when it may not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from citygrid_plugin.core.streets.barriers import Strength
from citygrid_plugin.core.streets.street_net import Net
from citygrid_plugin.core.streets.thin import is_thin, without_thin
from citygrid_plugin.core.streets.watched import Watched

from .topology import assert_edges_shared, assert_no_common_interior

LENGTH, BELOW, WIDE = 300.0, 130.0, 16.0  # of a strip between rows of cells, which are so deep


def scene(depth: float, wide: float, second: Strength) -> tuple[np.ndarray, Watched]:
    """Three cells below a strip and three above it, and the barriers on both sides of the strip."""
    x = np.array([0.0, 100.0, 200.0])
    low, high = BELOW, BELOW + wide
    # The strip has the corners of its neighbours, too.
    outline = [(0, low), (100, low), (200, low), (LENGTH, low), (LENGTH, high), (200, high), (100, high), (0, high)]
    rows = [shapely.box(x, 0.0, x + 100, low), shapely.box(x, high, x + 100, high + depth)]
    cells = np.r_[np.concatenate(rows), shapely.Polygon(outline)]
    lines = np.array([shapely.LineString([(-50, y), (LENGTH + 50, y)]) for y in (low, high)])
    frame = shapely.boundary(shapely.box(-50, -50, LENGTH + 50, 400))
    limits = Net.of(np.array([frame]), np.zeros(1, dtype=np.intp), limit=True)
    return cells, Watched.of((Net.of(lines, np.array([Strength.STRONG, second])) + limits).noded())


def owner(faces: np.ndarray) -> np.ndarray:
    return np.zeros(len(faces), dtype=np.intp)


@pytest.mark.parametrize(
    ("depth", "wide", "second", "goes"),
    [
        (BELOW, WIDE, Strength.STRONG, True),
        (60.0, WIDE, Strength.STRONG, False),  # 8 of 68 metres of a cell lie beyond the barrier: astride
        (BELOW, WIDE, Strength.NORMAL, False),  # the street would lose the limit on it
        (BELOW, 40.0, Strength.STRONG, False),  # wide enough to be cells
    ],
)
def test_a_strip_goes_to_both_sides(depth: float, wide: float, second: Strength, goes: bool) -> None:
    cells, watched = scene(depth, wide, second)
    result = without_thin(cells, np.arange(len(cells)) == len(cells) - 1, owner, watched)
    assert (result is not cells) == goes
    assert_edges_shared(result)
    assert_no_common_interior(result)
    assert shapely.area(result).sum() == pytest.approx(shapely.area(cells).sum())
    if goes:
        assert len(result) == len(cells) - 1
        assert not is_thin(result).any()
        assert shapely.area(result) == pytest.approx(np.full(6, 100 * (BELOW + wide / 2)), abs=10)


def test_cells_that_are_enclosed_or_far_stay_as_they_are() -> None:
    cells, watched = scene(BELOW, WIDE, Strength.STRONG)
    far = shapely.box(np.array([0.0, 1000.0]), -200.0, np.array([300.0, 1100.0]), np.array([-100.0, 0.0]))
    result = without_thin(np.r_[far, cells], np.arange(9) == 8, owner, watched)
    assert shapely.equals_exact(result[:2], far).all()
    assert len(result) == len(cells) + 1


def test_nothing_thin_nothing_changed() -> None:
    cells, watched = scene(BELOW, WIDE, Strength.STRONG)
    assert without_thin(cells, np.zeros(len(cells), dtype=bool), owner, watched) is cells
