"""``citygrid:createunitgrid``: sizes, rotation, both methods, kept codes, and closed grids in later steps."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from qgis.core import (
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsSymbolLayer,
    QgsVectorLayer,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.spatial.coverage import Faces
from citygrid_plugin.core.streets import blocks
from citygrid_plugin.gui.steps import STEPS, parameters, states
from citygrid_plugin.processing import styles
from citygrid_plugin.processing.provider import CityGridProvider
from citygrid_plugin.storage import workspace

from .test_bad_input import CRS, SOUTH, WEST, Log, communities, square

Call = Callable[..., dict[str, Any]]
TODAY, LATER = "20260101", "20270315"


@pytest.fixture
def call(provider: CityGridProvider, tmp_path: Path) -> Call:
    """Run an algorithm, createunitgrid where none is named; tables are written to files first."""

    def start(name: str = "createunitgrid", log: Log | None = None, **given: object) -> dict[str, Any]:
        inputs: dict[str, Any] = {"OUTPUT": str(tmp_path / "out.gpkg"), "REPORT": str(tmp_path / "report.html")}
        if name == "createunitgrid":
            inputs |= {"DISTRICT_CODE": "320706", "DATE": TODAY, "COMMUNITIES": communities(square(0, 0), square(1, 0))}
        inputs |= given
        for key, value in inputs.items():
            if isinstance(value, gpd.GeoDataFrame):
                inputs[key] = str(tmp_path / f"{key}.gpkg")
                value.to_file(inputs[key])
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm(name).create()
        good, message = algorithm.checkParameterValues(inputs, context)
        assert good, message
        results, success = algorithm.run(inputs, context, log or Log(), {}, False)
        assert success
        return results

    return start


def table(path: Path, layer: str | None = None) -> pd.DataFrame:
    return gpd.read_file(path, layer=layer) if layer else gpd.read_file(path)


def lines(angle: float) -> gpd.GeoDataFrame:
    """Streets at an angle."""
    direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    points = [WEST, SOUTH] + np.array([[0, 100], [0, 200]])[:, None] + np.array([[0.0], [250.0]]) * direction
    return gpd.GeoDataFrame({"highway": "primary"}, geometry=shapely.linestrings(points), index=[0, 1], crs=CRS)


# Regular squares


def test_a_side_in_place_of_an_area(call: Call, tmp_path: Path) -> None:
    by_area = call(CELL_AREA=3_600)["GRID_COUNT"]
    assert by_area == call(SIDE=60)["GRID_COUNT"] == call(SIDE=60, CELL_AREA=3_600)["GRID_COUNT"]
    assert table(tmp_path / "out.gpkg")["Area"].mode()[0] == 3_600
    with pytest.raises(QgsProcessingException, match="SIDE is 60 m, that is 3600 m², but CELL_AREA is 5000 m²"):
        call(SIDE=60, CELL_AREA=5_000)


def directions(cells: gpd.GeoDataFrame) -> np.ndarray:
    """Directions of the limits between cells, modulo 90 degrees."""
    shapes = cells.geometry.to_numpy()
    limits = shapely.union_all(shapely.boundary(shapes))
    inner = shapely.difference(limits, shapely.boundary(shapely.union_all(shapes)).buffer(0.01))
    points, line = shapely.get_coordinates(shapely.get_parts(inner), return_index=True)
    step = np.diff(points, axis=0)[line[1:] == line[:-1]]
    return np.degrees(np.arctan2(step[:, 1], step[:, 0])) % 90


def test_squares_are_rotated(call: Call, tmp_path: Path) -> None:
    place = communities(square(0, 0))
    call(COMMUNITIES=place, ROTATION=30)
    assert directions(table(tmp_path / "out.gpkg")) == pytest.approx(30, abs=0.1)
    call(COMMUNITIES=place, ROTATE_TO_STREETS=True, BARRIERS=[str(saved(tmp_path, lines(20)))])
    assert directions(table(tmp_path / "out.gpkg")) == pytest.approx(20, abs=0.1)
    assert "20.00" in (tmp_path / "report.html").read_text(encoding="utf-8")


def saved(folder: Path, frame: gpd.GeoDataFrame, name: str = "barriers") -> Path:
    frame.to_file(folder / f"{name}.gpkg")
    return folder / f"{name}.gpkg"


def test_settings_that_do_nothing_are_said(call: Call, tmp_path: Path) -> None:
    log = Log()
    call(log=log, BARRIERS=[str(saved(tmp_path, lines(20)))])
    assert any("Regular squares do not follow barriers" in line for line in log.said)
    log = Log()
    call(log=log, ROTATE_TO_STREETS=True)
    assert any("There are no barriers to rotate the squares to" in line for line in log.said)


def test_the_garbage_collector_is_on_again_after_a_run(call: Call) -> None:
    call()
    assert gc.isenabled()
    with pytest.raises(QgsProcessingException):
        call(DISTRICT_CODE="")
    assert gc.isenabled()


@pytest.mark.parametrize(("name", "value"), [("MAX_RATIO", 1.0), ("SIDE", 1), ("ROTATION", 1e9)])
def test_numbers_out_of_range(call: Call, name: str, value: float) -> None:
    with pytest.raises((QgsProcessingException, AssertionError), match=name):
        call(**{name: value})


# Along streets


def test_the_street_method_gets_all_settings(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def cells(outlines: np.ndarray, *settings: object) -> Faces:
        given.extend(settings)
        return Faces(outlines.copy(), np.arange(len(outlines)))

    monkeypatch.setattr(blocks, "street_cells", cells, raising=False)
    one_part = communities(square(0, 0)).explode()
    call(
        COMMUNITIES=one_part, METHOD=1, BARRIERS=[str(saved(tmp_path, lines(0)))], SIDE=200, MIN_RATIO=0.4, MAX_RATIO=2,
        COMPOUND_LIMIT=9_000,
    )  # fmt: skip
    barriers, *numbers = given[:5]
    assert numbers == [40_000, 0.4, 2, 9_000]
    assert len(barriers.line) == 2
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    for text in ("Quality", "Median compactness", "Barriers", "<td>barriers</td>"):
        assert text in report


@pytest.mark.parametrize("method", [0, 1])
def test_overlapping_communities_are_named(call: Call, tmp_path: Path, method: int) -> None:
    log = Log()
    small = square(0, 0, 150)
    call(log=log, COMMUNITIES=communities(square(0, 0), small), METHOD=method)
    assert any("“社区0”" in line and "22,500.0 m²" in line and "smaller community" in line for line in log.said)
    cells = table(tmp_path / "out.gpkg")
    assert cells["Area"].sum() == pytest.approx(90_000)
    assert cells.loc[cells["CommName"] == "社区1", "Area"].sum() == pytest.approx(22_500)


# Cut again


def cut_again(call: Call, tmp_path: Path, **given: object) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """The grid before and after a second run on the first one's output, which it replaces, and the crosswalk."""
    call()
    before = table(tmp_path / "out.gpkg")
    output = str(tmp_path / "out.gpkg")
    call(PREVIOUS_GRID=output, CROSSWALK=str(tmp_path / "crosswalk.gpkg"), DATE=LATER, **given)
    return before, table(tmp_path / "out.gpkg"), table(tmp_path / "crosswalk.gpkg")


