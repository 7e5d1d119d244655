"""The workspace: one GeoPackage with the layers of the whole chain, and their names.

Algorithms write any layer anywhere; these names are what the dock, the project and the scripts agree on.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from citygrid_plugin.core.errors import UnreadableFile
from citygrid_plugin.core.fields import END_DATE, OWNER, SEVERITY

from .files import connected, recover

_GRID, _PROBLEMS, _ZONES = "unit_grid", "grid_problems", "responsibility_grids"
_NUMBER = re.compile("[1-9][0-9]*")


@dataclass(frozen=True)
class WorkspaceLayer:
    """One layer: its name in the GeoPackage, an English title, and the role that styles it."""

    name: str
    title: str
    role: str | None = None
    shown: bool = True  # switched on in a new project
    numbered: bool = False  # one for each delivery: name_1, name_2, …


LAYERS = (
    WorkspaceLayer("cases", title="Cases", role="cases"),
    WorkspaceLayer("rejected_cases", title="Rejected cases", role="rejected", shown=False),
    WorkspaceLayer("case_problems", title="Problems of cases", role="problems", shown=False),
    WorkspaceLayer("owner_problems", title="Problems of ownership", role="problems"),
    WorkspaceLayer(_PROBLEMS, title="Problems of the unit grid", role="problems"),
    WorkspaceLayer("setback", title="Within the river setback", role="setback"),
    WorkspaceLayer("road_problems", title="Problems of road segments", role="problems"),
    WorkspaceLayer("components", title="Components", role="components"),
    WorkspaceLayer("rejected_components", title="Rejected components", role="rejected", shown=False, numbered=True),
    WorkspaceLayer("plan_changes", title="Changes between plans", role="plan_changes"),
    WorkspaceLayer("road_segments", title="Road segments", role="road_segments"),
    WorkspaceLayer("streets", title="Streets", role="streets"),
    WorkspaceLayer("communities", title="Communities", role="communities"),
    WorkspaceLayer(_ZONES, title="Responsibility grids", role="zones"),
    WorkspaceLayer(_GRID, title="Unit grid", role="unit_grid"),
    WorkspaceLayer("zone_case_counts", title="Open cases by responsibility grid", role="case_counts", shown=False),
    WorkspaceLayer("grid_case_counts", title="Open cases by unit grid", role="case_counts", shown=False),
    WorkspaceLayer("zoned_grid", title="Unit grid by responsibility grid", role="zoned_grid", shown=False),
    WorkspaceLayer("owned_grid", title="Unit grid by owner", role="owned_grid", shown=False),
    WorkspaceLayer("evaluation", title="Evaluation"),
    WorkspaceLayer("crosswalk", title="Crosswalk of the unit grid"),
    WorkspaceLayer("plan_log", title="Log of the responsibility grids"),
    WorkspaceLayer("plan_transfers", title="Changes between plans, by owner", shown=False),
)
"""The layers in drawing order, the uppermost first."""

BY_NAME = {layer.name: layer for layer in LAYERS}


def kind_of(name: str) -> WorkspaceLayer | None:
    """The entry of ``LAYERS`` that a layer's name belongs to, numbered or not; None for a layer of other origin."""
    stem, _, number = name.rpartition("_")
    numbered = BY_NAME.get(stem) if _NUMBER.fullmatch(number) else None
    return numbered if numbered is not None and numbered.numbered else BY_NAME.get(name)


def _order(name: str) -> tuple[int, int, str]:
    """Sorting key: the drawing order, then the number."""
    kind = kind_of(name)
    return (LAYERS.index(kind), len(name), name) if kind else (-1, len(name), name)


def free_layer(path: Path, stem: str) -> str:
    """The first of ``stem_1``, ``stem_2``, … that holds no row yet, so that writing it loses nothing."""
    taken = contents(path)
    names = (f"{stem}_{number}" for number in count(1))
    return next(name for name in names if name not in taken or not taken[name].count)


@dataclass(frozen=True)
class Content:
    """What a workspace says about one of its layers: number of rows, and when it was last written (UTC)."""

    count: int
    changed: str  # ISO 8601, so that texts sort by time
    aside: int = 0  # rows that are not of what the layer is called: closed unit grids, notes among the problems
    owned: int = 0  # responsibility grids with an owner


def contents(path: Path) -> dict[str, Content]:
    """The layers of a workspace that are there, in drawing order.

    A file that does not exist yet is an empty workspace. Raises ``UnreadableFile`` for a file that is
    no GeoPackage.
    """
    if not path.exists():
        return {}
    recover(path)
    try:
        with connected(path) as base:
            rows = base.execute(
                "SELECT c.table_name, o.feature_count, c.last_change"
                " FROM gpkg_contents AS c LEFT JOIN gpkg_ogr_contents AS o USING (table_name)"
            ).fetchall()
            aside = {name: _some(base, name, *_ASIDE[name]) for name, *_ in rows if name in _ASIDE}
            owned = {name: _some(base, name, *_OWNED[name]) for name, *_ in rows if name in _OWNED}
    except sqlite3.Error as error:
        raise UnreadableFile(path=str(path), why=str(error)) from error
    found = {
        name: Content(
            _count(path, name) if rows_told is None else rows_told, changed, aside.get(name, 0), owned.get(name, 0)
        )
        for name, rows_told, changed in rows
        if kind_of(name)
    }
    return {name: found[name] for name in sorted(found, key=_order)}


_ASIDE = {
    _GRID: (END_DATE, "SELECT count(*) FROM unit_grid WHERE trim(coalesce(CHDate, '')) <> ''"),
    _PROBLEMS: (SEVERITY, "SELECT count(*) FROM grid_problems WHERE Severity = 'note'"),
}
"""The field that tells which rows stand aside, and the question how many do."""


_OWNED = {
    _ZONES: (OWNER, "SELECT count(*) FROM responsibility_grids WHERE trim(coalesce(Owner, '')) <> ''"),
}
"""The same for the rows that have an owner."""


def _some(base: sqlite3.Connection, layer: str, field: str, question: str) -> int:
    """The answer to a question that counts rows by a field; 0 where the layer has no such field."""
    there = base.execute("SELECT count(*) FROM pragma_table_info(?) WHERE name = ?", (layer, field)).fetchone()[0]
    return int(base.execute(question).fetchone()[0]) if there else 0


def layers_present(path: Path) -> dict[str, int]:
    """Number of rows of each layer that is there, in drawing order."""
    return {name: content.count for name, content in contents(path).items()}


def _count(path: Path, layer: str) -> int:
    """Count the rows where the GeoPackage has no record of their number (another program wrote it)."""
    import pyogrio  # noqa: PLC0415 - loads pandas, which the dock must not do at the start of QGIS

    return int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])


def source(path: Path, layer: str) -> str:
    """The text by which QGIS and Processing read a layer of a workspace."""
    return f"{path}|layername={layer}"


def destination(path: Path, layer: str) -> str:
    """The text of a Processing destination that writes a layer of a workspace."""
    return f"""ogr:dbname='{_escape(str(path), "'")}' table="{_escape(layer, '"')}" (geom)"""


def _escape(text: str, quote: str) -> str:
    """Backslashes and quotes as QGIS's data source texts want them."""
    return text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
