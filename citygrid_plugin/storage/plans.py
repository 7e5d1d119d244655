"""The plans of a workspace: several proposals of responsibility grids, one of which may be in force.

The layers ``zoned_grid`` and ``responsibility_grids`` are the plan that is worked on. A plan that is kept stands in
three tables: ``plans`` (a row a plan), ``plan_cells`` (the responsibility grid of each unit grid) and ``plan_zones``
(the attributes of each responsibility grid, as JSON, so that fields of the user's own are kept, too).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError, UnknownField, UnwritableTarget
from citygrid_plugin.core.grids.divisions import text
from citygrid_plugin.core.grids.stability import current
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import union_by
from citygrid_plugin.core.zones.plan_comparison import PlanCells

from .files import connected
from .layers import NewLayer, stored_table, write_layers
from .workspace import layers_present

CELLS, ZONES = "zoned_grid", "responsibility_grids"
_PLANS, _PLAN_CELLS, _PLAN_ZONES = "plans", "plan_cells", "plan_zones"
_ATTRIBUTES: Final = "Attributes"
_COLUMNS: Final = {
    _PLANS: (fields.PLAN, fields.FROM_DATE, fields.TO_DATE, "Made", fields.NOTE, "Digest", "IsOpen"),
    _PLAN_CELLS: (fields.PLAN, fields.BGID, fields.RGID),
    _PLAN_ZONES: (fields.PLAN, fields.RGID, fields.RG_NAME, fields.OWNER, _ATTRIBUTES),
}
_LONGEST: Final = 80  # characters of a name


class NoZones(CityGridError):
    """A workspace without a plan to be kept."""

    template = "“{workspace}” holds no responsibility grids yet. Create them first."


class NoSuchPlan(CityGridError):
    """A plan that is not there (any more)."""

    template = "“{workspace}” holds no plan “{plan}”. It holds: {plans}."


class PlanNameTaken(CityGridError):
    """A name that another plan has."""

    template = "There is a plan “{plan}” already. Choose another name."


class BadPlanName(CityGridError):
    """No name, or one too long."""

    template = "A plan needs a name of 1 to {longest} characters."


class EarlierThanInForce(CityGridError):
    """A date before that of the plan it would end."""

    template = "“{plan}” is in force since {date}. Choose that day or a later one."


@dataclass(frozen=True)
class Plan:
    """A kept plan. Dates are YYYYMMDD, empty for none; ``made`` is UTC; ``is_open``: it is the one on the map."""

    name: str
    from_date: str
    to_date: str
    made: str
    note: str
    zones: int
    cells: int
    is_open: bool

    @property
    def is_in_force(self) -> bool:
        """Whether it began and has not ended; of all plans at most one."""
        return bool(self.from_date) and not self.to_date


@dataclass(frozen=True)
class Opened:
    """What opening a plan could not do: its unit grids that are no more, and unit grids of which it says nothing."""

    gone: int
    unassigned: int


def plans(workspace: Path) -> list[Plan]:
    """The plans of a workspace, the newest first."""
    table = stored_table(workspace, _PLANS) if workspace.exists() else None
    if table is None or table.empty:
        return []
    counts = {name: _counts(workspace, name) for name in (_PLAN_CELLS, _PLAN_ZONES)}
    rows = table.fillna("").iloc[::-1].sort_values("Made", ascending=False, kind="stable").to_dict("records")
    return [
        Plan(
            name=(name := str(row[fields.PLAN])),
            from_date=str(row[fields.FROM_DATE]),
            to_date=str(row[fields.TO_DATE]),
            made=str(row["Made"]),
            note=str(row[fields.NOTE]),
            zones=counts[_PLAN_ZONES].get(name, 0),
            cells=counts[_PLAN_CELLS].get(name, 0),
            is_open=bool(int(row["IsOpen"] or 0)),
        )
        for row in rows
    ]


def open_name(workspace: Path) -> str:
    """The plan that the layers on the map began as; empty for none."""
    return next((plan.name for plan in plans(workspace) if plan.is_open), "")


def is_kept(workspace: Path) -> bool:
    """Whether the layers on the map are in one of the plans, just as they are; so are those of no plan."""
    if CELLS not in layers_present(workspace):
        return True
    table = stored_table(workspace, _PLANS)
    try:
        return table is not None and _Working.read(workspace).digest in set(table["Digest"])
    except UnknownField:  # unit grids without codes cannot be kept
        return False


def keep(workspace: Path, name: str, note: str = "", *, replace: bool = False) -> None:
    """Keep what is on the map as a plan, which is then the open one; all or nothing.

    ``replace``: in place of the plan of that name, whose dates stay. Raises ``NoZones``, ``PlanNameTaken``,
    ``BadPlanName``, ``UnknownField`` (unit grids without BGID).
    """
    name = _named(name)
    working = _Working.read(workspace)
    there = {plan.name: plan for plan in plans(workspace)}
    if name in there and not replace:
        raise PlanNameTaken(plan=name)
    if note == "" and name in there:
        note = there[name].note
    dates = (there[name].from_date, there[name].to_date) if name in there else ("", "")
    made = datetime.now(UTC).isoformat(timespec="seconds")

    def write(base: sqlite3.Connection) -> None:
        _forget(base, name)
        base.execute("UPDATE plans SET IsOpen = 0")
        _insert(base, _PLANS, [(name, *dates, made, note, working.digest, 1)])
        _insert(base, _PLAN_CELLS, [(name, *row) for row in working.cells.itertuples(index=False, name=None)])
        _insert(base, _PLAN_ZONES, [(name, *row) for row in working.zones.itertuples(index=False, name=None)])

    _change(workspace, write)


def keep_unkept(workspace: Path, template: str) -> str:
    """Keep what is on the map, unless a plan holds it, under the first free name; empty where there was no need.

    ``template`` holds ``{number}``.
    """
    if not workspace.exists() or is_kept(workspace):
        return ""
    name = free_name(plans(workspace), template)
    keep(workspace, name)
    return name


def free_name(there: Sequence[Plan], template: str) -> str:
    """The first name by a template with ``{number}`` that no plan has."""
    taken = {plan.name for plan in there}
    return next(name for name in (template.format(number=number) for number in count(1)) if name not in taken)


def open_plan(workspace: Path, name: str, progress: Progress = silent) -> Opened:
    """Put a plan on the map, in place of what is there; all or nothing. Raises ``NoSuchPlan``, ``UnknownField``.

    The unit grids are those of the layer ``zoned_grid``, else of ``owned_grid`` or ``unit_grid``.
    """
    require(workspace, name)
    grid = unit_grids(workspace)
    progress(0.2)
    cells, kept = _kept(workspace, name)
    zone = _zone_by_grid(cells)
    code = text(grid[fields.BGID])
    grid = grid.assign(**{fields.RGID: code.map(zone).fillna("").astype(object)})
    zones = _dissolved(grid, kept)
    progress(0.5)
    table = stored_table(workspace, _PLANS)
    if table is None:
        raise NoSuchPlan(workspace=workspace.name, plan=name, plans="–")
    table["IsOpen"] = (table[fields.PLAN] == name).astype(int)
    layers = [
        NewLayer(CELLS, grid, "Polygon" if (grid.geom_type == "Polygon").all() else "MultiPolygon"),
        NewLayer(ZONES, zones, "MultiPolygon"),
        NewLayer(_PLANS, table, "NoGeometry"),
    ]
    write_layers(layers, workspace, part(progress, 0.5, 1.0))
    return Opened(gone=int((~zone.index.isin(code)).sum()), unassigned=int((grid[fields.RGID] == "").sum()))


def copy(workspace: Path, name: str, new_name: str) -> None:
    """A second plan like a kept one, not in force. Raises ``NoSuchPlan``, ``PlanNameTaken``, ``BadPlanName``."""
    new_name = _free(workspace, name, new_name)
    made = datetime.now(UTC).isoformat(timespec="seconds")

    def write(base: sqlite3.Connection) -> None:
        base.execute(
            "INSERT INTO plans (Plan, FromDate, ToDate, Made, Note, Digest, IsOpen)"
            " SELECT ?, '', '', ?, Note, Digest, 0 FROM plans WHERE Plan = ?",
            (new_name, made, name),
        )
        base.execute(
            "INSERT INTO plan_cells (Plan, BGID, RGID) SELECT ?, BGID, RGID FROM plan_cells WHERE Plan = ?",
            (new_name, name),
        )
        base.execute(
            "INSERT INTO plan_zones (Plan, RGID, RGName, Owner, Attributes)"
            " SELECT ?, RGID, RGName, Owner, Attributes FROM plan_zones WHERE Plan = ?",
            (new_name, name),
        )

    _change(workspace, write)


def rename(workspace: Path, name: str, new_name: str) -> None:
    """Give a plan another name. Raises ``NoSuchPlan``, ``PlanNameTaken``, ``BadPlanName``."""
    new_name = _free(workspace, name, new_name)

    def write(base: sqlite3.Connection) -> None:
        base.execute("UPDATE plans SET Plan = ? WHERE Plan = ?", (new_name, name))
        base.execute("UPDATE plan_cells SET Plan = ? WHERE Plan = ?", (new_name, name))
        base.execute("UPDATE plan_zones SET Plan = ? WHERE Plan = ?", (new_name, name))

    _change(workspace, write)


def set_note(workspace: Path, name: str, note: str) -> None:
    """Say something of a plan. Raises ``NoSuchPlan``."""
    require(workspace, name)

    def write(base: sqlite3.Connection) -> None:
        base.execute("UPDATE plans SET Note = ? WHERE Plan = ?", (note.strip(), name))

    _change(workspace, write)


def remove(workspace: Path, name: str) -> None:
    """Forget a plan; what is on the map stays. Raises ``NoSuchPlan``."""
    require(workspace, name)
    _change(workspace, lambda base: _forget(base, name))


def put_in_force(workspace: Path, name: str, date: str) -> None:
    """Let a plan be in force from a day (YYYYMMDD), on which the one before ends.

    Raises ``NoSuchPlan``, ``EarlierThanInForce``.
    """
    before = next((plan for plan in require(workspace, name) if plan.is_in_force and plan.name != name), None)
    if before is not None and date < before.from_date:
        raise EarlierThanInForce(plan=before.name, date=before.from_date)

    def write(base: sqlite3.Connection) -> None:
        if before is not None:
            base.execute("UPDATE plans SET ToDate = ? WHERE Plan = ?", (date, before.name))
        base.execute("UPDATE plans SET FromDate = ?, ToDate = '' WHERE Plan = ?", (date, name))

    _change(workspace, write)


def cells_of(workspace: Path, name: str) -> PlanCells:
    """The zone of each unit grid in a plan; of what is on the map where ``name`` is empty.

    Raises ``NoSuchPlan``, ``NoZones``, ``UnknownField`` (unit grids without BGID).
    """
    if not name:
        working = _Working.read(workspace)
        cells, zones = working.cells, working.zones
    else:
        require(workspace, name)
        cells, zones = _kept(workspace, name)
    return PlanCells(_zone_by_grid(cells), dict(zip(zones[fields.RGID], zones[fields.OWNER], strict=True)))


def _zone_by_grid(cells: pd.DataFrame) -> pd.Series:
    """RGID by BGID; of several rows of a unit grid the first."""
    zone = cells.set_index(fields.BGID)[fields.RGID]
    return zone[~zone.index.duplicated()]


def areas_of(grid: gpd.GeoDataFrame) -> pd.Series:
    """Area (m²) by BGID of unit grids in a CRS of metres."""
    return pd.Series(shapely.area(grid.geometry.to_numpy())).groupby(text(grid[fields.BGID]).to_numpy()).sum()


def require(workspace: Path, name: str) -> list[Plan]:
    """The plans of a workspace. Raises ``NoSuchPlan`` where it has none of that name."""
    there = plans(workspace)
    names = [plan.name for plan in there]
    if name not in names:
        raise NoSuchPlan(workspace=workspace.name, plan=name, plans=", ".join(names) or "–")
    return there


def _free(workspace: Path, name: str, new_name: str) -> str:
    """The new name of a plan that is there, if no other plan has it."""
    there = require(workspace, name)
    new_name = _named(new_name)
    if any(plan.name == new_name for plan in there):
        raise PlanNameTaken(plan=new_name)
    return new_name


def _named(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= _LONGEST:
        raise BadPlanName(longest=_LONGEST)
    return name


# What is on the map


@dataclass(frozen=True)
class _Working:
    """``cells``: BGID, RGID; ``zones``: RGID, RGName, Owner, Attributes; ``digest`` is the same for equal plans."""

    cells: pd.DataFrame
    zones: pd.DataFrame
    digest: str

    @classmethod
    def read(cls, workspace: Path) -> _Working:
        present = layers_present(workspace)
        if CELLS not in present or ZONES not in present:
            raise NoZones(workspace=workspace.name)
        columns = [fields.BGID, fields.RGID]
        cells = pyogrio.read_dataframe(workspace, layer=CELLS, columns=columns, read_geometry=False)
        _require_codes(workspace, CELLS, cells)
        cells = cells.reindex(columns=columns).apply(text)
        cells = cells.sort_values(columns, ignore_index=True)
        zones = pyogrio.read_dataframe(workspace, layer=ZONES, read_geometry=False)
        for name in (fields.RGID, fields.RG_NAME, fields.OWNER):
            zones[name] = text(zones.get(name, pd.Series("", index=zones.index)))
        zones = zones.sort_values(fields.RGID, ignore_index=True)
        zones[_ATTRIBUTES] = [_json(row) for row in zones.to_dict("records")]
        zones = zones[[fields.RGID, fields.RG_NAME, fields.OWNER, _ATTRIBUTES]]
        whole = cells.to_csv(index=False) + zones.to_csv(index=False)
        return cls(cells, zones, hashlib.sha256(whole.encode()).hexdigest())


def _json(row: dict[str, Any]) -> str:
    known = {name: None if pd.isna(value) else value for name, value in row.items()}
    return json.dumps(known, ensure_ascii=False, sort_keys=True, default=str)


def unit_grids(workspace: Path) -> gpd.GeoDataFrame:
    """The current unit grids that a plan is put on. Raises ``NoZones``, ``UnknownField`` (no BGID)."""
    present = layers_present(workspace)
    layer = next((name for name in (CELLS, "owned_grid", "unit_grid") if name in present), None)
    if layer is None:
        raise NoZones(workspace=workspace.name)
    grid = pyogrio.read_dataframe(workspace, layer=layer)
    _require_codes(workspace, layer, grid)
    return grid[current(grid)].reset_index(drop=True)


def _require_codes(workspace: Path, layer: str, grid: pd.DataFrame) -> None:
    """Raise ``UnknownField`` without BGID: by it a plan knows its unit grids."""
    if fields.BGID not in grid:
        available = ", ".join(map(str, pyogrio.read_info(workspace, layer=layer)["fields"]))
        raise UnknownField(layer=layer, field=fields.BGID, available=available or "–")


def _dissolved(grid: gpd.GeoDataFrame, kept: pd.DataFrame) -> gpd.GeoDataFrame:
    """The zones of unit grids, with the attributes of a plan."""
    assigned = grid[grid[fields.RGID] != ""]
    code, zone = pd.factorize(assigned[fields.RGID], sort=True)[::-1]
    geometry, labels = union_by(assigned.geometry.to_numpy(), zone)
    attributes = pd.DataFrame([json.loads(str(row)) for row in kept[_ATTRIBUTES]])
    attributes = attributes.set_index(fields.RGID).reindex(code[labels])
    attributes[fields.CELLS] = pd.Series(zone).value_counts().reindex(labels).to_numpy()
    zones = gpd.GeoDataFrame(attributes.rename_axis(fields.RGID).reset_index(), geometry=geometry, crs=grid.crs)
    first = [name for name in fields.RESPONSIBILITY_GRID if name in zones]
    return zones[[*first, *(name for name in zones if name not in first)]]


# Tables


def _kept(workspace: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cells and zones of a plan that is there, as in ``_Working``."""
    cells = "SELECT BGID, RGID FROM plan_cells WHERE Plan = ?"
    zones = "SELECT RGID, RGName, Owner, Attributes FROM plan_zones WHERE Plan = ?"
    return (
        _rows(workspace, cells, name, _COLUMNS[_PLAN_CELLS][1:]),
        _rows(workspace, zones, name, _COLUMNS[_PLAN_ZONES][1:]),
    )


