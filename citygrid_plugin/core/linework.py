"""Lines that meet at their ends, and the faces between them."""

from __future__ import annotations

import numpy as np
import shapely

from .coverage import Geometries, Indices


def faces_between(lines: Geometries, group: Indices) -> tuple[Geometries, Indices]:
    """The faces that the lines of each group enclose, and their group; groups in ascending order.

    Lines of a group may meet at their ends only. Groups with equally many lines are done together.
    """
    order = np.argsort(group, kind="stable")
    groups, start, size = np.unique(group[order], return_index=True, return_counts=True)
    faces, of = [np.array([], dtype=object)], [np.array([], dtype=np.intp)]
    for count in np.unique(size):
        which = np.flatnonzero(size == count)
        members = order[start[which][:, None] + np.arange(count)]
        parts, index = shapely.get_parts(shapely.polygonize(lines[members], axis=1), return_index=True)
        faces.append(parts)
        of.append(groups[which[index]])
    polygons, owner = np.concatenate(faces), np.concatenate(of)
    back = np.argsort(owner, kind="stable")
    return polygons[back], owner[back]
