"""Whole deliveries: each format gives back what was written, folders and zips lose nothing and do no harm."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import io
import json
import math
import os
import shutil
import socket
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely

from citygrid_plugin.core.errors import (
    CityGridError,
    EmptyInput,
    MissingCrs,
    UnreadableFile,
)
from citygrid_plugin.core.records import account
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.core.records.reading_texts import TEXTS
from citygrid_plugin.core.spatial.datum import (
    Datum,
    from_bd09,
    from_gcj02,
    likely_datum,
    share_inside,
    to_bd09,
    to_gcj02,
)
from citygrid_plugin.storage import layers, survey
from citygrid_plugin.storage.files import NoTemporaryFolder
from citygrid_plugin.storage.gdal import number_text
from citygrid_plugin.storage.readers import archives
from citygrid_plugin.storage.readers.archives import TooLargeArchive, UnsafeName
from citygrid_plugin.storage.readers.deliveries import read_deliveries
from citygrid_plugin.storage.readers.encodings import UnknownEncoding
from citygrid_plugin.storage.readers.records import Records, encoding_candidates, read_records
from citygrid_plugin.storage.readers.workbooks import shown_number, title_row

from .killed import kill_writer

COUNT = 50
IDS = [f"50010301180{number:05d}" for number in range(COUNT)]
LONG = [32070600118000001 + number for number in range(COUNT)]  # 17 digits: no double holds them
NAMES = ["路灯", "雨水箅子", "消火栓", "井盖 B", "行道树"] * (COUNT // 5)
X = np.round(np.linspace(106.51, 106.59, COUNT), 6)
Y = np.round(np.linspace(29.51, 29.58, COUNT), 6)

needs_openpyxl = pytest.mark.skipif(importlib.util.find_spec("openpyxl") is None, reason="openpyxl is not installed")


def frame() -> gpd.GeoDataFrame:
    data = {"标识码": IDS, "code": ["0118"] * COUNT, "名称": NAMES}
    return gpd.GeoDataFrame(data, geometry=shapely.points(X, Y), crs=4326)


def keys(records: Records) -> list[str]:
    return [remark.key for remark in records.remarks]


def remark(records: Records, key: str) -> dict[str, Any]:
    return dict(next(found for found in records.remarks if found.key == key).values)


def assert_kept(records: Records, names: tuple[str, ...] = ("标识码", "code", "名称")) -> None:
    """Every value and place of ``frame`` is there, in its order."""
    assert [records.frame[name].tolist() for name in names] == [IDS, ["0118"] * COUNT, NAMES]
    assert np.allclose(shapely.get_coordinates(records.frame.geometry.to_numpy()), np.column_stack([X, Y]), atol=1e-9)


def test_every_remark_has_a_sentence() -> None:
    """The keys that the readers use stand in one of the tables, and their places are filled."""
    texts = {**TEXTS, **account.TEXTS}
    folder = Path(archives.__file__).parent
    used = {
        line.split('Remark("')[1].split('"')[0]
        for path in folder.glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if 'Remark("' in line
    }
    assert len(used) > 10
    assert used <= texts.keys()


# Formats


@pytest.mark.parametrize(
    ("suffix", "driver"),
    [("gpkg", "GPKG"), ("geojson", "GeoJSON"), ("fgb", "FlatGeobuf"), ("kml", "LIBKML"), ("kmz", "LIBKML"),
     ("gdb", "OpenFileGDB"), ("shp", "ESRI Shapefile"), ("sqlite", "SQLite"), ("gml", "GML"), ("tab", "MapInfo File")],
)  # fmt: skip
def test_layers(tmp_path: Path, suffix: str, driver: str) -> None:
    path = tmp_path / f"BJ0118.{suffix}"
    names = {"标识码": "id", "名称": "name"} if suffix == "tab" else {}
    options = {"SPATIAL_INDEX": "NO"} if suffix == "fgb" else {}
    layer = None if suffix == "shp" else "BJ0118"
    pyogrio.write_dataframe(frame().rename(columns=names), path, driver=driver, layer=layer, **options)
    for records in (read_records(path), *read_deliveries(path).records):
        assert_kept(records, tuple(names.get(name, name) for name in ("标识码", "code", "名称")))
        assert records.title.upper() == "BJ0118"
        assert records.frame.crs.to_epsg() in {4326, None} or suffix in {"shp", "tab", "kmz"}


@pytest.mark.parametrize("driver", ["GPKG", "GeoJSON", "FlatGeobuf", "OpenFileGDB"])
@pytest.mark.parametrize("count", [COUNT, 12_000])  # below and above where arrays are read in bulk
def test_types_become_text_exactly(tmp_path: Path, driver: str, count: int) -> None:
    if driver == "OpenFileGDB":
        whole = pd.array([70_000 + number for number in range(count)], dtype="Int32")  # it has no larger ones
    else:
        whole = pd.array([LONG[0] + number for number in range(count)], dtype="Int64")
    whole[3] = None
    texts = np.array([f"{number:016d}" for number in range(count)], dtype=object)
    texts[4], texts[5] = None, "灯" * 300 if count == COUNT else "长长的说明"
    days = pd.to_datetime(["2024-03-15"] * count)
    number = np.round(np.arange(count) / 7, 9)
    table = gpd.GeoDataFrame(
        {"id": texts, "whole": whole, "share": number, "day": days.date},
        geometry=shapely.points(np.arange(count) / 1e5 + 106, np.arange(count) / 1e5 + 29), crs=4326,
    )  # fmt: skip
    if driver != "FlatGeobuf":  # which GDAL writes no feature without a place to
        table.loc[7, "geometry"] = None
    path = tmp_path / f"t.{ {'GPKG': 'gpkg', 'GeoJSON': 'geojson', 'FlatGeobuf': 'fgb', 'OpenFileGDB': 'gdb'}[driver] }"
    options = {"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}
    if driver == "GeoJSON":
        options["COORDINATE_PRECISION"] = "15"
    pyogrio.write_dataframe(table, path, driver=driver, **options)
    read = read_records(path).frame
    assert len(read) == count
    assert read["id"].tolist() == texts.tolist()
    assert read["whole"].tolist() == [None if value is pd.NA else str(value) for value in whole]
    assert read["share"].tolist() == [number_text(float(value)) for value in number]
    if driver != "OpenFileGDB":
        assert set(read["day"].str.replace("/", "-")) == {"2024-03-15"}
    assert shapely.is_missing(read.geometry.to_numpy()).nonzero()[0].tolist() == [7] * (driver != "FlatGeobuf")
    others = np.arange(count) != 7
    assert np.allclose(
        shapely.get_coordinates(read.geometry[others].to_numpy()),
        shapely.get_coordinates(table.geometry[others].to_numpy()), rtol=0, atol=1e-12,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["Point Z", "Polygon", "mixed"])
def test_large_geopackages_of_any_geometry(tmp_path: Path, kind: str) -> None:
    """What GDAL cannot hand over as arrays is read in the other way, with the same result."""
    count = 11_000
    at = np.arange(count, dtype=float)
    geometry = np.array(shapely.points(at, at, at)) if kind == "Point Z" else shapely.box(at, at, at + 1, at + 1)
    if kind == "mixed":
        geometry[::2] = shapely.points(at[::2], at[::2])
    table = gpd.GeoDataFrame({"n": [f"{number:05d}" for number in range(count)]}, geometry=geometry, crs=4545)
    table.to_file(tmp_path / "t.gpkg", layer='od"d 层')
    read = read_records(tmp_path / "t.gpkg")
    assert read.frame["n"].tolist() == table["n"].tolist()
    assert shapely.equals_exact(shapely.normalize(read.frame.geometry.to_numpy()), shapely.normalize(geometry)).all()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("quoted", [0, 1])
def test_tables(tmp_path: Path, encoding: str, newline: str, quoted: int) -> None:
    for suffix, separator in (("csv", ","), ("tsv", "\t"), ("txt", ";")):
        path = tmp_path / f"t.{suffix}"
        table = pd.DataFrame(frame().drop(columns="geometry")).assign(纬度=Y, 经度=X, Note="")
        table.to_csv(path, sep=separator, index=False, encoding=encoding, lineterminator=newline, quoting=quoted)
        records = read_records(path)
        assert_kept(records)
        assert set(records.frame["Note"]) == {None}


def test_fast_and_careful_tables_agree(tmp_path: Path) -> None:
    """A cell over two lines makes the careful reader take over: the other cells are the same."""
    head, rows = "a,b,c\n", ["1,2\n", '"x ""y""",5" pipe,\n', ",,\n", "  ,z, \n", "NA,null,nan\n", "0012,1e5,-\n"] * 3
    (tmp_path / "fast.csv").write_text(head + "".join(rows), encoding="utf-8")
    (tmp_path / "slow.csv").write_text(head + "".join(rows) + '"p\nq",,\n', encoding="utf-8")
    fast, slow = (read_records(tmp_path / name).frame.drop(columns="geometry") for name in ("fast.csv", "slow.csv"))
    assert fast.to_numpy().tolist() == slow.to_numpy().tolist()[:-1]
    assert fast.to_numpy().tolist()[:6] == [
        ["1", "2", None], ['x "y"', '5" pipe', None], [None] * 3, ["  ", "z", " "], ["NA", "null", "nan"],
        ["0012", "1e5", "-"],
    ]  # fmt: skip


