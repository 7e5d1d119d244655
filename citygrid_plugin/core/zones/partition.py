"""Responsibility grids: unit grids of a community put together into exactly N connected zones (rule: ours).

Equal burden and easy patrol (任务相当、方便管理) as a graph problem: cells are vertices, a shared edge joins
them. Each connected piece of a community is divided by straight lines (``zone_start``); then cells change sides
along the limits while that evens out the workload or shortens the limits (``zone_search``), in several versions,
of which the best is taken.

Decisions are made on whole numbers (workloads in millionths of a zone, lengths in thousandths of the mean
edge), and every piece has random numbers of its own: a seed gives one plan on every machine, and a community
the same plan whatever else is planned with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.connected import connected_pieces
from citygrid_plugin.core.spatial.coverage import Indices

from .allocation import Rule, allocate, usable
from .zone_search import (
    EDGE,
    ZONE,
    Pieces,
    Search,
    Whole,
    sums_of,
)
from .zone_start import connected_groups, first_zones
from .zone_trees import even_by_trees

_PLACE = 10**6  # extent of a piece after scaling
_TRACE = 1e-6  # share of the mean workload that every cell has at least
_BY_LENGTH = 0.25  # share of the price of an edge that is by its length; the rest is the same for all
_LIMIT_WEIGHT = 0.25  # price of a mean edge of limit, in squared mean cells
_FINE = 7  # zones of more cells than this can be shared more finely: at last their limits are the cheaper
_VERSIONS = 10
_FIRST_LEVEL, _GROWTH = 130, 2.5  # steps of the shortest search, and from one level of steps to the next
_STEPS, _STEPS_A_CUT, _STEPS_A_CELL = 200, 3, 10
_MOST_ZONES = 48  # of a search; more are divided by straight lines first
_CHAINS = 4096  # that are searched together: few enough to cancel at once
_CELLS = 400_000  # states of cells that are kept at a time


class UnfitZones(CityGridError):
    """A number of zones that a community cannot have; ``community`` is its label."""

    template = (
        "Community {community} has {cells} unit grids, so it cannot have {count} responsibility grids. Give "
        "it at least 1 and at most {cells}."
    )


class UnfitLocks(CityGridError):
    """Locked zones that leave too few or too many zones for the other cells; ``community`` is its label."""

    template = (
        "Community {community} is to have {count} responsibility grids, {locked} of them locked, with {cells} unit "
        "grids outside the locked ones. Give it at least {least} and at most {most}, or unlock some."
    )


@dataclass(frozen=True)
class PartitionResult:
    """``zone``: (n,) zone 0..N-1 of each cell; ``disconnected``: zones unavoidably in several pieces."""

    zone: np.ndarray
    disconnected: list[int]


@dataclass(frozen=True)
class _Cells:
    """All cells with the edges inside communities: prices in thousandths of a mean edge, workload, place."""

    edges: Indices
    price: Whole
    work: np.ndarray
    xy: np.ndarray
    community: Indices


@dataclass(frozen=True)
class _Task:
    """Connected cells to be divided into ``count`` zones; ``name`` are numbers that make its random stream its own."""

    cells: Indices
    count: int
    name: tuple[int, ...]


_Batch = tuple[int, list[tuple[_Task, int]]]  # steps, and tasks with the first zone of each


def partition(
    edges: np.ndarray,
    lengths: np.ndarray,
    workload: np.ndarray,
    xy: np.ndarray,
    community: np.ndarray,
    zones: np.ndarray,
    seed: int,
    progress: Progress = silent,
    *,
    price: np.ndarray | None = None,
    fixed: np.ndarray | None = None,
    stream: Sequence[int] | None = None,
) -> PartitionResult:
    """Put ``n`` cells together into exactly ``zones[c]`` zones in each community ``c``.

    ``edges``: (m, 2) pairs of neighbouring cells (pairs across communities are ignored); ``lengths``: (m,)
    length of the shared edge in any unit; ``workload``: (n,) in any unit, what is missing or negative
    counts as none; ``xy``: (n, 2) centroids in a projected CRS; ``community``: (n,) label 0..k-1;
    ``zones``: (k,) zones of each label, from ``allocation.allocate``; ``seed``: not negative.

    ``price``: (m,) factor by which a limit along each edge is dearer (1: as any other); under 1 along strong
    barriers. ``fixed``: (n,) label of the locked zone of each cell, negative for those that are free; locked
    zones stay as they are and are counted in ``zones``. ``stream``: (k,) whole numbers that name the communities
    (their labels by default): equal names and equal cells give equal plans.

    Zones are numbered by community and then by their first cell. Every zone that is not locked is connected, save
    that free cells in more pieces than there are zones give one zone in several pieces in that community: its
    slightest pieces, together with the nearest cell of the others. Raises ``UnfitZones`` if a community has fewer
    cells than zones, or cells and no zone, and ``UnfitLocks`` if that is so without its locked zones.
    """
    community, zones = np.asarray(community, dtype=np.int64), np.asarray(zones, dtype=np.int64)
    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    locked = np.full(len(community), -1) if fixed is None else np.asarray(fixed, dtype=np.int64)
    free = locked < 0
    left = _free_zones(community, zones, locked)
    names = list(range(len(zones))) if stream is None else [int(name) for name in stream]
    cells = _Cells(
        *_inner_edges(edges, lengths, price, np.where(free, community, -1)),
        usable(workload),
        np.asarray(xy, dtype=float).reshape(-1, 2),
        community,
    )
    tasks, host = _tasks(cells, free, left, names)
    zone = np.zeros(len(community), dtype=np.int64)
    _divide(cells, tasks, seed, zone, progress)
    guests = np.flatnonzero(host >= 0)
    zone[guests] = zone[host[guests]]
    if not free.all():
        zone[~free] = np.unique(locked[~free], return_inverse=True)[1].reshape(-1) + zone.max(initial=-1) + 1
    zone = _renumbered(zone, community)
    progress(1.0)
    return PartitionResult(zone, np.unique(zone[guests]).tolist())


def _free_zones(community: Indices, zones: Whole, locked: Indices) -> Whole:
    """The zones of each community that are not locked."""
    cells = np.bincount(community, minlength=len(zones))
    unfit = np.flatnonzero((zones > cells) | (zones < np.minimum(cells, 1)))
    if len(unfit):
        label = int(unfit[0])
        raise UnfitZones(community=label, cells=int(cells[label]), count=int(zones[label]))
    first = np.unique(locked, return_index=True)[1]
    taken = np.bincount(community[first[locked[first] >= 0]], minlength=len(zones))
    rest = np.bincount(community[locked < 0], minlength=len(zones))
    left = zones - taken
    unfit = np.flatnonzero((left > rest) | (left < np.minimum(rest, 1)))
    if len(unfit):
        label = int(unfit[0])
        raise UnfitLocks(
            community=label,
            count=int(zones[label]),
            locked=int(taken[label]),
            cells=int(rest[label]),
            least=int(taken[label] + min(rest[label], 1)),
            most=int(taken[label] + rest[label]),
        )
    return left


def _inner_edges(
    edges: Indices, lengths: np.ndarray, factor: np.ndarray | None, group: Indices
) -> tuple[Indices, Whole]:
    """Edges inside groups (communities; negative: none), and their prices in thousandths of the group's mean edge."""
    inner = (group[edges[:, 0]] == group[edges[:, 1]]) & (edges[:, 0] != edges[:, 1]) & (group[edges[:, 0]] >= 0)
    lengths = usable(lengths)[inner]
    edges = edges[inner]
    owner = group[edges[:, 0]]
    mean = np.bincount(owner, lengths) / np.maximum(np.bincount(owner), 1)
    scaled = 1.0 - _BY_LENGTH + _BY_LENGTH * lengths / np.where(mean > 0, mean, 1.0)[owner]
    if factor is not None:
        scaled *= usable(factor)[inner]
    return edges, np.maximum(np.rint(scaled * EDGE), 1).astype(np.int64)


