"""Responsibility grids: unit grids of a community put together into exactly N connected zones (rule: ours).

Equal burden and easy patrol (任务相当、方便管理) as a graph problem: cells are vertices, a shared edge joins
them. Each connected piece is cut in two along a spanning tree again and again until every part is one
zone; then cells change sides along the limits while that evens out the workload or shortens the limits.

Decisions are made on whole numbers (workloads in millionths of a zone, lengths in thousandths of the mean
edge) in plain Python, and randomness is the raw stream of PCG64: a seed gives one plan on every machine.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from .allocation import allocate, usable
from .errors import CityGridError
from .progress import Progress, silent

_ZONE = 10**6  # workload of a mean zone after scaling
_EDGE = 1000  # length of a mean shared edge after scaling
_PLACE = 10**6  # extent of a piece after scaling
_TRACE = 1e-6  # share of the mean workload that every cell has at least
_DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))
_RANDOM_TREES = 4
_CUT_WEIGHT = 0.1  # price of a limit when a part is cut, against the relative imbalance
_LIMIT_WEIGHT = 0.25  # price of a mean edge of limit in the improvement, in squared mean cells
_TABU = 6  # moves for which a cell stays where it was put

Neighbours = list[list[tuple[int, int]]]


class UnfitZones(CityGridError):
    """A number of zones that a community cannot have; ``community`` is its label."""

    template = (
        "Community {community} has {cells} unit grids, so it cannot have {count} responsibility grids. Give "
        "it at least 1 and at most {cells}."
    )


@dataclass(frozen=True)
class PartitionResult:
    """``zone``: (n,) zone 0..N-1 of each cell; ``disconnected``: zones unavoidably in several pieces."""

    zone: np.ndarray
    disconnected: list[int]


@dataclass(frozen=True)
class _Piece:
    """A connected graph: per cell its neighbours with edge length, its workload and its place."""

    neighbours: Neighbours
    work: list[int]
    place: list[tuple[int, int]]


def connected_pieces(n: int, edges: np.ndarray) -> np.ndarray:
    """(n,) number of the connected piece of each of ``n`` cells, counted in order of their first cells.

    ``edges``: (m, 2) pairs of neighbouring cells.
    """
    root = np.arange(n)
    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    while len(edges):
        ends = root[edges]
        apart = ends[:, 0] != ends[:, 1]
        edges, ends = edges[apart], ends[apart]
        np.minimum.at(root, ends.max(axis=1), ends.min(axis=1))
        while (root[root] != root).any():
            root = root[root]
    return np.unique(root, return_inverse=True)[1].reshape(-1)


def is_connected(edges: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """For each label 0..max: do its cells form exactly one connected piece?

    ``edges``: (m, 2) pairs of neighbouring cells; ``labels``: (n,) label of each cell, negative for cells
    that belong to none. A label without cells is not connected.
    """
    labels = np.asarray(labels, dtype=np.int64)
    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    piece = connected_pieces(len(labels), edges[labels[edges[:, 0]] == labels[edges[:, 1]]])
    owner = labels[np.unique(piece, return_index=True)[1]]
    return np.bincount(owner[owner >= 0], minlength=labels.max(initial=-1) + 1) == 1


def partition(
    edges: np.ndarray,
    lengths: np.ndarray,
    workload: np.ndarray,
    xy: np.ndarray,
    community: np.ndarray,
    zones: np.ndarray,
    seed: int,
    progress: Progress = silent,
) -> PartitionResult:
    """Put ``n`` cells together into exactly ``zones[c]`` zones in each community ``c``.

    ``edges``: (m, 2) pairs of neighbouring cells (pairs across communities are ignored); ``lengths``: (m,)
    length of the shared edge in any unit; ``workload``: (n,) in any unit, what is missing or negative
    counts as none; ``xy``: (n, 2) centroids in a projected CRS; ``community``: (n,) label 0..k-1;
    ``zones``: (k,) zones of each label, from ``allocation.allocate``; ``seed``: not negative.

    Zones are numbered by community and then by their first cell. Every zone is connected, save that a
    community with more pieces than zones gets one zone in several pieces: its slightest pieces, together
    with the nearest cell of the others. Raises ``UnfitZones`` if a community has fewer cells than zones,
    or cells and no zone.
    """
    community, zones = np.asarray(community, dtype=np.int64), np.asarray(zones, dtype=np.int64)
    _require_fit(community, zones)
    edges, lengths = _inner_edges(edges, lengths, community)
    work, xy = usable(workload), np.asarray(xy, dtype=float).reshape(-1, 2)
    tasks, host = _tasks(connected_pieces(len(work), edges), work, xy, community, zones)
    graph = _Graph(edges, lengths, work, xy)
    zone = np.zeros(len(work), dtype=np.int64)
    first = done = 0
    for cells, count in tasks:
        tick = partial(progress, done / len(work))
        parts = _divide(graph.piece(cells, count), count, _keys(seed, cells), tick)
        zone[cells] = np.array(parts) + first
        first, done = first + count, done + len(cells)
    guests = np.flatnonzero(host >= 0)
    zone[guests] = zone[host[guests]]
    zone = _renumbered(zone, community)
    progress(1.0)
    return PartitionResult(zone, np.unique(zone[guests]).tolist())


def _require_fit(community: np.ndarray, zones: np.ndarray) -> None:
    cells = np.bincount(community, minlength=len(zones))
    unfit = np.flatnonzero((zones > cells) | (zones < np.minimum(cells, 1)))
    if len(unfit):
        label = int(unfit[0])
        raise UnfitZones(community=label, cells=int(cells[label]), count=int(zones[label]))


def _inner_edges(edges: np.ndarray, lengths: np.ndarray, community: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges inside communities, with lengths in thousandths of their community's mean edge, at least one."""
    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    inner = (community[edges[:, 0]] == community[edges[:, 1]]) & (edges[:, 0] != edges[:, 1])
    edges, lengths = edges[inner], usable(lengths)[inner]
    owner = community[edges[:, 0]]
    mean = np.bincount(owner, lengths) / np.maximum(np.bincount(owner), 1)
    scaled = lengths / np.where(mean > 0, mean, 1.0)[owner] * _EDGE
    return edges, np.maximum(np.rint(scaled), 1).astype(np.int64)


