"""Report and workbook of an evaluation, as a user runs it: every figure against the cases, no text rendered."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QTranslator
from qgis.PyQt.QtGui import QColor, QImage

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases import evaluation as ev
from citygrid_plugin.processing.cases.case_expressions import status_expression
from citygrid_plugin.processing.cases.evaluate_cases import EvaluateCases
from citygrid_plugin.processing.cases.evaluation_map import _rate_limits, _round_limits, areas_of
from citygrid_plugin.storage.charts import Bars, Lines, Series, svg
from citygrid_plugin.storage.report import Report
from citygrid_plugin.storage.workbooks import ChartKind, NewChart, NewSheet, write_workbook

pytestmark = pytest.mark.usefixtures("qgis_app", "qgis_processing")

AT = "2025-04-20T18:00:00"
SCRIPT, FORMULA = "<script>alert(1)</script>", "=cmd|'/c calc'!A1"
STREETS = {"新浦街道": 0, SCRIPT: 1, FORMULA: 2, "空街道": 3}
SVG = "{http://www.w3.org/2000/svg}"


def cases() -> gpd.GeoDataFrame:
    """Two weeks of cases in three streets: of four a street and week, one, two or four on time; and some unfinished."""
    rows = []
    for street, (on_time, x) in {"新浦街道": (4, 0), SCRIPT: (2, 1), FORMULA: (1, 2)}.items():
        for week in (0, 7):
            rows += [
                {
                    "StrName": street, "x": x, "Stage": "结案", "Reported": f"2025-04-{7 + week:02} 09:00",
                    "Deadline": f"2025-04-{10 + week:02} 09:00",
                    "Finished": f"2025-04-{10 + week if number < on_time else 11 + week:02} 09:00",
                    "Returns": number % 2,
                }
                for number in range(4)
            ]  # fmt: skip
        more = {"处理": "2025-04-19 09:00", "派遣": "2025-04-21 09:00", "挂账": None, "作废": None}
        rows += [
            {
                "StrName": street,
                "x": x,
                "Stage": stage,
                "Reported": "2025-04-18 09:00",
                "Deadline": deadline,
                "Returns": 0,
            }
            for stage, deadline in more.items()
        ]
    rows.append({"StrName": SCRIPT, "x": 1, "Stage": "立案", "Reported": "2025-04-21 09:00", "Returns": 0})
    frame = pd.DataFrame(rows).assign(Filed=lambda each: each["Reported"], CaseID=lambda each: each.index.astype(str))
    times = ("Reported", "Filed", "Deadline", "Finished")
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in times}, Dept=FORMULA, Source="", RGID="")
    frame[[fields.SUSPENDED_FROM, fields.SUSPENDED_TO]] = pd.NaT
    frame[fields.STATUS] = "open"  # as of long ago
    frame[fields.COMMUNITY_NAME] = ""
    points = gpd.points_from_xy(119.2 + 0.01 * frame["x"] + 0.005, [34.605] * len(frame))
    return gpd.GeoDataFrame(frame.drop(columns="x"), geometry=points, crs=4490)


def streets() -> gpd.GeoDataFrame:
    """Two squares a street, side by side from west to east; the last one has no case."""
    names = [name for name in STREETS for _ in range(2)]
    boxes = [
        shapely.box(119.2 + 0.01 * x, 34.6 + 0.005 * half, 119.21 + 0.01 * x, 34.605 + 0.005 * half)
        for x in STREETS.values()
        for half in range(2)
    ]
    return gpd.GeoDataFrame({fields.STREET_NAME: names}, geometry=boxes, crs=4490)


@pytest.fixture
def layers(tmp_path: Path) -> dict[str, str]:
    cases().to_file(tmp_path / "cases.gpkg", layer="cases")
    streets().to_file(tmp_path / "streets.gpkg", layer="streets")
    return {
        "CASES": f"{tmp_path / 'cases.gpkg'}|layername=cases",
        "AREAS": f"{tmp_path / 'streets.gpkg'}|layername=streets",
        "OUTPUT": str(tmp_path / "out.gpkg"),
        "REPORT": str(tmp_path / "report.html"),
        "WORKBOOK": str(tmp_path / "book.xlsx"),
    }


def run(parameters: dict[str, Any]) -> dict[str, Any]:
    algorithm = EvaluateCases().create()
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    results, ok = algorithm.run(parameters, context, feedback, catchExceptions=False)
    assert ok
    return results


def texts(page: str) -> list[str]:
    return [element.text or "" for chart in charts(page) for element in chart.iter(f"{SVG}text")]


def charts(page: str) -> list[ET.Element]:
    return [ET.fromstring(chart) for chart in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]  # noqa: S314 - made here


def test_the_report(layers: dict[str, str]) -> None:
    results = run({**layers, "BY": 1, "PERIOD": 1, "AT": AT})
    page = Path(results["REPORT"]).read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    body = re.sub("<img[^>]*>", "", page).partition("<body>")[2].partition("</body>")[0]
    ET.fromstring(f"<body>{body}</body>")  # noqa: S314 - made here
    # The week that ends on that Sunday: 12 closed ones, and three that went overdue the day before.
    said = "Week 16 of 2025 (2025-04-14 to 2025-04-20): 21 cases filed (9 more than in the period before); "
    assert said + "15 due to close, 12 of them closed; closing rate 80.0% (down 20.0 percentage points" in page
    assert "on-time rate 46.7% (down 11.7 percentage points on the period before)" in page
    assert "First place by the on-time rate: 新浦街道 (80.0%)." in page
    assert "open 0" not in page
    assert "All 36 cases (2025-04-20 18:00): due soon 3, overdue 3, suspended 3, closed 24, void 3." in page
    ranking, rates, counts, make_up = charts(page)
    drawn = [bar for bar in ranking.iter(f"{SVG}rect") if bar.find(f"{SVG}title") is not None]
    assert [bar.get("stroke") == "#c0392b" for bar in drawn] == [False, False, True, False, True, False]
    bars = {str(bar.find(f"{SVG}title").text): float(bar.get("width", 0)) for bar in drawn}
    on_time = [width for title, width in bars.items() if title.startswith("On-time")]
    assert on_time == pytest.approx([on_time[0], on_time[0] / 2, on_time[0] / 4], abs=0.2)
    assert "2025-W15" in [text.text for text in rates.iter(f"{SVG}text")]
    assert len(list(counts.iter(f"{SVG}polyline"))) == 4
    parts = Counter(title.text for title in make_up.iter(f"{SVG}title"))
    assert parts["Closed on time: 8"] == parts["Closed on time: 4"] == parts["Closed on time: 2"] == 1
    assert 'class="marked"' in page
    assert results["OVERDUE_NOW"] == results["DUE_SOON_NOW"] == results["SUSPENDED_NOW"] == results["VOID_NOW"] == 3


def test_the_map_shows_the_rates(layers: dict[str, str]) -> None:
    page = Path(run({**layers, "BY": 1, "PERIOD": 1, "AT": AT})["REPORT"]).read_text(encoding="utf-8")
    image = QImage.fromData(b64decode(re.findall(r"base64,([^\"]+)", page)[0]))
    # Four areas side by side: 80 %, 40 %, 20 %, and one where nothing was due. Labels are in the middle.
    high = image.height() * 0.2
    seen = [QColor(image.pixel(round(image.width() * (0.05 + 0.225 * (x + 0.5))), round(high))) for x in range(4)]
    blue, *red = ((each.blue() - each.red()) for each in seen[:3])
    assert red[0] < 0
    assert red[1] < 0
    assert blue > red[0]
    assert abs(seen[3].red() - seen[3].blue()) < 40
    as_points = Path(run({**layers, "BY": 0, "AT": AT})["REPORT"]).read_text(encoding="utf-8")
    assert "Unfinished cases by status" in as_points


def test_areas_without_a_case_are_listed(layers: dict[str, str]) -> None:
    run({**layers, "BY": 1, "AT": AT})
    table = pyogrio.read_dataframe(layers["OUTPUT"])
    assert list(table.columns) == list(ev.EVALUATION)
    assert table[table[ev.GROUP] == "空街道"][[ev.FILED, ev.DUE]].to_numpy().tolist() == [[0, 0]]


def test_the_workbook_holds_what_the_layer_holds(layers: dict[str, str]) -> None:
    run({**layers, "BY": 1, "PERIOD": 1, "AT": AT, "LIST_CASES": True})
    table = pyogrio.read_dataframe(layers["OUTPUT"])
    book = openpyxl.load_workbook(layers["WORKBOOK"])
    names = ["Summary", "Ranking", "All periods", "Trend", "Status", "Definitions", "Cases"]
    assert book.sheetnames == names
    rows = [[cell.value for cell in row] for row in book["All periods"].iter_rows(min_row=3)]
    figures = [
        ev.PERIOD, fields.FROM_DATE, fields.TO_DATE, ev.RANK, ev.GROUP, ev.FILED, ev.DUE, ev.CLOSED, ev.ON_TIME,
        ev.OVERDUE, ev.CLOSE_RATE, ev.ON_TIME_RATE, ev.HANDLED_RATE, ev.RETURN_RATE, ev.ACCURATE_RATE, ev.MEAN_HOURS,
        ev.P90_HOURS, ev.ON_TIME_CHANGE, ev.RANK_CHANGE,
    ]  # fmt: skip
    wanted = [[None if pd.isna(value) else value for value in row] for row in table[figures].astype(object).to_numpy()]
    assert len(rows) == len(wanted) == 8
    for found, expected in zip(rows, wanted, strict=True):
        assert found == [pytest.approx(each) if isinstance(each, float) else each for each in expected]
    sheet = book["Ranking"]
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
    by_title = {sheet.cell(2, column).value: column for column in range(1, sheet.max_column + 1)}
    assert sheet.cell(3, by_title["On-time rate 按期结案率"]).number_format == "0.0%"
    groups = [sheet.cell(row, 2) for row in range(3, 7)]
    assert {cell.data_type for cell in groups} == {"s"}
    assert FORMULA in [cell.value for cell in groups]
    assert sheet.cell(7, 2).value == "All together"
    filled = {cell.value for cell in groups if cell.fill.start_color.rgb == "00FFF2CC"}
    assert filled == {SCRIPT, FORMULA}  # the last two
    # Every case that counts is listed, with a 1 where it does; the sums are those of the table.
    listed = pd.DataFrame(book["Cases"].values).iloc[1:]
    listed = listed.iloc[1:].set_axis(listed.iloc[0], axis=1)
    sums = {
        "Filed: counts": ev.FILED,
        "Due: counts": ev.DUE,
        "Closed on time: counts": ev.ON_TIME,
        "Overdue: counts": ev.OVERDUE,
    }
    assert {title: listed[title].sum() for title in sums} == {title: table[name].sum() for title, name in sums.items()}
    assert isinstance(listed["Deadline"].dropna().iloc[0], datetime)
    assert set(listed["Status"]) == {"Closed", "Overdue", "Due soon", "Suspended", "Void"}
    assert not [cell for each in book for row in each.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_charts_of_the_workbook_point_to_the_figures(layers: dict[str, str]) -> None:
    run({**layers, "BY": 1, "PERIOD": 1, "AT": AT})
    book = openpyxl.load_workbook(layers["WORKBOOK"])
    sheet = book["Summary"]
    assert len(sheet._images) == 1
    ranking, trend, status = sheet._charts
    assert values(book, ranking.series[0].cat.strRef or ranking.series[0].cat.numRef) == ["新浦街道", SCRIPT, FORMULA]
    assert values(book, ranking.series[0].val.numRef) == pytest.approx([0.8, 0.4, 0.2])
    assert [point.idx for point in ranking.series[0].dPt] == [1, 2]
    assert values(book, trend.series[1].val.numRef) == pytest.approx([1.0, 0.8])
    assert values(book, trend.series[0].tx.strRef) == ["On-time rate 按期结案率"]
    assert status.grouping == "stacked"
    assert [sum(values(book, series.val.numRef)) for series in status.series] == [14, 10, 3, 3, 3, 3]
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert "15 due to close, 12 of them closed" in text


def values(book: Any, reference: Any) -> list[object]:  # noqa: ANN401 - openpyxl carries no types
    """What the cells hold that a chart refers to."""
    name, cells = reference.f.rsplit("!", 1)
    found = book[name.strip("'")][cells.replace("$", "")]
    return [row[0].value for row in found] if isinstance(found, tuple) else [found.value]


class Marked(QTranslator):
    """A language in which every text stands in brackets."""

    def translate(self, _context: str, text: str, *_more: object) -> str:
        return f"【{text}】"

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        return False


@pytest.fixture
def other_language() -> Iterator[None]:
    translator = Marked()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.mark.usefixtures("other_language")
def test_another_language(layers: dict[str, str]) -> None:
    results = run({**layers, "BY": 1, "PERIOD": 4, "AT": AT, "LIST_CASES": True})
    book = openpyxl.load_workbook(results["WORKBOOK"])
    assert book.sheetnames[:2] == ["【Summary】", "【Ranking】"]
    chart = book.worksheets[0]._charts[0]
    assert values(book, chart.series[0].val.numRef) == [1, 0.5, 0.25]
    page = Path(results["REPORT"]).read_text(encoding="utf-8")
    titles = re.findall(r"<(?:h[123]|th|figcaption)>(.*?)</", page)
    assert [title for title in titles if "【" not in title and "2025" not in title] == []
    left = {text for text in texts(page) if re.search("[a-z]{4,}", text) and "【" not in text}
    assert all(text.endswith((SCRIPT, FORMULA)) for text in left)


# The moment


def test_the_counts_are_those_of_the_map(layers: dict[str, str]) -> None:
    """Now, as the styles' expression tells it, whatever status the layer was loaded with."""
    layer = QgsVectorLayer(layers["CASES"], "cases", "ogr")
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    expression = QgsExpression(status_expression())
    counts: Counter[str] = Counter()
    for feature in layer.getFeatures():
        context.setFeature(feature)
        counts[expression.evaluate(context)] += 1
    results = run({**layers, "BY": 1})
    names = ("open", "due soon", "overdue", "suspended", "closed", "void")
    assert {name: results[f"{name.upper().replace(' ', '_')}_NOW"] for name in names} == {
        name: counts[name] for name in names
    }
    assert results["OVERDUE_COUNT"] == counts["overdue"]  # all that is overdue was due


