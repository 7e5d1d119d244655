"""``citygrid:roadsegments``: roads as axes, segments of a table on them, and a table to hand out."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsSymbolLayer,
    QgsVectorLayer,
)

from citygrid_plugin.core.owners.road_axes import RoadNetwork
from citygrid_plugin.core.owners.road_segments import chainage_of
from citygrid_plugin.processing import styles
from citygrid_plugin.processing.provider import CityGridProvider

from .test_bad_input import CRS, SOUTH, WEST, Log

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(provider: CityGridProvider, tmp_path: Path) -> Call:
    """Run roadsegments as the toolbox does; tables of Python are written to files first."""

    def start(log: Log | None = None, **given: Any) -> dict[str, Any]:  # noqa: ANN401
        inputs = {"OUTPUT": str(tmp_path / "out.gpkg"), "PROBLEMS": str(tmp_path / "problems.gpkg")} | given
        for key, value in inputs.items():
            if isinstance(value, gpd.GeoDataFrame):
                inputs[key] = str(tmp_path / f"{key}.gpkg")
                value.to_file(inputs[key])
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm("roadsegments").create()
        good, message = algorithm.checkParameterValues(inputs, context)
        assert good, message
        results, success = algorithm.run(inputs, context, log or Log(), {}, False)
        assert success
        return results

    return start


def out(tmp_path: Path, name: str = "out") -> gpd.GeoDataFrame:
    return gpd.read_file(tmp_path / f"{name}.gpkg")


def roads(*named: tuple[str | None, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    """Lines whose coordinates are metres from a corner."""
    lines = [shapely.affinity.translate(shapely.LineString(points), WEST, SOUTH) for _, points in named]
    return gpd.GeoDataFrame({"name": [name for name, _ in named]}, geometry=lines, crs=CRS)


def network(*named: tuple[str, list[tuple[float, float]]]) -> RoadNetwork:
    return RoadNetwork(
        np.array([name for name, _ in named], dtype=object),
        np.array([shapely.LineString(points) for _, points in named], dtype=object),
    )


def axis(*lines: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found = network(*(("路", line) for line in lines)).road("路")
    assert found is not None
    return list(found.axis.coords)


TOWN = (
    ("人民路", [(500, 0), (0, 0)]),  # drawn against its direction, in two parts
    ("人民路", [(500, 0), (1000, 0)]),
    ("解放路", [(300, -400), (300, 400)]),
    ("建设路", [(700, -10), (700, 400)]),
    ("和平路", [(900, 8), (900, 300)]),  # ends 8 m from 人民路
    ("和平路", [(100, 300), (100, 15)]),  # and meets it again
    (None, [(600, -100), (600, 100)]),
)


# Axes


def test_parts_are_put_in_order_from_west_to_east_or_north_to_south() -> None:
    assert axis([(50, 0), (100, 0)], [(50, 0), (0, 0)]) == [(0, 0), (50, 0), (100, 0)]
    assert axis([(0, 0), (10, 50)], [(10, 50), (0, 100)]) == [(0, 100), (10, 50), (0, 0)]
    assert axis([(0, 0), (100, 100)])[0] == (0, 0)  # as far both ways: west to east
    # Parts that do not meet, one of them turned: the chainage runs across the gap.
    assert axis([(400, 0), (200, 0)], [(0, 0), (100, 0)]) == [(0, 0), (100, 0), (200, 0), (400, 0)]


def test_a_ring_begins_in_the_north_and_runs_clockwise() -> None:
    ring = [(0, 0), (100, 0), (100, 100), (0, 50), (0, 0)]
    for line in (ring, ring[::-1]):
        assert axis(line) == [(100, 100), (100, 0), (0, 0), (0, 50), (100, 100)]


def test_the_other_carriageway_lies_beside() -> None:
    """Whether it meets the first one or not, and where it goes on further, that makes the road longer."""
    one, other = [(0, 0), (1000, 0)], [(1100, 30), (0, 30)]
    assert axis(one, other) == [(0, 30), (1100, 30)]
    joined = axis(one, [(1000, 0), (1000, 30)], [(1000, 30), (0, 30)])
    assert shapely.LineString(joined).length == pytest.approx(1000, abs=35)  # not there and back
    both = axis([(0, 0), (600, 0)], [(1000, 30), (400, 30)])
    assert shapely.LineString(both).length == pytest.approx(1000, abs=15)
    assert both[0][0] == 0
    assert both[-1][0] == 1000


def test_crossings_of_carriageways_are_one() -> None:
    town = network(
        ("南路", [(0, 0), (1000, 0)]), ("南路", [(0, 30), (1000, 30)]),
        ("东路", [(500, -100), (500, 100)]), ("东路", [(530, -100), (530, 100)]), ("东路", [(900, 0), (900, -50)]),
    )  # fmt: skip
    road = town.road(" 南路 ")
    assert road is not None
    assert [(crossing.name, crossing.chainage) for crossing in town.crossings(road)] == [("东路", 515), ("东路", 900)]


COORDINATES = st.tuples(st.integers(0, 400), st.integers(0, 400))
LINES = st.lists(st.lists(COORDINATES, min_size=2, max_size=5, unique=True), min_size=1, max_size=5)


@settings(max_examples=120, deadline=None)
@given(LINES, st.lists(st.floats(0.01, 0.99), max_size=4))
def test_no_metre_is_lost_or_doubled(lines: list[list[tuple[int, int]]], shares: list[float]) -> None:
    """However the lines run, the segments between any limits make up all of them, each metre once."""
    road = network(*(("路", [(float(x), float(y)) for x, y in line]) for line in lines)).road("路")
    assert road is not None
    limits = [0.0, *sorted(share * road.length for share in shares), road.length]
    parts = road.parts(list(itertools.pairwise(limits)))
    whole = shapely.union_all([shapely.LineString(line) for line in lines])
    assert shapely.length(parts).sum() == pytest.approx(whole.length, rel=1e-3, abs=0.1)
    assert shapely.hausdorff_distance(shapely.union_all(parts), whole) < 0.1
    start, end = road.axis.coords[0], road.axis.coords[-1]
    east, north = end[0] - start[0], end[1] - start[1]
    assert east >= 0 if abs(east) >= abs(north) else north <= 0


@pytest.mark.parametrize(
    ("said", "metres"),
    [
        ("300", 300), ("300.5 m", 300.5), ("300米", 300), ("1.2km", 1200), ("K1+200", 1200), ("k0+030.5", 30.5),
        ("2 公里", 2000), ("-5", -5), ("人民路", None), ("2号路", None), ("", None), ("1e3", None),
    ],
)  # fmt: skip
def test_chainages_as_people_write_them(said: str, metres: float | None) -> None:
    assert chainage_of(said) == metres


# A table that comes in


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> str:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return str(path)


def test_every_row_is_accounted_for(call: Call, tmp_path: Path) -> None:
    rows = [
        ["道路名称", "起点", "终点", "包干领导", "责任单位", "联系电话", "说明"],
        ["人民路", "", "解放路", "张三", "城管局、环卫所", "1", "甲"],
        ["人民路", "建设路口", "与解放路交叉口", "李四", "公安局", "2", "乙"],  # which limit is first is all one
        ["人民路", "K0+690", "900", "王五", "园林局", "", ""],  # 10 m of it twice
        ["人民路", "950", "东端", "赵六", "园林局", "", ""],  # leaves 50 m
        ["人民路", "950", "终点", "孙七", "园林局", "", ""],  # the same segment
        ["人民路", "950", "终点", "孙七", "园林局", "", "丁"],  # the same again
        ["长江路", "0", "100", "周八", "", "", ""],
        ["", "0", "100", "吴九", "", "", ""],
        ["人民路", "黄河路", "900", "郑十", "", "", ""],
        ["人民路", "和平路", "900", "冯十一", "", "", ""],  # it meets 人民路 twice
        ["人民路", "1500", "1600", "陈十二", "", "", ""],
        ["人民路", "解放路", "300", "褚十三", "", "", ""],
        ["解放路", "500", "2000", "卫十四", "", "", ""],  # beyond the end: cut, and said so
    ]
    table = write_csv(tmp_path / "segments.csv", rows, "gb18030")
    back = tmp_path / "back.csv"
    log = Log()
    results = call(log, ROADS=roads(*TOWN), SEGMENTS_TABLE=table, TABLE=str(back))
    read = list(csv.DictReader(back.read_text(encoding="utf-8-sig").splitlines()))
    assert [[row[name] for name in rows[0]] for row in read] == rows[1:]
    flags = [row["Flag"] for row in read]
    assert flags == [
        *["applied"] * 5, "duplicate", "unknown road", "unknown road", "unknown crossing", *["conflict"] * 3, "applied",
    ]  # fmt: skip
    counted = ("APPLIED", "UNKNOWN_ROAD", "UNKNOWN_CROSSING", "CONFLICT", "DUPLICATE")
    assert [results[f"{name}_COUNT"] for name in counted] == [6, 2, 1, 3, 1]
    assert results["ROW_COUNT"] == sum(results[f"{name}_COUNT"] for name in counted)
    assert (results["PERSON_COUNT"], results["DEPARTMENT_COUNT"]) == (6, 4)
    assert "(100, 900 m)" in read[9]["Detail"]
    assert "ends at 800 m; the segment ends there" in read[12]["Detail"]

    found = out(tmp_path).fillna("")
    ours = found[found["Road"] == "人民路"]
    assert ours[["FromM", "ToM"]].to_numpy().tolist() == [[0, 300], [300, 700], [690, 900], [950, 1000], [950, 1000]]
    assert ours["SegID"].tolist() == ["人民路-01", "人民路-02", "人民路-03", "人民路-04", "人民路-04"]
    assert ours["Owner"].tolist() == ["张三", "李四", "王五", "赵六", "孙七"]
    assert ours["Row"].tolist() == [1, 2, 3, 4, 5]
    assert np.allclose(ours.length, ours["Length"])
    kinds = Counter(out(tmp_path, "problems")["Kind"])
    assert kinds == {
        "segment_overlap": 1, "segment_gap": 2, "segment_shared": 1, "crossing_unknown": 1, "crossing_ambiguous": 1,
        "chainage_beyond": 1, "segment_empty": 1,
    }  # fmt: skip
    gap = out(tmp_path, "problems").set_index("Text")
    assert gap.loc["No row is for 人民路 from 900 to 950 m."].geometry.length == pytest.approx(50)
    assert any("13 rows of the table of segments: 6 applied, 2 of an unknown road" in line for line in log.said)


def test_both_limits_in_one_column_and_codes_of_the_table(call: Call, tmp_path: Path) -> None:
    rows = [
        ["路段编号", "路名", "起止点", "路长"],
        ["A1", "人民路", "起点—解放路", "张三"],
        ["A2", "人民路", "解放路至建设路", "李四"],
        ["A3", "人民路", "建设路-终点", "王五"],
        ["A4", "解放路", "K0+000-K0+100", "赵六"],
        ["A4", "解放路", "100~200", "孙七"],  # one code for two segments
    ]
    results = call(ROADS=roads(*TOWN), SEGMENTS_TABLE=write_csv(tmp_path / "segments.csv", rows))
    assert (results["APPLIED_COUNT"], results["CONFLICT_COUNT"]) == (3, 2)
    found = out(tmp_path)
    assert found["SegID"].tolist() == ["A1", "A2", "A3"]
    assert found["ToM"].tolist() == [300, 700, 1000]
    assert found["FromName"].tolist() == ["起点", "解放路", "建设路"]
    assert out(tmp_path, "problems")["Kind"].tolist() == ["segment_code_repeated"]


def test_the_lines_may_be_anything(call: Call, tmp_path: Path) -> None:
    """In degrees, with heights, null, as multilines, with the name in another field; out as they came in."""
    town = roads(*TOWN).rename(columns={"name": "路名"})
    whole = shapely.multilinestrings(town.geometry.iloc[:2].to_numpy())
    town.loc[0, "geometry"], town.loc[1, "geometry"] = shapely.force_3d(whole, 5.0), None
    rows = [["road", "from", "to", "leader"], ["人民路", "解放路", "建设路", "张三"]]
    table = write_csv(tmp_path / "segments.csv", rows)
    call(ROADS=town.to_crs(4490), SEGMENTS_TABLE=table)
    found = out(tmp_path)
    assert found.crs.to_epsg() == 4490
    assert found.to_crs(CRS).length.iloc[0] == pytest.approx(400, abs=0.2)
    assert found["FromM"].iloc[0] == pytest.approx(300, abs=0.2)


def test_wrong_input_is_a_sentence(call: Call, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "segments.csv", [["甲", "乙"], ["人民路", "张三"]])
    with pytest.raises(QgsProcessingException, match=r"No column of “segments\.csv” names roads"):
        call(ROADS=roads(*TOWN), SEGMENTS_TABLE=table)
    assert call(ROADS=roads(*TOWN), SEGMENTS_TABLE=table, SEGMENTS_MAPPING='{"Road": "甲"}')["APPLIED_COUNT"] == 1
    with pytest.raises(QgsProcessingException, match="“ROADS” has no field “name”"):
        call(ROADS=roads(*TOWN).rename(columns={"name": "x"}))
    with pytest.raises(QgsProcessingException, match="“ROAD_NAMES” holds no usable record"):
        call(ROADS=roads(*TOWN), ROAD_NAMES="长江路、黄河路")
    with pytest.raises(QgsProcessingException, match="“ROADS” holds no usable record"):
        call(ROADS=roads((None, [(0, 0), (9, 9)])))
    with pytest.raises(QgsProcessingException, match="an input of this run is read from there"):
        call(ROADS=roads(*TOWN), SEGMENTS_TABLE=table, TABLE=table)


# A table to hand out


def test_roads_are_divided_where_streets_cross(call: Call, tmp_path: Path) -> None:
    log = Log()
    results = call(log, ROADS=roads(*TOWN), ROAD_NAMES="人民路，长江路", TABLE=str(tmp_path / "segments.xlsx"))
    assert any("No road is called: 长江路" in line for line in log.said)
    found = out(tmp_path).fillna("")
    assert found["FromM"].tolist() == [0, 100, 300, 700, 900]
    assert found["ToName"].tolist() == ["和平路", "解放路", "建设路", "和平路", ""]
    assert results["SEGMENT_COUNT"] == 5
    call(ROADS=roads(*TOWN), ROAD_NAMES="人民路", MIN_LENGTH=150)
    wide = out(tmp_path).fillna("")
    assert wide["FromM"].tolist() == [0, 300, 700]
    assert wide["FromName"].tolist() == ["和平路", "解放路", "建设路"]


def test_a_real_district_handed_out_filled_in_and_read_again(call: Call, tmp_path: Path, real_data: Path) -> None:
    """13 roads of Shanghai: every metre of their lines is in one segment, and the table that comes back fits."""
    osm = real_data / "roads" / "shanghai_le-degn.osm"
    source = f"{osm}|layername=lines"
    names = [
        "福州路", "汉口路", "广东路", "西藏中路", "西藏南路", "河南南路", "延安东路", "成都北路", "浙江中路",
        "复兴东路", "人民路", "淮海中路", "九江路",
    ]  # fmt: skip
    sheet = tmp_path / "segments.xlsx"
    results = call(ROADS=source, ROAD_NAMES="、".join(names), TABLE=str(sheet))
    assert results["ROAD_COUNT"] == 13
    made = out(tmp_path)
    lines = pyogrio.read_dataframe(osm, layer="lines")
    lines = lines[lines["highway"].notna() & lines["name"].isin(names)].to_crs(made.estimate_utm_crs())
    assert made.to_crs(lines.crs).length.sum() == pytest.approx(shapely.union_all(lines.geometry).length, rel=1e-3)
    assert (made["Length"] >= 50).mean() > 0.9

    book = openpyxl.load_workbook(sheet)
    titles = [cell.value for cell in book.active[1]]
    for number, row in enumerate(book.active.iter_rows(min_row=2)):
        row[titles.index("Owner")].value = f"领导{number % 23:02}"
        row[titles.index("Dept")].value = f"部门{number % 42:02}"
    book.save(sheet)
    again = call(ROADS=source, SEGMENTS_TABLE=str(sheet))
    assert again["APPLIED_COUNT"] == again["ROW_COUNT"] == results["SEGMENT_COUNT"]
    assert (again["PERSON_COUNT"], again["DEPARTMENT_COUNT"]) == (23, 42)
    filled = out(tmp_path).set_index("SegID").to_crs(lines.crs)
    before = made.set_index("SegID").to_crs(lines.crs).loc[filled.index]
    assert (filled.geometry.hausdorff_distance(before.geometry) < 0.01).all()
    assert set(out(tmp_path, "problems")["Kind"]) <= {"road_gap"}  # nothing is left out, nothing overlaps


def test_who_answers_for_nothing_is_drawn_dashed(tmp_path: Path, call: Call) -> None:
    rows = [["road", "from", "to", "leader"], ["人民路", "0", "300", "张三"], ["人民路", "300", "", ""]]
    call(ROADS=roads(*TOWN), SEGMENTS_TABLE=write_csv(tmp_path / "segments.csv", rows))
    layer = QgsVectorLayer(str(tmp_path / "out.gpkg"), "segments", "ogr")
    styles.apply(layer, "road_segments")
    properties = layer.renderer().symbol().symbolLayer(0).dataDefinedProperties()
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    drawn = []
    for feature in layer.getFeatures():
        context.setFeature(feature)
        color = properties.property(QgsSymbolLayer.Property.StrokeColor).valueAsColor(context)[0].isValid()
        label = QgsExpression(layer.labeling().settings().fieldName)
        dash = properties.property(QgsSymbolLayer.Property.StrokeStyle).valueAsString(context, "")[0]
        drawn.append((color, dash, label.evaluate(context)))
    assert drawn == [(True, "", "张三"), (False, "dash", "人民路-02")]
