"""The atlas: rules of its sheets, and what stands on its pages as another program reads them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from headless import Headless
from hypothesis import given
from hypothesis import strategies as st
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QEventLoop, QTimer
from qgis.PyQt.QtGui import QImage, QPdfWriter

from citygrid_plugin.core.zones import atlas as rules
from citygrid_plugin.core.zones.responsibility_list import Around, zone_list
from citygrid_plugin.processing.base import to_qgis
from citygrid_plugin.processing.zones import atlas_page
from citygrid_plugin.processing.zones.atlas_map import MapMaker
from citygrid_plugin.processing.zones.atlas_matter import Matter, Wishes
from citygrid_plugin.processing.zones.atlas_page import Pages, missing_characters
from citygrid_plugin.processing.zones.atlas_sheets import Atlas
from citygrid_plugin.processing.zones.responsibility_atlas import ResponsibilityAtlas

from .conftest import SAMPLE

WEST, SOUTH = 500_000.0, 3_830_000.0
MARKUP = "<b>粗</b> [% 1+1 %] &amp; @qgis_version"
NEIGHBOUR = "<i>甲</i>[%'乙'%]"  # as a label, neither markup nor an expression
DAY = "20260701"


# Rules


@given(st.floats(1, 1e8))
def test_scales_are_round_and_hold_what_they_should(least: float) -> None:
    scale = rules.round_scale(least)
    assert scale >= least * (1 - 1e-9)
    assert scale <= max(100, 1.5 * least + 1)
    assert len(str(scale).rstrip("0")) <= 2


@given(st.floats(0.1, 1e6), st.floats(0.1, 1e6), st.sampled_from(["A4", "A3"]))
def test_a_zone_is_whole_on_its_page(width: float, height: float, paper: str) -> None:
    lying = rules.lies(width, height, paper)
    page, other = rules.sheet(paper, landscape=lying), rules.sheet(paper, landscape=not lying)
    scale = rules.fitting_scale(width, height, page.map)
    assert rules.fits(width, height, page.map, scale)
    assert scale <= rules.fitting_scale(width, height, other.map)
    west, south, east, north = rules.extent((0, 0), page.map, scale)
    assert east - west == pytest.approx(page.map.width * scale / 1000)
    assert min(east - west - width, north - south - height) >= 0


@pytest.mark.parametrize("paper", ["A4", "A3"])
@pytest.mark.parametrize("landscape", [True, False])
def test_the_rooms_of_a_page_do_not_meet(paper: str, landscape: bool) -> None:
    sheet = rules.sheet(paper, landscape=landscape)
    rooms = [sheet.header, sheet.map, sheet.panel, sheet.footer]
    boxes = [shapely.box(room.x, room.y, room.right, room.bottom) for room in rooms]
    page = shapely.box(5, 5, sheet.width - 5, sheet.height - 5)
    assert all(page.contains(box) for box in boxes)
    assert shapely.union_all(boxes).area == pytest.approx(sum(box.area for box in boxes))
    assert (sheet.width > sheet.height) == landscape


@given(st.integers(100, 1_000_000), st.floats(20, 100))
def test_scale_bars_measure(scale: int, room: float) -> None:
    bar = rules.scale_bar(scale, room)
    assert bar.length <= room * 1.001
    assert bar.length >= room / 2.6
    assert bar.length == pytest.approx(bar.step * bar.parts * 1000 / scale)
    last, unit = bar.labels()[-1].split()
    assert float(last) * (1000 if unit == "km" else 1) == pytest.approx(bar.step * bar.parts)


# Pages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Layers of six zones of two streets, one without a place and one without a street; nine cells each."""
    folder = tmp_path_factory.mktemp("atlas") / "图集 1"
    folder.mkdir()
    places = [(0, 0), (1, 0), (0, 1), (1, 1), (9, 9), (2, 0)]
    outlines = [
        shapely.box(WEST + 300 * x, SOUTH + 300 * y, WEST + 300 * (x + 1), SOUTH + 300 * (y + 1)) for x, y in places
    ]
    outlines[4] = None
    codes = ["320706001001001", "320706001001002", "320706001002001", "320706002001001", "320706002001002", ""]
    zones = gpd.GeoDataFrame(
        {
            "RGID": codes,
            "RGName": ["新孔社区01网格", MARKUP, NEIGHBOUR, "海州社区01网格", "无界网格", "飞地网格"],
            "CommCode": [code[:12] for code in codes],
            "Owner": ["张三", "", MARKUP, "李四", "王五", "赵六"],
            "Post": "网格长", "Phone": "0518-8555 0000", "FromDate": "2026-01-01", "ToDate": "2026-12-31",
            "Workload": 12.5,
        },
        geometry=outlines, crs=4549,
    )  # fmt: skip
    zones.loc[3, "ToDate"] = "2026-03-31"
    zones.to_file(folder / "zones.gpkg")
    cells = [
        (f"{code[:12]}{number:03}", code, shapely.box(x, y, x + 100, y + 100))
        for code, (left, low) in zip(codes, places, strict=True)
        for number, (x, y) in enumerate(
            (WEST + 300 * left + 100 * i, SOUTH + 300 * low + 100 * j) for i in range(3) for j in range(3)
        )
        if code and code != "320706002001002"
    ]
    grid = gpd.GeoDataFrame(cells, columns=["BGID", "RGID", "geometry"], crs=4549)
    grid.to_file(folder / "grid.gpkg")
    streets = gpd.GeoDataFrame(
        {"StrCode": ["320706001", "320706002"], "StrName": ["新海街道", "海州街道"]},
        geometry=[outlines[0].union(outlines[1]), outlines[3]], crs=4549,
    )  # fmt: skip
    streets.to_file(folder / "streets.gpkg")
    names = ["上水井盖", "路灯", "行道树"]
    components = gpd.GeoDataFrame(
        {"ClassCode": ["0101", "0118", "0402"] * 4, "ClassName": names * 4},
        geometry=[
            *shapely.points(WEST + np.arange(10, 100, 10), SOUTH + 50),
            shapely.LineString([(WEST + 10, SOUTH + 10), (WEST + 90, SOUTH + 90)]),
            shapely.box(WEST + 310, SOUTH + 10, WEST + 330, SOUTH + 30),
            shapely.Point(WEST - 5_000, SOUTH),
        ],
        crs=4549,
    )
    components.to_file(folder / "components.gpkg")
    roads = gpd.GeoDataFrame(
        {"highway": ["primary", "footway"], "Name": ["解放东路", ""]},
        geometry=[
            shapely.LineString([(WEST - 400, SOUTH + 150), (WEST + 1_500, SOUTH + 150)]),
            shapely.LineString([(WEST + 150, SOUTH - 500), (WEST + 150, SOUTH + 900)]),
        ],
        crs=4549,
    )
    roads.to_crs(4490).to_file(folder / "roads.gpkg")
    return folder


