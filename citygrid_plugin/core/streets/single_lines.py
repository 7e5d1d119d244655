"""Where a street is a single line: no other line runs beside it, as the second carriageway or the other bank does."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import Floats

_BESIDE = 40.0  # metres; a parallel line this near is another carriageway or bank
_PARALLEL = 0.94  # cosine of 20 degrees
_SAME = 1.0  # metres; a parallel line this near is the same one


def without_parallel(points: Floats, direction: Floats, segments: Floats, tree: shapely.STRtree) -> NDArray[np.bool_]:
    """Which points (n, 2) on lines have no parallel segment beside them.

    ``direction`` (n, 2): unit vectors of the lines there. ``segments`` (m, 4): x1, y1, x2, y2 of straight pieces of
    all lines; ``tree`` holds them. In metres.
    """
    across = np.column_stack([-direction[:, 1], direction[:, 0]]) * _BESIDE
    ends = np.stack([points - across, points + across], axis=1)
    point, other = tree.query(shapely.linestrings(ends), predicate="intersects")
    along = segments[other, 2:] - segments[other, :2]
    along /= np.hypot(*along.T)[:, None]
    parallel = np.abs((along * direction[point]).sum(axis=1)) > _PARALLEL
    offset = segments[other, :2] - points[point]
    apart = np.abs(offset[:, 0] * along[:, 1] - offset[:, 1] * along[:, 0]) > _SAME
    result = np.ones(len(points), dtype=bool)
    result[point[parallel & apart]] = False
    return result
