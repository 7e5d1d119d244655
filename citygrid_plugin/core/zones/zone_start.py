"""First zones, from which the search begins: cut by straight lines, then made connected (rule: ours)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from citygrid_plugin.core.spatial.connected import connected_pieces, in_heaviest_piece, pieces_by_label
from citygrid_plugin.core.spatial.coverage import Indices

from .allocation import Rule, allocate
from .zone_search import (
    EDGE,
    ZONE,
    Pieces,
    Whole,
    sums_of,
)

_STRONG = 40  # percent of the price of a mean edge, below which it runs along a strong barrier
_DIRECTIONS = ((1, 0), (1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (3, 2), (2, 3))


def first_zones(pieces: Pieces, versions: int) -> Indices:
    """The zone of each cell in each version (versions, n), numbered through all pieces.

    Cells are cut by straight lines into as many parts as zones, with shares of the workload to match; each version
    turns the lines another way. Where strong barriers cross a community, every other version keeps together what they
    enclose, as far as that is no more than a zone. The heaviest connected part of each is kept, and the rest joins
    what is next to it, the lightest first. All zones are connected and have cells.
    """
    result = []
    enclosed = _enclosed_places(pieces)
    for version in range(versions):
        place = enclosed if version % 2 else pieces.xy
        part = _straight_parts(pieces, place, _DIRECTIONS[version % len(_DIRECTIONS)])
        result.append(_connected(pieces, part))
    return np.stack(result)


def connected_groups(pieces: Pieces, most: int) -> tuple[Indices, Whole]:
    """Connected groups of cells (n,) of one piece, each worth at most ``most`` zones, and how many each is worth."""
    label = _straight_parts(pieces, pieces.xy, _DIRECTIONS[0], most)
    group = np.unique(label, return_inverse=True)[1].reshape(-1)
    count = np.bincount(group)
    zone = _connected(replace(pieces, count=np.array([len(count)])), group)
    load = sums_of(pieces.work, zone, len(count))
    size = np.bincount(zone)
    shares = allocate(load, size, np.ones_like(size), int(pieces.count[0]), Rule.LEAST_MAXIMUM)
    return zone, shares


def _enclosed_places(pieces: Pieces) -> Whole:
    """The places of cells, but one place for all that strong barriers enclose together."""
    firm = pieces.price >= _STRONG * EDGE // 100
    block = connected_pieces(len(pieces.work), pieces.edges[firm])
    load = sums_of(pieces.work, block, int(block.max(initial=-1)) + 1)
    sums = np.zeros((len(load), 2), dtype=np.int64)
    np.add.at(sums, block, pieces.xy)
    mean = sums // np.bincount(block, minlength=len(load))[:, None]
    small = load[block] <= ZONE + ZONE // 5
    return np.where(small[:, None], mean[block], pieces.xy)


def _straight_parts(pieces: Pieces, place: Whole, direction: tuple[int, int], most: int = 1) -> Indices:
    """Parts by halving again and again, across the longer extent, by workload, down to ``most`` zones each."""
    dx, dy = direction
    x, y = place.T
    places = np.stack([dx * x + dy * y, dx * y - dy * x])
    start = np.r_[0, np.cumsum(pieces.count)[:-1]]
    label = start[pieces.piece]  # of a part: that of its first zone
    wanted = np.zeros(int(pieces.count.sum()), dtype=np.int64)
    wanted[start] = pieces.count
    while (wanted > most).any():
        cells = np.flatnonzero(wanted[label] > most)
        part, group = np.unique(label[cells], return_inverse=True)
        across = _longer_side(places[:, cells], group, len(part))
        order = np.lexsort((cells, places[across[group], cells], group))
        cells, group = cells[order], group[order]
        right = wanted[part] // 2
        moves = _right_of_cut(pieces.work[cells], group, wanted[part], right)
        label[cells[moves]] += (wanted[part] - right)[group[moves]]
        wanted[part + wanted[part] - right] = right
        wanted[part] -= right
    return label


def _longer_side(places: Whole, group: Indices, groups: int) -> Indices:
    """0 or 1 a group: the direction in which it extends further."""
    extent = np.empty((2, groups), dtype=np.int64)
    for row, place in zip(extent, places, strict=True):
        low = np.full(groups, np.iinfo(np.int64).max)
        high = np.full(groups, np.iinfo(np.int64).min)
        np.minimum.at(low, group, place)
        np.maximum.at(high, group, place)
        row[:] = high - low
    return (extent[1] > extent[0]).astype(np.intp)


def _right_of_cut(work: Whole, group: Indices, zones: Whole, right: Whole) -> np.ndarray:
    """Which cells, in order inside their groups, go to the right part of ``right`` of the ``zones``."""
    begin = np.searchsorted(group, np.arange(len(zones)))
    size = np.bincount(group)
    running = np.cumsum(work)
    before = (running - work)[begin]
    total = running[begin + size - 1] - before
    middle = 2 * (running - before[group]) - work  # twice the work up to the middle of each cell
    left_share = zones - right
    is_left = middle * zones[group] < 2 * total[group] * left_share[group]
    rank = np.arange(len(group)) - begin[group]
    is_left |= rank < left_share[group]
    is_left &= rank < (size - right)[group]
    return ~is_left


def _connected(pieces: Pieces, part: Indices) -> Indices:
    """The parts reduced to one connected set each, and grown again over what that leaves free."""
    one, other = pieces.edges.T
    zones = int(pieces.count.sum())
    heart = _hearts(pieces, part)
    zone = np.where(heart, part, -1)
    load = sums_of(pieces.work[heart], zone[heart], zones)
    source, target = np.r_[one, other], np.r_[other, one]
    while True:
        open_edges = np.flatnonzero((zone[source] < 0) & (zone[target] >= 0))
        if not len(open_edges):
            return zone
        cell, offer = source[open_edges], zone[target[open_edges]]
        order = np.lexsort((offer, load[offer], cell))
        cell, first = np.unique(cell[order], return_index=True)
        zone[cell] = offer[order][first]
        np.add.at(load, zone[cell], pieces.work[cell])


def _hearts(pieces: Pieces, part: Indices) -> np.ndarray:
    """Marks the heaviest connected set of each part."""
    piece, owner = pieces_by_label(pieces.edges, part)
    return in_heaviest_piece(piece, owner, sums_of(pieces.work, piece, len(owner)))
