"""Comparison of plans against counts made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from citygrid_plugin.core.zones.plan_comparison import PlanCells, compare


def plan(zones: dict[str, str], **owner: str) -> PlanCells:
    return PlanCells(pd.Series(zones, dtype=object), owner)


def changed(before: PlanCells, after: PlanCells, area: dict[str, float] | None = None) -> dict[str, str]:
    cells = sorted({*before.zone.index, *after.zone.index})
    sizes = pd.Series(area or dict.fromkeys(cells, 100.0), dtype=float)
    changes = compare(before, after, sizes).changes
    return dict(zip(changes["BGID"], changes["Kind"], strict=True))


def test_each_kind_of_change() -> None:
    before = plan({"1": "A", "2": "A", "3": "A", "4": "B", "5": "B", "6": "B", "7": "", "8": "C", "9": "C"}, C="李")
    after = plan({"1": "A", "2": "A", "3": "B", "4": "B", "5": "B", "7": "A", "8": "C", "9": "", "10": "C"}, C="王")
    assert changed(before, after) == {
        "10": "added", "3": "moved", "6": "removed", "7": "assigned", "8": "owner", "9": "unassigned",
    }  # fmt: skip


def test_a_zone_with_another_code_is_the_same_zone() -> None:
    """Also where the codes of two zones were exchanged: the area says which zone is which, not the number of cells."""
    before = plan({"1": "A", "2": "A", "3": "A", "4": "B"}, A="张", B="赵")
    after = plan({"1": "B", "2": "B", "3": "B", "4": "A"}, B="张", A="赵")
    assert set(changed(before, after).values()) == {"recoded"}
    split = plan({"1": "B", "2": "B", "3": "A", "4": "A"})
    large = {"1": 1.0, "2": 1.0, "3": 900.0, "4": 10.0}
    assert changed(plan(dict(before.zone)), split, large) == {"1": "moved", "2": "moved", "4": "moved"}


def test_transfers_add_up() -> None:
    before = plan({"1": "A", "2": "A", "3": "A", "4": "B"}, A="张", B="赵")
    after = plan({"1": "A", "2": "B", "3": "B", "4": "B"}, A="张", B="赵")
    transfers = compare(before, after, pd.Series({"1": 900.0, "2": 10.0, "3": 20.0, "4": 500.0})).transfers
    assert transfers.to_numpy().tolist() == [["moved", "A", "B", "张", "赵", 2, 30.0]]


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("WXYZ")), min_size=1, max_size=40))
def test_against_a_plain_count(zones: list[tuple[str, str]]) -> None:
    """Renaming all zones moves nothing, and what moved is what lies outside the pairs of the largest common area."""
    cells = [str(number) for number in range(len(zones))]
    old, new = (dict(zip(cells, side, strict=True)) for side in zip(*zones, strict=True))
    assert set(changed(plan(old), plan({cell: f"{zone}'" for cell, zone in old.items()})).values()) == {"recoded"}
    moved = {cell for cell, kind in changed(plan(old), plan(new)).items() if kind == "moved"}
    common = pd.crosstab(pd.Series(old), pd.Series(new))
    pairs = {}
    while common.to_numpy().max(initial=0) > 0:
        row, column = np.unravel_index(common.to_numpy().argmax(), common.shape)
        pairs[common.index[row]] = common.columns[column]
        common = common.drop(index=common.index[row], columns=common.columns[column])
    assert moved == {cell for cell in cells if pairs.get(old[cell]) != new[cell]}