def test_a_layer_without_stages_keeps_its_status(layers: dict[str, str], tmp_path: Path) -> None:
    frame = cases().drop(columns="Stage").assign(Status="overdue")
    frame.to_file(tmp_path / "plain.gpkg")
    layers["CASES"] = str(tmp_path / "plain.gpkg")
    results = run({**layers, "BY": 1})
    assert results["OVERDUE_NOW"] == len(frame)
    assert "no field Stage" in Path(results["REPORT"]).read_text(encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="has no field “Stage”"):
        run({**layers, "BY": 1, "AT": AT})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"WORKBOOK": "book.xls"}, "its name must end in .xlsx"),
        ({"AT": "yesterday"}, "AT"),
        ({"BY": 3}, "has no field “RGID”"),
        ({"FROM": "2030-01-01"}, "holds no usable record"),
    ],
)
def test_wrong_settings_get_a_sentence(
    layers: dict[str, str], tmp_path: Path, wrong: dict[str, object], sentence: str
) -> None:
    if "WORKBOOK" in wrong:
        wrong = {"WORKBOOK": str(tmp_path / str(wrong["WORKBOOK"]))}
    with pytest.raises(QgsProcessingException, match=sentence):
        run({**layers, "BY": 1, **wrong})
    assert not Path(layers["WORKBOOK"]).exists()


