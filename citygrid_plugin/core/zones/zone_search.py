"""The search for even and compact zones: many communities at once, each in several versions (rule: ours).

A version ("chain") is a division of one connected piece into its zones. In each step every chain looks at a few
cells on limits between zones, and moves one to the other side, or two one after the other (an exchange, or a cell
that is passed on), where that makes its price lower, or by chance a little higher: simulated annealing, which gets
out of plans that no single move improves. The price is the sum of the squared deviations of the zones from the mean
workload, plus the price of the cut edges.

A cell leaves its zone only where its neighbours of that zone stay connected within its surroundings (its neighbours,
and the cells that touch two of them). That is a little stricter than needed, and keeps every zone connected.

All chains take their steps together, as rows of arrays. Everything is whole numbers, or single operations on floats
that are rounded the same everywhere, and each chain has random numbers of its own: the result is the same on every
machine, and whatever else is planned in the same run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import Indices

Whole = NDArray[np.int64]
Bits = NDArray[np.uint64]

ZONE = 10**6
"""Workload of a mean zone after scaling."""

EDGE = 1000
"""Price of a mean edge after scaling."""

_FIRST, _SECOND = 4, 10  # edges that a step looks at for the first cell to move, and for the second
_DRAWS = 2 * _FIRST + _SECOND  # random numbers of a step: edges, and how much dearer the first may be
_WORDS = _DRAWS // 2  # of 64 bits; half a word is one random number
_NEAR = 62  # cells of a surrounding that fit into one word
_REFRESH = 16  # steps after which the cut edges are listed anew, with a look at the cancel button
_LOG_2 = 0.6931
_GOLDEN = 0x9E3779B97F4A7C15
_NEVER = 2**61


@dataclass(frozen=True)
class Stage:
    """A part of the search: its share of the steps, and how freely and towards what it moves.

    ``warm``: the mean price in mean edges by which a step may be dearer at first; it is halved ``halvings`` times,
    slowly at first. Edges cost ``dear`` times their price at first and ``end`` times at last. ``kept``:
    how many of the best versions of a piece go on, in as many copies as there were versions.
    """

    steps: float
    warm: float
    halvings: int
    dear: float
    end: float
    kept: int


STAGES = (
    Stage(0.6, 1.0, 8, 16.0, 1.0, 2),  # short limits
    Stage(0.2, 0.2, 6, 2.0, 1.0, 4),  # short limits and equal workloads
    Stage(0.2, 0.05, 8, 0.3, 0.3, 1),  # the last bit of workload
)
_FALLING = 0.7  # share of a stage after which edges have their last price
_CUT_WEIGHT = 10**5  # millionths of a zone of deviation for which a version may have limits twice as long
_UNDER_WEIGHT = 10  # a zone too light counts a tenth of one too heavy


@dataclass(frozen=True)
class Pieces:
    """Connected graphs side by side: cells and edges of each piece stand together, in order.

    ``edges`` (m, 2) and ``price`` (m,), in thousandths of a mean edge; ``work`` (n,) in millionths of a zone;
    ``xy`` (n, 2) whole numbers; ``piece`` (n,) number of each cell's piece; ``count`` (p,) zones of each piece.
    """

    edges: Indices
    price: Whole
    work: Whole
    xy: Whole
    piece: Indices
    count: Whole


def sums_of(values: Whole, label: Indices, count: int) -> Whole:
    """The sum (count,) of whole numbers of each label 0..count-1; exact, where ``np.bincount`` adds floats."""
    result = np.zeros(count, dtype=np.int64)
    np.add.at(result, label, values)
    return result


def randoms(key: Bits, step: int) -> Whole:
    """Random numbers of 32 bits (chains, 2 * _WORDS): the step-th of the stream of each key (SplitMix64)."""
    with np.errstate(over="ignore"):
        offset = np.arange(step * _WORDS + 1, (step + 1) * _WORDS + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
        word = key[:, None] + offset
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        word ^= word >> np.uint64(31)
    return word.view(np.uint32).astype(np.int64)


class _Surroundings:
    """Per cell its neighbours, their prices, and whether it can leave a zone without breaking it."""

    def __init__(self, edges: Indices, price: Whole, size: int) -> None:
        one, other = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
        order = np.lexsort((other, one))
        self.source, self.target = one[order], other[order]
        self.degree = np.bincount(self.source, minlength=size)
        self.start = np.r_[0, np.cumsum(self.degree)]
        column = np.arange(len(one)) - self.start[self.source]
        width = max(int(self.degree.max(initial=0)), 1)
        # A column a row of these, the k-th neighbours of all cells: cells with fewer are neighbours of themselves.
        self.near = np.tile(np.arange(size), (width, 1))
        self.price = np.zeros((width, size), dtype=np.int64)
        self.near[column, self.source] = self.target
        self.price[column, self.source] = np.r_[price, price][order]
        self._find_patches(size)

    def _beyond(self, cells: Indices) -> tuple[Indices, Indices]:
        """All neighbours of the given cells, and the row of the cell each is of."""
        degree = self.degree[cells]
        row = np.repeat(np.arange(len(cells)), degree)
        offset = np.arange(len(row)) - np.repeat(np.cumsum(degree) - degree, degree)
        return self.target[self.start[cells][row] + offset], row

    def _find_patches(self, size: int) -> None:
        """The surrounding of each cell: neighbours first, then cells that touch two of them; who touches whom."""
        second, row = self._beyond(self.target)
        first = self.source[row]
        apart = second != first
        pair, count = np.unique(first[apart] * np.int64(size) + second[apart], return_counts=True)
        direct = self.source * np.int64(size) + self.target
        pair = pair[(count > 1) & ~np.isin(pair, direct)]
        centre = np.r_[self.source, pair // size]
        member = np.r_[self.target, pair % size]
        order = np.lexsort((member, np.arange(len(centre)) >= len(direct), centre))
        centre, member = centre[order], member[order]
        begin = np.searchsorted(centre, np.arange(size))
        column = np.arange(len(centre)) - begin[centre]
        fits = column < _NEAR
        centre, member, column = centre[fits], member[fits], column[fits]
        width = int(column.max(initial=0)) + 1
        self.movable = self.degree <= _NEAR
        self.patch = np.repeat(np.arange(size)[:, None], width, axis=1)
        self.patch[centre, column] = member
        self.bit = np.uint64(1) << np.arange(width, dtype=np.uint64)
        self.touching = np.where(np.arange(width) < self.degree[:, None], self.bit, np.uint64(0)).sum(
            axis=1, dtype=np.uint64
        )
        code = centre * np.int64(size) + member
        by_code = np.argsort(code)
        beside, row = self._beyond(member)
        wanted = centre[row] * np.int64(size) + beside
        place = np.minimum(np.searchsorted(code[by_code], wanted), len(code) - 1)
        found = by_code[place]
        hit = code[found] == wanted
        self.links = np.zeros((size, width), dtype=np.uint64)
        np.bitwise_or.at(self.links, (centre[row[hit]], column[row[hit]]), self.bit[column[found[hit]]])

    def spared(self, cell: Indices, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Do the neighbours in a cell's own zone stay connected without it? ``own``: its patch, of that zone or not."""
        none = np.uint64(0)
        here = np.bitwise_or.reduce(np.where(own, self.bit, none), axis=1)
        wanted, links = here & self.touching[cell], self.links[cell]
        reached = wanted & (~wanted + np.uint64(1))
        while True:
            on = (reached[:, None] & self.bit) != 0
            further = (np.bitwise_or.reduce(np.where(on, links, none), axis=1) & here) | reached
            if (further == reached).all():
                return (wanted & ~reached) == 0
            reached = further


