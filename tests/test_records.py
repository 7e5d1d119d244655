"""Reading deliveries: encodings from the bytes, codes as text, places from columns."""

from __future__ import annotations

import shutil
from pathlib import Path

import fiona
import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.errors import EmptyInput, MissingCrs, UnreadableFile
from citygrid_plugin.core.records.coordinates import coordinate_columns, places
from citygrid_plugin.storage.readers.encodings import choose, decode, known_encoding
from citygrid_plugin.storage.readers.records import UnknownCoordinates, read_records, records_of

from .conftest import SAMPLE

LEVEL_ONE = [
    bytes((lead, trail)).decode("gb2312", "ignore") for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)
]
COMMON = "".join(LEVEL_ONE)
TRADITIONAL = "消防栓編號區鄉鎮市名稱臺中大里立德甲園街巷口出水型式單雙開關標誌無經度緯度備註水公司位"


def keys(remarks: object) -> list[str]:
    return [remark.key for remark in remarks]  # type: ignore[attr-defined]


def rows_by_fiona(path: Path) -> list[dict[str, object]]:
    """An independent reader, told the encoding."""
    with fiona.open(path, encoding="gbk") as source:
        return [dict(row.properties) for row in source]


def gbk_shapefile(folder: Path, source: Path, cpg: str | None = None) -> Path:
    for part in source.parent.glob(f"{source.stem}.*"):
        if part.suffix != ".cpg":
            shutil.copyfile(part, folder / f"t{part.suffix}")
    if cpg is not None:
        (folder / "t.cpg").write_text(cpg, encoding="ascii")
    return folder / "t.shp"


@pytest.mark.real_data
def test_gbk_however_it_is_declared(real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "encodings"
    declared = folder / "gbk_ldid_no_cpg" / "区县界_area.shp"
    expected = rows_by_fiona(declared)
    bare = folder / "derived" / "chongqing_gbk_noldid_nocpg.shp"
    lying = gbk_shapefile(tmp_path, bare, "UTF-8")
    for path in (declared, bare, folder / "derived" / "chongqing_gbk_cpg936.shp", lying):
        records = read_records(path)
        assert records.encoding == "GBK"
        assert records.frame["NAME"].tolist() == [row["NAME"] for row in expected]
        assert records.frame["ADMINCODE"].tolist() == [row["ADMINCODE"] for row in expected]
        assert shapely.area(records.frame.geometry.to_numpy()).min() > 0
    assert keys(read_records(lying).remarks) == ["encoding_disagrees"]
    assert keys(read_records(bare).remarks) == []


@pytest.mark.real_data
def test_no_projection_file(real_data: Path) -> None:
    path = real_data / "encodings" / "utf8_cpg_no_prj" / "sz.shp"
    with pytest.raises(MissingCrs, match=r"sz\.shp"):
        read_records(path)
    records = read_records(path, crs=pyproj.CRS.from_epsg(4326))
    assert records.encoding == "UTF-8"
    assert "罗湖" in set(records.frame["qh"])


words = st.text(alphabet=COMMON, min_size=2, max_size=10)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(words, min_size=5, max_size=30),
    st.sampled_from(["utf-8", "gbk"]),
    st.sampled_from([(), ("utf-8",), ("gbk",), ("cp1252",)]),
)
def test_chinese_text_is_read_whatever_the_hint(texts: list[str], encoding: str, hints: tuple[str, ...]) -> None:
    values = [text.encode(encoding) for text in texts]
    chosen = choose(values, hints)
    assert [decode(value, chosen.encoding) for value in values] == texts
    assert chosen.broken == 0


@pytest.mark.parametrize("encoding", ["big5", "utf-8", "gbk"])
def test_traditional_text(encoding: str) -> None:
    values = [TRADITIONAL[start : start + 6].encode(encoding) for start in range(0, 36, 3)]
    assert [decode(value, choose(values).encoding) for value in values] == [value.decode(encoding) for value in values]


def test_other_text_and_broken_bytes() -> None:
    assert choose([b"plain", b"0118"]).encoding == "UTF-8"
    assert choose(["caf\u00e9".encode(), b"abc"]).encoding == "UTF-8"
    assert choose(["caf\u00e9 du nord".encode("cp1252")] * 3, ["cp1252"]).encoding == "cp1252"
    texts = ["路灯井盖", "消防设施", "公交站亭"] * 5
    cut = [text.encode()[:-1] for text in texts]  # the width of a field cuts characters
    assert choose(cut).encoding == "UTF-8"
    assert decode(cut[0], "UTF-8") == "路灯井"
    broken = [text.encode("gbk") for text in texts] + [b"\xff\xff\xb5\xc6"]
    assert (choose(broken).encoding.startswith("GB"), choose(broken).broken) == (True, 1)