def test_the_same_again_changes_nothing(call: Call, tmp_path: Path) -> None:
    before, after, crosswalk = cut_again(call, tmp_path)
    pd.testing.assert_frame_equal(before.drop(columns="geometry"), after.drop(columns="geometry"))
    assert shapely.equals_exact(before.geometry.to_numpy(), after.geometry.to_numpy()).all()
    assert list(crosswalk.columns) == list(fields.CROSSWALK)
    assert set(crosswalk["Kind"]) == {"kept"}
    assert "Since the previous unit grid" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_without_a_previous_grid_there_is_no_crosswalk(call: Call, tmp_path: Path) -> None:
    results = call(CROSSWALK=str(tmp_path / "crosswalk.gpkg"))
    assert "CROSSWALK" not in results
    assert not (tmp_path / "crosswalk.gpkg").exists()
    assert results["CLOSED_COUNT"] == 0


@pytest.fixture
def renewed(call: Call, tmp_path: Path) -> gpd.GeoDataFrame:
    """A grid of two communities whose second one was cut again, coarser."""
    first = communities(square(0, 0), square(1, 0)).assign(CommCode=["320706001001", "320706001002"])
    second = communities(square(0, 0), square(1, 0, 300).union(square(2, 0))).assign(CommCode=first["CommCode"])
    _, after, crosswalk = cut_again(call, tmp_path, COMMUNITIES=second, CELL_AREA=90_000)
    assert set(crosswalk["Kind"]) >= {"merged"}
    return after