def _renumbered(zone: np.ndarray, community: np.ndarray) -> np.ndarray:
    """The same zones, numbered by community and then by their first cell."""
    _, first, label = np.unique(zone, return_index=True, return_inverse=True)
    order = np.lexsort((first, community[first]))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[label.reshape(-1)]


# Pieces


def _tasks(
    piece: np.ndarray, work: np.ndarray, xy: np.ndarray, community: np.ndarray, zones: np.ndarray
) -> tuple[list[tuple[np.ndarray, int]], np.ndarray]:
    """Connected sets of cells with the zones each is to be cut into, and the host of each guest cell.

    Cells of pieces that get no zone of their own are guests (else -1): their workload is added to their
    host in ``work``, and they follow it into its zone.
    """
    host = np.full(len(piece), -1)
    order = np.argsort(piece, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(piece[order])) + 1) if len(order) else []
    owned: list[list[np.ndarray]] = [[] for _ in zones]
    for cells in members:
        owned[community[cells[0]]].append(cells)
    tasks: list[tuple[np.ndarray, int]] = []
    for count, pieces in zip(zones.tolist(), owned, strict=True):
        kept = _join(pieces, count, work, xy, host) if len(pieces) > count else pieces
        load = np.array([math.fsum(work[cells].tolist()) for cells in kept])
        size = np.array([len(cells) for cells in kept], dtype=np.int64)
        shares = allocate(load, size, np.ones_like(size), count)
        tasks += zip(kept, shares.tolist(), strict=True)
    return tasks, host