def test_codes_stay_text(tmp_path: Path) -> None:
    """Whatever a format thinks of them: no lost zero, no lost digit, no decimal point."""
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeff标识码;code;经度;纬度\n3207060118000001;0118;119.2;34.6\n;118;119,2;\n".encode())
    frame = read_records(path).frame
    assert frame["code"].tolist() == ["0118", "118"]
    assert frame["标识码"].tolist() == ["3207060118000001", None]
    assert shapely.is_missing(frame.geometry.to_numpy()).tolist() == [False, True]

    whole = pd.array([3207060118000001, None], dtype="Int64")
    table = gpd.GeoDataFrame(
        {"id": whole, "share": [0.5, None], "code": ["0118", None], "flag": [True, False]},
        geometry=gpd.points_from_xy([1, 2], [3, 4]), crs=4549,
    )  # fmt: skip
    table.to_file(tmp_path / "t.gpkg")
    for frame in (read_records(tmp_path / "t.gpkg").frame, records_of(table, "t").frame):
        assert frame["id"].tolist() == ["3207060118000001", None]
        assert frame["share"].tolist() == ["0.5", None]
        assert frame["code"].tolist() == ["0118", None]
        assert frame["flag"].tolist() == ["True", "False"]

    schema = {"geometry": "Point", "properties": {"ID": "int:17", "CODE": "str:4", "N": "float:10.3", "DAY": "date"}}
    point = {"type": "Point", "coordinates": (1, 2)}
    with fiona.open(tmp_path / "t.shp", "w", driver="ESRI Shapefile", schema=schema, crs="EPSG:4549") as sink:
        sink.write(
            {"geometry": point, "properties": {"ID": 32070600118000001, "CODE": "0118", "N": 1.5, "DAY": "2025-01-02"}}
        )
        sink.write({"geometry": None, "properties": {"ID": None, "CODE": None, "N": None, "DAY": None}})
    frame = read_records(tmp_path / "t.shp").frame
    assert frame[["ID", "CODE", "N", "DAY"]].to_numpy().tolist() == [
        ["32070600118000001", "0118", "1.500", "20250102"],
        [None] * 4,
    ]
    assert frame.geometry[0].equals(shapely.Point(1, 2))
    assert frame.geometry[1] is None