def parameters(folder: Path, **more: object) -> dict[str, Any]:
    layers = {name: str(folder / f"{name.lower()}.gpkg") for name in ("ZONES", "GRID", "STREETS", "COMPONENTS")}
    given: dict[str, Any] = {
        **layers, "ROADS": [str(folder / "roads.gpkg")], "PAPER": 0, "ORIENTATION": 0, "SCALE": 0, "CLASSES": 12,
        "DATE": DAY, "FILE": str(folder / "atlas.pdf"),
    }  # fmt: skip
    return given | more


def run(values: dict[str, Any], feedback: QgsProcessingFeedback | None = None) -> dict[str, Any]:
    context = QgsProcessingContext()
    context.setProject(QgsProject())
    algorithm = ResponsibilityAtlas().create()
    results, _ = algorithm.run(values, context, feedback or QgsProcessingFeedback(False), {}, False)
    return results


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The texts of the pages that are drawn, as the pages note them."""
    found: list[list[str]] = []
    begin = Pages.begin

    def noting(self: Pages, *sheet: Any) -> None:  # noqa: ANN401 - whatever the page takes
        begin(self, *sheet)
        found.append(self.texts)

    monkeypatch.setattr(Pages, "begin", noting)
    return found


def texts_of(path: Path, drawn: list[list[str]]) -> list[str]:
    """The text of each page: as poppler reads it where there is poppler, else as it was drawn."""
    if shutil.which("pdftotext") is None:
        return [" ".join(page) for page in drawn]
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    assert not done.stderr  # poppler finds nothing wrong with the file
    return [" ".join(page.split()) for page in done.stdout.split("\f")[:-1]]


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_every_zone_has_its_page(folder: Path, drawn: list[list[str]]) -> None:
    results = run(parameters(folder))
    assert results["ZONE_COUNT"] == 5  # one has no outline
    pages = texts_of(folder / "atlas.pdf", drawn)
    assert len(pages) == results["PAGE_COUNT"] == 7
    overview, index, first, *_ = pages
    if shutil.which("pdftotext"):  # numbers and names on a map are labels of it, which no page notes
        assert all(number in overview.split() for number in "34567")
        assert all(name.replace(" ", "") in first.replace(" ", "") for name in ("004", NEIGHBOUR))
    assert all(f"Page {number} of 7" in page for number, page in enumerate(pages, 1))
    assert "无界网格" in index  # in the index, without a page
    titles = ["新孔社区01网格", MARKUP, NEIGHBOUR, "海州社区01网格", "飞地网格"]
    for number, title in enumerate(titles, 3):
        plain = title.replace(" ", "")
        assert plain in pages[number - 1].replace(" ", "")
        assert f"{number}" in index.split()
    for text in (
        "320706001001001", "新海街道", "90,000 m² (9.00 ha)", "张三", "网格长", "0518-8555 0000", "12.5",
        "2026-01-01 – 2026-12-31", "0101 上水井盖", "Total 10", "1:2000", "Date: 2026-07-01", "(EPSG:4549)",
    ):  # fmt: skip
        assert text.replace(" ", "") in first.replace(" ", ""), text
    assert "No owner" in pages[3]
    assert "The period is over" in pages[5]


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_the_map_shows_neighbours_roads_and_components(folder: Path, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils reads the names on the maps")
    path = tmp_path / "one.pdf"
    run(parameters(folder, FILE=str(path), ONLY="320706001001001"))
    (page,) = (text for text in texts_of(path, [])[2:])
    for name in (NEIGHBOUR, "解放东路"):
        assert name in page.replace(" ", "")
    subprocess.run(["pdftoppm", "-r", "100", "-f", "3", "-l", "3", "-png", path, tmp_path / "page"], check=True)
    image = QImage(str(next(tmp_path.glob("page*.png"))))
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {"#d9001b", "#c000c0", "#1f77b4", "#d95f02"} <= colors  # the zone, its cells, two classes of components


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_others_are_summed_and_a_class_looks_the_same_everywhere(folder: Path, drawn: list[list[str]]) -> None:
    run(parameters(folder, CLASSES=2))
    first = " ".join(drawn[2])
    assert "0101 上水井盖" in first
    assert "Others (2 classes) 6" in first.replace("  ", " ")
    zones = gpd.read_file(folder / "zones.gpkg").drop(4)
    around = Around(components=gpd.read_file(folder / "components.gpkg"))
    matter = matter_of(zones, around)
    assert [matter.look_of(key) for key in ("0101", "0118", "0402", "gone")] == [0, 1, 2, -1]


def matter_of(zones: gpd.GeoDataFrame, around: Around) -> Matter:
    found = zone_list(zones, around, DAY)
    outline = zones.geometry.to_numpy()[found.row]
    return Matter(found, outline, np.ones(len(outline), dtype=bool), around, DAY, to_qgis(zones.crs), "CRS")


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_many_zones_have_overviews_by_street(tmp_path: Path, qgis_app: QgsApplication) -> None:  # noqa: ARG001
    side, count = 300, 40
    codes = [f"320706{1 + x // 20:03}001{y * 20 + x % 20 + 1:03}" for y in range(count) for x in range(count)]
    boxes = [
        shapely.box(WEST + side * x, SOUTH + side * y, WEST + side * (x + 1), SOUTH + side * (y + 1))
        for y in range(count)
        for x in range(count)
    ]
    zones = gpd.GeoDataFrame({"RGID": codes, "RGName": codes}, geometry=boxes, crs=4549)
    matter = matter_of(zones, Around())
    atlas = Atlas(matter, Wishes(), MapMaker(matter.crs, QgsProject().transformContext(), "sans-serif"))
    contents = atlas.contents
    assert (contents.overviews, contents.zones) == (3, 1600)
    assert contents.index_pages > 1
    pages = Pages(tmp_path / "x.pdf", "x", "sans-serif")
    drawing = atlas.draw(pages)
    for _ in range(contents.overviews + contents.index_pages + 1):
        next(drawing)
    text = list(pages.texts)
    pages.end()
    assert f"Page {contents.page_of(0)} of {contents.pages}" in " ".join(text)
    assert codes[0] in text


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_cancelling_keeps_the_last_atlas(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "atlas.pdf"
    path.write_text("last")

    class Impatient(QgsProcessingFeedback):
        """Cancels once pages are drawn."""

        def setProgress(self, progress: float) -> None:  # noqa: N802 - QGIS's name
            if progress > 40:
                self.cancel()

    feedback = Impatient(False)
    feedback.progressChanged.connect(lambda progress: feedback.cancel() if progress > 40 else None)
    assert run(parameters(folder, FILE=str(path)), feedback) == {}
    assert path.read_text() == "last"
    assert [file.name for file in tmp_path.iterdir()] == ["atlas.pdf"]


@pytest.fixture
def project(folder: Path) -> Iterator[QgsProject]:
    """The project of the window with roads, which the user styled, and a layer below."""
    project = QgsProject.instance()
    for name in ("roads", "streets"):
        project.addMapLayer(QgsVectorLayer(str(folder / f"{name}.gpkg"), name, "ogr"))
    yield project
    project.clear()


@pytest.mark.usefixtures("qgis_processing")
def test_in_the_background_as_the_window_runs_it(folder: Path, project: QgsProject, qgis_app: QgsApplication) -> None:
    layers = {layer.name(): layer for layer in project.mapLayers().values()}
    look = layers["roads"].renderer().dump()
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback(False)
    context.setProject(project)
    path = folder / "background.pdf"
    values = parameters(
        folder, FILE=str(path), ROADS=[layers["roads"].id()], BASEMAP=[layers["streets"].id()], ONLY="新海街道"
    )
    algorithm = ResponsibilityAtlas().create()
    done: list[tuple[bool, dict[str, Any]]] = []
    loop = QEventLoop()
    task = QgsProcessingAlgRunnerTask(algorithm, values, context, feedback)
    task.executed.connect(lambda *result: (done.append(result), loop.quit()))
    QTimer.singleShot(60_000, loop.quit)
    qgis_app.taskManager().addTask(task)
    loop.exec()
    assert done, feedback.textLog()
    assert done[0][0], feedback.textLog()
    assert path.read_bytes().startswith(b"%PDF")
    assert set(project.mapLayers()) == {layer.id() for layer in layers.values()}
    assert not project.layoutManager().layouts()
    assert layers["roads"].renderer().dump() == look
    assert not layers["roads"].labelsEnabled()
    assert sum(1 for _ in layers["roads"].getFeatures()) == 2


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"FILE": "atlas.docx"}, "FILE is .*atlas.docx, but must be"),
        ({"FILE": "gone/atlas.pdf"}, "the folder does not exist"),
        ({"ONLY": "无此街道"}, "“无此街道” is no responsibility grid"),
        ({"ONLY": "无界网格"}, "ZONES"),
        ({"SCALE": 50}, "SCALE is 50"),
        ({"ROADS": ["/no/such/file.gpkg"]}, "ROADS|Roads"),
    ],
)
def test_bad_input(folder: Path, tmp_path: Path, wrong: dict[str, Any], sentence: str) -> None:
    values = parameters(folder, **{"FILE": "atlas.pdf", **wrong})
    values["FILE"] = str(tmp_path / values["FILE"])
    with pytest.raises(QgsProcessingException, match=sentence):
        run(values)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_wished_scale_holds_where_it_can(folder: Path, tmp_path: Path, drawn: list[list[str]]) -> None:
    feedback = QgsProcessingFeedback(False)
    run(parameters(folder, FILE=str(tmp_path / "a.pdf"), SCALE=4000, PAPER=1, ORIENTATION=2), feedback)
    assert all("1:4000" in page for page in drawn[2:])
    assert "do not fit" not in feedback.textLog()
    run(parameters(folder, FILE=str(tmp_path / "a.pdf"), SCALE=500, ONLY="320706001001001"), feedback)
    assert "1 responsibility grids do not fit on a page at 1:500" in feedback.textLog()
    assert "1:2000" in drawn[-1]


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_missing_fonts_and_characters_are_told(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qgis_app: QgsApplication,  # noqa: ARG001
) -> None:
    rare = "\U00031350"  # of an extension of Unicode that few fonts have
    assert missing_characters(["新海街道 abc 012"], atlas_page.chinese_family() or "") == []
    zones = gpd.read_file(folder / "zones.gpkg")
    zones.loc[0, "Owner"] = "\ue000"  # a character of private use, as old systems write rare names
    zones.to_file(tmp_path / "zones.gpkg")
    feedback = QgsProcessingFeedback(False)
    values = parameters(folder, ZONES=str(tmp_path / "zones.gpkg"), FILE=str(tmp_path / "a.pdf"), ONLY="新海街道")
    run(values, feedback)
    assert "are in no installed font" in feedback.textLog()
    monkeypatch.setattr(atlas_page, "chinese_family", lambda: None)
    monkeypatch.setattr(
        atlas_page, "missing_characters", lambda texts, _family: sorted({*"".join(texts)} & {rare, "新"})
    )
    with pytest.raises(QgsProcessingException, match="No font with Chinese characters"):
        run(values)


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_degrees_become_true_metres(folder: Path, tmp_path: Path, drawn: list[list[str]]) -> None:
    gpd.read_file(folder / "zones.gpkg").to_crs(4490).to_file(tmp_path / "zones.gpkg")
    values = parameters(folder, ZONES=str(tmp_path / "zones.gpkg"), FILE=str(tmp_path / "a.pdf"), ONLY="新海街道")
    run(values)
    assert any(text.startswith("90,000 m²") for text in drawn[2])
    assert any("EPSG:4549" in text for text in drawn[2])


@pytest.mark.real_data
@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_real_streets_have_their_names(real_data: Path, tmp_path: Path) -> None:
    """OpenStreetMap's ways of the middle of Shanghai, read as they are, below zones of 400 m."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils reads the names on the maps")
    roads = f"{real_data / 'roads' / 'shanghai_le-degn.osm'}|layername=lines"
    centre = gpd.GeoSeries([shapely.Point(121.475, 31.23)], crs=4326).to_crs(32651).iloc[0]
    boxes = [
        shapely.box(centre.x + 400 * x, centre.y + 400 * y, centre.x + 400 * (x + 1), centre.y + 400 * (y + 1))
        for x in (-1, 0)
        for y in (-1, 0)
    ]
    codes = [f"310101002001{number:03}" for number in range(1, 5)]
    zones = gpd.GeoDataFrame({"RGID": codes, "RGName": codes}, geometry=boxes, crs=32651)
    zones.to_file(tmp_path / "zones.gpkg")
    path = tmp_path / "atlas.pdf"
    run({"ZONES": str(tmp_path / "zones.gpkg"), "ROADS": [roads], "FILE": str(path), "CLASSES": 12, "DATE": DAY})
    # Letters along a line are turned one by one: only their order in the file makes words of them.
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True)
    assert not done.stderr
    pages = ["".join(page.split()) for page in done.stdout.split("\f")[:-1]]
    assert len(pages) == 6
    named = gpd.read_file(real_data / "roads" / "shanghai_le-degn.osm", layer="lines").to_crs(32651)
    named = named[named["highway"].notna() & named["name"].fillna("").str.fullmatch("[\u4e00-\u9fff]+")]
    for box, page in zip(boxes, pages[2:], strict=True):
        length = named.clip(box).assign(length=lambda rows: rows.length).groupby("name")["length"].sum()
        longest = length[length > 300].index
        assert len(longest)
        found = [name for name in longest if name in page]
        assert len(found) >= len(longest) / 2, (found, list(longest))


