"""The embedded sample against its manifest, read with fiona and csv: not by the code that wrote it."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import fiona
import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import Point, shape

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample" / "xinpu"
MANIFEST: dict[str, Any] = json.loads((SAMPLE / "manifest.json").read_text(encoding="utf-8"))
DELIVERIES = MANIFEST["deliveries"]
CASES = MANIFEST["cases"]
# Lon/lat box well round the district: enough to tell a swapped pair from a point outside.
WEST, EAST, SOUTH, NORTH = 119.0, 119.4, 34.4, 34.8


def read(name: str, **options: str) -> list[Any]:
    with fiona.open(SAMPLE / name, **options) as layer:
        return list(layer)


def read_csv(name: str, encoding: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def rows_where(rows: list[Any], test: Callable[[Any], object]) -> list[int]:
    return [i for i, row in enumerate(rows) if test(row)]


def planted(entry: dict[str, Any], kind: str) -> list[int]:
    fault = entry["faults"][kind]
    assert fault["count"] == len(fault["rows"]) > 0
    return fault["rows"]


@pytest.fixture(scope="module")
def communities() -> list[Any]:
    return read("communities.gpkg")


@pytest.fixture(scope="module")
def shapes(communities: list[Any]) -> np.ndarray:
    return np.array([shape(c.geometry) for c in communities])


@pytest.fixture(scope="module")
def survey_a() -> list[Any]:
    return read("components/survey_a.shp", encoding="GBK")


@pytest.fixture(scope="module")
def cases() -> list[dict[str, str]]:
    return read_csv("cases.csv", "utf-8")


def test_size_and_layers() -> None:
    assert sum(f.stat().st_size for f in SAMPLE.rglob("*") if f.is_file()) < 3_000_000
    for entry in MANIFEST["layers"].values():
        with fiona.open(SAMPLE / entry["file"], layer=entry["layer"]) as layer:
            assert (len(layer), layer.crs.to_epsg()) == (entry["rows"], 4549)


def test_codes_are_well_formed_and_nested(communities: list[Any]) -> None:
    properties = [c.properties for c in communities]
    codes = [p["CommCode"] for p in properties]
    assert len(codes) == len(set(codes)) == MANIFEST["district"]["communities"] == 74
    assert all(re.fullmatch(r"320706\d{6}", code) for code in codes)
    assert all(p["CommCode"].startswith(p["StrCode"]) for p in properties)
    assert {p["Note"] for p in properties} == {"illustrative 示意数据"}
    assert all(p["Population"] > 0 for p in properties)
    streets = {s.properties["StrCode"]: s.properties["StrName"] for s in read("streets.gpkg")}
    assert streets == {p["StrCode"]: p["StrName"] for p in properties}
    assert len(streets) == 6


def test_communities_cover_the_district_exactly(communities: list[Any], shapes: np.ndarray) -> None:
    assert shapely.is_valid(shapes).all()
    whole = shapely.union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    area = shapely.area(shapes)
    assert 30e6 < area.sum() < 60e6
    assert area.sum() == pytest.approx(whole.area, abs=1e-3)
    assert area.sum() == pytest.approx(MANIFEST["district"]["area_m2"], abs=0.1)
    assert area.min() > 0.1e6
    assert area.max() < 2e6
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    assert shapely.area(shapely.intersection(shapes[left[once]], shapes[right[once]])).max() == 0
    # Every inner edge is in two rings with the same two vertices: a coverage in the strict sense.
    edges: Counter[Any] = Counter()
    for ring in shapely.get_rings(shapely.get_parts(shapes)):
        xy = [tuple(point) for point in shapely.get_coordinates(ring).tolist()]
        edges.update(frozenset(pair) for pair in pairwise(xy))
    single = shapely.linestrings([list(edge) for edge, count in edges.items() if count == 1])
    assert max(edges.values()) == 2
    assert shapely.length(single).sum() == pytest.approx(whole.length, abs=0.01)
    # One enclave: a community in two parts, and another with a hole that the second part fills.
    assert sorted(shapely.get_num_geometries(shapes))[-2:] == [1, 2]
    assert shapely.get_num_interior_rings(shapely.get_parts(shapes)).sum() == 1

    for street in read("streets.gpkg"):
        own = [c.properties["StrCode"] == street.properties["StrCode"] for c in communities]
        polygon = shape(street.geometry)
        assert polygon.area == pytest.approx(area[own].sum(), abs=1e-3)
        assert shapely.get_num_geometries(polygon) == 1


def test_roads_and_river(shapes: np.ndarray) -> None:
    roads = read("roads.gpkg")
    assert {r.properties["highway"] for r in roads} == {"trunk", "primary", "secondary", "residential"}
    lines = [shape(r.geometry) for r in roads]
    assert all(line.geom_type == "LineString" and line.is_valid for line in lines)
    # The limits of communities follow roads or the river, apart from the district's own and the enclave's.
    (river,) = (shape(r.geometry) for r in read("river.gpkg"))
    assert river.is_valid
    inner = shapely.union_all(shapely.boundary(shapes)).difference(shapely.union_all(shapes).boundary.buffer(1))
    near = shapely.union_all([*(line.buffer(8) for line in lines), river.buffer(8)])
    assert inner.intersection(near).length > 0.97 * inner.length


def test_survey_a_is_a_gbk_shapefile_that_does_not_say_so(survey_a: list[Any]) -> None:
    path = SAMPLE / DELIVERIES["survey_a"]["file"]
    assert not path.with_suffix(".cpg").exists()
    assert path.with_suffix(".dbf").read_bytes()[29] == 0
    assert len(survey_a) == DELIVERIES["survey_a"]["rows"]
    assert list(survey_a[0].properties) == list(DELIVERIES["survey_a"]["mapping"])


def test_faults_of_survey_a(survey_a: list[Any], shapes: np.ndarray) -> None:
    entry = DELIVERIES["survey_a"]
    rows = [f.properties for f in survey_a]
    name = "部件名称"
    assert rows_where(rows, lambda r: r["部件代码"] in entry["unknown_codes"]) == planted(entry, "unknown_code")
    assert rows_where(rows, lambda r: " " in r[name]) == planted(entry, "name_with_spaces")
    assert rows_where(rows, lambda r: "　" in r[name]) == planted(entry, "name_with_ideographic_space")
    assert rows_where(rows, lambda r: "（" in r[name]) == planted(entry, "name_full_width_brackets")
    assert rows_where(rows, lambda r: not r["部件代码"].isascii()) == planted(entry, "code_full_width")
    assert rows_where(rows, lambda r: "-" in r["普查日期"]) == planted(entry, "date_with_dashes")
    assert rows_where(rows, lambda r: r["状态"] is None) == planted(entry, "state_empty")
    dates = [datetime.strptime(r["普查日期"].replace("-", ""), "%Y%m%d").date() for r in rows]  # noqa: DTZ007 - a day
    assert max(dates) < datetime.fromisoformat(MANIFEST["reference_time"]).date()

    # The name that most rows of a code bear is its right one, so that the test needs no code table.
    plain = [r[name].replace(" ", "").replace("　", "") for r in rows]
    code = [r["标识码"][6:10] for r in rows]
    usual = {c: Counter(n for n, k in zip(plain, code, strict=True) if k == c).most_common(1)[0][0] for c in code}
    assert rows_where(list(zip(plain, code, strict=True)), lambda nc: nc[0] != usual[nc[1]]) == planted(
        entry, "name_disagrees_with_code"
    )

    copies = planted(entry, "duplicate_of_earlier_row")
    for copy, original in zip(copies, entry["duplicates_of"], strict=True):
        assert dict(rows[copy]) == dict(rows[original])
        assert survey_a[copy].geometry.coordinates == survey_a[original].geometry.coordinates
    assert len({r["标识码"] for r in rows}) == len(rows) - len(copies)
    points = [shape(f.geometry) for f in survey_a]
    whole = shapely.union_all(shapes)
    shapely.prepare(whole)
    assert rows_where(points, lambda p: not whole.contains(p)) == planted(entry, "outside_district")


def test_faults_of_survey_b() -> None:
    entry = DELIVERIES["survey_b"]
    rows = read_csv(entry["file"], "gbk")
    assert len(rows) == entry["rows"]
    assert rows_where(rows, lambda r: "E+" in r["标识码"]) == planted(entry, "id_scientific")
    assert all(rows[i]["标识码"].endswith("0") for i in planted(entry, "id_last_digit_lost"))
    assert len({r["标识码"] for r in rows}) == entry["distinct_ids"]
    bare = planted(entry, "class_code_without_leading_zero")
    assert rows_where(rows, lambda r: len(r["小类"]) == 3 and len(r["大类"]) == 1) == bare
    assert {r["小类"].zfill(4) for r in rows} == set(entry["classes"])
    assert rows_where(rows, lambda r: not r["经度"] or not r["纬度"]) == planted(entry, "coordinates_empty")
    swapped = planted(entry, "coordinates_swapped")
    assert rows_where(rows, lambda r: r["经度"] and float(r["经度"]) < float(r["纬度"])) == swapped
    sound = [r for i, r in enumerate(rows) if r["经度"] and i not in swapped]
    assert all(WEST < float(r["经度"]) < EAST and SOUTH < float(r["纬度"]) < NORTH for r in sound)


def test_faults_of_survey_c() -> None:
    entry = DELIVERIES["survey_c"]
    with fiona.open(SAMPLE / entry["file"], layer=entry["layer"]) as layer:
        assert layer.crs.to_epsg() == 4490
        features = list(layer)
    assert len(features) == entry["rows"]
    assert rows_where(features, lambda f: f.geometry is None) == planted(entry, "null_geometry")
    solid = rows_where(features, lambda f: f.geometry is not None and len(f.geometry.coordinates) == 3)
    assert solid == planted(entry, "three_dimensional")
    assert rows_where(features, lambda f: f.properties["obj_id"] is None) == planted(entry, "id_empty")
    assert {f.properties["class_code"] for f in features} == set(entry["classes"])
    assert all(re.fullmatch(r"\d{16}", f.properties["obj_id"] or "0" * 16) for f in features)


def scenario_of(row: dict[str, str], now: datetime) -> str:
    """What the case is at `now`, by the rules of the trade, from the row alone."""
    stage = row["当前阶段"]
    deadline, finished = (
        datetime.fromisoformat(row[c]).replace(tzinfo=now.tzinfo) if row[c] else None for c in ("截止时间", "结案时间")
    )
    if stage in CASES["unknown_stages"]:
        scenario = "unknown_stage"
    elif stage in {"挂账", "作废"}:
        scenario = "suspended" if stage == "挂账" else "void"
    elif stage == "结案":
        assert finished is not None
        late = deadline is not None and finished > deadline
        scenario = "closed_late" if late else "closed_on_time" if deadline else "closed_without_deadline"
    elif deadline is None:
        scenario = "open_without_deadline"
    elif deadline < now:
        scenario = "overdue"
    else:
        scenario = "due_soon" if deadline <= now + timedelta(hours=8) else "open"
    assert (finished is not None) == (stage == "结案")
    return scenario


def test_cases_are_what_the_manifest_says(cases: list[dict[str, str]]) -> None:
    now = datetime.fromisoformat(MANIFEST["reference_time"])
    assert len(cases) == CASES["rows"]
    assert len({r["案卷编号"] for r in cases}) == len(cases)
    found = [scenario_of(r, now) for r in cases]
    for scenario, truth in CASES["scenarios"].items():
        assert rows_where(found, lambda s, wanted=scenario: s == wanted) == truth["rows"], scenario
        assert len(truth["rows"]) == truth["count"]
    assert Counter(r["当前阶段"] for r in cases) == CASES["stages"]
    assert Counter(r["案卷类型"] for r in cases) == CASES["kinds"]
    assert Counter(r["来源"] for r in cases) == CASES["sources"]
    assert cases[CASES["due_exactly_now"]]["截止时间"] == now.strftime("%Y-%m-%d %H:%M:%S")
    edge = cases[CASES["closed_exactly_at_deadline"]]
    assert edge["结案时间"] == edge["截止时间"]
    reference = now.strftime("%Y-%m-%d %H:%M:%S")
    assert all(r["上报时间"] < r["立案时间"] <= reference and r["结案时间"] <= reference for r in cases)
    assert all(re.fullmatch(r"0\d{3}", r["小类代码"]) for r in cases)


def test_faults_of_cases(cases: list[dict[str, str]], shapes: np.ndarray) -> None:
    text = "问题描述"
    for kind, mark in (
        ("text_with_script", "<script>"), ("text_with_markup", "<b>"), ("text_with_image", "<img"),
        ("text_with_quotes", '"'), ("text_with_comma", ","), ("text_with_newline", "\n"),
    ):  # fmt: skip
        assert rows_where(cases, lambda r, mark=mark: mark in r[text]) == planted(CASES, kind), kind
    assert rows_where(cases, lambda r: r[text].startswith("=")) == planted(CASES, "text_with_formula")
    assert rows_where(cases, lambda r: not r["经度"]) == planted(CASES, "coordinates_empty")
    turn = Transformer.from_crs(4490, 4549, always_xy=True).transform
    whole = shapely.union_all(shapes)
    shapely.prepare(whole)
    outside = rows_where(
        cases, lambda r: r["经度"] and not whole.contains(Point(*turn(float(r["经度"]), float(r["纬度"]))))
    )
    assert outside == planted(CASES, "outside_district")


@pytest.mark.parametrize(
    ("table", "kind", "files"),
    [("components", "部件", ["survey_a", "survey_b", "survey_c"]), ("events", "事件", [])],
)
def test_codes_stand_in_the_scheme(table: str, kind: str, files: list[str], cases: list[dict[str, str]]) -> None:
    path = ROOT / "citygrid_plugin" / "resources" / "schemes" / f"cqsz10_2007_{table}.csv"
    if not path.exists():
        pytest.skip(f"the code table {path.name} is not in the project")
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    for name in files:
        assert set(DELIVERIES[name]["classes"]) <= set(names)
    own = [(r["小类代码"], r["小类名称"]) for r in cases if r["案卷类型"] == kind]
    assert all(names[code] == name for code, name in own)
    if files:
        assert not DELIVERIES["survey_a"]["unknown_codes"].keys() & names.keys()


def test_made_again_it_is_the_same(tmp_path: Path) -> None:
    sources = ROOT / "build" / "sample-sources"
    schemes = ROOT / "citygrid_plugin" / "resources" / "schemes"
    if not sources.exists() or not (schemes / "cqsz10_2007_events.csv").exists():
        pytest.skip("the source packages are not here; scripts/make_sample fetches them")
    command = [sys.executable, str(ROOT / "scripts" / "make_sample"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    for name in ("manifest.json", "cases.csv", "components/survey_b.csv", "components/survey_a.dbf"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), name
    with fiona.open(tmp_path / "communities.gpkg") as again, fiona.open(SAMPLE / "communities.gpkg") as kept:
        pairs = list(zip(again, kept, strict=True))
    assert all(dict(a.properties) == dict(b.properties) for a, b in pairs)
    assert all(shape(a.geometry).equals(shape(b.geometry)) for a, b in pairs)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--communities", "here.gpkg", "--components", "here.gpkg", "gone.shp"], "--components: there is no file"),
        (["--communities", "gone.gpkg"], "--communities: there is no file gone.gpkg"),
        (["--cases", "here.gpkg"], "--cases needs --communities, too"),
    ],
)
def test_the_demo_refuses_files_before_it_starts(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "here.gpkg").touch()
    command = [sys.executable, str(ROOT / "scripts" / "chain.py"), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"scripts/demo: error: {said}")


def test_the_sample_without_its_packages_is_a_sentence() -> None:
    """As the Python of the system, which lacks them, runs it."""
    command = [sys.executable, "-I", "-S", str(ROOT / "scripts" / "make_sample"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Run scripts/setup" in done.stderr
