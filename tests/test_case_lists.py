"""Lists of cases as cities and vendors have them, through ``citygrid:loadcases``: places, presets, account."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pyproj
import pytest
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.cases import TARGETS
from citygrid_plugin.core.records.mapping import fills
from citygrid_plugin.processing.cases.load_cases import LoadCases
from citygrid_plugin.storage.mapping_files import CASE_PRESETS, case_preset
from citygrid_plugin.storage.scheme_files import SCHEMES, load_scheme

pytestmark = pytest.mark.usefixtures("qgis_app", "qgis_processing")
GRID = [("G1", shapely.box(119.19, 34.59, 119.205, 34.61)), ("G2", shapely.box(119.205, 34.59, 119.22, 34.61))]


def run(folder: Path, source: Path | str, **parameters: object) -> tuple[dict[str, Any], gpd.GeoDataFrame, str]:
    """The results, the layer of cases and the log; the account is checked, and that rejected rows are all there."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject  # noqa: PLC0415

    context, feedback, project = QgsProcessingContext(), QgsProcessingFeedback(), QgsProject()
    context.setProject(project)
    values = {
        "INPUT": str(source), "OUTPUT": str(folder / "out.gpkg"), "REJECTED": str(folder / "rejected.gpkg"),
        "PROBLEMS": str(folder / "problems.gpkg"), "AT": "2025-07-01T12:00:00", "TIME_ZONE": "Asia/Shanghai",
        **parameters,
    }  # fmt: skip
    results, _ = LoadCases().create().run(values, context, feedback, {}, False)
    read, accepted, rejected, skipped = (
        results[f"{name}_COUNT"] for name in ("READ", "ACCEPTED", "REJECTED", "SKIPPED")
    )
    assert read == accepted + rejected + skipped
    cases = pyogrio.read_dataframe(folder / "out.gpkg")
    assert len(cases) == accepted
    assert pyogrio.read_info(folder / "rejected.gpkg")["features"] == rejected + skipped
    return results, cases, feedback.textLog()


def grid(folder: Path) -> str:
    names = {fields.BGID: [name for name, _ in GRID], fields.COMMUNITY_NAME: ["幸福社区", "和平社区"]}
    gpd.GeoDataFrame(names, geometry=[shape for _, shape in GRID], crs=4490).to_file(folder / "grid.gpkg")
    return str(folder / "grid.gpkg")


@pytest.mark.real_data
def test_syracuse_has_its_axes_exchanged(real_data: Path, tmp_path: Path) -> None:
    source = real_data / "cases" / "syracuse_potholes.csv"
    results, cases, log = run(tmp_path, source, AT="2017-01-01T00:00:00", REPEAT_DISTANCE=0)
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert results["READ_COUNT"] == len(rows) == 7538
    assert results["ACCEPTED_COUNT"] == 7538
    x, y = shapely.get_coordinates(cases.to_crs(4326).geometry.to_numpy()).T
    assert (x.min(), x.max()) == pytest.approx((-76.21, -76.07), abs=0.02)
    assert (y.min(), y.max()) == pytest.approx((42.98, 43.09), abs=0.02)
    assert "exchanged" in log
    first = rows[0]["Latitude"], rows[0]["Longitude"]
    assert (f"{x[0]:.10f}", f"{y[0]:.10f}") == first, "what the list calls latitude"
    assert str(cases[fields.REPORTED][0])[:16] == "2016-04-12 07:54"


@pytest.mark.real_data
def test_new_york_as_json_lines_is_new_york_as_csv(real_data: Path, tmp_path: Path) -> None:
    """The same rows in three forms, and as the city's interface names and writes them."""
    source = real_data / "cases" / "nyc_311_animals_plotly.csv"
    with source.open(encoding="utf-8", newline="") as file:
        rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)][:600]
    lines, document = tmp_path / "nyc.jsonl", tmp_path / "nyc.json"
    lines.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    document.write_text(json.dumps({"data": rows, "total": len(rows)}), encoding="utf-8")
    at = {"AT": "2025-03-15T00:00:00", "FALLBACK_HOURS": 24}
    _, cases, _ = run(tmp_path, lines, **at)
    _, again, _ = run(tmp_path, document, **at)
    assert again.drop(columns="geometry").equals(cases.drop(columns="geometry"))
    assert len(cases) == sum(bool(row["Latitude"]) for row in rows)
    by_status = Counter(row["Status"] for row in rows if row["Latitude"])
    assert int((cases[fields.STATUS] == "closed").sum()) == by_status["Closed"]
    named = [
        {
            (key or "").lower().replace(" ", "_"): value
            for key, value in row.items()
            if key in ("Unique Key", "Created Date", "Complaint Type", "Status", "Latitude", "Longitude", "Agency Name")
        }
        for row in rows
    ]
    lines.write_text("\n".join(map(json.dumps, named)), encoding="utf-8")
    _, other, _ = run(tmp_path, lines, **at)
    columns = [fields.CASE_ID, fields.CLASS_NAME, fields.REPORTED, fields.STAGE, fields.DEPARTMENT]
    assert other[columns].equals(cases[columns]), "no preset is needed for New York"


