"""Apportionment against the textbook rule, written a second time with exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citygrid_plugin.core.zones.allocation import (
    Rule,
    TooFewZones,
    TooManyZones,
    allocate,
)


def priority_list(workload: list[int], cells: list[int], lower: list[int], count: int) -> list[int]:
    """Huntington-Hill by its published priority list: all claims squared, sorted, the first ones served."""
    claims = [
        (-Fraction(work * work, zones * (zones + 1)), index)
        for index, work in enumerate(workload)
        for zones in range(lower[index], cells[index])
    ]
    zones = list(lower)
    for _, index in sorted(claims)[: count - sum(lower)]:
        zones[index] += 1
    return zones


def test_example_worked_by_hand() -> None:
    # Claims beyond the first zone of each: 900/√2=636, 900/√6=367, 900/√12=260, 900/√20=201;
    # 400/√2=283, 400/√6=163; 100/√2=71. Five more zones: 636, 367, 283, 260, 201.
    zones = allocate(np.array([900.0, 400.0, 100.0]), np.array([50, 50, 50]), np.array([1, 1, 1]), 8)
    assert zones.tolist() == [5, 2, 1]


@st.composite
def districts(draw: st.DrawFn) -> tuple[list[int], list[int], list[int], int]:
    size = draw(st.integers(1, 12))
    workload = draw(st.lists(st.integers(1, 1000), min_size=size, max_size=size))
    cells = draw(st.lists(st.integers(1, 30), min_size=size, max_size=size))
    pieces = [draw(st.integers(1, room)) for room in cells]
    return workload, cells, pieces, draw(st.integers(size, sum(cells)))


@given(districts())
@example(([3, 13, 21, 13, 15, 24, 2, 28, 30, 17, 2], [3, 11, 17, 11, 12, 20, 2, 23, 25, 14, 2], [1] * 11, 139))
def test_same_as_the_priority_list(district: tuple[list[int], list[int], list[int], int]) -> None:
    workload, cells, pieces, count = district
    zones = allocate(np.array(workload, dtype=float), np.array(cells), np.array(pieces), count)
    lower = pieces if sum(pieces) <= count else [1] * len(cells)
    assert zones.sum() == count
    assert zones.tolist() == priority_list(workload, cells, lower, count)


@given(districts())
def test_unit_of_workload_does_not_matter(district: tuple[list[int], list[int], list[int], int]) -> None:
    workload, cells, pieces, count = district
    rest = np.array(cells), np.array(pieces), count
    plain = allocate(np.array(workload, dtype=float), *rest)
    assert (allocate(np.array(workload) / 3.0e7, *rest) == plain).all()


def test_useless_workloads_fall_back() -> None:
    ones = np.ones(3, dtype=int)
    without = allocate(np.array([np.nan, -5.0, 100.0]), np.array([9, 9, 9]), ones, 8)
    assert without.tolist() == [1, 1, 6]
    by_cells = allocate(np.zeros(3), np.array([10, 20, 30]), ones, 12)
    assert by_cells.tolist() == [2, 4, 6]
    overflow = allocate(np.array([0.0, 5.0, 0.0]), np.array([4, 2, 4]), ones, 8)
    assert overflow.tolist() == [3, 2, 3]


def test_community_without_cells_gets_nothing() -> None:
    assert allocate(np.array([5.0, 5.0]), np.array([0, 4]), np.array([1, 1]), 3).tolist() == [0, 3]


def test_equal_claims_go_to_the_lower_index() -> None:
    assert allocate(np.full(3, 0.1), np.full(3, 5), np.ones(3, dtype=int), 5).tolist() == [2, 2, 1]


def test_impossible_counts_say_what_to_do() -> None:
    rest = np.array([1.0, 1.0]), np.array([3, 4]), np.array([1, 1])
    with pytest.raises(TooFewZones, match=r"^1 responsibility grids .* 2 communities.*Ask for 2 or more"):
        allocate(*rest, 1)
    with pytest.raises(TooManyZones, match=r"^8 responsibility grids .* 7 unit grids.*Ask for 7 or fewer"):
        allocate(*rest, 8)


def remainders(workload: list[int], count: int) -> list[int]:
    """Hamilton's method by its definition: whole quotas, then the largest remainders (lower index first)."""
    quotas = [Fraction(count * work, sum(workload)) for work in workload]
    zones = [int(quota) for quota in quotas]
    order = sorted(range(len(quotas)), key=lambda index: (zones[index] - quotas[index], index))
    for index in order[: count - sum(zones)]:
        zones[index] += 1
    return zones


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12), st.integers(1, 400))
def test_largest_remainder_is_hamiltons_method(workload: list[int], more: int) -> None:
    """Where each quota is at least one and no community is full, nothing but the method decides."""
    count = len(workload) * 1000 + more
    cells = np.full(len(workload), 10**6)
    zones = allocate(np.array(workload, float), cells, np.ones_like(cells), count, Rule.LARGEST_REMAINDER)
    least = min(count * work // sum(workload) for work in workload)
    if least >= 1:
        assert zones.tolist() == remainders(workload, count)
    assert zones.sum() == count


@given(districts())
def test_largest_remainder_keeps_every_bound(district: tuple[list[int], list[int], list[int], int]) -> None:
    workload, cells, pieces, count = district
    zones = allocate(np.array(workload, float), np.array(cells), np.array(pieces), count, Rule.LARGEST_REMAINDER)
    lower = pieces if sum(pieces) <= count else [1] * len(cells)
    assert zones.sum() == count
    assert all(low <= zone <= room for low, zone, room in zip(lower, zones.tolist(), cells, strict=True))


@given(districts())
def test_least_maximum_is_the_least_there_is(district: tuple[list[int], list[int], list[int], int]) -> None:
    """No other division has a lighter heaviest zone: one zone taken anywhere would raise it at least so high."""
    workload, cells, pieces, count = district
    zones = allocate(np.array(workload, float), np.array(cells), np.array(pieces), count, Rule.LEAST_MAXIMUM).tolist()
    lower = pieces if sum(pieces) <= count else [1] * len(cells)
    heaviest = max(
        (Fraction(work, zone) for work, zone, room in zip(workload, zones, cells, strict=True) if zone < room),
        default=Fraction(0),
    )
    for work, zone, low in zip(workload, zones, lower, strict=True):
        if zone > low:
            assert Fraction(work, zone - 1) >= heaviest


def test_what_is_needed_in_any_case_goes_before_pieces() -> None:
    """Five pieces in the first, but only six zones: each gets what it needs, the rest goes by workload."""
    zones = allocate(np.array([1.0, 100.0]), np.array([9, 9]), np.array([5, 3]), 6, floor=np.array([2, 1]))
    assert zones.tolist() == [2, 4]
