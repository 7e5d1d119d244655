"""Lines that meet at their ends: these ends, and the faces between the lines."""

from __future__ import annotations

import numpy as np
import shapely

from .coverage import Floats, Geometries, Indices


def end_points(lines: Geometries) -> Floats:
    """First and last point of lines as rows x1, y1, x2, y2."""
    points, size = shapely.get_coordinates(lines), shapely.get_num_coordinates(lines)
    last = np.cumsum(size) - 1
    return np.hstack([points[last - size + 1], points[last]])


def faces_between(lines: Geometries, group: Indices) -> tuple[Geometries, Indices]:
    """The faces that the lines of each group enclose, and their group; groups in ascending order.

    Lines of a group may meet at their ends only. Groups with equally many lines are done together.
    """
    order = np.argsort(group, kind="stable")
    groups, start, size = np.unique(group[order], return_index=True, return_counts=True)
    found = np.empty(len(groups), dtype=object)
    for count in np.unique(size):
        which = size == count
        found[which] = shapely.polygonize(lines[order[start[which][:, None] + np.arange(count)]], axis=1)
    faces, of = shapely.get_parts(found, return_index=True)
    return faces, groups[of]