def test_rows_marked_as_deleted_keep_the_others_aligned(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": list("abcd")}, geometry=gpd.points_from_xy(range(4), [0] * 4), crs=4549)
    frame.to_file(tmp_path / "t.shp")
    path = tmp_path / "t.dbf"
    data = bytearray(path.read_bytes())
    header, size = int.from_bytes(data[8:10], "little"), int.from_bytes(data[10:12], "little")
    data[header + size] = ord("*")
    path.write_bytes(data)
    records = read_records(tmp_path / "t.shp")
    assert records.frame["n"].tolist() == list("acd")
    assert records.frame.geometry.x.tolist() == [0, 2, 3]
    assert keys(records.remarks) == ["deleted_rows"]
    path.write_bytes(data[:-5])
    with pytest.raises(UnreadableFile, match="cut short: it has 3 of 4"):
        read_records(tmp_path / "t.shp")


def test_rows_beyond_what_the_header_counts_are_told(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": list("abcd")}, geometry=gpd.points_from_xy(range(4), [0] * 4), crs=4549)
    frame.to_file(tmp_path / "t.shp")
    path = tmp_path / "t.dbf"
    assert keys(read_records(path).remarks) == []
    data = bytearray(path.read_bytes())
    data[4:8] = (1).to_bytes(4, "little")
    path.write_bytes(data)
    records = read_records(path)
    assert records.frame["n"].tolist() == ["a"]
    assert [(remark.key, remark.values) for remark in records.remarks] == [
        ("records_beyond", {"stated": 1, "count": 3})
    ]


def chinese_shapefile(folder: Path) -> Path:
    names = ["路灯", "井盖"]
    frame = gpd.GeoDataFrame(
        {"部件编号": names, "n": ["1", "2"]}, geometry=gpd.points_from_xy([1, 2], [0, 0]), crs=4549
    )
    frame.rename(columns={"部件编号": "field"}).to_file(folder / "t.shp", encoding="utf-8")
    path = folder / "t.dbf"  # QGIS cuts names to ten bytes, even inside a character; geopandas does not
    path.write_bytes(path.read_bytes().replace(b"field".ljust(11, b"\0"), "部件编号".encode()[:10] + b"\0", 1))
    return folder / "t.shp"


@pytest.mark.parametrize("kind", ["C", "M"])  # read from the bytes, and left to GDAL
def test_field_names_cut_inside_a_character(tmp_path: Path, kind: str) -> None:
    path = chinese_shapefile(tmp_path)
    data = bytearray(path.with_suffix(".dbf").read_bytes())
    data[32 + 32 + 11] = ord(kind)
    path.with_suffix(".dbf").write_bytes(data)
    frame = read_records(path).frame
    assert list(frame.columns) == ["部件编", "n", "geometry"]
    assert frame.iloc[:, :2].to_numpy().tolist() == [["路灯", "1"], ["井盖", "2"]]


def test_a_projection_in_another_encoding(tmp_path: Path) -> None:
    path = chinese_shapefile(tmp_path)
    prj = path.with_suffix(".prj")
    text = prj.read_text(encoding="utf-8")
    name = text.split('"')[1]
    prj.write_bytes(text.replace(name, "国家大地坐标系 39 带").encode("gbk"))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    frame = read_records(path).frame
    assert frame.geometry.x.tolist() == [1, 2]
    assert {entry.value for entry in frame.crs.coordinate_operation.params} >= {120.0, 500_000.0}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("stated", ["GBK\0", "\0", "rot13", "hex", "undefined", "idna", "base64", "no such"])
def test_hints_that_are_no_encoding(tmp_path: Path, stated: str) -> None:
    assert known_encoding(stated) == ""
    path = chinese_shapefile(tmp_path)
    path.with_suffix(".cpg").write_text(stated, encoding="ascii")
    assert read_records(path).frame.iloc[:, 0].tolist() == ["路灯", "井盖"]


def test_awkward_tables(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('Name,name,geometry\n"a, ""b""\nc",2,3\n1,2,3,4\n\n5\n', encoding="utf-16")
    records = read_records(path)
    assert records.frame.drop(columns="geometry").to_numpy().tolist() == [
        ['a, "b"\nc', "2", "3", None], ["1", "2", "3", "4"], ["5", None, None, None],
    ]  # fmt: skip
    assert len({column.casefold() for column in records.frame.columns}) == 5
    assert keys(records.remarks) == ["rows_too_long", "columns_renamed"]
    assert records.frame.crs is None
    for content, error in ((b"", EmptyInput), (b"a,b\n", EmptyInput)):
        path.write_bytes(content)
        with pytest.raises(error):
            read_records(path)
    with pytest.raises(UnreadableFile, match="does not exist"):
        read_records(tmp_path / "none.csv")
    (tmp_path / "t.gpkg").write_bytes(b"no database")
    with pytest.raises(UnreadableFile):
        read_records(tmp_path / "t.gpkg")


def test_metres_need_a_system_and_x_may_be_north(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("X坐标,Y坐标\n3832000.5,425000.25\n3832001,425001\n", encoding="gbk")
    with pytest.raises(UnknownCoordinates, match="X坐标 and Y坐标"):
        read_records(path)
    records = read_records(path, crs=pyproj.CRS.from_epsg(4549))
    assert shapely.get_coordinates(records.frame.geometry.to_numpy()).tolist()[0] == [425000.25, 3832000.5]
    assert "axes_swapped" in keys(records.remarks)


def test_coordinate_columns() -> None:
    assert coordinate_columns(["name", "y", "x", "Lat", "LON"]) == ("LON", "Lat")
    assert coordinate_columns(["纵坐标", "横坐标"]) == ("横坐标", "纵坐标")
    assert coordinate_columns(["GPS_经度", "纬度"]) is None


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.booleans())
def test_exchanged_axes_in_china_are_always_put_right(seed: int, whole: bool) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(74, 134, 40), rng.uniform(19, 53, 40)
    exchanged = np.ones(40, dtype=bool) if whole else rng.random(40) < 0.3
    found = places(np.where(exchanged, y, x), np.where(exchanged, x, y))
    assert np.array_equal(shapely.get_coordinates(found.points), np.column_stack([x, y]))
    assert found.degrees


@pytest.mark.real_data
def test_a_source_with_exchanged_titles(real_data: Path) -> None:
    records = read_records(real_data / "cases" / "syracuse_potholes.csv")
    bounds = records.frame.total_bounds
    assert -77 < bounds[0] < bounds[2] < -75
    assert 42 < bounds[1] < bounds[3] < 44
    assert "axes_swapped" in keys(records.remarks)


def test_sample_shapefile_is_gbk_without_saying_so() -> None:
    frame = read_records(SAMPLE / "components" / "survey_a.shp").frame
    expected = rows_by_fiona(SAMPLE / "components" / "survey_a.shp")
    assert list(frame.columns)[:-1] == list(expected[0])
    assert frame["养护单位"].tolist() == [row["养护单位"] for row in expected]