# The parts


def test_charts_whatever_they_hold() -> None:
    for values in ([], [None], [0.0], [1.0, None, 0.3]):
        names = [f"<{number}>&" * 20 for number in range(len(values))]
        series = [Series("<a>", values, "#000000"), Series("b" * 90, values, "#ffffff")]
        for chart in (Bars(names, series, str), Bars(names, series, str, stacked=True), Lines(names, series, str, 1.0)):
            root = ET.fromstring(svg(chart))  # noqa: S314 - made here
            wide = float(root.get("width", 0))
            for bar in root.iter(f"{SVG}rect"):
                assert 0 <= float(bar.get("x", -1)) <= float(bar.get("x", 0)) + float(bar.get("width", 0)) <= wide
            assert not [text.text for text in root.iter(f"{SVG}text") if (text.text or "").endswith("nan")]


def test_classes_of_the_map() -> None:
    import numpy as np  # noqa: PLC0415

    assert _rate_limits(np.array([0.5, 0.97, np.nan])).tolist() == [0.6, 0.8, 0.9, 0.95]
    limits = _rate_limits(np.array([0.1, 0.2, 0.3, 0.4, 0.5]))
    assert ((limits > 0.1) & (limits <= 0.5)).all()
    assert _rate_limits(np.array([np.nan])).tolist() == [0.6, 0.8, 0.9, 0.95]
    for most in (0, 1, 3, 7, 40, 999):
        limits = _round_limits(np.array([0.0, most, np.nan]))
        assert limits[0] == 0
        assert (np.diff(limits) > 0).all()
        assert len(limits) <= 4
        assert most == 0 or limits[-1] < most