@pytest.mark.real_data
@pytest.mark.parametrize("preset", [0, 2])
def test_the_record_of_a_vendor(real_data: Path, tmp_path: Path, preset: int) -> None:
    source = real_data / "cases" / "vendor_case_record.json"
    _, cases, log = run(tmp_path, source, MAPPING_PRESET=preset)
    case = cases.iloc[0]
    told = json.loads(source.read_text(encoding="utf-8"))
    expected = {
        fields.CASE_ID: told["task_num"], fields.CLASS_NAME: "暴露垃圾", fields.STAGE: "结案",
        fields.STATUS: "closed", fields.COMMUNITY_NAME: told["community_name"], fields.TEXT: told["event_desc"],
        fields.BGID: "", fields.RGID: "",
    }  # fmt: skip
    assert {name: case[name] for name in expected} == expected
    assert (case.geometry.x, case.geometry.y) == (117.44254825, 39.06171056)
    assert str(case[fields.FINISHED])[:19] == "2019-08-30 11:59:12"
    assert "区级网格员上报" in log, "a source that we do not know is kept and named"
    if preset:
        assert (case[fields.KIND], case[fields.STREET_NAME]) == ("event", "军粮城街道")
        assert case[fields.CLASS_CODE] in ("", load_scheme(SCHEMES[0]).code_of_name("event", "暴露垃圾"))


def test_coordinates_of_any_kind_come_to_one_place(tmp_path: Path) -> None:
    """Degrees, Web Mercator, exchanged axes; GCJ-02 by a parameter or by a saved mapping, which also names columns."""
    lon, lat = 119.2, 34.6
    web = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)

    def place(text: str, **parameters: object) -> shapely.Point:
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return run(tmp_path, path, **parameters)[1].to_crs(4490).geometry[0]

    def metres(one: shapely.Point, other: shapely.Point) -> float:
        return float(pyproj.Geod(ellps="GRS80").inv(one.x, one.y, other.x, other.y)[2])

    plain = place(f"编号,经度,纬度\n1,{lon},{lat}\n")
    assert metres(plain, shapely.Point(lon, lat)) < 0.001
    assert metres(place(f"编号,经度,纬度\n1,{lat},{lon}\n"), plain) < 0.001
    assert metres(place(f"编号,x,y\n1,{web[0]},{web[1]}\n", SOURCE_CRS="EPSG:3857"), plain) < 0.01
    phone = place(f"编号,经度,纬度\n1,{lon},{lat}\n", SOURCE_DATUM=1)
    baidu = place(f"编号,经度,纬度\n1,{lon},{lat}\n", SOURCE_DATUM=2)
    assert 300 < metres(phone, plain) < 800
    assert 500 < metres(baidu, plain) < 1500
    saved = {"rules": {"CaseID": "no"}, "datum": "GCJ02", "xy": ["a", "b"], "crs": "EPSG:4490", "encoding": "gb18030"}
    path = tmp_path / "list.csv"
    path.write_bytes(f"no,a,b,问题描述\n7,{lon},{lat},灯\n".encode("gb18030"))
    _, cases, _ = run(tmp_path, path, MAPPING=json.dumps(saved))
    assert metres(cases.geometry[0], phone) < 0.001
    assert cases[fields.CASE_ID].tolist() == ["7"]
    assert cases[fields.TEXT].tolist() == ["灯"]


def test_a_case_elsewhere_than_it_says_is_a_problem(tmp_path: Path) -> None:
    lines = [
        {"案卷编号": "a", "网格编码": "G2", "coordinate_x": "119.2", "coordinate_y": "34.6"},
        {"案卷编号": "b", "网格编码": "G2", "coordinate_x": None, "coordinate_y": ""},
        {"案卷编号": "c", "社区": "幸福社区", "coordinate_x": "0", "coordinate_y": "0"},
        {"案卷编号": "d", "网格编码": "G9"},
        {"案卷编号": "e", "网格编码": "G9", "coordinate_x": "119.21", "coordinate_y": "34.6"},
        {"案卷编号": "f", "coordinate_x": "120.5", "coordinate_y": "34.6"},
    ]
    path = tmp_path / "list.jsonl"
    path.write_text("\n".join([*map(json.dumps, lines), "{broken"]), encoding="utf-8")
    results, cases, log = run(tmp_path, path, GRID=grid(tmp_path))
    assert (results["READ_COUNT"], results["ACCEPTED_COUNT"], results["REJECTED_COUNT"]) == (7, 5, 2)
    placed = cases.set_index(fields.CASE_ID)[[fields.BGID, fields.PLACED]].T.to_dict("list")
    assert placed == {
        "a": ["G1", "coordinates"], "b": ["G2", "grid"], "c": ["", "community"], "e": ["G2", "coordinates"],
        "f": ["", "coordinates"],
    }  # fmt: skip
    problems = pyogrio.read_dataframe(tmp_path / "problems.gpkg")
    assert problems[[fields.CASE_ID, fields.PROBLEM_KIND]].to_numpy().tolist() == [
        ["a", "other_grid"], ["e", "unknown_grid"], ["f", "outside"],
    ]  # fmt: skip
    rejected = pyogrio.read_dataframe(tmp_path / "rejected.gpkg")
    assert rejected["unreadable_line"].tolist()[1] == "{broken"
    assert "lines 7" in log


@pytest.mark.parametrize("name", CASE_PRESETS)
def test_presets_of_cases(name: str) -> None:
    """Each fits its columns, and says of every rule how well known it is."""
    folder = Path(__file__).parent.parent / "citygrid_plugin" / "resources" / "mappings"
    known = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["known"]
    rules = case_preset(name).rules
    assert set(known) == set(rules) <= set(TARGETS)
    assert all(known.values())
    assert not any(
        fills({target: options[0]}, target) for target, options in rules.items() if "left empty" in known[target]
    )


def test_the_titles_of_the_presets_agree() -> None:
    assert LoadCases.MAPPING_PRESETS[1:] == tuple(CASE_PRESETS.values())