def test_json_and_kml_that_are_not_utf8(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "t.geojson", driver="GeoJSON")
    text = (tmp_path / "t.geojson").read_text(encoding="utf-8")
    for encoding in ("gbk", "utf-16", "utf-8-sig"):
        (tmp_path / "u.geojson").write_bytes(text.encode(encoding))
        assert_kept(read_records(tmp_path / "u.geojson"))
    pyogrio.write_dataframe(frame(), tmp_path / "t.kml", driver="LIBKML")
    text = (tmp_path / "t.kml").read_text(encoding="utf-8").replace("UTF-8", "GB2312")
    (tmp_path / "u.kml").write_bytes(text.encode("gbk"))
    assert_kept(read_records(tmp_path / "u.kml"))
    assert "text_transcoded" in keys(read_records(tmp_path / "u.kml"))


def test_all_layers_of_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "census.gpkg"
    for layer in ("BJ0118", "路灯"):
        frame().to_file(path, layer=layer)
    pyogrio.write_dataframe(pd.DataFrame({"code": ["0118"], "name": ["a"]}), path, layer="only a table")
    pyogrio.write_dataframe(pd.DataFrame({"styleName": ["x"]}), path, layer="layer_styles")
    found = read_deliveries(path)
    assert [records.name for records in found.records] == [
        "census.gpkg|BJ0118", "census.gpkg|路灯", "census.gpkg|only a table",
    ]  # fmt: skip
    assert [records.title for records in found.records] == ["BJ0118", "路灯", "only a table"]
    assert [len(records.frame) for records in found.records] == [COUNT, COUNT, 1]
    assert found.failed == []
    assert ["layers_ignored" in keys(records) for records in found.records] == [True, False, False]
    assert len(read_records(path, layer="路灯").frame) == COUNT
    with pytest.raises(UnreadableFile, match="no layer “x”"):
        read_records(path, layer="x")


def test_a_name_with_a_dot_is_another_shapefile(tmp_path: Path) -> None:
    """What stands in lamps.2024.dbf is nothing of lamps.shp."""
    one, two = gpd.GeoSeries.from_xy([1, 2], [1, 2], crs=4490), gpd.GeoSeries.from_xy([5], [5], crs=4490)
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=one).to_file(tmp_path / "lamps.shp")
    gpd.GeoDataFrame({"name": ["later"]}, geometry=two).to_file(tmp_path / "lamps.2024.shp")
    assert read_records(tmp_path / "lamps.shp").frame["name"].tolist() == ["a", "b"]
    assert read_records(tmp_path / "lamps.2024.shp").frame["name"].tolist() == ["later"]


def test_a_geopackage_whose_writer_was_killed(tmp_path: Path) -> None:
    """It has its last good state, whoever reads it first."""
    path = tmp_path / "d.gpkg"
    gpd.GeoDataFrame({"name": ["a"]}, geometry=gpd.GeoSeries.from_xy([1], [1], crs=4490)).to_file(path, layer="d")
    journal = kill_writer(path)
    assert read_records(path).frame["name"].tolist() == ["a"]
    assert not journal.exists()


def test_a_shapefile_without_its_index(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "t.shp", encoding="utf-8")
    (tmp_path / "t.shx").unlink()
    assert_kept(read_records(tmp_path / "t.shp"))
    assert not (tmp_path / "t.shx").exists()


def test_what_is_cut_short_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.shp"
    frame().to_file(path, encoding="utf-8")
    path.write_bytes(path.read_bytes()[:-56])  # two points
    records = read_records(path)
    assert len(records.frame) == COUNT
    assert remark(records, "shapes_missing") == {"count": 2}
    path = tmp_path / "t.fgb"
    frame().to_file(path, driver="FlatGeobuf")
    whole = path.read_bytes()
    for end in range(1, 2000, 50):
        path.write_bytes(whole[:-end])
        try:
            records = read_records(path)
        except UnreadableFile:
            continue
        assert remark(records, "records_missing")["count"] == len(records.frame) < COUNT


