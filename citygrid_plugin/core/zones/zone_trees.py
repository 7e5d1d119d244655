"""The most even division along a spanning tree, for communities where moving cells does not get there (rule: ours).

A community that is narrow everywhere, such as a row of cells or the banks of a river, is nearly a tree, and of a tree
the division whose heaviest part is the lightest can be computed: for a given bound, cut off the heaviest branches from
the leaves upwards wherever a part would exceed it (Kundu and Misra 1977); the least bound that needs no more
than k parts is found by halving.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from citygrid_plugin.core.spatial.connected import neighbour_lists
from citygrid_plugin.core.spatial.coverage import Indices

from .zone_search import Whole, sums_of

_DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1))


def even_by_trees(edges: Indices, work: Whole, xy: Whole, count: int) -> Indices:
    """Zones 0..count-1 of the cells (n,) of a connected graph: the most even of those along four spanning trees.

    ``work`` (n,) and ``xy`` (n, 2) are whole numbers; ``count`` is at least 1 and at most n.
    """
    near = neighbour_lists(len(work), edges)
    load, found = work.tolist(), []
    for dx, dy in _DIRECTIONS:
        parent, order = _tree(near, (xy @ np.array([dx, dy])).tolist())
        tops = _divided(parent, order, load, count)
        zone = _zones(parent, order, tops)
        found.append((int(sums_of(work, zone, count).max()), zone))
    return min(found, key=lambda division: division[0])[1]


def _tree(near: Sequence[Sequence[int]], key: Sequence[int]) -> tuple[list[int], list[int]]:
    """A spanning tree that grows at the least key: the parent of each cell (the root's is -1), and the order."""
    root = min(range(len(near)), key=lambda cell: (key[cell], cell))
    parent, seen, order = [-1] * len(near), {root}, []
    heap = [(key[root], root)]
    while heap:
        _, cell = heapq.heappop(heap)
        order.append(cell)
        for other in near[cell]:
            if other not in seen:
                seen.add(other)
                parent[other] = cell
                heapq.heappush(heap, (key[other], other))
    return parent, order


def _divided(parent: list[int], order: list[int], load: list[int], count: int) -> list[int]:
    """The uppermost cells of exactly ``count`` parts."""
    low, high = max(load), sum(load)
    while low < high:
        middle = (low + high) // 2
        if len(_tops(parent, order, load, middle)) <= count:
            high = middle
        else:
            low = middle + 1
    tops = _tops(parent, order, load, low)
    # Fewer parts than wanted: any cell may become a part of its own with what is below it.
    chosen = set(tops)
    for cell in order:
        if len(chosen) == count:
            break
        chosen.add(cell)
    return sorted(chosen)


def _tops(parent: list[int], order: list[int], load: list[int], bound: int) -> list[int]:
    """The uppermost cells of the fewest parts of at most ``bound``."""
    rest = list(load)
    branches: list[list[tuple[int, int]]] = [[] for _ in load]
    tops = []
    for cell in reversed(order):
        below = sorted(branches[cell])
        rest[cell] += sum(weight for weight, _ in below)
        while rest[cell] > bound:
            weight, branch = below.pop()
            tops.append(branch)
            rest[cell] -= weight
        if parent[cell] >= 0:
            branches[parent[cell]].append((rest[cell], cell))
        else:
            tops.append(cell)
    return tops


def _zones(parent: list[int], order: list[int], tops: list[int]) -> Indices:
    """The zone of each cell: that of the next cell above it, or itself, that is uppermost in a part."""
    number = {cell: label for label, cell in enumerate(tops)}
    zone = [0] * len(parent)
    for cell in order:
        zone[cell] = number[cell] if cell in number else zone[parent[cell]]
    return np.array(zone, dtype=np.int64)