def _join(pieces: list[np.ndarray], count: int, work: np.ndarray, xy: np.ndarray, host: np.ndarray) -> list[np.ndarray]:
    """Make the slightest of too many pieces guests of the nearest cell of the others; return the others.

    With more pieces than zones one zone must be in several pieces, and one is enough. Pieces that carry
    half a mean zone keep their own, as far as the zones go, so that a few islets do not stop a large
    piece from being divided.
    """
    size = [len(cells) for cells in pieces]
    load = [math.fsum(work[cells].tolist()) for cells in pieces]
    if not any(load):
        load = [float(cells) for cells in size]
    by_load = sorted(range(len(pieces)), key=lambda index: (-load[index], -size[index], index))
    half = math.fsum(load) / count / 2
    keep, room = 0, 0
    while keep < count and (room < count or load[by_load[keep]] >= half):
        room += size[by_load[keep]]
        keep += 1
    kept = [pieces[index] for index in sorted(by_load[:keep])]
    guests = np.concatenate([pieces[index] for index in sorted(by_load[keep:])])
    nearest = _nearest(np.concatenate(kept), guests, xy)
    host[guests] = nearest
    work[nearest] += math.fsum(work[guests].tolist())
    return kept


def _nearest(cells: np.ndarray, others: np.ndarray, xy: np.ndarray) -> int:
    """The one of ``cells`` that is nearest to any of ``others``, to the millimetre; ties by index."""
    distance = [np.hypot(*(xy[others] - xy[cell]).T).min() for cell in np.sort(cells)]
    return int(np.sort(cells)[np.round(distance, 3).argmin()])


class _Graph:
    """All cells with their inner edges; hands out one connected piece at a time."""

    def __init__(self, edges: np.ndarray, lengths: np.ndarray, work: np.ndarray, xy: np.ndarray) -> None:
        source = edges.T.reshape(-1)
        target = edges[:, ::-1].T.reshape(-1)
        order = np.lexsort((target, source))
        self._target = target[order]
        self._length = np.tile(lengths, 2)[order]
        self._start = np.searchsorted(source[order], np.arange(len(work) + 1))
        self._local = np.zeros(len(work), dtype=np.int64)
        self._work, self._xy = work, xy

    def piece(self, cells: np.ndarray, count: int) -> _Piece:
        """The piece of ``cells``, scaled for ``count`` zones."""
        self._local[cells] = np.arange(len(cells))
        neighbours = []
        for start, stop in zip(self._start[cells].tolist(), self._start[cells + 1].tolist(), strict=True):
            near = self._local[self._target[start:stop]].tolist()
            neighbours.append(list(zip(near, self._length[start:stop].tolist(), strict=True)))
        xy = self._xy[cells] - self._xy[cells].min(axis=0)
        place = np.rint(xy / max(xy.max(), np.finfo(float).tiny) * _PLACE).astype(np.int64)
        return _Piece(neighbours, _burden(self._work[cells].tolist(), count), place.tolist())


def _burden(work: list[float], count: int) -> list[int]:
    """Workloads in millionths of a mean zone.

    A cell heavier than a mean zone must stand alone and counts as exactly one, so that the others are
    shared evenly among the other zones. Every cell has a trace of workload: where there is no other,
    the zones get equally many cells.
    """
    trace = (math.fsum(work) or 1.0) / len(work) * _TRACE
    load = [value + trace for value in work]
    heaviest = sorted(load, reverse=True)
    alone = 0
    mean = math.fsum(heaviest) / count
    while heaviest[alone] > mean and alone < count - 1:
        alone += 1
        mean = math.fsum(heaviest[alone:]) / (count - alone)
    return [round(min(value / mean, 1.0) * _ZONE) for value in load]


def _keys(seed: int, cells: np.ndarray) -> list[list[int]]:
    """Random keys of the cells, one list a random tree; each piece has its own stream."""
    raw = np.random.PCG64([seed, int(cells[0])]).random_raw(_RANDOM_TREES * len(cells))
    return raw.reshape(_RANDOM_TREES, -1).tolist()


# Cutting


