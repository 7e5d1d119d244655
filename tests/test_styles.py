"""Styles: they draw what they should, cover every value of the contract, and let no foreign HTML in."""

from __future__ import annotations

import colorsys
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsProject,
    QgsProperty,
    QgsSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor, QImage

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.cases import Status
from citygrid_plugin.core.errors import UnwritableTarget
from citygrid_plugin.core.problems import Severity
from citygrid_plugin.processing import styles
from citygrid_plugin.processing.project import build_project, render
from citygrid_plugin.storage.layers import write_layer
from citygrid_plugin.storage.workspace import LAYERS

pytestmark = pytest.mark.usefixtures("qgis_app")

CRS = "EPSG:4549"


def layer_of(role: str, geometry: str, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> QgsVectorLayer:
    """A layer in memory with text fields, styled."""
    layer = QgsVectorLayer(f"{geometry}?crs={CRS}&" + "&".join(f"field={n}:string" for n in names), "x", "memory")
    for row in rows:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(list(row))
        layer.dataProvider().addFeature(feature)
    styles.apply(layer, role)
    return layer


def context_of(layer: QgsVectorLayer, feature: QgsFeature) -> QgsExpressionContext:
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    return context


def test_every_map_layer_of_the_workspace_has_a_style() -> None:
    tables = {"evaluation", "crosswalk", "plan_log", "plan_transfers"}
    assert {layer.role for layer in LAYERS if layer.name not in tables} == set(styles.ROLES)
    assert {layer.name for layer in LAYERS if layer.role is None} == tables


def test_every_value_of_the_contract_has_a_look_of_its_own() -> None:
    for looks, values in ((styles.CASE_LOOKS, Status), (styles.PROBLEM_LOOKS, Severity)):
        assert {value for look in looks for value in look.values} == {str(value) for value in values}
    for looks in (styles.CASE_LOOKS, styles.PROBLEM_LOOKS, styles.COMPONENT_LOOKS):
        # Readable without colour: no two looks share shape and size.
        assert len({(look.marker, look.size) for look in looks}) == len(looks)


@pytest.mark.parametrize("geometry", ["Point", "LineString", "Polygon"])
def test_unknown_values_are_their_own_class(geometry: str) -> None:
    layer = layer_of("components", geometry, (fields.OBJ_STATE,), [("完好",), ("破损",), ("损坏",), ("?",)])
    rules = layer.renderer().rootRule().children()
    filters = {rule.label(): rule.filterExpression() for rule in rules if not rule.isElse()}
    counts = {label: sum(1 for feature in layer.getFeatures(expression)) for label, expression in filters.items()}
    assert counts["Damaged 破损"] == 2
    assert counts["Intact 完好"] == 1
    assert sum(counts.values()) == 3
    assert [rule.label() for rule in rules if rule.isElse()] == ["Other"]


def test_map_tips_escape_text_from_outside() -> None:
    text = "<script>alert(1)</script> & <img src=x onerror='y'>"
    layer = layer_of("cases", "Point", (fields.CASE_ID, fields.TEXT), [("C1", text)])
    feature = next(layer.getFeatures())
    html = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context_of(layer, feature))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img" in html
    assert "<script" not in html
    assert "<img" not in html


def hue(layer: QgsVectorLayer, feature: QgsFeature) -> float:
    """Hue of a feature's fill, in degrees."""
    symbol = layer.renderer().symbol().symbolLayer(0)
    binding: QgsProperty = symbol.dataDefinedProperties().property(QgsSymbolLayer.Property.FillColor)
    color, _ = binding.valueAsColor(context_of(layer, feature), QColor("#000000"))
    return 360 * colorsys.rgb_to_hsv(color.redF(), color.greenF(), color.blueF())[0]


def test_responsibility_grids_of_a_community_differ_in_colour() -> None:
    """Up to eight of one community, more than is usual, are at least 30° of hue apart."""
    codes = [f"320706001007{number:03d}" for number in range(1, 9)]
    layer = layer_of("zones", "Polygon", (fields.RGID, fields.RG_NAME), [(code, "") for code in codes])
    hues = [hue(layer, feature) for feature in layer.getFeatures()]
    apart = [min(abs(a - b), 360 - abs(a - b)) for a, b in combinations(hues, 2)]
    assert min(apart) >= 30


def workspace_of_cells(path: Path) -> None:
    west, south = np.meshgrid(np.arange(5) * 100.0 + 420_000, np.arange(5) * 100.0 + 3_830_000)
    cells = shapely.box(west.ravel(), south.ravel(), west.ravel() + 100, south.ravel() + 100)
    codes = [f"320706001001{number:03d}" for number in range(1, 26)]
    names = {fields.BGID: codes, fields.COMMUNITY_NAME: "社区"}
    write_layer(gpd.GeoDataFrame(names, geometry=cells, crs=CRS), path, "unit_grid", "Polygon")


def test_the_grid_is_drawn_in_magenta(tmp_path: Path) -> None:
    workspace_of_cells(tmp_path / "work.gpkg")
    project = build_project(tmp_path / "work.gpkg", QgsProject())
    assert project.crs().authid() == CRS
    picture = tmp_path / "grid.png"
    render(project, list(project.mapLayers().values()), picture, "单元网格", (400, 400))
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (400, 400)
    pixels = [image.pixelColor(x, y).getRgb()[:3] for x in range(400) for y in range(64, 400)]
    # Smoothed lines are paler, but stay between white and magenta.
    magenta = sum(red > 200 and blue > 200 and green < 200 for red, green, blue in pixels)
    # Twelve limits of 300 pixels and more, one pixel wide and more, are at least 2 % of the map.
    assert 0.02 < magenta / len(pixels) < 0.3


def test_a_picture_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    workspace_of_cells(tmp_path / "work.gpkg")
    project = build_project(tmp_path / "work.gpkg", QgsProject())
    with pytest.raises(UnwritableTarget, match="nowhere"):
        render(project, list(project.mapLayers().values()), tmp_path / "nowhere" / "x.png", "", (200, 200))
