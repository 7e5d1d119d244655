"""How many responsibility grids each community gets (rules: ours; Huntington-Hill by default).

Huntington-Hill: the next zone always goes to the community whose workload is largest against the geometric mean of
the zones it has and would have, ``workload / sqrt(z * (z + 1))``: the rule that keeps the relative difference of
zone sizes between any two communities least. Largest remainder: each gets the whole part of its quota
``count * workload / total``, and the zones that are left go to the largest remainders.
"""

from __future__ import annotations

import heapq
import math
from enum import IntEnum
from fractions import Fraction

import numpy as np

from citygrid_plugin.core.errors import CityGridError

_DIGITS = 12  # of the largest workload that decide
_STEPS = 10**_DIGITS
_WHOLE = 10**6  # whole workloads up to this keep their ratios exactly


class Rule(IntEnum):
    """How zones are shared out."""

    HUNTINGTON_HILL = 0
    LARGEST_REMAINDER = 1
    LEAST_MAXIMUM = 2  # the next zone goes where a zone has the largest workload; for the pieces of a community


class TooFewZones(CityGridError):
    """Fewer zones than communities, so one would go without."""

    template = (
        "{count} responsibility grids cannot serve {communities} communities, because each needs at least "
        "one. Ask for {communities} or more, or select fewer communities."
    )


class TooManyZones(CityGridError):
    """More zones than unit grids, so one would be empty."""

    template = (
        "{count} responsibility grids cannot be made of {cells} unit grids, because each needs at least "
        "one. Ask for {cells} or fewer, or make a finer unit grid."
    )


def usable(workload: np.ndarray) -> np.ndarray:
    """Workloads as floats; what is missing, infinite or negative counts as none."""
    values = np.asarray(workload, dtype=float)
    return np.where(np.isfinite(values) & (values > 0), values, 0.0)


def allocate(
    workload: np.ndarray,
    cells: np.ndarray,
    minimum: np.ndarray,
    count: int,
    rule: Rule = Rule.HUNTINGTON_HILL,
    floor: np.ndarray | None = None,
) -> np.ndarray:
    """Share ``count`` zones among communities by workload.

    All arrays have one entry a community: ``workload`` in any unit, ``cells`` the number of unit grids,
    ``minimum`` the number of its connected pieces, ``floor`` what it needs in any case (one by default). Returns
    the zones of each, whole numbers that add up to ``count``: at least one where there are cells, never more than
    its cells, and one for each connected piece if ``count`` suffices for that everywhere. Where no workload is left
    to decide, the number of cells does; equal claims go to the lower index.

    Raises ``TooFewZones`` and ``TooManyZones``.
    """
    cells = np.asarray(cells, dtype=np.int64)
    floor = np.minimum(cells, 1) if floor is None else floor
    communities, room = int(floor.sum()), int(cells.sum())
    if count < communities:
        raise TooFewZones(count=count, communities=communities)
    if count > room:
        raise TooManyZones(count=count, cells=room)
    least = np.minimum(np.maximum(np.asarray(minimum, dtype=np.int64), floor), cells)
    if least.sum() > count:
        least = floor
    if rule == Rule.LARGEST_REMAINDER:
        return _by_remainder(_digits(usable(workload)), cells.tolist(), least.tolist(), count)
    return _hand_out(_shares(usable(workload)), cells.tolist(), least.tolist(), count, rule)


def _shares(workload: np.ndarray) -> list[Fraction]:
    """Workloads as parts of the largest, whatever their unit, so that a last float bit decides nothing.

    The ratios of small whole numbers are exact, so equal claims stay so; others have ``_DIGITS`` digits.
    """
    largest = workload.max(initial=0.0)
    return [_share(value / largest) if value * _STEPS > largest else Fraction(0) for value in workload.tolist()]


def _share(part: float) -> Fraction:
    """The ratio of small whole numbers that ``part`` is, if it is one but for float bits, else its first digits."""
    ratio = Fraction(part).limit_denominator(_WHOLE)
    return ratio if abs(ratio - Fraction(part)) * _STEPS < part else Fraction(f"{part:.{_DIGITS}g}")


def _digits(workload: np.ndarray) -> list[int]:
    """Workloads to one decimal place, as whole numbers: whole ones keep their ratios, so equal remainders stay so."""
    scale = 10 ** max(_DIGITS - 1 - math.floor(math.log10(workload.max())), 0) if workload.any() else 1
    return [round(value * scale) for value in workload.tolist()]


def _hand_out(shares: list[Fraction], cells: list[int], zones: list[int], count: int, rule: Rule) -> np.ndarray:
    """Give the zones still missing to ``count`` one by one, each to the largest claim (squared, so exact)."""

    def claim(index: int) -> tuple[Fraction, Fraction, int]:
        has = zones[index]
        divisor = has * (has if rule == Rule.LEAST_MAXIMUM else has + 1)
        by_cells = 0 if shares[index] else cells[index]
        return -(shares[index] ** 2) / divisor, Fraction(-(by_cells**2), divisor), index

    heap = [claim(index) for index, room in enumerate(cells) if zones[index] < room]
    heapq.heapify(heap)
    for _ in range(count - sum(zones)):
        index = heapq.heappop(heap)[2]
        zones[index] += 1
        if zones[index] < cells[index]:
            heapq.heappush(heap, claim(index))
    return np.array(zones, dtype=np.int64)


def _by_remainder(claims: list[int], cells: list[int], least: list[int], count: int) -> np.ndarray:
    """Whole parts of the quotas inside what is possible, then the largest remainders, or the smallest taken back.

    Where there is no workload at all, the cells are the workload.
    """
    claims = claims if any(claims) else cells
    total = sum(claims)
    zones = [min(max(count * claim // total, low), room) for claim, low, room in zip(claims, least, cells, strict=True)]
    step = 1 if sum(zones) < count else -1
    while sum(zones) != count:
        limits = cells if step > 0 else least
        ends = [index for index, limit in enumerate(limits) if zones[index] != limit]
        index = max(ends, key=lambda index: (step * (count * claims[index] - zones[index] * total), -index))
        zones[index] += step
    return np.array(zones, dtype=np.int64)
