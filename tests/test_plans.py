"""Plans of a workspace: kept, opened, copied, named, put in force, compared."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from citygrid_plugin.core.errors import UnknownField, UnwritableTarget
from citygrid_plugin.core.zones.plan_comparison import compare
from citygrid_plugin.core.zones.responsibility import responsibility_grids
from citygrid_plugin.processing.zones.compare_plans import ComparePlans
from citygrid_plugin.storage import plans as store
from citygrid_plugin.storage.layers import NewLayer, write_layers
from citygrid_plugin.storage.plans import (
    BadPlanName,
    EarlierThanInForce,
    NoSuchPlan,
    NoZones,
    PlanNameTaken,
)

COMMUNITY = "320706001001"


def write_plan(workspace: Path, seed: int, count: int = 4) -> None:
    """Sixteen unit grids of one community in ``count`` zones, with an owner and a field of the user's own."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(4) * 100.0, np.arange(4) * 100.0))
    grid = gpd.GeoDataFrame(
        {"BGID": [f"{COMMUNITY}{number:03d}" for number in range(1, 17)], "CommCode": COMMUNITY},
        geometry=shapely.box(x, y, x + 100, y + 100),
        crs=4549,
    )
    plan = responsibility_grids(grid, count, np.ones(16), seed)
    zones = plan.zones.assign(Owner=[f"王{number}" for number in range(count)], 班组=["甲", None] * (count // 2))
    layers = [NewLayer("zoned_grid", plan.cells, "Polygon"), NewLayer("responsibility_grids", zones, "MultiPolygon")]
    write_layers(layers, workspace)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "海州 w.gpkg"
    write_plan(path, 0)
    return path


def on_the_map(workspace: Path) -> tuple[dict[str, str], gpd.GeoDataFrame]:
    cells = pyogrio.read_dataframe(workspace, layer="zoned_grid")
    zones = pyogrio.read_dataframe(workspace, layer="responsibility_grids")
    return dict(zip(cells["BGID"], cells["RGID"], strict=True)), zones.sort_values("RGID", ignore_index=True)


def test_a_plan_comes_back_as_it_was_kept(workspace: Path) -> None:
    """Assignment, attributes of all kinds and outlines, also after another plan was made in its place."""
    cells, zones = on_the_map(workspace)
    assert not store.is_kept(workspace)
    store.keep(workspace, " 方案一 ", "first try")
    assert store.is_kept(workspace)
    write_plan(workspace, 7, count=2)
    assert not store.is_kept(workspace)
    store.keep(workspace, "方案二")
    opened = store.open_plan(workspace, "方案一")
    assert (opened.gone, opened.unassigned) == (0, 0)
    cells_now, zones_now = on_the_map(workspace)
    assert cells_now == cells
    assert zones_now.drop(columns="geometry").equals(zones.drop(columns="geometry")[zones_now.columns[:-1]])
    assert shapely.equals(zones_now.geometry.to_numpy(), zones.geometry.to_numpy()).all()
    assert store.is_kept(workspace)
    shown = [(plan.name, plan.zones, plan.cells, plan.is_open, plan.note) for plan in store.plans(workspace)]
    assert sorted(shown) == [("方案一", 4, 16, True, "first try"), ("方案二", 2, 16, False, "")]
    assert store.open_name(workspace) == "方案一"


def test_the_grid_has_changed_since(workspace: Path) -> None:
    """Unit grids that are no more are counted; new ones have no zone; nothing else is touched."""
    store.keep(workspace, "a")
    cells = pyogrio.read_dataframe(workspace, layer="zoned_grid")
    cells.loc[0, "BGID"] = f"{COMMUNITY}099"
    write_layers([NewLayer("zoned_grid", cells, "Polygon")], workspace)
    opened = store.open_plan(workspace, "a")
    assert (opened.gone, opened.unassigned) == (1, 1)
    now, zones = on_the_map(workspace)
    assert [code for code, zone in now.items() if not zone] == [f"{COMMUNITY}099"]
    assert zones["Cells"].sum() == 15


def test_names(workspace: Path) -> None:
    store.keep(workspace, "a")
    with pytest.raises(PlanNameTaken):
        store.keep(workspace, "a ")
    for bad in ("", "  ", "x" * 81):
        with pytest.raises(BadPlanName):
            store.keep(workspace, bad)
    store.copy(workspace, "a", "b'; DROP TABLE plans; --")
    store.rename(workspace, "b'; DROP TABLE plans; --", "b")
    with pytest.raises(PlanNameTaken):
        store.rename(workspace, "b", "a")
    with pytest.raises(NoSuchPlan, match="a"):
        store.open_plan(workspace, "c")
    both = [store.cells_of(workspace, name) for name in "ab"]
    assert compare(*both, store.areas_of(store.unit_grids(workspace))).changes.empty
    store.remove(workspace, "a")
    assert [(plan.name, plan.cells) for plan in store.plans(workspace)] == [("b", 16)]
    assert len(store.cells_of(workspace, "").zone) == 16


def test_one_plan_is_in_force(workspace: Path) -> None:
    store.keep(workspace, "a")
    store.copy(workspace, "a", "b")
    store.put_in_force(workspace, "a", "20260101")
    with pytest.raises(EarlierThanInForce, match="20260101"):
        store.put_in_force(workspace, "b", "20251231")
    store.put_in_force(workspace, "b", "20260601")
    dates = {plan.name: (plan.from_date, plan.to_date, plan.is_in_force) for plan in store.plans(workspace)}
    assert dates == {"a": ("20260101", "20260601", False), "b": ("20260601", "", True)}
    store.keep(workspace, "b", replace=True)
    assert {plan.name for plan in store.plans(workspace) if plan.is_in_force} == {"b"}


def test_nothing_to_keep(tmp_path: Path) -> None:
    assert store.plans(tmp_path / "none.gpkg") == []
    assert store.is_kept(tmp_path / "none.gpkg")
    with pytest.raises(NoZones):
        store.keep(tmp_path / "none.gpkg", "a")


def test_a_workspace_in_use_keeps_its_plans(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot write is told so, and no plan is half there."""
    store.keep(workspace, "a")
    monkeypatch.setattr(sqlite3, "connect", lambda *a, connect=sqlite3.connect, **k: connect(*a, timeout=0.1, **k))
    other = sqlite3.connect(str(workspace), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnwritableTarget, match="locked"):
        store.keep(workspace, "b")
    other.execute("ROLLBACK")
    other.close()
    assert [plan.name for plan in store.plans(workspace)] == ["a"]


def rewrite_cells(workspace: Path, **columns: object) -> None:
    """The unit grids on the map with other values in some columns; without those that are None."""
    cells = pyogrio.read_dataframe(workspace, layer="zoned_grid")
    cells = cells.assign(**columns).drop(columns=[name for name, values in columns.items() if values is None])
    write_layers([NewLayer("zoned_grid", cells, "Polygon")], workspace)


def test_unit_grids_without_codes_are_refused_in_a_sentence(workspace: Path) -> None:
    """By their codes a plan knows them; a plan made without codes can stay on the map, but not be kept."""
    store.keep(workspace, "a")
    rewrite_cells(workspace, BGID=None)
    works = (
        lambda: store.open_plan(workspace, "a"),
        lambda: store.keep(workspace, "b"),
        lambda: store.unit_grids(workspace),
        lambda: store.cells_of(workspace, ""),
    )
    for work in works:
        with pytest.raises(UnknownField, match=r"“zoned_grid” has no field “BGID”\. It has: CommCode, RGID"):
            work()
    assert not store.is_kept(workspace)
    assert [plan.name for plan in store.plans(workspace)] == ["a"]


@pytest.mark.usefixtures("qgis_processing")
@pytest.mark.parametrize(
    "write", [lambda codes: codes + " ", lambda codes: codes.astype("int64")], ids=["space", "int"]
)
def test_codes_are_compared_however_the_map_writes_them(workspace: Path, tmp_path: Path, write: object) -> None:
    """One unit grid changes hands, one is no more: the map shows the one, and the table has both."""
    store.keep(workspace, "a")
    cells = pyogrio.read_dataframe(workspace, layer="zoned_grid")
    moved = cells["RGID"].where(cells.index != 5, cells["RGID"].iloc[-1])
    other = cells["BGID"].where(cells.index != 0, f"{COMMUNITY}099")
    rewrite_cells(workspace, BGID=write(other), RGID=moved)
    output = str(tmp_path / "changes.gpkg")
    values = {"WORKSPACE": str(workspace), "BEFORE": "a", "OUTPUT": output}
    feedback = QgsProcessingFeedback()
    results, ok = ComparePlans().create().run(values, QgsProcessingContext(), feedback, {}, False)
    assert ok
    assert results["CHANGED_COUNT"] == 3
    assert "1 unit grids of the plans are not on the map any more" in feedback.textLog()
    changes = pyogrio.read_dataframe(output)
    assert dict(zip(changes["BGID"], changes["Kind"], strict=True)) == {
        cells["BGID"].iloc[5]: "moved", f"{COMMUNITY}099": "added",
    }  # fmt: skip