@dataclass(frozen=True)
class _Moves:
    """Cells that leave zones and join others; at most one a chain."""

    cell: Indices
    chain: Indices
    left: Indices
    joined: Indices

    def of(self, some: NDArray[np.generic]) -> _Moves:
        """Some of the moves."""
        return _Moves(self.cell[some], self.chain[some], self.left[some], self.joined[some])

    def back(self) -> _Moves:
        """The moves that undo these."""
        return _Moves(self.cell, self.chain, self.joined, self.left)


class Search:
    """Chains over the same pieces: chain ``v * p + i`` is version v of piece i.

    ``zone`` (versions, cells): first zones, numbered from 0 in each version; ``key``: a random number a chain.
    ``edge_price`` (p,): price of a thousandth of an edge, in squared millionths of a zone; ``fine_price``: the same for
    the last stage, in which a zone of many cells may be shared more finely.
    """

    def __init__(self, pieces: Pieces, zone: Indices, key: Bits, edge_price: Whole, fine_price: Whole) -> None:
        cells, count = len(pieces.work), len(pieces.count)
        self._versions = versions = len(key) // count
        self._pieces, self._key = pieces, key
        self._around = _Surroundings(pieces.edges, pieces.price, cells)
        self._shift = np.repeat(np.arange(versions) * cells, count)  # of the chain's cells among all states
        self._prices = [np.tile(edge_price, versions)] * (len(STAGES) - 1) + [np.tile(fine_price, versions)]
        self._last_price = self._edge_price = self._prices[0]
        self._take(zone)

    def run(self, steps: int, tick: Callable[[float], None]) -> Indices:
        """Search with about so many steps; the zone (cells,) of the best version of each piece, from 0 in all."""
        done = 0
        for stage, price in zip(STAGES, self._prices, strict=True):
            self._last_price = price
            length = max(round(stage.steps * steps), 1)
            for step in range(length):
                if step % _REFRESH == 0:
                    tick(min((done + step) / steps, 1.0))
                    self._find_limits()
                self._temper(stage, step / length)
                self._step(done + step, self._warmth)
            done += length
            best = np.argsort(self._judged(), axis=0, kind="stable")[: stage.kept]
            self._take(self._versions_of(best)[np.arange(self._versions) % len(best)])
        return self._plain()[0]

    def _temper(self, stage: Stage, share: float) -> None:
        """Set warmth and price of edges for a stage of which a share is done."""
        halved = share * share * stage.halvings
        whole = int(halved)
        self._warmth = stage.warm * (1.0 - (halved - whole) / 2) / 2**whole
        left = max(1.0 - share / _FALLING, 0.0)
        self._edge_price = self._last_price * round(16 * (stage.end + (stage.dear - stage.end) * left)) // 16

    # States

    def _plain(self) -> Indices:
        """The zones (versions, cells), numbered from 0 in each version."""
        zones = len(self._load) // self._versions
        return self._zone.reshape(self._versions, -1) - np.arange(self._versions)[:, None] * zones

    def _versions_of(self, choice: Indices) -> Indices:
        """The zones (rows, cells) of chosen versions (rows, pieces), numbered from 0 in each row."""
        piece = self._pieces.piece
        return self._plain()[choice[:, piece], np.arange(len(piece))]

    def _take(self, zone: Indices) -> None:
        """Begin anew from zones (versions, cells), numbered from 0 in each version."""
        work, zones = self._pieces.work, int(self._pieces.count.sum())
        self._zone = (zone + np.arange(self._versions)[:, None] * zones).ravel()
        self._load = sums_of(np.tile(work, self._versions), self._zone, zones * self._versions)
        self._size = np.bincount(self._zone, minlength=zones * self._versions)

    def _judged(self) -> Whole:
        """(versions, pieces): deviation of the worst zone, and length of the limits against the shortest there are."""
        count = self._pieces.count
        begin = np.r_[0, np.cumsum(np.tile(count, self._versions))[:-1]]
        over = np.maximum.reduceat(self._load, begin) - ZONE
        under = ZONE - np.minimum.reduceat(self._load, begin)
        length = np.stack([self._limits(zone) for zone in self._plain()])
        longer = (length - length.min(axis=0)) * _CUT_WEIGHT // np.maximum(length.min(axis=0), 1)
        return (np.maximum(over, 0) + np.maximum(under, 0) // _UNDER_WEIGHT).reshape(length.shape) + longer

    def _limits(self, zone: Indices) -> Whole:
        """The price of the cut edges of each piece."""
        one, other = self._pieces.edges.T
        cut = zone[one] != zone[other]
        return sums_of(self._pieces.price[cut], self._pieces.piece[one[cut]], len(self._pieces.count))

    # Steps

    def _find_limits(self) -> None:
        """List the edges that are cut now, those of each chain together: steps look at these."""
        around, cells = self._around, len(self._pieces.work)
        shift = np.arange(self._versions)[:, None] * cells
        cut = self._zone.take(around.source + shift) != self._zone.take(around.target + shift)
        version, self._limits_now = np.nonzero(cut)
        chain = version * len(self._pieces.count) + self._pieces.piece.take(around.source.take(self._limits_now))
        count = np.bincount(chain, minlength=len(self._key))
        self._begin = (np.cumsum(count) - count)[:, None]
        self._count = count[:, None]

    def _step(self, step: int, warmth: float) -> None:
        """One step of all chains."""
        draws = randoms(self._key, step)
        place = self._begin + (draws[:, : _FIRST + _SECOND] * self._count >> 32)
        edge = self._limits_now.take(place)
        cell = self._around.source.take(edge)
        own = self._zone.take(cell + self._shift[:, None])
        other = self._zone.take(self._around.target.take(edge) + self._shift[:, None])
        price = self._first_prices(cell[:, :_FIRST], own[:, :_FIRST], other[:, :_FIRST])
        allowed = _threshold(draws[:, _FIRST + _SECOND :], warmth) * self._last_price[:, None]
        choice = (price - allowed).argmin(axis=1)
        chain = np.arange(len(cell))
        chain = chain[price[chain, choice] < _NEVER]
        choice = choice[chain]
        first = _Moves(cell[chain, choice], chain, own[chain, choice], other[chain, choice])
        price, allowed = price[chain, choice], allowed[chain, choice]
        second, gain = self._second(first, cell[chain, _FIRST:], own[chain, _FIRST:], other[chain, _FIRST:])
        self._move(first, second, price, gain, allowed)

    def _first_prices(self, cell: Indices, own: Indices, other: Indices) -> Whole:
        """The price of moving each cell (chains, k) to the other side of its edge; _NEVER where it cannot."""
        weight = self._pieces.work.take(cell)
        price = 2 * weight * (self._load.take(other) - self._load.take(own) + weight)
        price += self._edge_price[:, None] * self._longer(cell, self._shift[:, None], own, other)
        price[(own == other) | (self._size.take(own) == 1) | ~self._around.movable.take(cell)] = _NEVER
        return price

    def _longer(self, cell: Indices, shift: Indices, left: Indices, joined: Indices) -> Whole:
        """By how much the limits become dearer when cells change zones."""
        result = np.zeros(cell.shape, dtype=np.int64)
        for near, price in zip(self._around.near, self._around.price, strict=True):
            zone = self._zone.take(near.take(cell) + shift)
            result += price.take(cell) * ((zone == left).view(np.int8) - (zone == joined).view(np.int8))
        return result

    def _beside(self, moves: _Moves) -> NDArray[np.bool_]:
        """Do cells have a neighbour in the zone that they are to join?"""
        near = self._around.near[:, moves.cell] + self._shift[moves.chain]
        return (self._zone.take(near) == moves.joined).any(axis=0)

    def _second(self, first: _Moves, cell: Indices, own: Indices, other: Indices) -> tuple[_Moves, Whole]:
        """What the zone that takes a cell would best pass on, and the price of that without its limits."""
        weight = self._pieces.work[first.cell][:, None]
        burden = self._pieces.work.take(cell)
        heavier = self._load[first.joined][:, None] + weight
        target = self._load.take(other) - np.where(other == first.left[:, None], weight, 0)
        price = 2 * burden * (target - heavier + burden)
        price[(own != first.joined[:, None]) | (other == own) | ~self._around.movable.take(cell)] = _NEVER
        best = price.argmin(axis=1)
        row = np.arange(len(cell))
        return _Moves(cell[row, best], first.chain, own[row, best], other[row, best]), price[row, best]

    def _move(self, first: _Moves, second: _Moves, price: Whole, gain: Whole, allowed: Whole) -> None:
        """Move the first cells, and the second ones where the first alone are too dear; or none of both."""
        alone = price <= allowed
        hopeful = alone | (price + gain <= allowed + 2 * EDGE * self._edge_price[first.chain])
        some = np.flatnonzero(hopeful)
        some = some[self._spared(first.of(some))]
        self._apply(first.of(some))
        both = some[~alone[some]]
        after = second.of(both)
        longer = self._longer(after.cell, self._shift[after.chain], after.left, after.joined)
        dearer = price[both] + gain[both] + self._edge_price[after.chain] * longer
        good = self._beside(after) & (dearer <= allowed[both])
        good[good] = self._spared(after.of(good))
        self._apply(after.of(good))
        self._apply(first.of(both[~good]).back())

    def _spared(self, moves: _Moves) -> NDArray[np.bool_]:
        """Do the zones that cells leave stay connected?"""
        patch = self._around.patch.take(moves.cell, axis=0) + self._shift[moves.chain][:, None]
        return self._around.spared(moves.cell, self._zone.take(patch) == moves.left[:, None])

    def _apply(self, moves: _Moves) -> None:
        weight = self._pieces.work[moves.cell]
        self._zone[moves.cell + self._shift[moves.chain]] = moves.joined
        self._load[moves.left] -= weight
        self._load[moves.joined] += weight
        self._size[moves.left] -= 1
        self._size[moves.joined] += 1


def _threshold(draws: Whole, warmth: float) -> Whole:
    """How much dearer a step may be, exponentially distributed, in thousandths of a mean edge's price.

    The logarithm is taken piece by piece along straight lines, because those of two machines may differ.
    """
    share, power = np.frexp((draws + 1) * 2.0**-32)
    return np.rint((2.0 * (1.0 - share) - power) * (warmth * _LOG_2 * 1e3)).astype(np.int64)