def test_texts_are_found_as_they_are_written(tmp_path: Path, qgis_app: QgsApplication) -> None:  # noqa: ARG001
    """One shape of a font stands for several characters, such as 网 and the radical ⽹."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils reads the text")
    family = atlas_page.chinese_family()
    if family is None:
        pytest.skip("no font with Chinese is installed")
    texts = [
        "网格长 飞地 西 龙 青马 人 八 2026–2027",
        "Others (3 classes) a1b2 84,730 m² (8.47 ha)",
        "320706001001001",
        MARKUP,
    ]
    pages = Pages(tmp_path / "x.pdf", "x", family)
    sheet = rules.sheet("A4", landscape=True)
    pages.begin(sheet, "A4")
    for number, text in enumerate(texts):
        pages.text(rules.Rect(10, 10 + 20 * number, 250, 10), text, 12, bold=number % 2 == 0)
    pages.end()
    assert texts_of(tmp_path / "x.pdf", []) == [" ".join(texts)]


def test_pages_are_as_large_as_the_paper(tmp_path: Path, qgis_app: QgsApplication) -> None:  # noqa: ARG001
    pages = Pages(tmp_path / "x.pdf", "x", "sans-serif")
    for paper, landscape in (("A4", True), ("A3", False)):
        sheet = rules.sheet(paper, landscape=landscape)
        pages.begin(sheet, paper)
        writer: QPdfWriter = pages._writer
        assert writer.widthMM() == pytest.approx(sheet.width, abs=1)
        assert writer.heightMM() == pytest.approx(sheet.height, abs=1)
    pages.end()


def test_the_sample_from_the_command_line(headless: Headless, tmp_path: Path) -> None:
    grid, zones, zoned = (tmp_path / f"{name}.gpkg" for name in ("grid", "zones", "zoned"))
    headless.run("citygrid:createunitgrid", COMMUNITIES=SAMPLE / "communities.gpkg", OUTPUT=grid, CELL_AREA=40_000)
    headless.run("citygrid:responsibilitygrids", GRID=grid, COUNT=74, OUTPUT=zoned, ZONES=zones)
    step = headless.run(
        "citygrid:responsibilityatlas", ZONES=zones, GRID=zoned, COMMUNITIES=SAMPLE / "communities.gpkg",
        STREETS=SAMPLE / "streets.gpkg", ROADS=[SAMPLE / "roads.gpkg"], BASEMAP=[SAMPLE / "river.gpkg"],
        FILE=tmp_path / "atlas.pdf", ONLY="新海街道",
    )  # fmt: skip
    assert step.results["PAGE_COUNT"] == step.results["ZONE_COUNT"] + 2
    assert (tmp_path / "atlas.pdf").read_bytes().rstrip().endswith(b"%%EOF")
    names = gpd.read_file(zones).set_index("RGID")["CommCode"].str[:9]
    street = gpd.read_file(SAMPLE / "streets.gpkg").set_index("StrName").loc["新海街道", "StrCode"]
    assert step.results["ZONE_COUNT"] == (names == street).sum() > 1
