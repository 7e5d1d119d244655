"""Cells that are too thin after all: their ground goes to the cells beside them, each place to the nearest one.

Such a cell is what lies between two strong barriers, or between one and a limit of a community, less than 22 m apart.
One limit in its middle stands for both sides, where hardly any street loses its limit by that and no cell comes to
lie astride a strong barrier. The rules are ours.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import Geometries, Indices

from .barriers import Strength
from .narrow import Owners, given_to_neighbours, tail_ends
from .street_net import Net
from .watched import STEP, Watched

_THIN = 0.25  # 4πA/P²; a thinner cell is none
_WIDE = 24.0  # metres; what holds a circle of this diameter is no strip
_ASTRIDE = 0.1  # of a cell; no more of it comes from beyond a strong barrier
_BESIDE = 12.0  # metres; a barrier so close to a strip bounds it
_AROUND = 50.0  # metres; nothing changes farther from a strip
_ON = 1.0  # metres; a limit so close lies on a street
_OFF = 0.03  # of the outline of a strip; so much street may lose the limit that lies on it
_TRACE = 1.0  # m²; less ground is not taken


def is_thin(cells: Geometries) -> NDArray[np.bool_]:
    """Which cells are too thin to be one."""
    return 4 * np.pi * shapely.area(cells) < _THIN * shapely.length(cells) ** 2


def without_thin(cells: Geometries, goes: NDArray[np.bool_], owners: Owners, watched: Watched) -> Geometries:
    """The cells without the narrow parts of those that ``goes`` marks; ``cells`` themselves where nothing changes.

    Cells must share their edges exactly, and do so afterwards.
    """
    if not goes.any():
        return cells
    around = np.unique(shapely.STRtree(cells).query(cells[goes], predicate="dwithin", distance=_AROUND)[1])
    lines = np.r_[shapely.boundary(cells[around]), tail_ends(cells[goes])]
    net = Net.of(lines, np.zeros(len(lines), dtype=np.intp)).noded()
    faces = net.faces()
    thin = np.zeros(len(faces), dtype=bool)
    thin[shapely.STRtree(cells[goes]).query(shapely.point_on_surface(faces), predicate="within")[0]] = True
    thin[thin] = is_thin(faces[thin]) | shapely.is_empty(shapely.buffer(faces[thin], -_WIDE / 2))
    strip, strips = np.flatnonzero(thin), faces[thin]
    tree, outline = shapely.STRtree(strips), shapely.length(strips)
    strong = watched.strength == Strength.STRONG
    beside = tree.query(watched.point[strong], predicate="dwithin", distance=_BESIDE)[1]
    at_strong = np.isin(np.arange(len(strip)), beside)
    streets = watched.point[~strong]
    streets = streets[_near(streets, net.line)]

    def spoilt(new: Net) -> NDArray[np.bool_]:
        found = new.faces()
        bad = _takes_too_much(strips, at_strong, found)
        off = np.delete(streets, _near(streets, new.line))
        by = tree.query(off, predicate="dwithin", distance=_BESIDE)[1]
        bad |= np.bincount(by, minlength=len(strip)) * STEP > _OFF * outline
        result = np.zeros(len(faces), dtype=bool)
        result[strip] = bad
        return result

    changed = given_to_neighbours(net, owners, faces, thin, watched, spoilt)
    if changed is None:
        return cells
    new = changed.faces()
    # Ground enclosed by the cells around is none of theirs.
    own = np.unique(shapely.STRtree(cells[around]).query(shapely.point_on_surface(new), predicate="within")[0])
    return np.r_[np.delete(cells, around), new[own]]


def _near(points: Geometries, lines: Geometries) -> Indices:
    """The points that a line lies on."""
    return np.unique(shapely.STRtree(lines).query(points, predicate="dwithin", distance=_ON)[0])


def _takes_too_much(strips: Geometries, at_strong: NDArray[np.bool_], cells: Geometries) -> NDArray[np.bool_]:
    """Which strips give a cell too much ground beyond a strong barrier, or go to one that is thin itself."""
    strip, cell = shapely.STRtree(cells).query(strips, predicate="intersects")
    ground = shapely.area(shapely.intersection(strips[strip], cells[cell]))
    beyond = np.bincount(cell, ground * at_strong[strip], len(cells))
    bad = (beyond > _ASTRIDE * shapely.area(cells)) | is_thin(cells)
    return np.isin(np.arange(len(strips)), strip[bad[cell] & (ground > _TRACE)])
