"""``citygrid:responsibilitygrids`` as a user runs it: numbers, locks, previous plans, weights, barriers, bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProject

from citygrid_plugin.processing.provider import CityGridProvider
from scripts.headless import Headless

from .conftest import SAMPLE
from .test_bad_input import Log
from .test_responsibility import CRS, FIRST, SECOND, lattice, together

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(provider: CityGridProvider, tmp_path: Path) -> Run:
    """Run the algorithm; tables are written to files first, and results are read as tables."""

    def start(log: Log | None = None, **parameters: object) -> dict[str, Any]:
        outputs = {name: str(tmp_path / f"{name}.gpkg") for name in ("OUTPUT", "ZONES")}
        inputs = outputs | {"REPORT": str(tmp_path / "report.html")} | parameters
        for key, value in inputs.items():
            if isinstance(value, gpd.GeoDataFrame):
                inputs[key] = str(tmp_path / f"in_{key}.gpkg")
                value.to_file(inputs[key])
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm("responsibilitygrids").create()
        results, success = algorithm.run(inputs, context, log or Log(), {}, False)
        assert success
        layers = {key: gpd.read_file(inputs[key]) for key in ("OUTPUT", "ZONES", "ALLOCATION") if key in inputs}
        return results | layers | {"PAGE": (tmp_path / "report.html").read_text(encoding="utf-8")}

    return start


def two() -> gpd.GeoDataFrame:
    return together(lattice(6, 6), lattice(6, 4, SECOND, 510_000))


def sizes(result: dict[str, Any]) -> list[int]:
    return result["ZONES"].groupby("CommCode").size().tolist()


def test_the_table_of_the_allocation_is_written_changed_and_read_again(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "allocation.gpkg"
    first = run(GRID=two(), COUNT=10, ALLOCATION=str(table))
    assert first["ALLOCATION"]["Count"].tolist() == sizes(first) == [6, 4]
    assert first["ALLOCATION"]["Quota"].tolist() == [6.0, 4.0]
    changed = first["ALLOCATION"][["CommCode", "Count"]].assign(Count=["8", "2"])
    changed.to_csv(tmp_path / "counts.csv", index=False)
    assert sizes(run(GRID=two(), COUNTS=str(tmp_path / "counts.csv"))) == [8, 2]
    (tmp_path / "counts.json").write_text(json.dumps({FIRST: 3}), encoding="utf-8")
    assert sizes(run(GRID=two(), COUNT=10, COUNTS=str(tmp_path / "counts.json"))) == [3, 7]
    assert sizes(run(GRID=two(), COUNTS=json.dumps({FIRST: 3}), MEAN_CELLS=12)) == [3, 2]


def test_numbers_from_a_field_of_the_communities(run: Run) -> None:
    communities = gpd.GeoDataFrame(
        {"CommCode": [SECOND, FIRST], "wanted": [5, None]},
        geometry=[shapely.box(0, 0, 1, 1)] * 2,
        crs=CRS,
    )
    assert sizes(run(GRID=two(), COMMUNITIES=communities, COUNT_FIELD="wanted", MEAN_CELLS=9)) == [4, 5]
    assert sizes(run(GRID=two(), COMMUNITIES=communities, COUNT_FIELD="wanted", COUNT=7, RULE=1)) == [2, 5]
    with pytest.raises(QgsProcessingException, match="“COMMUNITIES” has no field “CommCode”"):
        run(GRID=two(), COMMUNITIES=communities.drop(columns="CommCode"), COUNT_FIELD="wanted")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"COUNT": 1}, "1 responsibility grids cannot serve 2 communities"),
        ({"COUNT": 61}, "61 responsibility grids cannot be made of 60 unit grids"),
        ({"COUNTS": "{"}, "COUNTS cannot be read"),
        ({"COUNTS": json.dumps({FIRST: 99})}, f"99 responsibility grids .* community {FIRST}, which has 36 unit grids"),
        ({"COUNTS": "nowhere.csv"}, "nowhere.csv"),
        ({"WEIGHTS": '{"nothing": 1}'}, "“nothing”, which is none of the parts .* area, "),
        ({"WEIGHTS": "{"}, "WEIGHTS cannot be read"),
        ({"LOCKED_FIELD": "lock"}, "“GRID” has no field “lock”"),
    ],
)
def test_what_cannot_be_is_one_sentence(run: Run, parameters: dict[str, object], said: str) -> None:
    with pytest.raises(QgsProcessingException, match=said) as caught:
        run(GRID=two(), **parameters)
    assert "Traceback" not in str(caught.value)


def test_locked_zones_of_the_grid_stay_and_codes_go_on(run: Run) -> None:
    first = run(GRID=two(), COUNT=10)
    zoned = first["OUTPUT"]
    locked = FIRST + "002"
    zoned["lock"] = np.where(zoned["RGID"] == locked, "是", "否")
    owners = first["ZONES"].assign(Owner=[f"人{row}" for row in range(10)])
    log = Log()
    second = run(log, GRID=zoned, COUNT=11, SEED=3, LOCKED_FIELD="lock", PREVIOUS=owners)
    same = second["OUTPUT"]["RGID"] == locked
    assert second["OUTPUT"].loc[same, "BGID"].tolist() == zoned.loc[zoned["RGID"] == locked, "BGID"].tolist()
    zones = second["ZONES"].set_index("RGID")
    assert zones.loc[locked, ["Locked", "Owner"]].tolist() == [1, "人1"]
    assert any("are essentially the same as before and keep their codes" in line for line in log.said)
    fresh = zones.index.difference(owners["RGID"])
    assert (zones.loc[fresh, "Owner"].fillna("") == "").all()
    assert min(code[12:] for code in fresh if code.startswith(FIRST)) > "006"


def test_rgid_of_the_grid_is_the_previous_plan(run: Run) -> None:
    first = run(GRID=two(), COUNT=10)
    shuffled = {code: f"{code[:12]}{int(code[12:]) + 20:03}" for code in first["ZONES"]["RGID"]}
    zoned = first["OUTPUT"].assign(RGID=first["OUTPUT"]["RGID"].map(shuffled))
    second = run(GRID=zoned, COUNT=10)
    assert second["OUTPUT"]["RGID"].tolist() == zoned["RGID"].tolist()


def test_several_workloads_weighed(run: Run, tmp_path: Path) -> None:
    """Components by class, cases a month and a field: the workload is the weighted sum of their shares."""
    grid = lattice(4, 1).assign(people=[10, 0, 0, 30])
    xy = shapely.get_coordinates(shapely.centroid(grid.geometry.to_numpy()))
    components = gpd.GeoDataFrame(
        {"ClassCode": ["0101", "0201", "0201"]}, geometry=shapely.points(xy[[0, 1, 1]]), crs=CRS
    )
    cases = gpd.GeoDataFrame({"Reported": ["2024-01-01", "2024-03-01"]}, geometry=shapely.points(xy[[2, 3]]), crs=CRS)
    for name, frame in (("components", components), ("cases", cases)):
        frame.to_file(tmp_path / f"{name}.gpkg")
    weights = {
        "components": {"weight": 2, "classes": {"01": 3, "02": 0.5}},
        "cases": {"weight": 1, "per_month": "Reported"},
        "people": 1,
        "area": 0,
    }
    layers = [str(tmp_path / "components.gpkg"), str(tmp_path / "cases.gpkg")]
    result = run(GRID=grid, COUNT=4, WORKLOAD_LAYERS=layers, WEIGHTS=json.dumps(weights))
    expected = (2 * np.array([3, 1, 0, 0]) + 1 * np.array([0, 0, 2, 2]) + np.array([1, 0, 0, 3])) / 4
    assert result["ZONES"].sort_values("RGID")["Workload"].tolist() == pytest.approx(expected.tolist())
    wrong = json.dumps({"components": {"classes": {"01": 2}, "field": "Kind"}})
    with pytest.raises(QgsProcessingException, match="“components” has no field “Kind”"):
        run(GRID=grid, COUNT=4, WORKLOAD_LAYERS=layers, WEIGHTS=wrong)
    log = Log()
    run(log, GRID=grid, COUNT=4, WORKLOAD_LAYERS=layers, WEIGHTS='{"cases": 1}')
    assert any("no weight in WEIGHTS and were not counted: components" in line for line in log.said)


def test_limits_are_drawn_to_rivers(run: Run, tmp_path: Path) -> None:
    """A river 10 m beside the third column limit: with it, no zone lies on both sides."""
    grid = lattice(8, 6)
    west = shapely.get_coordinates(shapely.centroid(grid.geometry.to_numpy()))[:, 0] < 500_300
    river = gpd.GeoDataFrame(
        {"waterway": ["river"]}, geometry=[shapely.LineString([(500_310, 500), (500_310, -900)])], crs=CRS
    )
    load = grid.assign(load=np.where(west, 1.0, 0.6))  # 18 : 18
    river.to_file(tmp_path / "river.gpkg")
    result = run(GRID=load, COUNT=4, WORKLOAD="load", BARRIERS=[str(tmp_path / "river.gpkg")])
    sides = result["OUTPUT"].groupby("RGID")["BGID"].agg(set)
    west_codes = set(grid.loc[west, "BGID"])
    assert all(zone <= west_codes or not zone & west_codes for zone in sides)


def test_grids_without_codes_are_one_sentence(run: Run) -> None:
    bare = two().drop(columns=["BGID", "CommCode"])
    with pytest.raises(QgsProcessingException, match=r"60 unit grids name no community .* Run “Assign owners” first"):
        run(GRID=bare, COUNT=5)


def test_why_a_zone_deviates_stands_in_its_note_and_in_the_report(run: Run) -> None:
    load = lattice(6, 6).assign(load=1.0)
    load.loc[14, "load"] = 50.0
    result = run(GRID=load, COUNT=5, WORKLOAD="load")
    notes = result["ZONES"].set_index("RGID")["Note"]
    heavy = result["OUTPUT"].set_index("BGID").loc[FIRST + "015", "RGID"]
    assert notes[heavy].startswith(f"Unit grid {FIRST}015 alone carries 294 %")
    assert f"{FIRST}015" in result["PAGE"]
    assert "+194.1 %" in result["PAGE"]


def test_every_current_cell_gets_a_zone_however_odd_the_input(run: Run) -> None:
    """Closed rows, islands, two places with one id, workloads that are none, and locks without a code."""
    grid = together(lattice(6, 5), lattice(2, 2, FIRST, 505_000), lattice(5, 5, SECOND, 510_000))
    grid["BGID"] = [f"{code}{row:03}" for row, code in enumerate(grid["CommCode"], 1)]
    grid["RGID"] = np.where(np.arange(len(grid)) % 17 < 9, FIRST + "001", "")
    grid["load"] = np.where(np.arange(len(grid)) % 5 == 0, np.nan, np.arange(len(grid)) - 20.0)
    grid["lock"] = np.arange(len(grid)) == 16
    grid["CHDate"] = np.where(np.arange(len(grid)) == 3, "20240101", "")
    log = Log()
    result = run(log, GRID=grid, COUNT=6, WORKLOAD="load", LOCKED_FIELD="lock")
    assert len(result["OUTPUT"]) == len(grid) - 1
    assert (result["OUTPUT"]["RGID"].str.len() == 15).all()
    assert sorted(set(result["OUTPUT"]["RGID"])) == sorted(result["ZONES"]["RGID"])
    assert len(result["ZONES"]) == 6
    assert any("stand for several places" in line for line in log.said)
    assert any("marked as locked but have no RGID" in line for line in log.said)
    assert any("have no workload, or a negative one" in line for line in log.said)


@pytest.mark.real_qgis
def test_the_sample_from_the_command_line(headless: Headless, tmp_path: Path) -> None:
    grid, zones = tmp_path / "grid.gpkg", tmp_path / "zones.gpkg"
    headless.run(
        "citygrid:createunitgrid", COMMUNITIES=SAMPLE / "communities.gpkg", DISTRICT_CODE="320706", OUTPUT=grid
    )
    headless.run(
        "citygrid:responsibilitygrids",
        GRID=grid,
        COUNT=468,
        BARRIERS=[SAMPLE / "roads.gpkg"],
        STRONG_BARRIERS=[SAMPLE / "river.gpkg"],
        OUTPUT=tmp_path / "cells.gpkg",
        ZONES=zones,
    )
    made = gpd.read_file(zones)
    assert len(made) == 468
    assert made["CommCode"].nunique() == 74
    cells = pd.Series(gpd.read_file(tmp_path / "cells.gpkg")["RGID"])
    assert cells.nunique() == 468