def _rows(workspace: Path, question: str, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    with connected(workspace) as base:
        rows = base.execute(question, (name,)).fetchall()
    return pd.DataFrame(rows, columns=list(columns), dtype=object).fillna("")


def _counts(workspace: Path, table: str) -> dict[str, int]:
    """Rows of each plan in a table that is there."""
    questions = {
        _PLAN_CELLS: "SELECT Plan, count(*) FROM plan_cells GROUP BY Plan",
        _PLAN_ZONES: "SELECT Plan, count(*) FROM plan_zones GROUP BY Plan",
    }
    with connected(workspace) as base:
        return dict(base.execute(questions[table]).fetchall())


def _forget(base: sqlite3.Connection, name: str) -> None:
    base.execute("DELETE FROM plans WHERE Plan = ?", (name,))
    base.execute("DELETE FROM plan_cells WHERE Plan = ?", (name,))
    base.execute("DELETE FROM plan_zones WHERE Plan = ?", (name,))


def _insert(base: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    statements = {
        _PLANS: "INSERT INTO plans (Plan, FromDate, ToDate, Made, Note, Digest, IsOpen) VALUES (?, ?, ?, ?, ?, ?, ?)",
        _PLAN_CELLS: "INSERT INTO plan_cells (Plan, BGID, RGID) VALUES (?, ?, ?)",
        _PLAN_ZONES: "INSERT INTO plan_zones (Plan, RGID, RGName, Owner, Attributes) VALUES (?, ?, ?, ?, ?)",
    }
    base.executemany(statements[table], rows)


def _change(workspace: Path, write: Callable[[sqlite3.Connection], None]) -> None:
    """Change the three tables in one transaction. Raises ``UnwritableTarget``."""
    _make_tables(workspace)
    try:
        with connected(workspace, "rw") as base, base:
            write(base)
    except sqlite3.Error as error:
        raise UnwritableTarget(path=str(workspace), why=str(error)) from error


def _make_tables(workspace: Path) -> None:
    there = pyogrio.list_layers(workspace)[:, 0]
    new = [NewLayer(name, _empty(name), "NoGeometry") for name in _COLUMNS if name not in there]
    if new:
        write_layers(new, workspace)


def _empty(table: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame({name: pd.Series(dtype=object) for name in _COLUMNS[table]})
    return frame.astype({"IsOpen": "int64"}) if table == _PLANS else frame
