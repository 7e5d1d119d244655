"""Order of numbering: rows from north to south, west to east inside a row.

The standards ask for that order and publish no rule for rows and ties (domain facts); the rule is ours
and the same for regular squares and for grids along streets. For each community:

1. **Direction.** Rows run along the main direction of the limits of its cells, at most 45° off west–east:
   the direction near which (±5°) the greatest length of outline runs, lines at right angles counting
   alike, exactly its median by length. Where less than half of the length runs that way, there is no main
   direction, and rows run west–east.
2. **Rows.** They are strips of one height, the side of a square of the cell area wanted, laid so that the
   centroids of the cells are as near as can be to the middle lines of the strips (mean direction of their
   places on a circle of that circumference). So a row of blocks is not cut in two by a strip that begins
   anywhere, and the rows of a lattice are its rows. Where no place is better than another, the first
   strip lies around the northernmost centroid. A centroid on the limit of two strips belongs to the northern one.
3. **In a row** centroids go from west to east; of equal ones (to a millimetre) the northern is first, then
   the larger cell.

Only the cells of the community itself count. All sums are taken over whole numbers, so that the order of
features cannot change the last bit of one.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices

_WINDOW = 5  # degrees to either side of the main direction; ours
_LEAST_SHARE = 0.5  # of the outline in that window; ours
_TURN = 90  # degrees after which a net of streets looks the same
_FINE = 1e9  # steps of a sum of cosines
_MILLIMETRE = 1000  # in a metre
_POLYGON = 3  # type of a geometry


def cell_numbers(polygons: Geometries, row_height: float, group: Indices) -> Indices:
    """Sequence number of each cell inside its group (community), from 1, in the order of this module's rule.

    ``row_height``: the side of a square of the cell area wanted, in the units of the CRS (metres).
    """
    _, group = np.unique(group, return_inverse=True)
    turn = np.radians(_main_direction(polygons, group))[group]
    x, y = shapely.get_coordinates(shapely.centroid(polygons)).T
    along = x * np.cos(turn) + y * np.sin(turn)
    across = y * np.cos(turn) - x * np.sin(turn)
    return numbers(np.column_stack([along, across]), row_height, group, shapely.area(polygons))


def numbers(xy: Floats, row_height: float, group: Indices, size: Floats | None = None) -> Indices:
    """Sequence number of each point (n, 2) inside its group, from 1; rows run west–east.

    ``size`` (such as the area) decides, the larger first, where points are equal.
    """
    if not len(xy):
        return np.array([], dtype=np.intp)
    _, group = np.unique(group, return_inverse=True)
    x, y = np.round(xy, 3).T
    order = np.lexsort((np.zeros(len(x)) if size is None else -size, -y, x, -_rows(xy[:, 1], row_height, group), group))
    start = np.searchsorted(group[order], group[order])
    result = np.empty(len(group), dtype=np.intp)
    result[order] = np.arange(len(group)) - start + 1
    return result


def _rows(y: Floats, height: float, group: Indices) -> Floats:
    """The strip of each point, counted towards the north; strips are laid for each group by themselves."""
    circle = 2 * np.pi * y / height
    cosine, sine = (_sums(np.rint(part * _FINE), group) for part in (np.cos(circle), np.sin(circle)))
    top = np.full(group.max() + 1, -np.inf)
    np.maximum.at(top, group, y)
    undecided = np.hypot(cosine, sine) < np.bincount(group) * _FINE * 1e-6
    middle = np.where(undecided, top / height, np.arctan2(sine, cosine) / (2 * np.pi))
    return np.floor(np.round(y / height - middle[group] + 0.5, 6))


def _main_direction(polygons: Geometries, group: Indices) -> Floats:
    """Degrees, counter-clockwise from east, in which the rows of each group run: -45 to 45."""
    angle, length, owner = _outline_directions(polygons, group)
    count = int(group.max()) + 1 if len(group) else 0
    # Windows are tried from 0° outwards, so that of equally long ones the least turned is taken.
    centres = np.array(sorted(range(1 - _TURN // 2, _TURN // 2 + 1), key=lambda degrees: (abs(degrees), degrees)))
    cell = owner * _TURN + np.rint(angle).astype(np.intp) % _TURN
    by_degree = _sums(length, cell, count * _TURN).reshape(count, _TURN)
    around = [np.roll(by_degree, shift, axis=1) for shift in range(-_WINDOW, _WINDOW + 1)]
    windows = np.sum(around, axis=0)[:, centres % _TURN]
    best = windows.argmax(axis=1)
    clear = windows[np.arange(count), best] >= _LEAST_SHARE * by_degree.sum(axis=1)
    centre = centres[best].astype(float)

    off = _folded(angle - centre[owner])
    inside = np.abs(np.rint(off)) <= _WINDOW
    centre += _medians(off[inside], length[inside], owner[inside], count)
    return np.where(clear, _folded(centre), 0.0)


def _outline_directions(polygons: Geometries, group: Indices) -> tuple[Floats, NDArray[np.int64], Indices]:
    """Direction (degrees, 0 to 90), length (whole millimetres) and group of each segment of the outlines."""
    # Most cells are one ring themselves, and rings made of so many would take longer than all the rest here.
    one = (shapely.get_type_id(polygons) == _POLYGON) & (shapely.get_num_interior_rings(polygons) == 0)
    rings, polygon = shapely.get_rings(polygons[~one], return_index=True)
    outlines, group = np.r_[polygons[one], rings], np.r_[group[one], group[~one][polygon]]
    points, outline = shapely.get_coordinates(outlines, return_index=True)
    inner = outline[1:] == outline[:-1]
    dx, dy = np.diff(points, axis=0)[inner].T
    angle = np.round(np.degrees(np.arctan2(dy, dx)), 6) % _TURN
    length = np.rint(np.hypot(dx, dy) * _MILLIMETRE).astype(np.int64)
    return angle, length, group[outline[:-1][inner]]


def _folded(angle: Floats) -> Floats:
    """Degrees as the same direction, or the one at right angles to it, between -45 and 45."""
    return (angle + _TURN / 2) % _TURN - _TURN / 2


def _medians(value: Floats, weight: NDArray[np.int64], group: Indices, count: int) -> Floats:
    """The weighted median of each group; 0 for a group without values."""
    order = np.lexsort((value, group))
    value, group = value[order], group[order]
    total = np.cumsum(weight[order])
    ends = np.searchsorted(group, np.arange(count), side="right")
    reached = np.r_[0, total][ends]
    before = np.r_[0, reached[:-1]] if count else reached
    place = np.searchsorted(total, before + (reached - before) / 2)
    result = np.zeros(count)
    filled = reached > before
    result[filled] = value[place[filled]]
    return result


def _sums(value: NDArray[np.generic], group: Indices, count: int | None = None) -> NDArray[np.int64]:
    """Exact sums of whole numbers by group."""
    result = np.zeros(int(group.max()) + 1 if count is None else count, dtype=np.int64)
    np.add.at(result, group, value.astype(np.int64))
    return result