def _divide(piece: _Piece, count: int, random_keys: list[list[int]], tick: Callable[[], None]) -> list[int]:
    """Zone 0..count-1 of each cell of a connected piece."""
    size = len(piece.work)
    if count == size:
        return list(range(size))
    keys = [[dx * x + dy * y for x, y in piece.place] for dx, dy in _DIRECTIONS] + random_keys
    zone = [0] * size
    label = 0
    todo = [(list(range(size)), count)]
    while todo:
        cells, parts = todo.pop()
        if parts == 1:
            for cell in cells:
                zone[cell] = label
            label += 1
        else:
            todo += _halves(piece, cells, parts, keys, tick)
    return _Improvement(piece, zone, count).run(tick) if count > 1 else zone


def _halves(
    piece: _Piece, cells: list[int], parts: int, keys: list[list[int]], tick: Callable[[], None]
) -> list[tuple[list[int], int]]:
    """Cut connected cells in two connected sets that share ``parts`` zones; the best cut of several trees."""
    inside = set(cells)
    cuts = []
    for key in keys:
        tick()
        tree = _tree(piece, inside, cells, key)
        cuts.append((*_best_cut(piece, tree, parts), tree))
    _, top, share, tree = min(cuts, key=lambda cut: cut[0])
    below = {top}
    for cell, parent in tree.items():  # parents come first
        if parent in below:
            below.add(cell)
    lower = [cell for cell in cells if cell in below]
    return [(lower, share), ([cell for cell in cells if cell not in below], parts - share)]


def _tree(piece: _Piece, inside: set[int], cells: list[int], key: list[int]) -> dict[int, int]:
    """Spanning tree as parent of each cell (the root's is -1), in the order of its growth.

    It grows from the cell of the least key, always at the least key. With places along a direction as
    keys it is a comb: a spine across that direction with teeth along it, so that cutting the spine makes
    straight limits along the direction.
    """
    root = min(cells, key=lambda cell: (key[cell], cell))
    heap = [(key[root], root, -1)]
    seen = {root}
    tree = {}
    while heap:
        _, cell, parent = heapq.heappop(heap)
        tree[cell] = parent
        for near, _ in piece.neighbours[cell]:
            if near in inside and near not in seen:
                seen.add(near)
                heapq.heappush(heap, (key[near], near, cell))
    return tree


def _best_cut(piece: _Piece, tree: dict[int, int], parts: int) -> tuple[float, int, int]:
    """The best tree edge to cut: its price, the cell below it, and how many zones go below.

    The price is the relative imbalance that the cut leaves in each zone, plus the length of the new limit
    against the width of the smaller part.
    """
    size, work, limit = _below(piece, tree)
    root = next(iter(tree))
    whole, total = size[root], work[root]
    best = (math.inf, root, 0)
    for cell in tree:
        if cell == root:
            continue
        count = size[cell]
        wanted = (2 * work[cell] * parts + total) // (2 * total) if total else 1
        share = min(max(wanted, 1, parts - whole + count), count, parts - 1)
        smaller = min(share, parts - share)
        price = abs(work[cell] * parts - share * total) / (parts * smaller * _ZONE)
        price += _CUT_WEIGHT * limit[cell] / (_EDGE * math.sqrt(min(count, whole - count)))
        if price < best[0]:
            best = (price, cell, share)
    return best


def _below(piece: _Piece, tree: dict[int, int]) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """For each cell of a tree: number of cells and workload at and below it, and length of their limit."""
    depth = {-1: -1}
    for cell, parent in tree.items():
        depth[cell] = depth[parent] + 1
    size = dict.fromkeys(tree, 1)
    work = {cell: piece.work[cell] for cell in tree}
    limit = dict.fromkeys(tree, 0)
    for cell in tree:
        for near, length in piece.neighbours[cell]:
            if near > cell and near in depth:
                limit[cell] += length
                limit[near] += length
                limit[_meeting(tree, depth, cell, near)] -= 2 * length
    for cell, parent in reversed(tree.items()):
        if parent >= 0:
            size[parent] += size[cell]
            work[parent] += work[cell]
            limit[parent] += limit[cell]
    return size, work, limit


