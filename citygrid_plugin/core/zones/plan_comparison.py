"""What changed hands between two plans of responsibility grids (rules: ours; no standard speaks of plans).

A zone of the one plan and a zone of the other are **counterparts** where no other zone shares more area with either:
pairs are formed from the largest common area downwards, each zone once. So two plans can be compared whatever codes
their zones have, and a zone that was only numbered anew is no change of hands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from citygrid_plugin.core import fields

CHANGES: Final = (
    fields.BGID, fields.CHANGE, fields.OLD_RGID, fields.NEW_RGID, fields.OLD_OWNER, fields.NEW_OWNER, fields.AREA,
)  # fmt: skip
TRANSFERS: Final = (
    fields.CHANGE, fields.OLD_RGID, fields.NEW_RGID, fields.OLD_OWNER, fields.NEW_OWNER, fields.CELLS, fields.AREA,
)  # fmt: skip

MOVED: Final = "moved"
OWNER: Final = "owner"
RECODED: Final = "recoded"
ASSIGNED: Final = "assigned"
UNASSIGNED: Final = "unassigned"
ADDED: Final = "added"
REMOVED: Final = "removed"
TEXTS: Final = {
    MOVED: "went to another responsibility grid",
    OWNER: "same responsibility grid, another owner",
    RECODED: "same responsibility grid, another code",
    ASSIGNED: "had no responsibility grid before",
    UNASSIGNED: "has no responsibility grid any more",
    ADDED: "unit grid of the second plan only",
    REMOVED: "unit grid of the first plan only",
}
"""The kinds of change, with a sentence for each."""


@dataclass(frozen=True)
class Comparison:
    """``changes``: ``CHANGES``, a row for each unit grid that changed, by code; ``transfers``: ``TRANSFERS``, the same
    by kind and pair of zones, the largest area first. Areas in m²; what is not there is empty.
    """

    changes: pd.DataFrame
    transfers: pd.DataFrame


@dataclass(frozen=True)
class PlanCells:
    """One plan: the zone of each unit grid (``zone``: RGID by BGID, empty for none), and the owner of each zone."""

    zone: pd.Series
    owner: Mapping[str, str]


def compare(before: PlanCells, after: PlanCells, area: pd.Series) -> Comparison:
    """What changed from one plan to the other; ``area``: m² by BGID (a unit grid without one counts as none)."""
    both = pd.DataFrame({fields.OLD_RGID: before.zone, fields.NEW_RGID: after.zone})
    was_there, is_there = both[fields.OLD_RGID].notna(), both[fields.NEW_RGID].notna()
    both = both.fillna("")
    both[fields.AREA] = area.reindex(both.index).fillna(0.0).astype(float)
    for name, zone, owner in (
        (fields.OLD_OWNER, fields.OLD_RGID, before.owner),
        (fields.NEW_OWNER, fields.NEW_RGID, after.owner),
    ):
        both[name] = both[zone].map(owner).fillna("").astype(object)
    old, new = both[fields.OLD_RGID], both[fields.NEW_RGID]
    stayed = old.map(_counterparts(both)).fillna("") == new
    kinds = {
        REMOVED: ~is_there,
        ADDED: ~was_there,
        UNASSIGNED: (old != "") & (new == ""),
        ASSIGNED: (old == "") & (new != ""),
        MOVED: (old != "") & ~stayed,
        OWNER: (old != "") & (both[fields.OLD_OWNER] != both[fields.NEW_OWNER]),
        RECODED: old != new,
    }
    both[fields.CHANGE] = np.select(list(kinds.values()), list(kinds), default="")
    changes = both[both[fields.CHANGE] != ""].rename_axis(fields.BGID).reset_index()[list(CHANGES)]
    return Comparison(changes.sort_values(fields.BGID, ignore_index=True), _transfers(changes))


def _counterparts(both: pd.DataFrame) -> dict[str, str]:
    """The new zone that an old zone has become."""
    placed = both[(both[fields.OLD_RGID] != "") & (both[fields.NEW_RGID] != "")]
    keys = [fields.OLD_RGID, fields.NEW_RGID]
    common = placed.groupby(keys, as_index=False)[fields.AREA].agg(["sum", "size"])
    common = common.sort_values(["sum", "size", *keys], ascending=[False, False, True, True])
    found: dict[str, str] = {}
    taken: set[str] = set()
    for old, new in zip(common[fields.OLD_RGID], common[fields.NEW_RGID], strict=True):
        if old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found


def _transfers(changes: pd.DataFrame) -> pd.DataFrame:
    keys = [fields.CHANGE, fields.OLD_RGID, fields.NEW_RGID, fields.OLD_OWNER, fields.NEW_OWNER]
    sums = changes.groupby(keys, as_index=False).agg(
        **{fields.CELLS: (fields.BGID, "size"), fields.AREA: (fields.AREA, "sum")}
    )
    return sums.sort_values([fields.AREA, *keys], ascending=[False, *[True] * len(keys)], ignore_index=True)[
        list(TRANSFERS)
    ]
