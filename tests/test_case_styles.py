"""Cases on the map: drawn, counted and told at any moment as the rules say, by scale, and with no foreign HTML."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from qgis.core import (
    Qgis,
    QgsDateTimeRange,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextScope,
    QgsExpressionContextUtils,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerFeatureCounter,
)
from qgis.PyQt.QtCore import QDateTime, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_counts import count_cases
from citygrid_plugin.core.cases.case_stages import ALL_STAGES
from citygrid_plugin.core.cases.case_status import Course, State, state_at
from citygrid_plugin.processing import styles
from citygrid_plugin.processing.cases import case_dress, case_grids, case_layers, case_styles
from citygrid_plugin.processing.cases.case_styles import CASE_LOOKS, STYLES, show
from citygrid_plugin.processing.project import build_project, layers_of, show_layers
from citygrid_plugin.storage.layers import write_layer

pytestmark = pytest.mark.usefixtures("qgis_app")

CRS = "EPSG:4549"
WEST, SOUTH = 420_000.0, 3_830_000.0
TIMES = (fields.REPORTED, fields.DEADLINE, fields.FINISHED, fields.SUSPENDED_FROM, fields.SUSPENDED_TO)
AT = np.datetime64("2025-06-30T12:00:00")
NEVER = np.datetime64("NaT")
MOMENT = f"to_datetime('{AT}')"
COLORS = {look.values[0]: QColor(look.color).getRgb()[:3] for look in CASE_LOOKS}
SIDE = 100.0  # metres from one case to the next


def table(count: int = 400) -> gpd.GeoDataFrame:
    """Cases on a lattice of 100 m, of every stage, with times around ``AT``."""
    random = np.random.default_rng(5)

    def some(share: float) -> np.ndarray:
        hours = (random.integers(-240, 240, count) * 3600 + 60).astype("timedelta64[s]")
        return np.where(random.random(count) < share, NEVER, AT + hours)

    begin = some(0.8)
    texts = {
        fields.CASE_ID: [f"C{number}" for number in range(count)],
        fields.STAGE: random.choice([*ALL_STAGES, "", "核实"], count).astype(object),
        fields.CLASS_NAME: random.choice(["暴露垃圾", "路灯", "<b>井盖</b>", ""], count, p=[0.5, 0.3, 0.1, 0.1]),
        fields.DEPARTMENT: random.choice(["城管局", "水务局"], count),
        fields.TEXT: "<script>alert(1)</script> & <img src=x onerror='y'>",
    }
    times = {
        fields.REPORTED: AT - np.timedelta64(300, "h"),
        fields.DEADLINE: some(0.2),
        fields.FINISHED: some(0.6),
        fields.SUSPENDED_FROM: begin,
        fields.SUSPENDED_TO: np.where(
            random.random(count) < 0.5, np.datetime64("NaT"), begin + np.timedelta64(30, "h")
        ),
    }
    column = np.arange(count) % 20
    row = np.arange(count) // 20
    points = gpd.points_from_xy(WEST + SIDE * column, SOUTH + SIDE * row)
    frame = gpd.GeoDataFrame({**texts, **times}, geometry=points, crs=CRS)
    for name in TIMES:
        frame[name] = pd.to_datetime(frame[name])
    # As it was loaded, which is before the moment that the tests ask for.
    frame[fields.STATUS] = state(frame, AT - np.timedelta64(48, "h")).status
    return frame


def state(frame: pd.DataFrame, at: np.datetime64) -> State:
    times = {name: frame[name].to_numpy(dtype="datetime64[s]") for name in TIMES}
    course = Course(
        frame[fields.STAGE].to_numpy(dtype=object), times[fields.DEADLINE], times[fields.FINISHED],
        times[fields.SUSPENDED_FROM], times[fields.SUSPENDED_TO],
    )  # fmt: skip
    return state_at(course, at, 24, None)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "work.gpkg"
    write_layer(table(), path, "cases", "Point")
    return path


@pytest.fixture
def layer(workspace: Path) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{workspace}|layername=cases", "cases", "ogr")
    styles.apply(layer, "cases")
    return layer


def legend_counts(layer: QgsVectorLayer) -> dict[str, int]:
    """What QGIS writes beside the legend."""
    counter = QgsVectorLayerFeatureCounter(layer, QgsExpressionContext())
    counter.run()
    items = layer.renderer().legendSymbolItems()
    counts = {item.label(): counter.featureCount(item.ruleKey()) for item in items}
    return {label: count for label, count in counts.items() if count}


def titled(counts: Counter[str]) -> dict[str, int]:
    titles = {look.values[0]: look.title for look in CASE_LOOKS}
    return {titles[status]: count for status, count in counts.items()}


def draw(
    layer: QgsVectorLayer, extent: QgsRectangle, size: tuple[int, int], steps: QgsDateTimeRange | None = None
) -> QImage:
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(*size))
    settings.setBackgroundColor(QColor("#ffffff"))
    settings.setExtent(extent)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.appendScope(QgsExpressionContextUtils.mapSettingsScope(settings))
    if steps is not None:  # as the canvas tells a map that the temporal controller leads
        settings.setIsTemporal(True)
        settings.setTemporalRange(steps)
        scope = QgsExpressionContextScope()
        scope.setVariable("map_start_time", steps.begin(), True)
        scope.setVariable("map_end_time", steps.end(), True)
        context.appendScope(scope)
    settings.setExpressionContext(context)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def drawn(layer: QgsVectorLayer, steps: QgsDateTimeRange | None = None) -> list[str]:
    """The status that the colour at the place of each case of the table tells; empty where nothing is drawn."""
    pixels = 40  # a case
    extent = QgsRectangle(WEST - SIDE / 2, SOUTH - SIDE / 2, WEST + 19.5 * SIDE, SOUTH + 19.5 * SIDE)
    layer.setLabelsEnabled(False)
    image = draw(layer, extent, (20 * pixels, 20 * pixels), steps)
    found = []
    for number in range(400):
        column, row = number % 20, 19 - number // 20
        around = [
            image.pixelColor(column * pixels + x, row * pixels + y).getRgb()[:3]
            for x in range(pixels // 2 - 3, pixels // 2 + 4)
            for y in range(pixels // 2 - 3, pixels // 2 + 4)
        ]
        seen = Counter(status for status, color in COLORS.items() for pixel in around if pixel == color)
        found.append(max(seen, key=seen.__getitem__) if seen else "")
    return found


def test_each_case_is_drawn_and_counted_by_its_status_at_the_moment(layer: QgsVectorLayer) -> None:
    frame = table()
    wanted = state(frame, AT).status
    assert set(wanted) == set(COLORS)
    assert (wanted != frame[fields.STATUS]).any()
    show(layer, "status", moment=MOMENT)
    assert drawn(layer) == list(wanted)
    assert legend_counts(layer) == titled(Counter(wanted))


def test_without_a_moment_the_status_is_that_of_now(layer: QgsVectorLayer) -> None:
    wanted = state(table(), np.datetime64("now", "s")).status
    show(layer, "status")
    assert legend_counts(layer) == titled(Counter(wanted))


def test_only_what_is_asked_for_is_drawn_and_counted(layer: QgsVectorLayer) -> None:
    frame = table()
    status = state(frame, AT).status
    of_class = (frame[fields.CLASS_NAME] == "路灯").to_numpy()
    for style in STYLES:
        show(layer, style, f"\"{fields.CLASS_NAME}\" = '路灯'", MOMENT)
        if style != "heat":
            assert sum(legend_counts(layer).values()) == of_class.sum(), style
    show(layer, "status", f"\"{fields.CLASS_NAME}\" = '路灯'", MOMENT)
    assert legend_counts(layer) == titled(Counter(status[of_class]))
    assert drawn(layer) == list(np.where(of_class, status, ""))


def test_hours_past_the_deadline_are_graded(layer: QgsVectorLayer) -> None:
    frame = table()
    status = state(frame, AT).status
    late = ((AT - frame[fields.DEADLINE].to_numpy(dtype="datetime64[s]")) / np.timedelta64(1, "h")).astype(float)
    overdue, due = status == "overdue", np.isin(status, ["open", "due soon"])
    wanted = {
        "Overdue for more than 7 days": (overdue & (late > 168)).sum(),
        "Overdue for 1 to 7 days": (overdue & (late > 24) & (late <= 168)).sum(),
        "Overdue for less than a day": (overdue & (late <= 24)).sum(),
        "Due within 4 hours": (due & (-late <= 4)).sum(),
        "Due within a day": (due & (-late > 4) & (-late <= 24)).sum(),
        "Due within 3 days": (due & (-late > 24) & (-late <= 72)).sum(),
        "Due later": (due & (-late > 72)).sum(),
        "No deadline": (due & np.isnan(late)).sum(),
        "Suspended": (status == "suspended").sum(),
        "Closed or void": np.isin(status, ["closed", "void"]).sum(),
    }
    show(layer, "overdue", moment=MOMENT)
    assert legend_counts(layer) == {title: count for title, count in wanted.items() if count}


def test_the_most_frequent_classes_are_named_and_the_rest_is_other(
    layer: QgsVectorLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_styles, "_NAMED", 2)
    layer = QgsVectorLayer(layer.source(), "x", "ogr")  # nothing is known of it yet
    frame = table()
    done = np.isin(state(frame, AT).status, ["closed", "void"])
    show(layer, "class", moment=MOMENT)
    kinds = frame[fields.CLASS_NAME].where(frame[fields.CLASS_NAME].isin(["暴露垃圾", "路灯"]), "Other")
    assert legend_counts(layer) == {**Counter(kinds[~done]), "Closed or void": done.sum()}


def test_looks_differ_in_shape_or_size() -> None:
    for looks in (CASE_LOOKS, case_styles.OVERDUE_LOOKS):
        assert len({(look.marker, look.size) for look in looks}) == len(looks)
    assert len(set(case_styles._MARKERS)) == len(case_styles._MARKERS)


def test_the_temporal_controller_shows_a_day_as_it_was(layer: QgsVectorLayer) -> None:
    """Drawn are the cases that were there in the step, with the status at its end."""
    frame = table()
    finished = frame[fields.FINISHED].to_numpy(dtype="datetime64[s]")
    begin, end = AT - np.timedelta64(120, "h"), AT - np.timedelta64(96, "h")
    there = ~(finished < begin)
    steps = QgsDateTimeRange(*(QDateTime.fromString(str(time), Qt.DateFormat.ISODate) for time in (begin, end)))
    assert layer.temporalProperties().isActive()
    show(layer, "status")
    assert drawn(layer, steps) == list(np.where(there, state(frame, end).status, ""))
    assert 0 < there.sum() < len(frame)
    # Before anything was reported, nothing is there.
    early = steps.begin().addDays(-30)
    assert set(drawn(layer, QgsDateTimeRange(early, early.addDays(1)))) == {""}


def test_map_tips_let_no_html_in_and_tell_the_status_of_now(layer: QgsVectorLayer) -> None:
    row = list(state(table(), np.datetime64("now", "s")).status).index("overdue")
    feature = list(layer.getFeatures())[row]
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    html = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>Overdue</b>" in html
    show(layer, "status", moment="to_datetime('2001-01-01T00:00:00')")
    html = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    assert "<b>Overdue</b>" not in html


def test_clusters_show_the_worst_of_their_cases(tmp_path: Path) -> None:
    """Whatever the order of the rows."""
    frame = table().iloc[:60].copy()
    frame[fields.STAGE] = ["处理", "结案", "挂账"] * 20
    for name in TIMES:
        frame[name] = pd.NaT
    frame.loc[frame.index[30], fields.DEADLINE] = pd.Timestamp(AT) - pd.Timedelta(hours=1)
    frame.geometry = gpd.points_from_xy(np.full(60, WEST), np.full(60, SOUTH))
    write_layer(frame, tmp_path / "w.gpkg", "cases", "Point")
    layer = QgsVectorLayer(f"{tmp_path / 'w.gpkg'}|layername=cases", "x", "ogr")
    box = QgsRectangle(WEST - 100, SOUTH - 100, WEST + 100, SOUTH + 100)

    def colors() -> set[tuple[int, ...]]:
        image = draw(layer, box, (200, 200))
        pixels = {image.pixelColor(x, y).getRgb()[:3] for x in range(80, 120) for y in range(80, 120)}
        return pixels & set(COLORS.values())

    case_styles.set_renderer(layer, case_styles.CLUSTERS, moment=MOMENT)
    assert colors() == {COLORS["overdue"]}
    case_styles.set_renderer(layer, case_styles.CLUSTERS, f'"{fields.DEADLINE}" IS NULL', MOMENT)
    assert colors() == {COLORS["open"]}


def test_a_project_shows_cases_by_scale(workspace: Path, tmp_path: Path) -> None:
    project = build_project(workspace, QgsProject(), tmp_path / "p.qgz")
    again = QgsProject()
    assert again.read(str(tmp_path / "p.qgz"))
    for each in (project, again):
        (layer,) = layers_of(each, workspace, "cases")
        parts = case_layers.parts_of(layer)
        for scale in (500, 4_999, 5_001, 12_000, 24_999, 25_001, 1_000_000):
            assert sum(one.isInScaleRange(scale) for one in (layer, *parts)) == 1, scale
        assert {"By status", "By overdue time", "By class", "By department", "Heat map"} <= set(
            layer.styleManager().styles()
        )
        assert layer.autoRefreshMode() == Qgis.AutoRefreshMode.RedrawOnly
        assert layer.autoRefreshInterval() == case_dress.MINUTE
        # Any other style is shown at all scales, and the two layers beside it rest.
        show(layer, "class", "1 = 1")
        assert layer.isInScaleRange(1_000_000)
        visible = [each.layerTreeRoot().findLayer(part.id()).isVisible() for part in parts]
        assert visible == [False, False]
        show(layer, "status")
        assert not layer.isInScaleRange(1_000_000)
        # Chosen by QGIS's own menu, a style leaves the layer what it is: it is not added once more.
        layer.styleManager().setCurrentStyle("By class")
        show_layers(each, workspace)
        assert layers_of(each, workspace, "cases") == [layer]
        assert len(case_layers.parts_of(layer)) == 2
        show(layer, "status")
        assert all(each.layerTreeRoot().findLayer(part.id()).isVisible() for part in parts)


def test_due_soon_is_what_the_layer_says(layer: QgsVectorLayer) -> None:
    frame = table()
    late = (frame[fields.DEADLINE].to_numpy(dtype="datetime64[s]") - AT) / np.timedelta64(1, "h")
    before = state(frame, AT).status
    case_styles.set_due_soon(layer, 72)
    show(layer, "status", moment=MOMENT)
    wanted = np.isin(before, ["open", "due soon"]) & (late <= 72)
    assert legend_counts(layer)["Due soon"] == wanted.sum() > (before == "due soon").sum()


def test_computed_fields_are_read_only_and_times_are_times(layer: QgsVectorLayer) -> None:
    names, form = layer.fields(), layer.editFormConfig()
    assert form.readOnly(names.lookupField(fields.STATUS))
    assert not form.readOnly(names.lookupField(fields.DEADLINE))
    assert layer.editorWidgetSetup(names.lookupField(fields.DEADLINE)).type() == "DateTime"
    held = {element.name() for tab in form.tabs() for element in tab.children()}
    assert held == set(names.names()) - {"fid"}


def test_counts_are_drawn_by_their_size(tmp_path: Path) -> None:
    frame = table()
    frame[fields.STATUS] = "open"
    frame[fields.BGID] = np.repeat(["g0", "g1", "g2"], [10, 90, 300])
    cells = gpd.GeoDataFrame(
        {fields.BGID: ["g0", "g1", "g2"]},
        geometry=gpd.GeoSeries.from_wkt(
            [f"POLYGON(({x} 0, {x + 100} 0, {x + 100} 100, {x} 100, {x} 0))" for x in (0, 100, 200)]
        ),
        crs=CRS,
    )
    write_layer(count_cases(frame, cells, fields.BGID, AT), tmp_path / "w.gpkg", "grid_case_counts", "Polygon")
    project = build_project(tmp_path / "w.gpkg", QgsProject())
    (layer,) = layers_of(project, tmp_path / "w.gpkg", "grid_case_counts")
    assert layer.name() == "Open cases by unit grid (2025-06-30 12:00)"
    assert set(layer.styleManager().styles()) == set(case_grids.STYLES.values())
    labels = {}
    for feature in layer.getFeatures():
        value = feature["Unfinished"]
        ranges = layer.renderer().ranges()
        labels[value] = next(r.label() for r in ranges if r.lowerValue() <= value + 0.5 <= r.upperValue())
    assert labels == {10: "7 – 16", 90: "45 – 115", 300: "≥ 116"}


def test_every_look_of_the_classes_is_seen(layer: QgsVectorLayer) -> None:
    """A shape that is drawn as lines only would vanish in its white outline."""
    show(layer, "class", moment=MOMENT)
    for category in layer.renderer().categories():
        image = category.symbol().asImage(QSize(40, 40)).convertToFormat(QImage.Format.Format_ARGB32)
        pixels = [image.pixelColor(x, y) for x in range(40) for y in range(40)]
        assert sum(pixel.alpha() > 200 and pixel.lightness() < 230 for pixel in pixels) >= 8, category.label()