# Encodings


def test_an_encoding_can_be_forced_and_candidates_are_shown(tmp_path: Path) -> None:
    table = "名称,经度,纬度\n" + "".join(f"{name},106.5,29.5\n" for name in NAMES)
    path = tmp_path / "t.csv"
    path.write_bytes(table.encode("gbk"))
    candidates = encoding_candidates(path)
    assert candidates[0].encoding == "GBK"
    assert candidates[0].broken == 0
    assert candidates[0].samples[:2] == ("名称,经度,纬度", "路灯,106.5,29.5")
    utf8 = next(candidate for candidate in candidates if candidate.encoding == "UTF-8")
    assert utf8.broken > 0
    assert "\ufffd" in utf8.samples[0]
    assert read_records(path, encoding="ansi 936").frame.columns[0] == "名称"
    assert read_records(path, encoding="latin-1").frame.columns[0] == "名称".encode("gbk").decode("latin-1")
    with pytest.raises(UnknownEncoding, match="klingon"):
        read_records(path, encoding="klingon")
    with pytest.raises(UnknownEncoding):
        read_deliveries(path, encoding="klingon")
    path.write_bytes(table.encode("utf-16"))
    assert [candidate.encoding for candidate in encoding_candidates(path)] == ["UTF-16"]
    frame().to_file(tmp_path / "t.gpkg")
    assert encoding_candidates(tmp_path / "t.gpkg") == []


@pytest.mark.real_data
def test_candidates_of_real_shapefiles(real_data: Path) -> None:
    for path in (real_data / "encodings").rglob("*.shp"):
        first = encoding_candidates(path)[0]
        assert first.encoding == ("UTF-8" if "utf8" in str(path) else "GBK")
        assert first.broken == 0
        assert all(max(sample) >= "\u4e00" for sample in first.samples)


