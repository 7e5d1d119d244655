"""Why a responsibility grid carries much more or less than the mean of its community. Rules and words: ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from citygrid_plugin.core.spatial.connected import connected_pieces, neighbour_lists
from citygrid_plugin.core.spatial.coverage import Floats, Indices

TOLERANCE: Final = 0.1  # of the mean; what deviates less is not worth a word

TEXTS: Final = {
    "locked": "It is locked.",
    "heavy_cell": "Unit grid {cell} alone carries {percent} % of the mean workload, and a unit grid is not divided.",
    "beside_heavy": (
        "Unit grid {cell} alone carries {percent} % of the mean workload; the other responsibility grids share what "
        "is left."
    ),
    "beside_locked": "The locked responsibility grids of the community leave {percent} % of the mean for each other.",
    "island": (
        "It lies in a part of the community that is cut off from the rest; that part is worth {quota} responsibility "
        "grids and has {zones}."
    ),
    "whole_cells": "The community has {cells} unit grids for {zones} responsibility grids; whole ones fit no better.",
    "neck": "The community is narrow at unit grid {cell}: what lies beyond it cannot be shared with others.",
    "shape": "No better division was found: its unit grids have few neighbours.",
}
"""Why; the interface translates it and fills it in. ``cell`` is the BGID of a unit grid."""


_Cause = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Reason:
    """Why a zone (label) deviates: a key of ``TEXTS`` and values. ``share``: its workload against the mean, less 1."""

    zone: int
    share: float
    key: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Divided:
    """A division to be explained: cells with edges inside communities, their zones, and which zones are locked.

    ``zone``, ``community``, ``work``, ``name`` (n,): zone, community (0..k-1), workload and BGID of each cell;
    ``locked`` (N,): of each zone.
    """

    edges: Indices
    zone: Indices
    community: Indices
    work: Floats
    name: np.ndarray
    locked: np.ndarray


def deviations(zone: Indices, community: Indices, work: Floats) -> Floats:
    """The workload of each zone (N,) against the mean of its community, less 1; 0 where there is no workload."""
    home = community[np.unique(zone, return_index=True)[1]]
    load = np.bincount(zone, weights=work)
    mean = (np.bincount(community, weights=work) / np.maximum(np.bincount(home, minlength=community.max() + 1), 1))[
        home
    ]
    return np.where(mean > 0, load / np.where(mean > 0, mean, 1.0) - 1.0, 0.0)


def reasons(divided: Divided, tolerance: float = TOLERANCE) -> list[Reason]:
    """A reason for every zone that deviates by more than ``tolerance`` from the mean of its community."""
    zone, community = divided.zone, divided.community
    if not len(zone):
        return []
    share = deviations(zone, community, divided.work)
    far = np.flatnonzero(np.abs(share) > tolerance + 1e-9)
    home = community[np.unique(zone, return_index=True)[1]]
    order = np.argsort(community, kind="stable")
    begin = np.searchsorted(community[order], np.arange(community.max() + 2))
    pieces = connected_pieces(len(zone), divided.edges)
    found = []
    for label in np.unique(home[far]).tolist():
        cells = order[begin[label] : begin[label + 1]]
        local = _Community(divided, cells, pieces)
        found += [local.reason(int(row), float(share[row]), tolerance) for row in far[home[far] == label]]
    return sorted(found, key=lambda reason: reason.zone)


class _Community:
    """The cells of one community with what explains its zones."""

    def __init__(self, divided: Divided, cells: Indices, pieces: Indices) -> None:
        self._all, self._cells = divided, cells
        self._zone, self._work, self._piece = divided.zone[cells], divided.work[cells], pieces[cells]
        self._zones = np.unique(self._zone)
        self._mean = float(self._work.sum()) / len(self._zones)

    def reason(self, zone: int, share: float, tolerance: float) -> Reason:
        """Why this zone deviates: the first cause that explains it."""
        causes = (self._locked, self._heavy, self._beside_locked, self._island, self._whole_cells, self._neck)
        for cause in causes:
            found = cause(zone, share, tolerance)
            if found is not None:
                return Reason(zone, share, *found)
        return Reason(zone, share, "shape")

    def _locked(self, zone: int, _share: float, _tolerance: float) -> _Cause | None:
        return ("locked", {}) if self._all.locked[zone] else None

    def _heavy(self, zone: int, share: float, _tolerance: float) -> _Cause | None:
        """A cell heavier than a mean zone: in this one, or elsewhere, so that less is left."""
        inside = np.flatnonzero(self._zone == zone)
        cell = int(inside[self._work[inside].argmax()]) if share > 0 else int(self._work.argmax())
        if self._work[cell] <= self._mean:
            return None
        percent = round(100 * float(self._work[cell]) / self._mean)
        return "heavy_cell" if share > 0 else "beside_heavy", {"cell": self._name(cell), "percent": percent}

    def _beside_locked(self, _zone: int, share: float, tolerance: float) -> _Cause | None:
        locked = self._all.locked[self._zones]
        if not locked.any():
            return None
        free = ~np.isin(self._zone, self._zones[locked])
        left = float(self._work[free].sum()) / int((~locked).sum()) / self._mean
        explains = abs(left - 1.0) > tolerance / 2 and (left > 1.0) == (share > 0)
        return ("beside_locked", {"percent": round(100 * left)}) if explains else None

    def _island(self, zone: int, share: float, tolerance: float) -> _Cause | None:
        part = self._piece == self._piece[np.flatnonzero(self._zone == zone)[0]]
        if part.all():
            return None
        quota, zones = float(self._work[part].sum()) / self._mean, len(np.unique(self._zone[part]))
        explains = abs(quota / zones - 1.0) > tolerance / 2 and (quota > zones) == (share > 0)
        return ("island", {"quota": round(quota, 2), "zones": zones}) if explains else None

    def _whole_cells(self, zone: int, share: float, _tolerance: float) -> _Cause | None:
        """Less is amiss than one of the cells that could change sides weighs."""
        near = self._border(zone) if share > 0 else self._outside(zone)
        if len(near) and abs(share) * self._mean >= float(self._work[near].max()):
            return None
        return "whole_cells", {"cells": len(self._cells), "zones": len(self._zones)}

    def _neck(self, zone: int, _share: float, _tolerance: float) -> _Cause | None:
        around = {*np.flatnonzero(self._zone == zone).tolist(), *self._outside(zone).tolist()}
        beside = [cell for cell in self._necks if cell in around]
        return ("neck", {"cell": self._name((beside or self._necks)[0])}) if self._necks else None

    def _name(self, cell: int) -> str:
        return str(self._all.name[self._cells[cell]])

    @cached_property
    def _necks(self) -> list[int]:
        return cut_cells(len(self._cells), self._ends)

    @cached_property
    def _ends(self) -> Indices:
        """The edges of the community, as places in it."""
        edges = self._all.edges
        mine = self._all.community[edges[:, 0]] == self._all.community[self._cells[0]]
        return np.searchsorted(self._cells, edges[mine])

    def _border(self, zone: int) -> Indices:
        """Cells of a zone that touch another one."""
        one, other = self._ends.T
        cut = self._zone[one] != self._zone[other]
        ends = np.r_[one[cut], other[cut]]
        return np.unique(ends[self._zone[ends] == zone])

    def _outside(self, zone: int) -> Indices:
        """Cells of other zones that touch this one."""
        one, other = self._ends.T
        pairs = np.r_[np.c_[one, other], np.c_[other, one]]
        return np.unique(pairs[(self._zone[pairs[:, 0]] == zone) & (self._zone[pairs[:, 1]] != zone), 1])


def cut_cells(size: int, edges: Indices) -> list[int]:
    """The cells (articulation points) without which a graph has more pieces; by Tarjan's depth-first search."""
    near = neighbour_lists(size, edges)
    order, low = [-1] * size, [0] * size
    found: set[int] = set()
    clock = 0
    for root in range(size):
        if order[root] >= 0:
            continue
        order[root] = low[root] = clock
        clock += 1
        children = 0
        stack = [(root, -1, iter(near[root]))]
        while stack:
            cell, parent, others = stack[-1]
            following = next(others, None)
            if following is None:
                stack.pop()
                if parent >= 0:
                    low[parent] = min(low[parent], low[cell])
                    if parent != root and low[cell] >= order[parent]:
                        found.add(parent)
            elif order[following] < 0:
                order[following] = low[following] = clock
                clock += 1
                children += cell == root
                stack.append((following, cell, iter(near[following])))
            elif following != parent:
                low[cell] = min(low[cell], order[following])
        if children > 1:
            found.add(root)
    return sorted(found)