def _renumbered(zone: Indices, community: Indices) -> Indices:
    """The same zones, numbered by community and then by their first cell."""
    _, first, label = np.unique(zone, return_index=True, return_inverse=True)
    order = np.lexsort((first, community[first]))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[label.reshape(-1)]


# Pieces


def _tasks(cells: _Cells, free: np.ndarray, zones: Whole, names: list[int]) -> tuple[list[_Task], Indices]:
    """Connected sets of free cells with the zones each is to be cut into, and the host of each guest cell.

    Cells of pieces that get no zone of their own are guests (else -1): their workload is added to their
    host, and they follow it into its zone.
    """
    piece = connected_pieces(len(free), cells.edges)
    host = np.full(len(free), -1)
    rows = np.flatnonzero(free)
    order = rows[np.argsort(piece[rows], kind="stable")]
    members = np.split(order, np.flatnonzero(np.diff(piece[order])) + 1) if len(order) else []
    owned: list[list[Indices]] = [[] for _ in zones]
    for member in members:
        owned[cells.community[member[0]]].append(member)
    tasks: list[_Task] = []
    for count, pieces, name in zip(zones.tolist(), owned, names, strict=True):
        kept = _join(pieces, count, cells, host) if len(pieces) > count else pieces
        load = np.array([math.fsum(cells.work[member].tolist()) for member in kept])
        size = np.array([len(member) for member in kept], dtype=np.int64)
        shares = allocate(load, size, np.ones_like(size), count, Rule.LEAST_MAXIMUM)
        tasks += [
            _Task(member, share, (name, number))
            for number, (member, share) in enumerate(zip(kept, shares.tolist(), strict=True))
        ]
    return tasks, host