def test_what_is_gone_stays_with_an_end_date(renewed: gpd.GeoDataFrame) -> None:
    is_open = renewed["CHDate"].fillna("") == ""
    closed = renewed[~is_open]
    assert 0 < len(closed) == 18
    assert set(closed["CHDate"]) == {LATER}
    assert set(closed["ORDate"]) == {TODAY}
    assert not set(closed["BGID"]) & set(renewed.loc[is_open, "BGID"])
    assert renewed.loc[is_open, "Area"].sum() == pytest.approx(270_000)


def test_the_other_steps_take_the_current_grids_only(call: Call, tmp_path: Path, renewed: gpd.GeoDataFrame) -> None:
    is_open = renewed["CHDate"].fillna("") == ""
    grid = str(tmp_path / "out.gpkg")
    current = sorted(renewed.loc[is_open, "BGID"])
    owners = renewed[is_open].dissolve("CommCode", as_index=False)[["CommCode", "CommName", "geometry"]]
    log = Log()
    owned = str(tmp_path / "owned.gpkg")
    call("assignowners", log, GRID=grid, COMMUNITIES=owners, OUTPUT=owned, PROBLEMS=str(tmp_path / "problems.gpkg"))
    assert sorted(table(Path(owned))["BGID"]) == current
    assert any("18 unit grids are closed" in line for line in log.said)
    assert not len(table(tmp_path / "problems.gpkg"))
    call("responsibilitygrids", GRID=grid, COUNT=2, ZONES=str(tmp_path / "zones.gpkg"), OUTPUT=owned)
    assert sorted(table(Path(owned))["BGID"]) == current
    call("exportshapefiles", LAYERS=[grid], FOLDER=str(tmp_path / "delivery"))
    assert sorted(gpd.read_file(tmp_path / "delivery" / "out.shp")["BGID"]) == current


def test_a_grid_that_is_all_closed_is_no_grid(call: Call, renewed: gpd.GeoDataFrame) -> None:
    closed = renewed[renewed["CHDate"].fillna("") != ""]
    with pytest.raises(QgsProcessingException, match="“GRID” holds no usable record"):
        call("assignowners", GRID=closed, COMMUNITIES=communities(square(0, 0)))


def test_closed_grids_are_neither_drawn_nor_labelled(tmp_path: Path, renewed: gpd.GeoDataFrame) -> None:
    layer = QgsVectorLayer(str(tmp_path / "out.gpkg"), "grid", "ogr")
    styles.apply(layer, "unit_grid")
    symbol = layer.renderer().symbol().symbolLayer(0)
    drawn = symbol.dataDefinedProperties().property(QgsSymbolLayer.Property.LayerEnabled)
    label = layer.labeling().settings()
    for feature in layer.getFeatures():
        context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
        context.setFeature(feature)
        is_open = not feature["CHDate"]
        assert drawn.valueAsBool(context, True)[0] == is_open
        expression = label.getLabelExpression()
        expression.prepare(context)
        assert bool(expression.evaluate(context)) == is_open
    assert len(renewed) == layer.featureCount()


# The workspace


def test_cutting_again_in_a_workspace_keeps_codes(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "work.gpkg"
    step = STEPS[0]
    first = parameters(step, path, workspace.contents(path))
    assert "PREVIOUS_GRID" not in first
    call(**first)
    assert set(workspace.contents(path)) == {"unit_grid", "communities"}
    before = table(path, "unit_grid")
    again = parameters(step, path, workspace.contents(path))
    assert again["PREVIOUS_GRID"] == workspace.source(path, "unit_grid")
    call(**again | {"DATE": LATER})
    after = table(path, "unit_grid")
    assert list(after["BGID"]) == list(before["BGID"])
    assert set(after["ORDate"]) == {TODAY}
    assert list(table(path, "crosswalk")["Kind"]) == ["kept"] * len(before)
    call(**again | {"DATE": LATER, "CELL_AREA": 40_000})
    content = workspace.contents(path)["unit_grid"]
    assert content.aside > 0
    said = states(path, workspace.contents(path))["createunitgrid"].text
    assert said == f"{content.count - content.aside} unit grids"
