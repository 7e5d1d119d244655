"""What a workspace tells about its responsibility grids, and what it writes down when unit grids change hands.

The layer ``responsibility_grids`` follows the cells of ``zoned_grid``: rows are renewed one by one, so what a
user added to them stays. The table ``plan_log`` has a row for each cell that went to another zone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnreadableFile, UnwritableTarget
from citygrid_plugin.core.spatial.coverage import Floats
from citygrid_plugin.core.zones.zone_numbers import zone_name
from citygrid_plugin.core.zones.zone_plan import ZonePlan, outlines_of

from .files import connected
from .gdal import raising
from .layers import NewLayer, stored_table, write_layers

if TYPE_CHECKING:
    from osgeo import ogr

ZONES: Final = "responsibility_grids"
LOG: Final = "plan_log"

_CENT = 0.011  # workloads are stored with two digits
_MOST = 0.9  # of the zones; a few may have been changed since

_COUNTS: Final = {
    "components": (
        (fields.BGID, fields.END_DATE),
        "SELECT BGID, count(*) FROM components WHERE trim(coalesce(CHDate, '')) = '' GROUP BY BGID",
    ),
    # Suspended cases are open, too (domain facts); unknown words are nobody's to close.
    "cases": (
        (fields.BGID, fields.STATUS),
        "SELECT BGID, count(*) FROM cases WHERE coalesce(Status, '') NOT IN ('closed', 'void') GROUP BY BGID",
    ),
}
_CODES: Final = {
    ZONES: ((fields.RGID,), "SELECT RGID FROM responsibility_grids"),
    LOG: ((fields.OLD_RGID, fields.NEW_RGID), "SELECT OldRGID FROM plan_log UNION SELECT NewRGID FROM plan_log"),
    "plan_zones": ((fields.RGID,), "SELECT RGID FROM plan_zones"),
    "cases": ((fields.RGID,), "SELECT DISTINCT RGID FROM cases"),
}
"""The fields that a question needs, and the question."""


@dataclass(frozen=True)
class StoredZone:
    """What the layer of zones says about one of them; ``workload`` is None where it says nothing."""

    name: str
    owner: str
    cells: int
    workload: float | None


@dataclass(frozen=True)
class ZoneRow:
    """A zone as it is now; without an ``outline`` the one that is stored stays. ``name`` is for a new row."""

    code: str
    community: str
    name: str
    cells: int
    workload: float
    area: float
    locked: bool
    outline: shapely.MultiPolygon | None


def counts_by_grid(workspace: Path, layer: str) -> dict[str, int]:
    """How many components in force, or open cases, lie in each unit grid (BGID); empty where there are none."""
    return {str(code): int(count) for code, count in _rows(workspace, layer, *_COUNTS[layer]) if code}


def codes_used(workspace: Path) -> set[str]:
    """The codes of all zones that there are or were, as far as the workspace knows."""
    return {str(code) for layer, question in _CODES.items() for (code,) in _rows(workspace, layer, *question) if code}


def zone_by_grid(workspace: Path) -> dict[str, str]:
    """The zone (RGID, empty for none) of each unit grid (BGID) of the plan on the map. Raises ``UnreadableFile``."""
    rows = _rows(workspace, "zoned_grid", (fields.BGID, fields.RGID), "SELECT BGID, RGID FROM zoned_grid")
    return {str(code): str(zone or "") for code, zone in rows if code}


def logged(workspace: Path, zones: pd.Series, user: str, plan: str) -> NewLayer | None:
    """``plan_log`` with a row for each unit grid that is to change hands, to be written with the layers that do it.

    ``zones``: the RGID of each unit grid by BGID, as it is to be. None where nothing that is there changes.
    """
    before = zone_by_grid(workspace) if workspace.exists() else {}
    old = pd.Series(before, dtype=object).reindex(zones.index)
    changed = old.notna() & (old != zones)
    if not changed.any():
        return None
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    rows = pd.DataFrame({fields.BGID: zones.index[changed], fields.OLD_RGID: old[changed].to_numpy()})
    rows = rows.assign(**{fields.TIME: now, fields.USER: user, fields.PLAN: plan})
    rows[fields.NEW_RGID] = zones[changed].to_numpy()
    there = stored_table(workspace, LOG)
    rows = rows[list(fields.PLAN_LOG)]
    return NewLayer(LOG, rows if there is None else pd.concat([there, rows], ignore_index=True), "NoGeometry")


def is_locked(workspace: Path) -> bool:
    """Whether any unit grid of the plan on the map is marked as locked. Raises ``UnreadableFile``."""
    question = "SELECT 1 FROM zoned_grid WHERE Locked AND coalesce(RGID, '') <> '' LIMIT 1"
    return bool(_rows(workspace, "zoned_grid", (fields.LOCKED, fields.RGID), question))


def stored_zones(workspace: Path) -> dict[str, StoredZone]:
    """The zones of the workspace by code; of several with one code the first."""
    wanted = (fields.RGID, fields.RG_NAME, fields.OWNER, fields.CELLS, fields.WORKLOAD)
    question = "SELECT RGID, RGName, Owner, Cells, Workload FROM responsibility_grids ORDER BY rowid DESC"
    return {
        str(code): StoredZone(
            str(name or ""), str(owner or ""), int(cells or 0), None if workload is None else float(workload)
        )
        for code, name, owner, cells, workload in _rows(workspace, ZONES, wanted, question)
        if code
    }


def measure_of(stored: Mapping[str, StoredZone], zones: Sequence[str], loads: Mapping[str, Floats]) -> str | None:
    """By which measure the stored zones were made: the first whose sums are their workloads; None for none.

    ``zones``: code of each cell (n,); ``loads``: the cells' workload (n,) by each measure.
    """
    known = {code: zone.workload for code, zone in stored.items() if zone.workload is not None}
    codes, label = np.unique(np.array(zones, dtype=str), return_inverse=True)
    which = np.array([code in known for code in codes.tolist()], dtype=bool)
    told = np.array([known.get(code, 0.0) for code in codes.tolist()])
    if not which.any():
        return None
    for name, load in loads.items():
        sums = np.bincount(label, weights=load, minlength=len(codes))
        if np.isclose(sums, told, rtol=1e-6, atol=_CENT)[which].mean() >= _MOST:
            return name
    return None


def rows_to_renew(
    plan: ZonePlan, stored: Mapping[str, StoredZone], touched: Collection[str], names: Mapping[str, str]
) -> list[ZoneRow]:
    """The zones to be written: with their outline those whose cells changed or are not as many as is stored.

    Others are there for their workload alone, where it is counted in another way than before. ``names`` are those of
    the communities.
    """
    moved = [
        code
        for code in plan.zones
        if code in touched or code not in stored or stored[code].cells != plan.figures(code).cells
    ]
    outlines = dict(outlines_of(plan, moved))
    rows = []
    for code in plan.zones:
        now = plan.figures(code)
        before = stored[code].workload if code in stored else None
        if code in outlines or before is None or not np.isclose(before, now.workload, rtol=1e-6, atol=_CENT):
            community = plan.community_of(code)
            name = zone_name(names.get(community, ""), code)
            locked = plan.is_locked(code)
            rows.append(ZoneRow(code, community, name, now.cells, now.workload, now.area, locked, outlines.get(code)))
    return rows


def _rows(workspace: Path, layer: str, needed: Collection[str], question: str) -> list[tuple[Any, ...]]:
    """The answer to a question about a layer; none where it, or a field, is missing. Raises ``UnreadableFile``."""
    if not workspace.exists():
        return []
    try:
        with connected(workspace) as base:
            there = {name for (name,) in base.execute("SELECT name FROM pragma_table_info(?)", (layer,))}
            return base.execute(question).fetchall() if there >= set(needed) else []
    except sqlite3.Error as error:
        raise UnreadableFile(path=str(workspace), why=str(error)) from error


def renew_zones(
    workspace: Path, rows: Sequence[ZoneRow], gone: Collection[str], log: pd.DataFrame, crs: object
) -> None:
    """Renew rows of zones, delete those that are ``gone``, and add to the log, in one transaction.

    ``log`` has the columns ``fields.PLAN_LOG``. Names, owners and all other fields of a row stay. ``crs`` is that of
    the layer of zones where it is missing and made. Raises ``UnwritableTarget``.
    """
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    _make_missing(workspace, crs)
    try:
        with raising():
            base = gdal.OpenEx(str(workspace), gdal.OF_VECTOR | gdal.OF_UPDATE, allowed_drivers=["GPKG"])
            base.StartTransaction()
            try:
                _renew(base.GetLayerByName(ZONES), rows, gone)
                _add(base.GetLayerByName(LOG), log)
            except BaseException:
                base.RollbackTransaction()
                raise
            base.CommitTransaction()
            del base
    except RuntimeError as error:
        raise UnwritableTarget(path=str(workspace), why=str(error)) from error


def _make_missing(workspace: Path, crs: object) -> None:
    with connected(workspace) as base:
        there = {name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")}
    zones = pd.DataFrame({name: pd.Series(dtype=object) for name in fields.RESPONSIBILITY_GRID})
    zones = zones.astype({fields.CELLS: "int64", fields.WORKLOAD: float})
    empty = {
        ZONES: NewLayer(ZONES, gpd.GeoDataFrame(zones, geometry=[], crs=crs), "MultiPolygon"),
        LOG: NewLayer(LOG, pd.DataFrame({name: pd.Series(dtype=object) for name in fields.PLAN_LOG}), "NoGeometry"),
    }
    missing = [layer for name, layer in empty.items() if name not in there]
    if missing:
        write_layers(missing, workspace)


def _renew(layer: ogr.Layer, rows: Sequence[ZoneRow], gone: Collection[str]) -> None:
    wanted = {row.code: row for row in rows}
    unseen = dict(wanted)
    changed, deleted = [], []
    for feature in layer:
        code = feature.GetField(fields.RGID) or ""
        if code in gone:
            deleted.append(feature.GetFID())
        elif code in unseen:
            changed.append((feature, unseen.pop(code)))
    for number in deleted:
        layer.DeleteFeature(number)
    for feature, row in changed:
        _fill(feature, row)
        layer.SetFeature(feature)
    from osgeo import ogr  # noqa: PLC0415

    for row in unseen.values():
        feature = ogr.Feature(layer.GetLayerDefn())
        _set(feature, {fields.RGID: row.code, fields.RG_NAME: row.name, fields.OWNER: ""})
        _fill(feature, row)
        layer.CreateFeature(feature)


def _fill(feature: ogr.Feature, row: ZoneRow) -> None:
    from osgeo import ogr  # noqa: PLC0415

    values = {
        fields.COMMUNITY_CODE: row.community,
        fields.CELLS: row.cells,
        fields.WORKLOAD: round(row.workload, 2),
        fields.AREA: round(row.area, 2),
        fields.LOCKED: int(row.locked),
    }
    _set(feature, values)
    if row.outline is not None:
        feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(row.outline)))


def _set(feature: ogr.Feature, values: dict[str, Any]) -> None:
    """Set those of the fields that the layer has."""
    for name, value in values.items():
        if feature.GetFieldIndex(name) >= 0:
            feature.SetField(name, value)


def _add(layer: ogr.Layer, table: pd.DataFrame) -> None:
    from osgeo import ogr  # noqa: PLC0415

    for values in _records(table):
        feature = ogr.Feature(layer.GetLayerDefn())
        _set(feature, values)
        layer.CreateFeature(feature)


def _records(table: pd.DataFrame) -> Iterable[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    return (dict(zip(names, row, strict=True)) for row in table.itertuples(index=False, name=None))
