"""A later delivery renews the components: what is new, changed or moved is taken, what is unchanged is skipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS
from citygrid_plugin.core.progress import Progress, silent

from .census_changes import (
    Kind,
    applied,
    change_counts,
    change_table,
    compare,
    covered_by,
)
from .component_ids import StatedIds, fresh_ids
from .component_matching import known_ids, plain
from .component_matching import stated as column_of


@dataclass(frozen=True)
class Renewal:
    """What a delivery makes of the components.

    ``components``: all of them afterwards. ``changes``: ``census_changes.change_table``; ``counts``: by class and kind.
    ``record_ids``: id of the component that each record became or is; ``unchanged``: records that say nothing new.
    """

    components: gpd.GeoDataFrame
    changes: gpd.GeoDataFrame
    counts: pd.DataFrame
    record_ids: NDArray[np.object_]
    unchanged: NDArray[np.bool_]
    remarks: Mapping[str, int]  # keys of ``account.TEXTS`` and counts


class Covered(IntEnum):
    """Among which components one that the delivery lacks is missing (ours)."""

    CLASSES = 0  # those of its classes: a delivery of lamps says nothing of trees
    COMMUNITIES = 1  # those of its classes in the communities where it has some of the class
    GRIDS = 2  # those of its classes in the unit grids where it has some of the class
    EVERYTHING = 3  # all: a whole census


@dataclass(frozen=True)
class Renewing:
    """How to renew: ``date`` (YYYYMMDD) is the end date of what is missing, where ``close_missing`` is set.

    ``covered``: what may be missing. ``tolerance``: metres from which a component has moved; None: as what is
    almost at the same place.
    """

    date: str
    close_missing: bool = False
    covered: Covered = Covered.CLASSES
    tolerance: float | None = None


def renewed(
    existing: gpd.GeoDataFrame,
    incoming: gpd.GeoDataFrame,
    how: Renewing,
    *,
    defaults: Mapping[str, NDArray[np.object_]],
    near: float,
    stated: StatedIds,
    district: str,
    names: Mapping[str, str],
    reserved: Mapping[int, int] | None = None,
    progress: Progress = silent,
) -> Renewal:
    """Compare the records taken (``fields.COMPONENT``; ObjID as stated, empty where it cannot be kept) and apply them.

    ``stated``: the ids of all records, so that a new number is beyond them; ``near``: metres, farther is moved unless
    ``how`` says otherwise. ``defaults``: columns with values for new components only: a
    default must not replace what a component has. Raises as ``census_changes.compare``, ``SequenceOverflow``.
    """
    tolerance = near if how.tolerance is None else how.tolerance
    changes = compare(
        existing, incoming, tolerance, covered=_covered(existing, incoming, how.covered), progress=progress
    )
    used = known_ids(existing, stated.digits)
    own = incoming[fields.OBJ_ID].to_numpy(dtype=object)[changes.new]
    ids = np.where(changes.needs_id, "", own)
    codes = incoming[fields.CLASS_CODE].to_numpy(dtype=object)[changes.new]
    ids[changes.needs_id] = fresh_ids(codes[changes.needs_id], stated, district, used, names, reserved)
    incoming = incoming.copy()
    for name, values in defaults.items():
        column = incoming[name].to_numpy(dtype=object).copy()
        column[changes.new] = values[changes.new]
        incoming[name] = column
    components = applied(existing, incoming, changes, how.date, close_missing=how.close_missing, ids=list(ids))
    record_ids = np.full(len(incoming), "", dtype=object)
    record_ids[changes.record] = existing[fields.OBJ_ID].to_numpy(dtype=object)[changes.component]
    record_ids[changes.new] = ids
    return Renewal(
        components=components,
        changes=change_table(existing, incoming, changes, list(ids)),
        counts=change_counts(existing, incoming, changes),
        record_ids=record_ids,
        unchanged=changes.incoming_kind == Kind.UNCHANGED,
        remarks=changes.remarks,
    )


def _covered(existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, covered: Covered) -> NDArray[np.bool_] | None:
    """Components that the delivery is about; None for all. One without a BGID is in no community or grid."""
    if covered is Covered.EVERYTHING:
        return None
    if covered is Covered.CLASSES:
        return covered_by(existing, incoming)
    digits = COMMUNITY_DIGITS if covered is Covered.COMMUNITIES else None
    ours, theirs = (
        frame[[fields.CLASS_CODE]].assign(
            **{fields.BGID: [code[:digits] for code in plain(column_of(frame, fields.BGID))]}
        )
        for frame in (existing, incoming)
    )
    told = (ours[fields.BGID] != "").to_numpy(dtype=bool)
    return covered_by(ours, theirs, (fields.CLASS_CODE, fields.BGID)) & told
