"""Correcting responsibility grids by hand: what may change, and the steps that change it. All rules are ours.

A zone stays inside one community, a locked one stays as it is, and none is left without a cell: so the
number of zones only changes where somebody makes, splits or merges one. That a zone falls apart is shown,
not forbidden, for on the way to a plan it often must.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids.numbering import numbers
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices, SharedEdges
from citygrid_plugin.core.streets.barriers import Barriers

from .partition import partition
from .zone_limits import limit_prices
from .zone_plan import (
    NO_ZONE,
    Ground,
    Step,
    ZonePlan,
)

_PAIR: Final = 2


class OtherCommunity(CityGridError):
    """A cell for a zone of another community."""

    template = "Unit grid {cell} is of another community than responsibility grid {zone}, which stays inside its own."


class LockedZone(CityGridError):
    """A zone that must not change."""

    template = "Responsibility grid {zone} is locked. Unlock it in the list first."


class LastCell(CityGridError):
    """A zone that would have no cell."""

    template = "Responsibility grid {zone} would have no unit grid left. To end it, merge it with another one."


class UnknownZone(CityGridError):
    """Nothing to move cells to."""

    template = "Choose a responsibility grid first: click one on the map or in the list."


class NothingChosen(CityGridError):
    """No cell to move."""

    template = (
        "None of these unit grids can go to responsibility grid {zone}: they are in it, locked, or not of its "
        "community."
    )


class NothingToSplit(CityGridError):
    """A zone of one cell."""

    template = "Responsibility grid {zone} has only one unit grid, so it cannot be split."


class TooFewZonesChosen(CityGridError):
    """Less than two zones to merge."""

    template = "Choose two or more responsibility grids in the list that lie side by side."


class SeveralCommunities(CityGridError):
    """Zones of different communities to merge."""

    template = (
        "The chosen responsibility grids belong to different communities ({communities}); only those of one can be "
        "merged."
    )


class NotSideBySide(CityGridError):
    """Zones that do not share limits."""

    template = "The chosen responsibility grids do not all share a limit. Choose some that lie side by side."


class NothingToSolve(CityGridError):
    """All that could be divided anew is locked."""

    template = "There is nothing to divide anew: all responsibility grids here are locked."


class PlanChanged(CityGridError):
    """An answer to a question that has changed."""

    template = "The plan was changed meanwhile, so the solution was dropped. Solve it again."


# Moving cells


def require_free(plan: ZonePlan, zone: str) -> None:
    """Raise ``UnknownZone`` for no zone, ``LockedZone`` for a locked one."""
    if zone == NO_ZONE:
        raise UnknownZone
    if plan.is_locked(zone):
        raise LockedZone(zone=zone)


def move(plan: ZonePlan, cells: Collection[int], zone: str) -> Step:
    """The step that gives cells to a zone; those that are in it already are left out.

    Raises ``UnknownZone``, ``LockedZone``, ``OtherCommunity``, ``LastCell``.
    """
    require_free(plan, zone)
    going = [cell for cell in cells if plan.zone_of(cell) != zone]
    community = plan.community_of(zone)
    for cell in going:
        if plan.ground.community[cell] != community:
            raise OtherCommunity(cell=plan.ground.code[cell], zone=zone)
        if plan.is_locked(plan.zone_of(cell)):
            raise LockedZone(zone=plan.zone_of(cell))
    for source, count in Counter(plan.zone_of(cell) for cell in going).items():
        if source != NO_ZONE and count == plan.size(source):
            raise LastCell(zone=source)
    return Step.to(going, zone)


def movable(plan: ZonePlan, cells: Collection[int], zone: str) -> list[int]:
    """Those of the cells that are of the zone's community, not in it, and in no locked zone.

    For what takes many cells at once (a rectangle, a lasso, a flood): its rim is not meant exactly.
    Raises ``UnknownZone``, ``LockedZone``, and ``NothingChosen`` where none is left.
    """
    require_free(plan, zone)
    community = plan.community_of(zone)
    going = [
        cell
        for cell in cells
        if plan.ground.community[cell] == community
        and plan.zone_of(cell) != zone
        and not plan.is_locked(plan.zone_of(cell))
    ]
    if not going:
        raise NothingChosen(zone=zone)
    return going


# Flood


def barred(ground: Ground, lines: Geometries) -> NDArray[np.bool_]:
    """(m,) which edges of the ground lie between cells on two sides of a line.

    The straight way between the centroids meets the line. So it does not matter whether cells follow the
    lines, as those along streets do, or lie across them, as squares do.
    """
    ways = shapely.linestrings(ground.centroid[ground.edges])
    way, _ = shapely.STRtree(lines).query(ways, predicate="intersects")
    result = np.zeros(len(ways), dtype=bool)
    result[way] = True
    return result


def flooded(ground: Ground, start: int, barred_edges: NDArray[np.bool_]) -> list[int]:
    """The cells of the community that are reached from one without crossing a barred edge, ascending."""
    closed = {(int(left), int(right)) for left, right in ground.edges[barred_edges]}
    community = ground.community[start]
    seen, queue = {start}, [start]
    while queue:
        cell = queue.pop()
        for near, _ in ground.neighbours[cell]:
            pair = (cell, near) if cell < near else (near, cell)
            if near not in seen and pair not in closed and ground.community[near] == community:
                seen.add(near)
                queue.append(near)
    return sorted(seen)


# Zones as wholes


def split(plan: ZonePlan, zone: str, seed: int = 0) -> Step:
    """The step that divides a zone in two of about equal workload; the heavier one keeps the code.

    Raises ``UnknownZone``, ``LockedZone``, ``NothingToSplit``, ``SequenceOverflow``, ``NoCommunityCode``.
    """
    require_free(plan, zone)
    cells = np.array(plan.cells_of(zone), dtype=np.intp)
    if len(cells) < _PAIR:
        raise NothingToSplit(zone=zone)
    half = _partition(plan.ground, cells, np.zeros(len(cells), dtype=np.intp), np.array([_PAIR]), seed)
    first, second = np.round(np.bincount(half, weights=plan.ground.workload[cells], minlength=_PAIR), 6)
    going = cells[half == int(second <= first)]
    return Step.to(going.tolist(), plan.next_code(int(going[0])))


def merge(plan: ZonePlan, zones: Collection[str]) -> Step:
    """The step that makes zones side by side one; the heaviest keeps its code, of equal ones the first.

    Raises ``TooFewZonesChosen``, ``LockedZone``, ``SeveralCommunities``, ``NotSideBySide``.
    """
    chosen = sorted({zone for zone in zones if zone != NO_ZONE})
    if len(chosen) < _PAIR:
        raise TooFewZonesChosen
    for zone in chosen:
        require_free(plan, zone)
    communities = sorted({str(plan.ground.community[cell]) for zone in chosen for cell in plan.cells_of(zone)})
    if len(communities) > 1:
        raise SeveralCommunities(communities=", ".join(communities))
    if not _hang_together(plan, chosen):
        raise NotSideBySide
    keeper = min(chosen, key=lambda zone: (-plan.figures(zone).workload, zone))
    return Step.to((cell for zone in chosen if zone != keeper for cell in plan.cells_of(zone)), keeper)


def _hang_together(plan: ZonePlan, zones: Sequence[str]) -> bool:
    """Whether one can walk from each zone to each other one over common limits."""
    left, queue = set(zones[1:]), [zones[0]]
    while queue:
        beside = {plan.zone_of(near) for cell in plan.cells_of(queue.pop()) for near, _ in plan.ground.neighbours[cell]}
        queue += sorted(left & beside)
        left -= beside
    return not left


# Solving


@dataclass(frozen=True)
class Problem:
    """What a solver needs, so that it can work while the plan is looked at: the free cells and their zones.

    ``cells`` are those in no locked zone, ``community`` (label) and ``zones`` (count of each label) theirs. Limits are
    drawn along ``barriers``, in the CRS of the ground, where that costs little.
    """

    ground: Ground
    version: int
    cells: Indices
    community: Indices
    zones: Indices
    barriers: Barriers | None = None


def problem(plan: ZonePlan, community: str | None = None, barriers: Barriers | None = None) -> Problem:
    """All that can be divided anew, in one community or in all of them.

    Each community keeps the number of its zones; one that has none gets one. Raises ``NothingToSolve``.
    """
    free = [
        cell
        for cell, zone in enumerate(plan.codes())
        if not plan.is_locked(zone) and community in (None, plan.ground.community[cell])
    ]
    cells = np.array(free, dtype=np.intp)
    if not len(cells):
        raise NothingToSolve
    codes, label = np.unique(plan.ground.community[cells].astype(str), return_inverse=True)
    pairs = {(int(which), plan.zone_of(cell)) for cell, which in zip(free, label, strict=True)}
    count = Counter(which for which, zone in pairs if zone != NO_ZONE)
    zones = np.array([max(count[which], 1) for which in range(len(codes))], dtype=np.intp)
    return Problem(plan.ground, plan.version, cells, label, zones, barriers)


def solve(question: Problem, seed: int = 0, progress: Progress = silent) -> Indices:
    """Zones 0, 1, … of the cells of a problem (``partition``); changes nothing."""
    price = None
    if question.barriers is not None:
        price = _prices(question.ground, question.barriers, part(progress, 0, 0.2))
        progress = part(progress, 0.2, 1)
    return _partition(question.ground, question.cells, question.community, question.zones, seed, progress, price)


def _prices(ground: Ground, barriers: Barriers, progress: Progress) -> Floats:
    """What a limit along each edge of the ground costs (``limit_prices``)."""
    left, right = ground.edges.T
    return limit_prices(ground.polygon, SharedEdges(left, right, ground.lengths), barriers, progress)


def solution(plan: ZonePlan, question: Problem, zone: Indices) -> Step:
    """The step that gives a solution to the plan.

    A zone keeps the code of the one with which it shares more than half of the area of the smaller of both (so that
    people keep their places, however uneven their zones were); of several the one with which it shares most. The
    others get new numbers, west to east and north to south. Raises ``PlanChanged`` where the plan is not that of the
    problem.
    """
    if plan.version != question.version:
        raise PlanChanged
    cells = question.cells
    area = shapely.area(plan.ground.polygon[cells])
    codes, old = np.unique([plan.zone_of(int(cell)) for cell in cells], return_inverse=True)
    kept = _kept(codes.tolist(), old, zone, area)
    named = kept | _new_names(plan, cells, zone, area, kept, set(codes.tolist()))
    step = [(int(cell), named[label]) for cell, label in zip(cells, zone.tolist(), strict=True)]
    changed = [(cell, code) for cell, code in step if plan.zone_of(cell) != code]
    return Step(tuple(cell for cell, _ in changed), tuple(code for _, code in changed))


def _kept(codes: list[str], old: Indices, new: Indices, area: NDArray[np.float64]) -> dict[int, str]:
    """The new zones that go on from an old one, with its code; the largest common areas choose first."""
    count = int(new.max()) + 1
    pairs, pair = np.unique(old * count + new, return_inverse=True)
    common = np.bincount(pair, weights=area)
    before, after = np.bincount(old, weights=area), np.bincount(new, weights=area)
    goes_on = 2 * common > np.minimum(before[pairs // count], after[pairs % count])
    kept: dict[int, str] = {}
    given = {NO_ZONE}
    for which in np.lexsort((pairs, -np.round(common, 3))):
        code, label = codes[pairs[which] // count], int(pairs[which] % count)
        if goes_on[which] and label not in kept and code not in given:
            kept[label] = code
            given.add(code)
    return kept


def _new_names(
    plan: ZonePlan, cells: Indices, zone: Indices, area: NDArray[np.float64], kept: dict[int, str], old: set[str]
) -> dict[int, str]:
    """Codes of the zones that keep none."""
    labels, first = np.unique(zone, return_index=True)
    weight = np.bincount(zone, weights=area)[:, None]
    middle = (
        np.column_stack([np.bincount(zone, weights=area * axis) for axis in plan.ground.centroid[cells].T]) / weight
    )
    fresh = np.array([label for label in labels.tolist() if label not in kept], dtype=np.intp)
    if not len(fresh):
        return {}
    one = cells[first[fresh]]
    group = np.unique(plan.ground.community[one].astype(str), return_inverse=True)[1]
    order = numbers(middle[fresh], float(np.sqrt(weight.mean())), group)
    named = {}
    for which in np.unique(group):
        members = np.flatnonzero(group == which)
        new = plan.next_codes(int(one[members[0]]), len(members), without=old - set(kept.values()))
        named.update({int(fresh[member]): new[order[member] - 1] for member in members})
    return named


def _partition(
    ground: Ground,
    cells: Indices,
    community: Indices,
    zones: Indices,
    seed: int,
    progress: Progress = silent,
    price: Floats | None = None,
) -> Indices:
    """``partition`` of some of the cells; ``price`` of each edge of the ground."""
    place = np.full(len(ground), -1)
    place[cells] = np.arange(len(cells))
    edges = place[ground.edges]
    inner = (edges >= 0).all(axis=1)
    result = partition(
        edges[inner],
        ground.lengths[inner],
        ground.workload[cells],
        ground.centroid[cells],
        community,
        zones,
        seed,
        progress,
        price=None if price is None else price[inner],
    )
    return result.zone