def _join(pieces: list[Indices], count: int, cells: _Cells, host: Indices) -> list[Indices]:
    """Make the slightest of too many pieces guests of the nearest cell of the others; return the others.

    With more pieces than zones one zone must be in several pieces, and one is enough. Pieces that carry
    half a mean zone keep their own, as far as the zones go, so that a few islets do not stop a large
    piece from being divided.
    """
    work, size = cells.work, [len(member) for member in pieces]
    load = [math.fsum(work[member].tolist()) for member in pieces]
    if not any(load):
        load = [float(member) for member in size]
    by_load = sorted(range(len(pieces)), key=lambda index: (-load[index], -size[index], index))
    half = math.fsum(load) / count / 2
    keep, room = 0, 0
    while keep < count and (room < count or load[by_load[keep]] >= half):
        room += size[by_load[keep]]
        keep += 1
    kept = [pieces[index] for index in sorted(by_load[:keep])]
    guests = np.concatenate([pieces[index] for index in sorted(by_load[keep:])])
    nearest = _nearest(np.concatenate(kept), guests, cells.xy)
    host[guests] = nearest
    work[nearest] += math.fsum(work[guests].tolist())
    return kept


def _nearest(cells: Indices, others: Indices, xy: np.ndarray) -> int:
    """The one of ``cells`` that is nearest to any of ``others``, to the millimetre; ties by index."""
    distance = [np.hypot(*(xy[others] - xy[cell]).T).min() for cell in np.sort(cells)]
    return int(np.sort(cells)[np.round(distance, 3).argmin()])


def _burden(work: list[float], count: int) -> Whole:
    """Workloads in millionths of a mean zone.

    A cell heavier than a mean zone must stand alone and counts as exactly one, so that the others are
    shared evenly among the other zones. Every cell has a trace of workload: where there is no other,
    the zones get equally many cells.
    """
    trace = (math.fsum(work) or 1.0) / len(work) * _TRACE
    load = np.maximum(work, trace)
    heaviest = sorted(load.tolist(), reverse=True)
    alone = 0
    mean = math.fsum(heaviest) / count
    while heaviest[alone] > mean and alone < count - 1:
        alone += 1
        mean = math.fsum(heaviest[alone:]) / (count - alone)
    return np.rint(np.minimum(load / mean, 1.0) * ZONE).astype(np.int64)


# Dividing


def _divide(cells: _Cells, tasks: list[_Task], seed: int, zone: Indices, progress: Progress) -> None:
    """Divide all tasks, numbering their zones through in ``zone``."""
    tasks = [some for task in tasks for some in _manageable(cells, task)]
    first = np.cumsum([0, *(task.count for task in tasks)])
    work = []
    for task, begin in zip(tasks, first.tolist(), strict=False):
        if task.count in (1, len(task.cells)):
            zone[task.cells] = begin + (np.arange(len(task.cells)) if task.count > 1 else 0)
        else:
            work.append((task, begin))
    batches = list(_batches(work))
    effort = np.cumsum([0, *(steps * sum(len(task.cells) for task, _ in batch) for steps, batch in batches)])
    order, limits = _edges_of(cells, batches)
    for number, (steps, batch) in enumerate(batches):
        members = np.concatenate([task.cells for task, _ in batch])
        pieces = _pieces(cells, [task for task, _ in batch], order[limits[number] : limits[number + 1]])
        share = effort[number : number + 2] / effort[-1]
        found = _search(pieces, [task for task, _ in batch], steps, seed, part(progress, *share.tolist()))
        start = np.cumsum([0, *(task.count for task, _ in batch)])[:-1]
        zone[members] = found + (np.array([begin for _, begin in batch]) - start)[pieces.piece]


def _edges_of(cells: _Cells, batches: list[_Batch]) -> tuple[Indices, Indices]:
    """The rows of the edges inside tasks, those of a batch together, and where each batch begins and ends."""
    batch_of, task_of = np.full(len(cells.community), -1), np.full(len(cells.community), -1)
    for number, (_, batch) in enumerate(batches):
        for task, begin in batch:
            batch_of[task.cells], task_of[task.cells] = number, begin
    one, other = cells.edges.T
    inner = np.flatnonzero((task_of[one] == task_of[other]) & (task_of[one] >= 0))
    order = inner[np.argsort(batch_of[one[inner]], kind="stable")]
    return order, np.searchsorted(batch_of[one[order]], np.arange(len(batches) + 1))