def test_tables_mark_rows_and_set_figures_right() -> None:
    report = Report("<t>")
    report.table([("<a>", "1.0%"), ("b", 2)], ("x", "y"), marked=[1], right=[1])
    assert '<td>&lt;a&gt;</td><td class="number">1.0%</td>' in report.html()
    assert '<tr class="marked"><td>b</td>' in report.html()


def test_moments_and_formats_in_a_workbook(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {"a": [pd.Timestamp("2025-04-01 08:30"), pd.NaT, pd.Timestamp("1850-01-01")], "b": [0.5, 1, None]}
    )
    write_workbook([NewSheet("x", rows, formats={"b": "0.0%"})], tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == [datetime(2025, 4, 1, 8, 30), None, "1850-01-01 00:00:00"]  # noqa: DTZ001
    assert [sheet.cell(row, 2).number_format for row in (2, 3)] == ["0.0%", "0.0%"]


@pytest.mark.parametrize("by", [ev.By.STREET, ev.By.DEPARTMENT])
def test_areas_without_a_name_are_one_without_a_name(by: ev.By) -> None:
    """Nulls of whatever kind a layer has, such as NaN of pandas and None of QGIS, are never shown as a name."""
    names = ["甲街道", None, float("nan"), "", "甲街道"]
    boxes = [shapely.box(420_000 + x, 3_830_000, 420_001 + x, 3_830_001) for x in range(5)]
    areas = gpd.GeoDataFrame({"StrName": pd.Series(names, dtype=object)}, geometry=boxes, crs="EPSG:4549")
    found = areas_of(areas, by).sort_values("group", ignore_index=True)
    assert found["group"].tolist() == found["name"].tolist() == ["", "甲街道"]
    assert found.area.round(6).tolist() == [3, 2]


def test_on_paper_no_chart_or_map_is_broken_over_two_pages(tmp_path: Path) -> None:
    """LibreOffice counts pages as Excel does: the list and its drawings take as many as stand between the breaks."""
    lines = ["一" * 150, "short", "two\nlines"]
    rows = pd.DataFrame({"Period": lines}, dtype=object)
    figures = pd.DataFrame({"Street": ["甲", "乙"], "Rate": [0.5, 0.25]})
    chart = NewChart(ChartKind.BARS, "Rates", "Figures", "Street", {"Rate": "2B6CB0"}, 2)
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    image.save(str(tmp_path / "map.png"))
    summary = NewSheet(
        "Summary", rows, "Heading", charts=[chart] * 3, pictures=[(tmp_path / "map.png").read_bytes()], widest=100
    )
    write_workbook([summary, NewSheet("Figures", figures)], tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["Summary"]
    heights = [sheet.row_dimensions[row].height for row in range(1, 6)]
    assert heights == [21, None, 45, None, 30]  # 300 halves of letters in lines of 101
    breaks = [each.id for each in sheet.row_breaks.brk]
    drawn = [(chart.anchor._from.row + 1, chart.anchor) for chart in (*sheet._charts, *sheet._images)]
    assert len(drawn) == 4
    ends = [
        top + math.ceil((anchor.ext.height / 360_000 if anchor.ext else 0) / (15 / 72 * 2.54)) for top, anchor in drawn
    ]
    for (top, _), end in zip(drawn, ends, strict=True):
        assert not any(top <= row < end for row in breaks)
    pages = [sum(row < top for row in breaks) for top, _ in drawn]
    assert pages == sorted(pages)
    assert max(Counter(pages).values()) == 1  # 8 centimetres each, and the list
    assert sheet._images[0].anchor.ext.height / 360_000 < 21 - 2 * 1.9
