"""``citygrid:checkunitgrid`` as a user runs it: its layer, its numbers and its report."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
import shapely
from qgis.core import QgsProcessingContext, QgsProject
from qgis.PyQt.QtGui import QColor, QImage

from citygrid_plugin.core import fields
from citygrid_plugin.processing.pictures import problem_map
from citygrid_plugin.processing.provider import CityGridProvider
from citygrid_plugin.storage.report import Histogram, Report

from .test_bad_input import Log
from .test_grid_check import CRS, SOUTH, WEST, clean, communities

Check = Callable[..., tuple[dict[str, Any], gpd.GeoDataFrame, str, Log]]


@pytest.fixture
def check(provider: CityGridProvider, tmp_path: Path) -> Check:
    """Run the check; returns its results, the problems, the report and the log."""

    def start(grid: gpd.GeoDataFrame, **parameters: object) -> tuple[dict[str, Any], gpd.GeoDataFrame, str, Log]:
        tables = {"GRID": grid, "COMMUNITIES": communities()} | parameters
        inputs: dict[str, Any] = {"OUTPUT": str(tmp_path / "out.gpkg"), "REPORT": str(tmp_path / "report.html")}
        for name, value in tables.items():
            inputs[name] = value
            if isinstance(value, gpd.GeoDataFrame):
                inputs[name] = str(tmp_path / f"{name}.gpkg")
                value.to_file(inputs[name])
        context, log = QgsProcessingContext(), Log()
        context.setProject(QgsProject.instance())
        results, success = provider.algorithm("checkunitgrid").create().run(inputs, context, log, {}, False)
        assert success
        report = Path(inputs["REPORT"]).read_text(encoding="utf-8")
        return results, gpd.read_file(inputs["OUTPUT"]), report, log

    return start


def picture_of(report: str) -> tuple[bytes, QImage]:
    data = b64decode(re.findall(r'src="data:image/png;base64,([^"]+)"', report)[0])
    image = QImage.fromData(data, "PNG")
    assert not image.isNull()
    return data, image


def bars_of(report: str) -> list[int]:
    svg = ET.fromstring(re.findall(r"<svg.*?</svg>", report, re.DOTALL)[0])  # noqa: S314 - made here
    titles = [element.text or "" for element in svg.iter("{http://www.w3.org/2000/svg}title")]
    return [int(title.rpartition(": ")[2].replace(",", "")) for title in titles]


def _is_red(colour: QColor) -> bool:
    return colour.red() > 180 and colour.green() < 120 and colour.blue() < 120


def test_report_of_a_faulty_grid(check: Check) -> None:
    grid = clean()
    grid.loc[5, "BGID"] = "12<b>"
    results, problems, report, log = check(grid.drop(index=18))
    assert set(problems.columns) == {*fields.PROBLEM, "geometry"}
    assert sorted(problems["Kind"]) == ["bad_code", "gap"]
    assert (results["PROBLEM_COUNT"], results["ERROR_COUNT"], results["NOTE_COUNT"]) == (2, 2, 0)
    assert "Gaps: 1" in log.said
    assert '<td>Gaps</td><td class="number">1</td>' in report
    assert sum(bars_of(report)) == 35
    assert max(bars_of(report)) == 35
    data, image = picture_of(report)
    assert len(data) <= 200_000
    # Communities are 1,200 m by 300 m in all; the gap lies at (650, 150), the bad code at (150, 150).
    for x in (650, 150):
        spot = QColor(image.pixel(round(image.width() * (x / 1248 + 24 / 1248)), image.height() // 2))
        assert _is_red(spot), x
    assert not _is_red(QColor(image.pixel(round(image.width() * (374 / 1248)), image.height() // 2)))


def test_a_clean_grid_and_its_barriers(check: Check) -> None:
    street = gpd.GeoDataFrame(
        {"highway": ["residential"]},
        geometry=[shapely.LineString([(WEST, SOUTH + 100), (WEST + 1200, SOUTH + 100)])],
        crs=CRS,
    )
    results, problems, report, log = check(clean(), BARRIERS=[])
    assert (len(problems), results["PROBLEM_COUNT"]) == (0, 0)
    assert "No problem was found in 36 unit grids." in log.said
    assert "compactness" not in report
    path = Path(results["REPORT"]).with_name("streets.gpkg")
    street.to_file(path)
    _, _, report, _ = check(clean(), BARRIERS=[str(path)])
    assert "<td>… of these within 1 m of a limit</td><td>100.0 %</td>" in report


def test_a_grid_without_codes_and_one_with_closed_rows(check: Check) -> None:
    results, _, report, _ = check(clean().drop(columns="BGID"))
    assert results["PROBLEM_COUNT"] == 0
    assert "codes were not checked" in report
    grid = clean()
    grid.loc[12, "CHDate"] = "20250601"
    grid.loc[13, "BGID"] = grid.loc[12, "BGID"]
    _, problems, report, _ = check(grid)
    assert set(problems["Kind"]) - {"out_of_order"} == {"closed_code", "gap"}
    assert '<td>Closed unit grids</td><td class="number">1</td>' in report


def test_sizes_are_settings(check: Check) -> None:
    results, problems, _, _ = check(clean(), CELL_AREA=25_000)
    assert set(problems["Kind"]) == {"small"}
    assert problems["Text"].iloc[0] == "This grid is too small: 10,000 m², 0.40 times the area asked for."
    assert (results["PROBLEM_COUNT"], results["WARNING_COUNT"]) == (36, 36)
    assert not len(check(clean(), CELL_AREA=25_000, MIN_RATIO=0.3)[1])


def test_pictures_stay_light_and_show_names() -> None:
    grid, frame = clean(), communities()
    rng = np.random.default_rng(1)
    spots = shapely.box(*(WEST + rng.uniform(0, 1200, 3000), SOUTH + rng.uniform(0, 300, 3000)) * 2)
    many = gpd.GeoDataFrame({"Severity": rng.choice(["error", "warning"], 3000)}, geometry=spots, crs=CRS)
    assert len(problem_map(grid, frame, many)) <= 200_000
    none = many.iloc[:0]
    named, unnamed = (problem_map(grid, places, none) for places in (frame, frame.assign(CommName="")))
    assert named != unnamed
    assert problem_map(grid.iloc[:0], frame, gpd.GeoDataFrame({"Severity": ["error"]}, geometry=[None], crs=CRS))


def test_pictures_are_drawn_in_the_thread_of_processing() -> None:
    grid, frame = clean(), communities()
    none = gpd.GeoDataFrame({"Severity": []}, geometry=[], crs=CRS)
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(problem_map, grid, frame, none).result(timeout=60)
    assert there == problem_map(grid, frame, none)


def test_histograms_are_drawn_whatever_they_hold() -> None:
    for counts in ([], [0], [1], [7, 123_456, 0]):
        report = Report("<t>")
        report.histogram(Histogram(counts, 0, 1000, "x <m²>", "n", more=True, marks=[(500, "a&b"), (9e9, "far")]))
        svg = ET.fromstring(re.findall(r"<svg.*</svg>", report.html(), re.DOTALL)[0])  # noqa: S314 - made here
        heights = [float(bar.get("height", -1)) for bar in svg.iter("{http://www.w3.org/2000/svg}rect")]
        assert len(heights) == len(counts)
        assert all(0 <= height <= 300 for height in heights)
        texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
        assert "x <m²>" in texts
        assert "far" not in texts