# Workbooks


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@needs_openpyxl
class TestWorkbooks:
    def test_values_survive(self, tmp_path: Path) -> None:
        rows = [["标识码", "code", "名称", "X", "Y"], *zip(IDS, ["0118"] * COUNT, NAMES, X, Y, strict=True)]
        path = workbook(tmp_path / "t.xlsx", 路灯=rows, empty=[], second=rows[:3])
        first, second = read_deliveries(path).records
        assert_kept(first)
        assert (first.title, second.title) == ("路灯", "second")
        assert len(second.frame) == 2
        assert_kept(read_records(path))
        assert keys(read_records(path))[0] == "first_layer"

    def test_cells_as_shown(self, tmp_path: Path) -> None:
        import openpyxl  # noqa: PLC0415

        path = workbook(
            tmp_path / "t.xlsx",
            s=[
                ["2024 census of a district"], [], ["id", "code", "day", "sum", "flag", "share", "error"],
                [3207060118000001, 118, pd.Timestamp("2024-03-15").to_pydatetime(), "=1+1", True, 0.1, "#N/A"],
                [None] * 7,
                [3.2070601180000001e15, 18, "2024.3.5", "=A1", False, 1e-7, " x "],
                ["<b>0118</b>", None, None, None, None, 106.123456789012, None],
            ],
        )  # fmt: skip
        book = openpyxl.load_workbook(path)
        for cell in ("B4", "B6"):
            book["s"][cell].number_format = "0000"
        book["s"]["G4"].data_type = "e"
        book.save(path)
        records = read_records(path)
        assert records.frame.drop(columns="geometry").to_numpy().tolist() == [
            ["3207060118000001", "0118", "2024-03-15", None, "TRUE", "0.1", "#N/A"],
            ["3207060118000000", "0018", "2024.3.5", None, "FALSE", "0.0000001", " x "],
            ["<b>0118</b>", None, None, None, None, "106.123456789012", None],
        ]
        assert keys(records) == ["formulas_empty", "long_numbers", "error_cells", "title_rows"]
        assert remark(records, "formulas_empty") == {"count": 2, "cell": "D4"}
        assert remark(records, "long_numbers") == {"count": 2, "names": "id"}
        assert remark(records, "title_rows") == {"row": 3}

    def test_a_cell_far_out(self, tmp_path: Path) -> None:
        import openpyxl  # noqa: PLC0415

        path = workbook(tmp_path / "t.xlsx", s=[["id", "code"], *([number, "0118"] for number in range(100))])
        book = openpyxl.load_workbook(path)
        book["s"]["XFD1048576"] = "x"
        book.save(path)
        with pytest.raises(UnreadableFile, match="16,384 columns"):
            read_records(path)

    def test_merged_and_hidden(self, tmp_path: Path) -> None:
        import openpyxl  # noqa: PLC0415

        path = workbook(
            tmp_path / "t.xlsx", a=[["class", "n"], ["路灯", 1], [None, 2], [None, 3], ["箱", 4]], b=[["x"], [1]]
        )
        book = openpyxl.load_workbook(path)
        book["a"].merge_cells("A2:A4")
        book["b"].sheet_state = "hidden"
        book.save(path)
        (records,) = read_deliveries(path).records
        assert records.frame["class"].tolist() == ["路灯", "路灯", "路灯", "箱"]
        assert keys(records) == ["sheets_hidden", "merged_cells"]

    def test_stored_values_of_formulas_count(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "t.xlsx", a=[["n", "m"], ["=1+1", "a"]])
        edit_zip(
            path,
            "xl/worksheets/sheet1.xml",
            lambda text: text.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"),
        )
        assert read_records(path).frame["n"].tolist() == ["2"]

    @pytest.mark.parametrize("reference", [b"ZZZZZZZ2", b"A99999999999"])
    def test_wild_references_end(self, tmp_path: Path, reference: bytes) -> None:
        path = workbook(tmp_path / "t.xlsx", a=[["n"], ["x"], ["y"]])
        row = reference.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        edit_zip(
            path, "xl/worksheets/sheet1.xml",
            lambda text: text.replace(b'"A3"', b'"%b"' % reference).replace(b'<row r="3"', b'<row r="%b"' % row),
        )  # fmt: skip
        with pytest.raises(UnreadableFile, match="beyond the last"):
            read_records(path)

    def test_broken_ones_are_a_sentence(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "t.xlsx", a=[["n"], ["x"]])
        data = path.read_bytes()
        for number, broken in enumerate(
            (data[:200], b"", b"PK\x03\x04", data[: len(data) // 2], b"\xd0\xcf\x11\xe0" * 99)
        ):
            bad = tmp_path / f"bad{number}.xlsx"
            bad.write_bytes(broken)
            with pytest.raises(UnreadableFile):
                read_records(bad)

    def test_a_workbook_called_xls(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "t.xlsx", a=[["n", "m"], ["0118", "x"]]).rename(tmp_path / "t.xls")
        assert read_records(path).frame["n"].tolist() == ["0118"]


def edit_zip(path: Path, member: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as source:
        entries = {name: source.read(name) for name in source.namelist()}
    assert change(entries[member]) != entries[member]
    entries[member] = change(entries[member])
    with zipfile.ZipFile(path, "w") as sink:
        for name, data in entries.items():
            sink.writestr(name, data)


def old_workbook(rows: list[list[str | float]]) -> bytes:
    """An .xls of Excel 2 (BIFF2), which is a plain list of records."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    result = record(0x0009, struct.pack("<HH", 2, 0x10)) + record(0x0042, struct.pack("<H", 936))
    result += record(0x0000, struct.pack("<HHHH", 0, len(rows), 0, max(map(len, rows))))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            head = struct.pack("<HH3s", at, column, b"\0\0\0")
            if isinstance(value, str):
                text = value.encode("gbk")
                result += record(0x0004, head + bytes([len(text)]) + text)
            else:
                result += record(0x0003, head + struct.pack("<d", value))
    return result + record(0x000A, b"")


def test_old_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(
        old_workbook(
            [["2024"], ["id", "name", "x"], ["0118", "路灯", 106.5], ["3207060118000001", "b", 320706011800000.0]]
        )
    )
    if "XLS" not in pyogrio.list_drivers():
        with pytest.raises(UnreadableFile, match=r"save it as \.xlsx"):
            read_records(path)
        return
    records = read_records(path)
    assert records.frame["id"].tolist() == ["0118", "3207060118000001"]
    assert records.frame["name"].tolist() == ["路灯", "b"]
    assert records.frame["x"].tolist() == ["106.5", "320706011800000"]


def test_a_table_of_text_called_xls(tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes("编号\t名称\n0118\t路灯\n".encode("gbk"))
    assert read_records(path).frame["编号"].tolist() == ["0118"]
    offered = encoding_candidates(path)
    assert (offered[0].encoding, "路灯" in offered[0].samples[1]) == ("GBK", True)
    assert read_records(path, encoding=offered[1].encoding).frame.columns[0] != "编号"
    path.write_bytes(b"<html><table><tr><td>a</td></tr></table></html>")
    with pytest.raises(UnreadableFile, match=r"save it as \.xlsx"):
        read_records(path)


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [(118, "0000", "0118"), (118.0, "General", "118"), (3.2070601180000001e15, "0", "3207060118000000"),
     (0.1 + 0.2, "0.0", "0.3"), (1e-9, "General", "0.000000001"), (-5, "000", "-5"), (math.inf, "General", "inf"),
     (1e20, "General", "1" + "0" * 20)],
)  # fmt: skip
def test_numbers_as_shown(value: float, shown: str, text: str) -> None:
    assert shown_number(value, shown) == text


def test_titles_are_found() -> None:
    head = ["编号", "名称", "X", "Y"]
    data = ["1", "路灯", "106.5", "29.5"]
    assert title_row([head, data]) == 0
    assert title_row([["某区部件普查表"], [], ["单位", "某测绘院"], head, data, data]) == 3
    assert title_row([data, data]) == 0
    assert title_row([["只有一列"], ["a"]]) == 0
    assert title_row([[], [None, ""]]) is None


# Drawings


def pairs(*values: object) -> str:
    return "".join(f"{value}\n" for value in values)


def drawing(version: str = "AC1015", page: str = "ANSI_936", entities: str = "") -> str:
    block = pairs(
        0,
        "BLOCK",
        8,
        0,
        2,
        "路灯",
        70,
        2,
        10,
        0,
        20,
        0,
        30,
        0,
        0,
        "CIRCLE",
        8,
        0,
        10,
        0,
        20,
        0,
        40,
        1,
        0,
        "ENDBLK",
        8,
        0,
    )
    head = pairs(0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, version, 9, "$DWGCODEPAGE", 3, page, 0, "ENDSEC")
    return (
        head + pairs(0, "SECTION", 2, "BLOCKS") + block + pairs(0, "ENDSEC", 0, "SECTION", 2, "ENTITIES")
        + entities + pairs(0, "ENDSEC", 0, "EOF")
    )  # fmt: skip


ENTITIES = (
    pairs(0, "INSERT", 5, "A1", 8, "照明", 66, 1, 2, "路灯", 10, 36500000.5, 20, 3270000.25)
    + pairs(0, "ATTRIB", 8, "照明", 10, 1, 20, 1, 40, 1, 1, "0118000001", 2, "编号")
    + pairs(0, "ATTRIB", 8, "照明", 10, 1, 20, 1, 40, 1, 1, "完好 的", 2, "状态", 0, "SEQEND", 8, "照明")
    + pairs(0, "POINT", 5, "A2", 8, "雨水箅子", 10, 36500100, 20, 3270000, 1001, "SOUTH", 1000, "181101")
    + pairs(0, "TEXT", 5, "A3", 8, "注记", 10, 36500100, 20, 3270000, 40, 2, 1, "人民路")
    + pairs(0, "MTEXT", 5, "A4", 8, "注记", 10, 36500100, 20, 3270000, 40, 2, 1, "人民路")
    + pairs(0, "LWPOLYLINE", 5, "A5", 8, "绿地", 90, 3, 70, 1, 10, 36500100, 20, 3270000, 10, 36500200, 20, 3270000)
    + pairs(10, 36500200, 20, 3270100)
    + pairs(0, "3DSOLID", 5, "A6", 8, "体", 1, "abc")
)


@pytest.mark.parametrize(
    ("encoding", "version"), [("gbk", "AC1015"), ("utf-8", "AC1027"), ("utf-8", "AC1015"), ("gbk", "AC1027")]
)
def test_drawings(tmp_path: Path, encoding: str, version: str) -> None:
    """Layer and block name are columns, attributes too; texts are skipped and told; the belt is in the eastings."""
    path = tmp_path / "t.dxf"
    path.write_bytes(drawing(version, entities=ENTITIES).encode(encoding))
    records = read_records(path)
    read = records.frame
    assert read["Layer"].tolist() == ["照明", "雨水箅子", "绿地"]
    assert read["BlockName"].tolist() == ["路灯", None, None]
    assert read["编号"].tolist() == ["0118000001", None, None]
    assert read["状态"].tolist() == ["完好 的", None, None]
    assert read["XData"].tolist() == [None, "181101", None]
    assert read.crs.to_epsg() == 4524
    assert shapely.get_coordinates(read.geometry[0]).tolist() == [[36500000.5, 3270000.25]]
    assert read.geometry[2].is_ring
    assert remark(records, "texts_skipped") == {"count": 2, "names": "注记"}
    assert remark(records, "entities_unread") == {"count": 1, "kinds": "3DSOLID"}
    assert records.encoding == encoding.upper()


def test_drawings_without_a_system_or_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "t.dxf"
    text = drawing(entities=pairs(0, "POINT", 5, "A2", 8, "点", 10, 500100, 20, 3270000))
    path.write_bytes(text.encode("gbk"))
    with pytest.raises(MissingCrs, match="SOURCE_CRS"):
        read_records(path)
    assert read_records(path, crs=pyproj.CRS.from_epsg(4545)).frame["Layer"].tolist() == ["点"]
    assert read_records(path, encoding="big5", crs=pyproj.CRS.from_epsg(4545)).frame["Layer"][0] != "点"
    assert encoding_candidates(path)[0].samples == ("路灯", "点")
    path.write_bytes(b"AutoCAD Binary DXF\r\n\x1a\0")
    with pytest.raises(UnreadableFile, match="ASCII"):
        read_records(path)
    path.write_bytes(drawing(entities=pairs(0, "TEXT", 5, "A3", 8, "x", 10, 1, 20, 1, 40, 1, 1, "x")).encode())
    with pytest.raises(EmptyInput):
        read_records(path)
    (tmp_path / "t.dwg").write_bytes(b"AC1015")
    with pytest.raises(UnreadableFile, match="save it as DXF"):
        read_records(tmp_path / "t.dwg")


@pytest.mark.parametrize("data", [b"\xe8", b" ", b"a,b\n\xe8", b"0\nSECTION\n2\nENTITIES\n", b"\n", b"0\n"])
@pytest.mark.parametrize("suffix", ["csv", "txt", "dxf", "geojson", "kml", "xls", "dbf"])
def test_scraps_are_read_or_a_sentence(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"t.{suffix}"
    path.write_bytes(data)
    for read in (read_deliveries, encoding_candidates):
        with contextlib.suppress(CityGridError):
            read(path)


POINTERS = {
    "vrt": '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>",
    "gml": '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><a fid="1"><n>{}</n></a>'
    "</gml:featureMember></gml:FeatureCollection>",
}


@pytest.mark.parametrize("suffix", ["geojson", "kml", "ods", "xls", "dxf", "qml", "gml", "gpkg", "tab", "shp"])
@pytest.mark.parametrize("kind", POINTERS)
def test_no_file_is_opened_as_what_it_does_not_say(tmp_path: Path, suffix: str, kind: str) -> None:
    """GDAL goes by the content: one format reads any other file, another writes beside the file."""
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nhunter2\n", encoding="utf-8")
    (tmp_path / "d").mkdir()
    path = tmp_path / "d" / f"delivery.{suffix}"
    path.write_text(POINTERS[kind].format(secret), encoding="utf-8")
    if (suffix, kind) == ("gml", "gml"):
        assert read_records(path, crs=pyproj.CRS(4490)).frame["n"].tolist() == [str(secret)]
    else:
        with pytest.raises(UnreadableFile, match="delivery"):
            read_records(path)
    assert [file.name for file in (tmp_path / "d").iterdir()] == [path.name]


CALLERS = [
    "<OGRWFSDataSource><URL>http://127.0.0.1:{}/x</URL></OGRWFSDataSource>",
    '{{"type": "FeatureCollection", "features": "<WFS_Capabilities><a>http://127.0.0.1:{}/x</a></WFS_Capabilities>"}}',
]


@pytest.mark.parametrize("suffix", ["dxf", "geojson", "kml", "gpx", "tab", "mif", "shp", "ods", "xls", "gpkg", "fgb"])
@pytest.mark.parametrize("text", CALLERS)
def test_no_file_makes_us_call_a_server(tmp_path: Path, suffix: str, text: str) -> None:
    """Where the format that a suffix tells cannot open a file, GDAL would try the others."""
    path = tmp_path / f"delivery.{suffix}"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        path.write_text(text.format(server.getsockname()[1]), encoding="utf-8")
        with contextlib.suppress(UnreadableFile, EmptyInput):
            read_records(path)
        with pytest.raises(BlockingIOError):
            server.accept()


COLLECTION = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"名": "路灯路灯"}}]}'


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder on a full disk: folders can be made, but nothing can be written."""
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def refuse(*_: object, **__: object) -> None:
        raise full

    opened = Path.open

    def open_(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:  # noqa: ANN401
        return opened(path, mode, *args, **options) if mode == "rb" else refuse()

    monkeypatch.setattr(shutil, "copyfile", refuse)
    monkeypatch.setattr(Path, "open", open_)  # write_text and write_bytes open, too


def needing_copies(folder: Path) -> list[Path]:
    """A file of each kind that is read from a copy."""
    frame().to_file(folder / "t.shp", encoding="utf-8")
    (folder / "t.shx").unlink()
    (folder / "t.geojson").write_bytes(COLLECTION.encode("gbk"))
    (folder / "t.gml").write_text(POINTERS["gml"], encoding="utf-8")
    drawing = "0\nSECTION\n2\nENTITIES\n0\nPOINT\n8\n路灯路灯\n10\n1\n20\n1\n0\nENDSEC\n0\nEOF\n"
    (folder / "t.dxf").write_bytes(drawing.encode("gbk"))
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        archive.writestr("t.csv", "a,b\n1,2\n")
    return [folder / f"t.{suffix}" for suffix in ("shp", "geojson", "gml", "dxf", "zip")]


def test_a_full_temporary_folder_is_a_sentence(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    paths = needing_copies(tmp_path)
    request.getfixturevalue("no_room")
    for path in paths:
        with pytest.raises(NoTemporaryFolder, match=r"temporary folder .* cannot be written: No space left.*TMPDIR"):
            raise read_deliveries(path).failed[0]


def test_no_temporary_folder_at_all_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = needing_copies(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    for path in paths:
        with pytest.raises(NoTemporaryFolder, match="gone"):
            raise read_deliveries(path).failed[0]
    (tmp_path / "utf8.geojson").write_text(COLLECTION, encoding="utf-8")
    assert len(read_records(tmp_path / "utf8.geojson").frame) == 1, "what needs no copy is read all the same"


def test_a_table_is_no_wider_than_a_layer(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "," * 2_500 + "\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="2,501 columns"):
        read_records(path)


def test_ragged_tables_hold_text_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b,c\n1\n"2\n",x,,more\n', encoding="utf-8")
    cells = read_records(path).frame.drop(columns="geometry")
    assert cells.to_numpy().tolist() == [["1", None, None, None], ["2\n", "x", None, "more"]]
    path.write_text("a,b,c\n1\n2,x\n\0,\n", encoding="utf-8")  # the last column has no cell at all
    cells = read_records(path).frame.drop(columns="geometry")
    assert cells["c"].tolist() == [None] * 3


# Folders and archives


def survey_package(folder: Path) -> Path:
    """A small survey package with one component that was filled in, as GeoPackage and mapping in a folder."""
    folder.mkdir()
    grid = gpd.GeoDataFrame(
        {"BGID": ["320706001001001"], "CommName": ["a"]}, geometry=[shapely.box(0, 0, 9, 9)], crs=4549
    )
    classes = pd.DataFrame(
        {"ClassCode": ["0118"], "ClassName": ["路灯"], "MajorCode": ["01"], "MajorName": ["公用设施"], "Status": [""]}
    )
    survey.write_data(survey.Content(grid, grid, classes, about={"scheme": "x"}), folder)
    return folder / survey.DATA_FILE


def test_of_a_survey_package_only_what_was_surveyed(tmp_path: Path) -> None:
    data = survey_package(tmp_path / "外业")
    with pytest.raises(EmptyInput):
        read_deliveries(data)
    with pytest.raises(EmptyInput):
        read_deliveries(tmp_path / "外业")
    lamp = gpd.GeoDataFrame({"ClassCode": ["0118"], "ObjState": ["完好"]}, geometry=shapely.points([[5, 5]]), crs=4549)
    pyogrio.write_dataframe(lamp, data, layer=survey.POINTS, append=True)
    for path in (data, tmp_path / "外业", Path(shutil.make_archive(str(tmp_path / "外业"), "zip", tmp_path / "外业"))):
        found = read_deliveries(path)
        assert found.failed == []
        assert [(records.title, len(records.frame)) for records in found.records] == [(survey.POINTS, 1)]
        assert "unit_grid" in remark(found.records[0], "layers_ignored")["names"]
        assert path == data or any(survey.MAPPING_FILE in str(entry.values["names"]) for entry in found.remarks)
    assert len(read_records(data, layer="unit_grid").frame) == 1, "a layer that is asked for by its name is read"


def delivery(folder: Path) -> Path:
    """A delivery of every kind of file, with rubbish among them."""
    (folder / "一组").mkdir(parents=True)
    shape = frame().rename(columns={"名称": "name"})
    shape.to_file(folder / "一组" / "BJ0118.shp", encoding="gbk")
    shutil.copyfile(folder / "一组" / "BJ0118.dbf", folder / "一组" / "alone.dbf")
    (folder / "一组" / "BJ0118.shp.xml").write_text("<x/>", encoding="utf-8")
    frame().to_file(folder / "多层.gpkg", layer="a")
    frame().to_file(folder / "多层.gpkg", layer="b")
    pyogrio.write_dataframe(frame(), folder / "db.gdb", driver="OpenFileGDB", layer="层")
    pd.DataFrame({"code": ["0118"], "lon": [106.5], "lat": [29.5]}).to_csv(folder / "t.csv", index=False)
    (folder / "empty.csv").write_text("a,b\n", encoding="utf-8")
    (folder / "broken.gpkg").write_bytes(b"no database")
    (folder / "读我.docx").write_bytes(b"x")
    (folder / "readme.txt").write_text("census\nof a district\n", encoding="utf-8")
    (folder / "style.qml").write_bytes(b"<qgis/>")
    (folder / "x.rar").write_bytes(b"Rar!")
    (folder / "~$t.xlsx").write_bytes(b"x")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "._t.csv").write_bytes(b"x")
    return folder


NAMES_READ = ["db.gdb|层", "t.csv", "一组/BJ0118.shp", "一组/alone.dbf", "多层.gpkg|a", "多层.gpkg|b"]


def assert_delivery(path: Path, prefix: str = "") -> None:
    found = read_deliveries(path)
    assert [records.name for records in found.records] == [prefix + name for name in NAMES_READ]
    assert [len(records.frame) for records in found.records] == [COUNT, 1, COUNT, COUNT, COUNT, COUNT]
    assert_kept(found.records[2], ("标识码", "code", "name"))
    assert sorted(type(error).__name__ for error in found.failed) == ["UnreadableFile", "UnreadableFile"]
    assert any("broken.gpkg" in str(error) for error in found.failed)
    assert any("unpack it" in str(error) for error in found.failed)
    texts = {entry.key: TEXTS[entry.key].format(**entry.values) for entry in found.remarks}
    assert texts.keys() == {"files_ignored", "files_empty"}
    assert texts["files_ignored"].startswith("3 files")
    assert "empty.csv" in texts["files_empty"]


def test_a_folder_a_zip_and_a_zip_in_a_zip(tmp_path: Path) -> None:
    folder = delivery(tmp_path / "d")
    assert_delivery(folder)
    archive = Path(shutil.make_archive(str(tmp_path / "all"), "zip", folder))
    assert_delivery(archive)
    (tmp_path / "outer").mkdir()
    archive.rename(tmp_path / "outer" / "inner.zip")
    outer = Path(shutil.make_archive(str(tmp_path / "outer"), "zip", tmp_path / "outer"))
    assert_delivery(outer, "inner.zip/")
    (tmp_path / "third").mkdir()
    outer.rename(tmp_path / "third" / "outer.zip")
    third = Path(shutil.make_archive(str(tmp_path / "third"), "zip", tmp_path / "third"))
    with pytest.raises(EmptyInput):  # two deep: named, not opened
        read_deliveries(third)


def old_zip(path: Path, files: dict[bytes, bytes]) -> Path:
    """A zip whose names are bytes without the mark of UTF-8, as Chinese programs write them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(files.values()):
            archive.writestr(f"{number:04d}".ljust(len(list(files)[number]), "x"), data)
    data = path.read_bytes()
    for number, name in enumerate(files):
        data = data.replace(f"{number:04d}".ljust(len(name), "x").encode(), name)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_chinese_names_in_old_zips(tmp_path: Path, encoding: str) -> None:
    rows = b"code,lon,lat\n0118,106.5,29.5\n"
    path = old_zip(
        tmp_path / "t.zip", {f"一组/{name}.csv".encode(encoding): rows for name in ("雨水箅子", "路灯", "消火栓")}
    )
    assert [records.title for records in read_deliveries(path).records] == ["消火栓", "路灯", "雨水箅子"]


@pytest.mark.parametrize(
    "name", [b"../escape.csv", b"a/../../escape.csv", b"/escape.csv", b"..\\escape.csv", b"C:\\escape.csv"]
)
def test_nothing_leaves_the_folder(tmp_path: Path, name: bytes) -> None:
    inside = tmp_path / "x" / "y"
    inside.mkdir(parents=True)
    rows = b"code,lon,lat\n0118,106.5,29.5\n"
    found = read_deliveries(old_zip(inside / "t.zip", {name: rows, b"ok.csv": rows}))
    assert [records.name for records in found.records] == ["ok.csv"]
    assert [type(error) for error in found.failed] == [UnsafeName]
    assert not list(tmp_path.rglob("escape*"))


def test_bombs_and_broken_zips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as sink:
        for _ in range(60):
            sink.write(bytes(1 << 20))
    with pytest.raises(TooLargeArchive, match="60 MB"):
        read_deliveries(path)
    if importlib.util.find_spec("openpyxl"):
        with pytest.raises(TooLargeArchive):
            read_records(path.rename(tmp_path / "bomb.xlsx"))
    good = io.BytesIO()
    with zipfile.ZipFile(good, "w") as archive:
        archive.writestr("a.csv", "code,lon,lat\n0118,106.5,29.5\n")
        archive.writestr("b.csv", "code,lon,lat\n0118,106.5,29.5\n")
    path.write_bytes(good.getvalue().replace(b"0118", b"0119", 1))  # its checksum no longer fits
    found = read_deliveries(path)
    assert (len(found.records), len(found.failed)) == (1, 1)
    for broken in (b"", b"PK", good.getvalue()[:-10], good.getvalue()[:40]):
        path.write_bytes(broken)
        with pytest.raises(CityGridError):
            read_deliveries(path)
    monkeypatch.setattr(archives, "_MOST_FILES", 1)
    monkeypatch.setattr(archives.Budget, "__init__", lambda self: vars(self).update(bytes=1 << 30, files=1))
    path.write_bytes(good.getvalue())
    with pytest.raises(TooLargeArchive):
        read_deliveries(path)


def test_one_file_raises_and_an_empty_folder_too(tmp_path: Path) -> None:
    with pytest.raises(EmptyInput):
        read_deliveries(tmp_path)
    with pytest.raises(UnreadableFile, match="does not exist"):
        read_deliveries(tmp_path / "none.shp")
    with pytest.raises(UnreadableFile):
        read_deliveries(tmp_path / "none.zip")


# Coordinates


@pytest.mark.parametrize(("zone", "code"), [(36, 4524), (35, 4523), (25, 4513), (45, 4533), (18, 4496), (13, 4491)])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_belt_is_told_by_the_eastings(tmp_path: Path, zone: int, code: int, swapped: bool) -> None:
    crs = pyproj.CRS.from_epsg(code)
    meridian = {36: 108, 35: 105, 25: 75, 45: 135, 18: 105, 13: 75}[zone]
    east, north = pyproj.Transformer.from_crs(4490, crs, always_xy=True).transform(meridian + 0.5, 30.0)
    assert east // 1e6 == zone
    names = ("Y", "X") if swapped else ("X", "Y")  # survey tables call the northing X
    table = pd.DataFrame({names[0]: [east] * 3, names[1]: [north] * 3, "code": "0118"})
    table.to_csv(tmp_path / "t.csv", index=False)
    records = read_records(tmp_path / "t.csv")
    assert records.frame.crs.to_epsg() == code
    assert remark(records, "zone_taken")["zone"] == zone
    degrees = records.frame.to_crs(4490).geometry[0]
    assert (round(degrees.x, 7), round(degrees.y, 7)) == (meridian + 0.5, 30.0)
    stated = read_records(tmp_path / "t.csv", crs=pyproj.CRS.from_epsg(4545))
    assert stated.frame.crs.to_epsg() == 4545
    assert "zone_not_stated" in keys(stated)


def test_two_belts_in_one_file(tmp_path: Path) -> None:
    """Chongqing lies on the edge of two belts."""
    lon, lat = np.array([106.45, 106.48, 106.55, 106.56, 106.58]), np.full(5, 29.55)
    place = np.array([
        pyproj.Transformer.from_crs(4490, 4523 if x < 106.5 else 4524, always_xy=True).transform(x, y)
        for x, y in zip(lon, lat, strict=True)
    ])  # fmt: skip
    pd.DataFrame({"x": place[:, 0], "y": place[:, 1]}).to_csv(tmp_path / "t.csv", index=False)
    records = read_records(tmp_path / "t.csv")
    assert records.frame.crs.to_epsg() == 4524
    assert np.allclose(
        shapely.get_coordinates(records.frame.to_crs(4490).geometry), np.column_stack([lon, lat]), atol=1e-8
    )
    assert remark(records, "zones_joined")["count"] == 2
    shapes = gpd.GeoDataFrame({"n": range(5)}, geometry=shapely.buffer(shapely.points(place), 3), crs=4523)
    shapes.to_file(tmp_path / "t.shp")
    (tmp_path / "t.prj").unlink()
    shapes = read_records(tmp_path / "t.shp").frame
    assert shapes.crs.to_epsg() == 4524
    assert np.allclose(shapely.get_coordinates(shapes.centroid.to_crs(4490)), np.column_stack([lon, lat]), atol=1e-6)


def one_gcj(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 of one point, written down a second time, number by number."""
    x, y = lon - 105, lat - 35
    pi = math.pi
    both = (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    dlat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + both
    dlat += (20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    dlat += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y * pi / 30)) * 2 / 3
    dlon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + both
    dlon += (20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    dlon += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    a, ee, phi = 6378245.0, 0.00669342162296594323, math.radians(lat)
    w2 = 1 - ee * math.sin(phi) ** 2
    return lon + dlon * 180 / (a / math.sqrt(w2) * math.cos(phi) * pi), lat + dlat * 180 / (a * (1 - ee) / w2**1.5 * pi)


def one_bd(lon: float, lat: float) -> tuple[float, float]:
    x, y = one_gcj(lon, lat)
    k = math.pi * 3000 / 180
    z, theta = math.sqrt(x * x + y * y) + 0.00002 * math.sin(y * k), math.atan2(y, x) + 0.000003 * math.cos(x * k)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


def test_phone_coordinates_there_and_back() -> None:
    rng = np.random.default_rng(4)
    lonlat = np.column_stack([rng.uniform(74, 134, 400), rng.uniform(4, 53, 400)])
    geod = pyproj.Geod(ellps="WGS84")
    for forward, inverse, oracle in ((to_gcj02, from_gcj02, one_gcj), (to_bd09, from_bd09, one_bd)):
        shifted = np.array([oracle(*point) for point in lonlat])
        assert np.abs(forward(lonlat) - shifted).max() < 1e-11
        assert geod.inv(*inverse(shifted).T, *lonlat.T)[2].max() < 0.001
        assert geod.inv(*shifted.T, *lonlat.T)[2].min() > 20


def test_the_datum_that_fits_the_place() -> None:
    area = shapely.box(106.50, 29.50, 106.53, 29.53)
    rng = np.random.default_rng(5)
    lonlat = np.column_stack([rng.uniform(106.50, 106.53, 500), rng.uniform(29.50, 29.53, 500)])
    assert share_inside(lonlat, area) == 1.0
    assert share_inside(np.array([[106.5, 29.5], [0, 0], [np.nan, 1], [106.51, 29.51]]), area) == 0.5
    assert share_inside(np.zeros((0, 2)), area) == 0.0
    for datum, given in ((Datum.STATED, lonlat), (Datum.GCJ02, to_gcj02(lonlat)), (Datum.BD09, to_bd09(lonlat))):
        shares = likely_datum(given, area)
        assert shares[0][0] is datum
        assert shares[0][1] > 0.99 > shares[1][1]
        assert {entry[0] for entry in shares} == set(Datum)
    assert likely_datum(np.zeros((0, 2)), area)[0] == (Datum.STATED, 0.0)


@pytest.mark.real_data
def test_the_datum_of_a_real_outline(real_data: Path) -> None:
    """A map vendor's outline of a district is GCJ-02, the other one is not."""
    true = gpd.read_file(real_data / "boundaries" / "fastgeocn_districts_subset.geojson")
    column = next(name for name in true if true[name].astype(str).eq("320706").any())
    area = true[true[column].astype(str) == "320706"].geometry.union_all()
    vendor = gpd.read_file(real_data / "boundaries" / "cnmaps_amap_320706.geojson").geometry.union_all()
    west, south, east, north = vendor.bounds
    lattice = np.stack(np.meshgrid(np.linspace(west, east, 200), np.linspace(south, north, 200)), axis=-1).reshape(
        -1, 2
    )
    points = lattice[shapely.contains_xy(vendor, *lattice.T)]
    assert likely_datum(points, area)[0][0] is Datum.GCJ02


# Real files

REAL_COUNTS = {
    "leaflettest_manholes.geojson": 3673, "paris_osm_waste_baskets.csv": 5622, "rtsai_hydrants.geojson": 6328,
    "savannah_drains.csv": 14095, "shanghai_bus_poi.csv": 10186, "stellenbosch_street_lights.geojson": 13287,
}  # fmt: skip


@pytest.mark.real_data
def test_every_real_file_in_one_delivery(real_data: Path) -> None:
    found = read_deliveries(real_data / "furniture")
    assert {records.name: len(records.frame) for records in found.records} == REAL_COUNTS
    assert found.failed == []
    for records in found.records:
        assert shapely.is_missing(records.frame.geometry.to_numpy()).sum() == 0
        assert records.frame.crs is not None
        texts = records.frame.drop(columns="geometry").to_numpy().ravel()
        assert all(text is None or type(text) is str for text in texts)
        assert not any("\ufffd" in text for text in texts if text)


@pytest.mark.real_data
def test_real_shapefiles_as_a_delivery(real_data: Path) -> None:
    found = read_deliveries(real_data / "encodings", crs=pyproj.CRS.from_epsg(4326))
    assert [len(records.frame) for records in found.records] == [38, 38, 38, 10]
    assert found.failed == []
    without = read_deliveries(real_data / "encodings")
    assert len(without.records) == 3
    assert [type(error).__mro__[1] for error in without.failed] == [MissingCrs]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["savannah_drains.csv", "shanghai_bus_poi.csv"])
def test_a_real_table_value_by_value(real_data: Path, name: str) -> None:
    """Against the csv module itself."""
    import csv  # noqa: PLC0415

    with (real_data / "furniture" / name).open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    read = read_records(real_data / "furniture" / name).frame
    assert list(read.columns)[:-1] == head
    assert read.drop(columns="geometry").to_numpy().tolist() == [[cell or None for cell in row] for row in rows]


@pytest.mark.real_data
def test_real_json_value_by_value(real_data: Path) -> None:
    """Against the json module."""
    path = real_data / "furniture" / "rtsai_hydrants.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    read = read_records(path).frame
    for name in ("消防栓編號", "自訂編號", "種類", "備註", "經度"):
        assert read[name].tolist() == [feature["properties"].get(name) for feature in features]


def test_remarks_can_be_said() -> None:
    for key, text in TEXTS.items():
        places = {name for _, name, _, _ in __import__("string").Formatter().parse(text) if name}
        assert Remark(key, dict.fromkeys(places, 1)).values.keys() == places


# Back again


def test_a_long_layer_is_written_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which nobody can tell from the layer: rows, types, row numbers and index are those of one written at once."""
    full = frame()
    full["none"] = [None] * (COUNT - 1) + ["x"]  # nothing in the first pieces tells that it is text
    full["number"], full["day"] = range(COUNT), pd.to_datetime("2026-11-23")
    at_once, pieces = tmp_path / "once" / "t.gpkg", tmp_path / "pieces" / "t.gpkg"
    for path, rows in ((at_once, 1000), (pieces, 7)):
        path.parent.mkdir()
        monkeypatch.setattr(layers, "_PIECE", rows)
        monkeypatch.setattr(layers, "_WORTH_PACKING", 10)
        layers.write_file(full, path, "Point")
    pd.testing.assert_frame_equal(gpd.read_file(pieces), gpd.read_file(at_once))
    for path in (at_once, pieces):
        with contextlib.closing(sqlite3.connect(path)) as base:
            rows = base.execute("SELECT count(*), min(fid), max(fid) FROM t").fetchone()
            assert (*rows, *base.execute("SELECT count(*) FROM rtree_t_geom").fetchone()) == (COUNT, 1, COUNT, COUNT)
