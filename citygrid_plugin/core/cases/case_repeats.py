"""Repeated reports: the same trouble told several times.

A report repeats an earlier one of the same class within 50 m and 24 hours (domain facts, "Cases": seen in practice;
both numbers are settings). The earliest one leads, and all that are near it in place and time are its repeats; what
is near a repeat only is not, or a street of parked bicycles would become one case (ours).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import Floats, Indices
from citygrid_plugin.core.spatial.place import crowded

from .worktime import Times

DISTANCE: Final = 50.0
HOURS: Final = 24.0

_REACH: Final = 2  # boxes: their side is the distance over the root of 2
_STEPS: Final = tuple(
    (x, y, later) for later in (0, 1) for x in range(-_REACH, _REACH + 1) for y in range(-_REACH, _REACH + 1)
)


def first_reports(
    xy: Floats, group: NDArray[np.generic], reported: Times, distance: float = DISTANCE, hours: float = HOURS
) -> Indices:
    """For each report (index) the one that it repeats, itself where it is the first.

    ``xy`` (n, 2): metres; ``group``: only reports of one class are compared; ``reported``: without a time, or with a
    coordinate that is no number, a report repeats none. Of reports at the same moment the first row leads. All within
    ``distance`` and ``hours``, both included; nothing is compared where one of them is 0.
    """
    result = np.arange(len(xy))
    order = np.flatnonzero(np.isfinite(xy).all(axis=1) & ~np.isnat(reported))
    if distance <= 0 or hours <= 0 or not len(order):
        return result
    order = order[crowded(shapely.points(xy[order]), pd.factorize(group[order])[0], distance)]
    if not len(order):
        return result
    order = order[np.argsort(reported[order], kind="stable")]
    seconds = reported[order].astype("datetime64[s]").astype(np.int64)
    # From here on an earlier report has a lower number.
    reports = _Reports(xy[order], pd.factorize(group[order])[0], seconds, distance, round(hours * 3600))
    result[order] = order[reports.leads()]
    return result


class _Reports:
    """Reports in the order of time, in boxes of space and time: any two in one box are near each other."""

    def __init__(self, xy: Floats, group: Indices, seconds: Indices, distance: float, span: int) -> None:
        self._xy, self._group, self._seconds = xy, group, seconds
        self._distance, self._span = distance, span
        cell = np.floor(xy / (distance / np.sqrt(2))).astype(np.int64)
        self._place = np.column_stack([group, cell, seconds // span]).astype(np.int64)
        self._place -= self._place.min(axis=0)
        self._width = self._place.max(axis=0) + 2 * _REACH + 1
        keys, self._box = np.unique(self._key(self._place), return_inverse=True)
        self._order = np.argsort(self._box, kind="stable")
        self._begin = np.searchsorted(self._box[self._order], np.arange(len(keys) + 1))
        self._earlier, self._later = self._neighbours(keys)

    def _key(self, place: Indices) -> Indices:
        group, x, y, time = (place + _REACH).T
        return ((group * self._width[1] + x) * self._width[2] + y) * self._width[3] + time

    def _neighbours(self, keys: Indices) -> tuple[Indices, Indices]:
        """Pairs of boxes that may hold reports near each other, one perhaps earlier than the other, sorted by that."""
        first = self._place[self._order[self._begin[:-1]]]
        pairs: list[tuple[Indices, Indices]] = []
        for step in _STEPS:
            wanted = self._key(first + np.array((0, *step)))
            at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            there = np.flatnonzero(keys[at] == wanted)
            pairs.append((there, at[there]))
        earlier, later = (np.concatenate(side) for side in zip(*pairs, strict=True))
        order = np.lexsort((later, earlier))
        return earlier[order], later[order]

    def leads(self) -> Indices:
        """The lead of each report.

        In each round those lead that are the first of all undecided ones around them: nothing earlier can claim them.
        A box has one lead at most, since that claims all others of it; so the rounds end.
        """
        count = len(self._xy)
        lead = np.full(count, -1, dtype=np.int64)
        earlier, later = self._earlier, self._later
        order = np.arange(count)
        while len(order):
            first = np.full(len(self._begin) - 1, count, dtype=np.int64)
            first[self._box[order[::-1]]] = order[::-1]
            active = (first[earlier] < count) & (first[later] < count)
            earlier, later = earlier[active], later[active]
            before = np.full(len(first), count, dtype=np.int64)
            np.minimum.at(before, later, first[earlier])
            boxes = np.flatnonzero((first < count) & (first <= before))
            lead[first[boxes]] = first[boxes]
            self._claim(boxes, first, lead, earlier, later)
            order = order[lead[order] < 0]
        return self._of_the_earliest(lead == np.arange(count))

    def _of_the_earliest(self, leads: NDArray[np.bool_]) -> Indices:
        """The lead of each report, once all leads are known: the rounds claim for the earliest of their round only."""
        first = np.full(len(self._begin) - 1, len(leads), dtype=np.int64)
        first[self._box[leads]] = np.flatnonzero(leads)
        lead = np.where(leads, np.arange(len(leads)), -1)
        self._claim(np.flatnonzero(first < len(leads)), first, lead, self._earlier, self._later)
        return lead

    def _claim(self, boxes: Indices, first: Indices, lead: Indices, earlier: Indices, later: Indices) -> None:
        """Give the leads of some boxes the undecided reports that are near them."""
        begin = np.searchsorted(earlier, boxes)
        pair = _ranges(begin, np.searchsorted(earlier, boxes, side="right"))
        leader, box = first[earlier[pair]], later[pair]
        size = self._begin[box + 1] - self._begin[box]
        report = self._order[_ranges(self._begin[box], self._begin[box + 1])]
        leader = np.repeat(leader, size)
        near = (lead[report] < 0) & (report > leader) & (self._group[report] == self._group[leader])
        near &= self._seconds[report] - self._seconds[leader] <= self._span
        report, leader = report[near], leader[near]
        apart = self._xy[report] - self._xy[leader]
        near = np.hypot(apart[:, 0], apart[:, 1]) <= self._distance
        report, leader = report[near], leader[near]
        order = np.argsort(-leader, kind="stable")  # the last assignment holds: the earliest lead
        lead[report[order]] = leader[order]


def _ranges(begin: Indices, end: Indices) -> Indices:
    """The numbers of all ranges, one range after the other."""
    size = end - begin
    total = int(size.sum())
    return np.arange(total) + np.repeat(begin - (np.cumsum(size) - size), size)
