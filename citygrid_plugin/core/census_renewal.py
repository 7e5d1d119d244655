"""A later delivery renews the components: what is new, changed or moved is taken, what is unchanged is skipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import fields
from .census_changes import Kind, applied, change_counts, change_table, compare, covered_by
from .component_ids import StatedIds, fresh_ids
from .component_matching import known_ids
from .progress import Progress, silent


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
    remarks: Mapping[str, int]  # keys of ``census_changes.TEXTS`` and counts


@dataclass(frozen=True)
class Renewing:
    """How to renew: ``date`` (YYYYMMDD) is the end date of what is missing, where ``close_missing`` is set."""

    date: str
    close_missing: bool = False


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

    ``stated``: the ids of all records, so that a new number is beyond them; ``near``: metres, farther is moved. Missing
    is what the delivery lacks of the classes that it has. ``defaults``: columns with values for new components only: a
    default must not replace what a component has. Raises as ``census_changes.compare``, ``SequenceOverflow``.
    """
    covered = covered_by(existing, incoming)
    changes = compare(existing, incoming, near, covered=covered, progress=progress)
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
