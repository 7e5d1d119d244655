"""Shapes of outlines: where they turn back on themselves."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from .coverage import Floats, Geometries, Indices

SHARP: Final = 5.0  # degrees; ours: two edges that enclose less turn back on each other
BLUNT: Final = 0.5  # metres; ours: a tip this narrow, between parallel edges, is a spike, too
_LEAST = 0.1  # metres; ours: a spike that is no longer is a residue of digitising
_STEP = 0.001  # metres; corners closer than this are one


def spikes(polygons: Geometries) -> tuple[Indices, Geometries]:
    """Tips of spikes and ends of slits (points), and the polygon of each.

    A tip is a corner of less than 5°, or an edge of at most 0.5 m between two edges that run back along each
    other (less than 5° apart) and are longer than twice that edge.
    """
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    # A ring ends where it began: that corner, and those that repeat the one before, are left out.
    keep = np.r_[ring[1:] == ring[:-1], False] if len(ring) else np.array([], dtype=bool)
    keep[:-1] &= (np.abs(xy[1:] - xy[:-1]) > _STEP).any(axis=1)
    xy, ring = xy[keep], ring[keep]
    following, before = _neighbours(ring)
    way = xy[following] - xy
    length = np.hypot(*way.T)
    tip = _run_back(way[before], way) & (np.minimum(length[before], length) > _LEAST)
    reach = np.minimum(length[before], length[following])
    blunt = _run_back(way[before], way[following]) & (length <= BLUNT) & (reach > np.maximum(2 * length, _LEAST))
    blunt &= ~tip & ~tip[following]
    points = np.vstack([xy[tip], (xy[blunt] + xy[following[blunt]]) / 2])
    return polygon[np.r_[ring[tip], ring[blunt]]], shapely.points(points)


def _neighbours(ring: Indices) -> tuple[Indices, Indices]:
    """The following and the preceding corner of each corner in its ring."""
    rows = np.arange(len(ring))
    first, last = np.searchsorted(ring, ring), np.searchsorted(ring, ring, side="right") - 1
    return np.where(rows == last, first, rows + 1), np.where(rows == first, last, rows - 1)


def _run_back(there: Floats, back: Floats) -> np.ndarray:
    """Whether the second of two directions runs back along the first."""
    cross = there[:, 0] * back[:, 1] - there[:, 1] * back[:, 0]
    dot = (there * back).sum(axis=1)
    return np.abs(np.degrees(np.arctan2(cross, -dot))) < SHARP