def _meeting(tree: dict[int, int], depth: dict[int, int], one: int, other: int) -> int:
    """The deepest cell that is above both."""
    while one != other:
        if depth[one] >= depth[other]:
            one = tree[one]
        else:
            other = tree[other]
    return one


# Improvement


class _Improvement:
    """Moves cells between neighbouring zones, the best allowed move first (a tabu search).

    Every move keeps zones connected and not empty. A move may make things worse, to get out of a dead
    end; the best plan met is the one returned.
    """

    def __init__(self, piece: _Piece, zone: list[int], count: int) -> None:
        self._piece, self._zone, self._count = piece, zone, count
        self._load = [0] * count
        self._size = [0] * count
        self._touch: list[dict[int, int]] = []  # per cell: length of edge shared with each zone
        for cell, label in enumerate(zone):
            self._load[label] += piece.work[cell]
            self._size[label] += 1
            touch: dict[int, int] = {}
            for near, length in piece.neighbours[cell]:
                touch[zone[near]] = touch.get(zone[near], 0) + length
            self._touch.append(touch)
        self._limit = sum(
            length for cell, touch in enumerate(self._touch) for label, length in touch.items()
            if label != zone[cell]
        ) // 2  # fmt: skip
        mean_cell = count * _ZONE / len(zone)
        self._edge_price = _LIMIT_WEIGHT * mean_cell * mean_cell / _EDGE

    def run(self, tick: Callable[[], None]) -> list[int]:
        """Improve until nothing better has been found for a while; return the zones."""
        patience = 60 + 10 * self._count
        best, plan, since, step = self._price(), list(self._zone), 0, 0
        free_at = [0] * len(self._zone)
        while since < patience:
            tick()
            move = self._next_move(free_at, step)
            if move is None:
                break
            self._apply(*move)
            free_at[move[0]] = step + _TABU
            step, since = step + 1, since + 1
            price = self._price()
            if price < best:
                best, plan, since = price, list(self._zone), 0
        return plan

    def _price(self) -> float:
        """Largest deviation from the mean workload, in squared terms, and the length of the limits."""
        worst = max(abs(load - _ZONE) for load in self._load)
        return worst * worst + self._edge_price * self._limit

    def _next_move(self, free_at: list[int], step: int) -> tuple[int, int] | None:
        moves = []
        zone, load, work = self._zone, self._load, self._piece.work
        for cell, touch in enumerate(self._touch):
            own = zone[cell]
            if free_at[cell] > step or self._size[own] == 1 or (len(touch) == 1 and own in touch):
                continue
            weight, held = work[cell], touch.get(own, 0)
            for label, length in touch.items():
                if label != own:
                    gain = 2 * weight * (load[label] - load[own] + weight)
                    moves.append((gain + self._edge_price * (held - length), cell, label))
        moves.sort()
        return next(((cell, label) for _, cell, label in moves if self._spared(cell)), None)

    def _spared(self, cell: int) -> bool:
        """Would the zone of ``cell`` stay connected without it?"""
        zone, neighbours = self._zone, self._piece.neighbours
        own = zone[cell]
        wanted = {near for near, _ in neighbours[cell] if zone[near] == own}
        start = min(wanted)
        seen, queue = {cell, start}, [start]
        wanted.discard(start)
        for current in queue:  # grows while it is read: breadth first, so it usually ends next door
            if not wanted:
                return True
            for near, _ in neighbours[current]:
                if near not in seen and zone[near] == own:
                    seen.add(near)
                    wanted.discard(near)
                    queue.append(near)
        return not wanted

    def _apply(self, cell: int, label: int) -> None:
        own, weight, touch = self._zone[cell], self._piece.work[cell], self._touch
        self._limit += touch[cell].get(own, 0) - touch[cell][label]
        self._zone[cell] = label
        self._load[own] -= weight
        self._load[label] += weight
        self._size[own] -= 1
        self._size[label] += 1
        for near, length in self._piece.neighbours[cell]:
            touch[near][own] -= length
            if not touch[near][own]:
                del touch[near][own]
            touch[near][label] = touch[near].get(label, 0) + length