def _manageable(cells: _Cells, task: _Task) -> list[_Task]:
    """A task of very many zones as several: the search takes one step at a time in each."""
    if task.count <= _MOST_ZONES or task.count == len(task.cells):
        return [task]
    inside = np.zeros(len(cells.community), dtype=bool)
    inside[task.cells] = True
    pieces = _pieces(cells, [task], np.flatnonzero(inside[cells.edges].all(axis=1)))
    group, shares = connected_groups(pieces, _MOST_ZONES)
    return [
        _Task(task.cells[group == number], share, (*task.name, number)) for number, share in enumerate(shares.tolist())
    ]


def _steps(task: _Task) -> int:
    """The steps of a search: more for longer limits, in levels, so that many tasks share one.

    Zones of n cells, like squares, have about 2 (√(n k) - √n) cut edges between k of them.
    """
    size = len(task.cells)
    cut = 2 * (math.isqrt(size * task.count) - math.isqrt(size))
    wanted = min(_STEPS + _STEPS_A_CUT * cut, _STEPS_A_CELL * size)
    level = _FIRST_LEVEL
    while level < wanted:
        level = round(level * _GROWTH)
    return level


def _batches(work: list[tuple[_Task, int]]) -> Iterator[_Batch]:
    """Tasks, each with its first zone, that are searched together with so many steps."""
    by_steps: dict[int, list[tuple[_Task, int]]] = {}
    for item in work:
        by_steps.setdefault(_steps(item[0]), []).append(item)
    for steps, items in sorted(by_steps.items()):
        batch: list[tuple[_Task, int]] = []
        size = 0
        for item in items:
            more = len(item[0].cells) * _VERSIONS
            if batch and ((len(batch) + 1) * _VERSIONS > _CHAINS or size + more > _CELLS):
                yield steps, batch
                batch, size = [], 0
            batch.append(item)
            size += more
        yield steps, batch


def _pieces(cells: _Cells, tasks: list[_Task], edges: Indices) -> Pieces:
    """The graphs of tasks side by side; ``edges``: the rows of those inside them."""
    members = np.concatenate([task.cells for task in tasks])
    size = [len(task.cells) for task in tasks]
    piece = np.repeat(np.arange(len(tasks)), size)
    local = np.zeros(len(cells.community), dtype=np.int64)
    local[members] = np.arange(len(members))
    ends = local[cells.edges[edges]]
    order = np.argsort(piece[ends[:, 0]], kind="stable")
    begin = np.cumsum([0, *size])[:-1]
    low = np.minimum.reduceat(cells.xy[members], begin)
    place = cells.xy[members] - low[piece]
    extent = np.maximum.reduceat(place.max(axis=1), begin)
    return Pieces(
        edges=ends[order],
        price=cells.price[edges[order]],
        work=np.concatenate([_burden(cells.work[task.cells].tolist(), task.count) for task in tasks]),
        xy=np.rint(place / np.maximum(extent, np.finfo(float).tiny)[piece, None] * _PLACE).astype(np.int64),
        piece=piece,
        count=np.array([task.count for task in tasks], dtype=np.int64),
    )


def _search(pieces: Pieces, tasks: list[_Task], steps: int, seed: int, progress: Progress) -> Indices:
    """The zone of each cell, numbered through the pieces."""
    size = np.bincount(pieces.piece)
    cell = pieces.count / size  # a mean one, in zones
    full = np.rint(_LIMIT_WEIGHT * cell * cell * (ZONE * (ZONE // EDGE)))
    price = np.maximum(full, 1).astype(np.int64)
    fine = np.maximum(full * np.minimum(_FINE * cell, 1.0), 1).astype(np.int64)
    keys = [np.random.PCG64([seed, *task.name]).random_raw(_VERSIONS) for task in tasks]
    zone = first_zones(pieces, _VERSIONS)
    search = Search(pieces, zone, np.ascontiguousarray(np.stack(keys, axis=1)).ravel(), price, fine)
    found = search.run(steps, progress)
    _mend(pieces, found)
    return found


def _mend(pieces: Pieces, zone: Indices) -> None:
    """Where a zone carries more than a heaviest cell above the mean, take a more even division along a tree."""
    load = sums_of(pieces.work, zone, int(pieces.count.sum()))
    start = np.cumsum([0, *pieces.count.tolist()])
    begin = np.searchsorted(pieces.piece, np.arange(len(pieces.count) + 1))
    heaviest = np.maximum.reduceat(load, start[:-1])
    bound = ZONE + np.maximum.reduceat(pieces.work, begin[:-1])
    for row in np.flatnonzero(heaviest > bound).tolist():
        cells = slice(begin[row], begin[row + 1])
        inside = pieces.edges[pieces.piece[pieces.edges[:, 0]] == row] - begin[row]
        even = even_by_trees(inside, pieces.work[cells], pieces.xy[cells], int(pieces.count[row]))
        if sums_of(pieces.work[cells], even, int(pieces.count[row])).max() < heaviest[row]:
            zone[cells] = even + start[row]
