"""Deliveries: what is written is what was there, or the report says which row is not; and nothing else is touched."""

from __future__ import annotations

import hashlib
import html
import os
import re
import zipfile
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException, QgsVectorLayer

from citygrid_plugin.core.delivery import belts
from citygrid_plugin.core.delivery.cells import cells_of
from citygrid_plugin.core.delivery.dictionary import FieldRule, WrongDictionary
from citygrid_plugin.core.delivery.names import short_names
from citygrid_plugin.core.delivery.validity import in_force
from citygrid_plugin.core.errors import UnwritableTarget
from citygrid_plugin.processing.delivery.export_shapefiles import ExportShapefiles
from citygrid_plugin.storage import delivery_compare, delivery_folder, delivery_formats, shapefiles
from citygrid_plugin.storage.delivery_compare import compared
from citygrid_plugin.storage.delivery_dictionary import load_dictionary
from citygrid_plugin.storage.readers.dbf import read_dbf
from citygrid_plugin.storage.shapefiles import Wish, write_shapefiles

from .conftest import SAMPLE
from .deliveries import district, run, written
from .readers import read_with_fiona
from .test_bad_input import Log

pytestmark = pytest.mark.usefixtures("provider")


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return written(district(), tmp_path_factory.mktemp("district") / "district.gpkg")


def content(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# Values


def same(source: pd.Series, delivered: list[object]) -> bool:
    """Whether a field read by fiona, in a process of its own, has the values of the source."""
    if pd.api.types.is_numeric_dtype(source):
        return np.allclose(source.astype(float), pd.Series(delivered, dtype=float), equal_nan=True, rtol=0, atol=5.1e-3)
    expected = [None if pd.isna(value) or value == "" else str(value).rstrip() for value in source]
    return expected == [None if value in ("", None) else value for value in delivered]


def assert_arrived(folder: Path, sources: dict[str, gpd.GeoDataFrame]) -> None:
    for name, source in sources.items():
        read = read_with_fiona(folder / f"{name}.shp")
        assert len(read["rows"]) == len(source)
        renamed = short_names(
            [column for column in source.columns if column != source.geometry.name], _encoding(folder)
        )
        for column, field in renamed.items():
            values = [row[field] for row in read["rows"]]
            given = source[column]
            if column in ("ORDate", "CHDate"):
                values = [value.replace("-", "") if value else value for value in values]
            assert same(given, values), (name, column)
        shapes = gpd.read_file(folder / f"{name}.shp").geometry.to_numpy()
        expected = shapely.normalize(source.geometry.to_numpy())
        flat = shapely.get_coordinates(shapely.normalize(shapes))
        assert np.array_equal(flat, shapely.get_coordinates(expected))


def _encoding(folder: Path) -> str:
    return next(folder.glob("*.cpg")).read_text(encoding="ascii")


@pytest.mark.parametrize("encoding", [0, 1])
def test_the_sample_arrives(tmp_path: Path, encoding: int) -> None:
    sources = {
        "communities": gpd.read_file(SAMPLE / "communities.gpkg"),
        "streets": gpd.read_file(SAMPLE / "streets.gpkg"),
        "roads": gpd.read_file(SAMPLE / "roads.gpkg"),
        "lamps_trees": gpd.read_file(SAMPLE / "components" / "survey_c.gpkg"),
    }
    paths = [SAMPLE / "communities.gpkg", SAMPLE / "streets.gpkg", SAMPLE / "roads.gpkg"]
    done = run(
        ExportShapefiles,
        LAYERS=[*map(str, paths), f"{SAMPLE / 'components' / 'survey_c.gpkg'}|layername=lamps_trees"],
        FOLDER=str(tmp_path / "out"),
        ENCODING=encoding,
    )
    assert (done["FILE_COUNT"], done["DIFFERENCE_COUNT"], done["CUT_COUNT"]) == (4, 0, 0)
    sources["lamps_trees"] = sources["lamps_trees"].map(lambda value: value)
    assert_arrived(tmp_path / "out", sources)


@pytest.mark.real_data
@pytest.mark.parametrize("encoding", [0, 1])
def test_ningbo_and_taichung_arrive(tmp_path: Path, real_data: Path, jiangdong: Path, encoding: int) -> None:
    hydrants = real_data / "furniture" / "rtsai_hydrants.geojson"
    ningbo = real_data / "boundaries" / "ningbo_shequ.geojson"
    log = Log()
    done = run(
        ExportShapefiles,
        log,
        LAYERS=[str(jiangdong), str(hydrants), str(ningbo)],
        FOLDER=str(tmp_path / "out"),
        ENCODING=encoding,
        REPORT=str(tmp_path / "report.html"),
    )
    assert (done["FILE_COUNT"], done["ROW_COUNT"], done["DIFFERENCE_COUNT"]) == (3, 73 + 6328 + 401, 0)
    assert_arrived(tmp_path / "out", {"jiangdong": gpd.read_file(jiangdong)})
    read = read_with_fiona(tmp_path / "out" / "rtsai_hydrants.shp")["rows"]
    source = gpd.read_file(hydrants)
    names = short_names([name for name in source.columns if name != "geometry"], _encoding(tmp_path / "out"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    texts = [name for name in names if not pd.api.types.is_numeric_dtype(source[name])]
    told = set(re.findall(r'<td class="number">([0-9,]+)</td><td>([^<]+)</td>', page))
    for name in texts:
        values = [None if pd.isna(value) else str(value).rstrip() or None for value in source[name]]
        for row, (value, row_read) in enumerate(zip(values, read, strict=True), 1):
            found = row_read[names[name]] or None
            if found != value and str(value)[:10] != found:  # what differs stands in the report, with its row
                assert (f"{row:,}", html.escape(names[name])) in told, (name, value, found)
    broken = gpd.read_file(ningbo).drop(columns="geometry").map(lambda value: "\ufffd" in str(value)).sum().sum()
    assert broken
    assert (f"{broken} texts hold characters" in " ".join(log.said)) == (encoding == 0)


@pytest.mark.parametrize("reader", ["fiona", "ogr"])
@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@given(
    texts=st.lists(
        st.none()
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        | st.text("网格龍燈㐀𠀀€·— ?aZ9\0\n", max_size=200),
        min_size=1,
        max_size=6,
    ),
    number=st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1e6, 1e6),
    whole=st.integers(-(2**63), 2**63 - 1),
    day=st.dates(),
)
@example(texts=["", "\0", "a\0b", "a\0c"], number=0.0, whole=0, day=date(2000, 1, 1))  # the same to pandas
@example(texts=["\xa0", " \xa0", "\u2028x", "\u3000"], number=0.0, whole=0, day=date(2000, 1, 1))  # other blanks
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_arrives_or_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, reader: str,
    texts: list[str | None], number: float, whole: int, day: object,
) -> None:  # fmt: skip
    if reader == "ogr":
        monkeypatch.setattr(delivery_compare, "_fiona", lambda: None)
    count = len(texts)
    frame = gpd.GeoDataFrame(
        {
            "文字内容说明一": texts,
            "文字内容说明二": pd.Series([number] * count, dtype="Float64"),
            "whole": pd.Series([whole] * count, dtype="Int64"),
            "day": [f"{day}"] * count,
            "ORDate": [f"{day}".replace("-", ""), *["not yet"] * (count - 1)],
        },
        geometry=shapely.points([(400_000.1 + n, 3_830_000) for n in range(count)]),
        crs=4549,
    )
    rules = {rule.field: rule for rule in load_dictionary().of("unit_grid")}
    for path in tmp_path.iterdir():
        path.unlink()
    (file,) = write_shapefiles(frame, tmp_path, "any", encoding, wish=Wish({"ORDate": rules["ORDate"]}))
    found = compared(file, encoding)
    assert not found.count, found.differences
    raw = read_dbf(tmp_path / "any.dbf")
    table = raw.frame(encoding)
    assert len(set(table.columns)) == 5
    assert all(len(name) <= 10 for name in raw.names)
    reported = {row for row, _ in file.cut + file.replaced}
    for row, (text, stored) in enumerate(zip(texts, table.iloc[:, 0], strict=True), 1):
        if row in reported:
            assert text is not None
        else:  # what is only blanks is nothing to a .dbf
            assert (text or "").rstrip(" ").strip() == (stored or "").strip()
    assert not reported or any(
        len(text.encode(encoding, "replace")) > 254
        or text.encode(encoding, "replace").decode(encoding) != text
        or "\0" in text
        for text in texts
        if text
    )
    if np.isfinite(number):
        assert float(table.iloc[0, 1]) == number
    assert int(table["whole"][0]) == whole


def test_a_changed_byte_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = district()["unit_grid"]
    (file,) = write_shapefiles(frame, tmp_path, "grid", "GBK")
    data = bytearray((tmp_path / "grid.dbf").read_bytes())
    at = data.rindex("社区2".encode("gbk"))
    data[at : at + 2] = "往".encode("gbk")
    (tmp_path / "grid.dbf").write_bytes(data)
    shapes = bytearray((tmp_path / "grid.shp").read_bytes())
    shapes[100 + 8 + 44 + 4 + 16] ^= 1  # the last bit of the second vertex
    (tmp_path / "grid.shp").write_bytes(shapes)
    for fiona in (delivery_compare._fiona, lambda: None):
        monkeypatch.setattr(delivery_compare, "_fiona", fiona)
        found = compared(file, "GBK")
        assert [(one.row, one.field) for one in found.differences] == [(8, "CommName"), (1, "geometry")]


def test_nothing_is_published_where_a_value_differs(
    tmp_path: Path, layers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()

    def spoiled(columns: object, rows: object, path: Path, *more: object) -> None:
        write(columns, rows, path, *more)
        path.write_bytes(path.read_bytes().replace("新海".encode("gbk"), "新河".encode("gbk")))

    write = shapefiles.write_dbf
    monkeypatch.setattr(shapefiles, "write_dbf", spoiled)
    with pytest.raises(QgsProcessingException, match=r"communities\.shp.*“新河街道” instead of “新海街道”"):
        run(ExportShapefiles, LAYERS=layers, FOLDER=str(tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert not list((tmp_path / "out").iterdir())


# Fields


def test_fields_are_as_the_dictionary_says(tmp_path: Path, layers: list[str]) -> None:
    run(ExportShapefiles, LAYERS=layers, FOLDER=str(tmp_path / "out"), NAME_SCHEME=1)
    names = {path.stem for path in (tmp_path / "out").glob("*.shp")}
    assert names == {"communities", "unit_grid", "responsibility_grids", "BJ0101", "BJ0102", "cases"}
    data = (tmp_path / "out" / "BJ0101.dbf").read_bytes()
    fields = {
        data[at : at + 11].split(b"\0")[0].decode("gbk"): (chr(data[at + 11]), data[at + 16])
        for at in range(32, data.index(b"\r", 32), 32)
    }
    # Generation C as two systems show it (domain facts), in bytes
    known = ("ObjID", "ObjName", "BGID", "ObjState", "ORDate", "DataSource", "Note")
    assert {name: fields[name] for name in known} == {
        "ObjID": ("C", 17), "ObjName": ("C", 30), "BGID": ("C", 15), "ObjState": ("C", 10), "ORDate": ("D", 8),
        "DataSource": ("C", 30), "Note": ("C", 254),
    }  # fmt: skip
    table = pd.read_csv(tmp_path / "out" / "field_dictionary.csv")
    told = table[table["文件 File"] == "BJ0101.shp"].set_index("字段 Field")["状态 Status"]
    assert told["ObjID"] == "secondary"
    assert told["ClassName"] == "ours"
    counts = pd.read_csv(tmp_path / "out" / "count_table.csv").set_index("文件 File")["记录数 Rows"]
    assert counts["BJ0101.shp"] == 3


def test_texts_are_cut_between_characters_and_the_row_is_told(tmp_path: Path) -> None:
    layers = district()
    layers["components"].loc[1, "ObjName"] = "很长的名称" * 4
    layers["components"].loc[2, "Note"] = "龍𠀀"
    log = Log()
    done = run(
        ExportShapefiles,
        log,
        LAYERS=written({"components": layers["components"]}, tmp_path / "c.gpkg"),
        FOLDER=str(tmp_path / "out"),
        REPORT=str(tmp_path / "report.html"),
    )
    assert done["CUT_COUNT"] == 1
    rows = read_with_fiona(tmp_path / "out" / "components.shp")["rows"]
    assert rows[1]["ObjName"] == "很长的名称" * 3
    assert rows[2]["Note"] == "龍?"
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<td class="number">2</td><td>ObjName</td><td>cut to the width of the field</td>' in page
    assert '<td class="number">3</td><td>Note</td><td>characters missing in the encoding</td>' in page


def test_what_is_no_date_keeps_the_field_as_text(tmp_path: Path) -> None:
    components = district()["components"].assign(ORDate=["2025-05-01", "20250230", "", "0", "2025/05/03", "去年"])
    log = Log()
    layers = written({"components": components}, tmp_path / "c.gpkg")
    run(ExportShapefiles, log, LAYERS=layers, FOLDER=str(tmp_path / "out"))
    rows = read_with_fiona(tmp_path / "out" / "components.shp")["rows"]
    assert [row["ORDate"] for row in rows] == ["2025-05-01", "20250230", None, "0", "2025/05/03", "去年"]
    assert any("2 values are not of the type of their field" in line for line in log.said)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("GBK", ["责任网格的", "责任网格_1", "责任网格_2", "abcdefghij"]),
        ("UTF-8", ["责任网", "责任_1", "责任_2", "abcdefghij"]),
    ],
)
def test_chinese_names_are_shortened_without_clashes(encoding: str, expected: list[str]) -> None:
    names = ["责任网格的编码", "责任网格的名称", "责任网格的人", "abcdefghijk"]
    assert list(short_names(names, encoding).values()) == expected


def test_chinese_field_names_of_the_dictionary(tmp_path: Path, layers: list[str]) -> None:
    run(ExportShapefiles, LAYERS=layers, FOLDER=str(tmp_path / "out"), FIELD_NAMES=1)
    rows = read_with_fiona(tmp_path / "out" / "components.shp")["rows"]
    assert rows[0]["标识码"] == "3207060101000001"
    assert rows[0]["所在网格"] == "320706006001001"


def test_short_names_of_the_dictionary_fit_and_differ() -> None:
    dictionary = load_dictionary()
    for kind in {rule.layer for rule in dictionary.rules}:
        short = [rule.short for rule in dictionary.of(kind)]
        assert len(set(short)) == len(short), kind
        assert all(len(name.encode("gbk")) <= 10 for name in short)


def test_a_city_has_its_own_dictionary(tmp_path: Path, layers: list[str]) -> None:
    own = tmp_path / "own.csv"
    own.write_text("layer,field,type,width\ncomponents,ObjID,C,20\ncomponents,ObjName,C,6\n", encoding="utf-8")
    done = run(ExportShapefiles, LAYERS=layers[3:4], FOLDER=str(tmp_path / "out"), DICTIONARY=str(own))
    assert done["CUT_COUNT"] == 6
    own.write_text("layer,field,type,width\ncomponents,ObjID,C,300\n", encoding="utf-8")
    with pytest.raises(WrongDictionary, match=r"Row 2 of the field dictionary “own\.csv” has “300” as width"):
        load_dictionary(own)


def test_codes_as_numbers_become_text() -> None:
    rule = FieldRule("components", "ObjID", "", "", "C", 17, 0, True, "", "", "", "")
    cells, _ = cells_of(pd.Series([3207060101000001, None], dtype="Int64"), "GBK", rule)
    assert cells.type == "C"
    assert cells.distinct[cells.row[0]] == b"3207060101000001"


# Belts


def test_every_belt_is_read_by_qgis_as_what_it_is(tmp_path: Path) -> None:
    assert len(belts.BELTS) == 64
    for code, belt in belts.BELTS.items():
        crs = pyproj.CRS.from_epsg(code)
        operation = crs.coordinate_operation
        values = {parameter.name: parameter.value for parameter in operation.params}
        assert values["Longitude of natural origin"] == belt.meridian
        assert values["False easting"] == belt.zone * 1_000_000 + 500_000
        path = tmp_path / "p.prj"
        path.write_text(belts.esri_text(crs), encoding="utf-8")
        assert QgsCoordinateReferenceSystem.fromWkt(path.read_text(encoding="utf-8")).authid() == f"EPSG:{code}"


@pytest.mark.parametrize(("belt", "code"), [(1, 4549), (2, 4528), (3, 4510), (4, 4499)])
def test_the_place_decides_which_belt(tmp_path: Path, layers: list[str], belt: int, code: int) -> None:
    """The district lies just east of 120° E, where a 6-degree belt begins."""
    run(ExportShapefiles, LAYERS=layers[:1], FOLDER=str(tmp_path / "out"), BELT=belt)
    layer = QgsVectorLayer(str(tmp_path / "out" / "communities.shp"), "communities", "ogr")
    assert layer.crs().authid() == f"EPSG:{code}"
    assert int(layer.extent().xMinimum() // 1_000_000) == {2: 40, 4: 21}.get(belt, 0)


# States


def test_states(tmp_path: Path) -> None:
    grid = district()["unit_grid"].head(4).assign(
        ORDate=["20200101", "20200101", "20240101", ""], CHDate=["", "20240101", "", "0"]
    )  # fmt: skip
    assert in_force(grid).tolist() == [True, False, True, True]
    assert in_force(grid, "20231231").tolist() == [True, True, False, True]
    assert in_force(grid, "20240101").tolist() == [True, False, True, True]
    days = pd.to_datetime(["2020-01-01", "2024-01-01", None, None])
    for last in ([20200101.0, 20240101.0, np.nan, 0.0], days, ["2020-01-01", "2024-01-01T08:30:00", None, "00000000"]):
        assert in_force(grid.assign(ORDate="20190101", CHDate=last), "20231231").tolist() == [False, True, True, True]
        assert in_force(grid.assign(ORDate="20190101", CHDate=last), "20240101").tolist() == [False, False, True, True]
    layers = written({"unit_grid": grid}, tmp_path / "g.gpkg")
    for inputs, count in (({}, 3), ({"STATE": 1}, 4), ({"DATE": "2023-12-31"}, 3)):
        assert run(ExportShapefiles, LAYERS=layers, FOLDER=str(tmp_path / "out"), **inputs)["ROW_COUNT"] == count
    with pytest.raises(QgsProcessingException, match="DATE is 2023-02-30, but must be YYYYMMDD"):
        run(ExportShapefiles, LAYERS=layers, FOLDER=str(tmp_path / "out"), DATE="2023-02-30")


# Large files


@pytest.mark.parametrize("largest", [9_500, 14_000])
def test_a_large_file_is_split_before_it_breaks(tmp_path: Path, largest: int) -> None:
    angles = np.linspace(0, 2 * np.pi, 40)
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    frame = gpd.GeoDataFrame(
        {"name": [f"片{n}" for n in range(30)]}, geometry=[shapely.Polygon(ring + 10 * n) for n in range(30)], crs=4549
    )
    files = write_shapefiles(frame, tmp_path, "large", "GBK", wish=Wish(largest=largest))
    assert len(files) > 2
    assert all(path.stat().st_size <= largest for path in tmp_path.iterdir())
    names = [name for file in files for name in pyogrio.read_dataframe(file.path, encoding="GBK")["name"]]
    assert names == list(frame["name"])
    assert not any(compared(file, "GBK").count for file in files)


# Folders


def test_the_same_input_gives_the_same_bytes(
    tmp_path: Path, layers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, zone in (("one", "UTC"), ("two", "Asia/Shanghai")):
        monkeypatch.setenv("TZ", zone)
        run(
            ExportShapefiles,
            LAYERS=layers,
            FOLDER=str(tmp_path / name),
            ZIP=str(tmp_path / f"{name}.zip"),
            FORMATS=[0, 1, 3],
        )
        for path in (tmp_path / name).iterdir():
            os.utime(path, (1, 1))
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert set(archive.namelist()) == set(content(tmp_path / "one"))
    header = (tmp_path / "one" / "cases.dbf").read_bytes()[1:4]
    assert tuple(header) == (80, 1, 1)


def test_files_of_others_stay(tmp_path: Path, layers: list[str]) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    run(ExportShapefiles, LAYERS=layers, FOLDER=str(folder))
    (folder / "cases.qix").write_text("an index")
    run(ExportShapefiles, LAYERS=layers[:2], FOLDER=str(folder))
    assert (folder / "notes.txt").read_text() == "mine"
    assert {path.stem for path in folder.glob("*.shp")} == {"communities", "unit_grid"}
    assert not (folder / "cases.qix").exists()
    (folder / "cases.shp").write_text("somebody's")
    before = content(folder)
    with pytest.raises(QgsProcessingException, match=r"that no delivery of CityGrid made \(cases\.shp\)"):
        run(ExportShapefiles, LAYERS=layers, FOLDER=str(folder))
    assert content(folder) == before
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_a_folder_is_moved_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = tmp_path / "old_delivery", tmp_path / "scratch" / "delivery"
    for folder, text in ((old, "old"), (new, "new")):
        folder.mkdir(parents=True)
        for name in ("a.shp", "b.shp", "c.shp"):
            (folder / name).write_text(text)
        delivery_folder.write_manifest(folder)
    (old / "mine.txt").write_text("mine")
    before = content(old)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path == new / "b.shp":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(UnwritableTarget, match="Permission denied"):
        delivery_folder.publish(new, old)
    assert content(old) == before


@pytest.mark.parametrize("others", [False, True])
def test_folder_and_zip_are_published_both_or_neither(
    tmp_path: Path, layers: list[str], monkeypatch: pytest.MonkeyPatch, *, others: bool
) -> None:
    folder, packed = tmp_path / "out", tmp_path / "zips" / "out.zip"
    packed.parent.mkdir()
    run(ExportShapefiles, LAYERS=layers[:2], FOLDER=str(folder), ZIP=str(packed))
    if others:
        (folder / "mine.txt").write_text("mine")
    before, zipped = content(folder), packed.read_bytes()
    (folder / "cases.shp").write_text("somebody's")
    with pytest.raises(QgsProcessingException, match="that no delivery of CityGrid made"):
        run(ExportShapefiles, LAYERS=layers, FOLDER=str(folder), ZIP=str(packed))
    assert packed.read_bytes() == zipped
    (folder / "cases.shp").unlink()
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if Path(target) == packed:
            raise PermissionError(13, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(QgsProcessingException, match=r"out\.zip.*Permission denied"):
        run(ExportShapefiles, LAYERS=layers, FOLDER=str(folder), ZIP=str(packed))
    assert (content(folder), packed.read_bytes()) == (before, zipped)
    assert {path.name for path in packed.parent.iterdir()} == {"out.zip"}
    assert {path.name for path in tmp_path.iterdir()} == {"out", "zips"}


def test_a_delivery_does_not_replace_what_it_reads(tmp_path: Path, layers: list[str]) -> None:
    run(ExportShapefiles, LAYERS=layers, FOLDER=str(tmp_path / "out"))
    with pytest.raises(QgsProcessingException, match="an input of this run is read from there"):
        run(ExportShapefiles, LAYERS=[str(tmp_path / "out" / "cases.shp")], FOLDER=str(tmp_path / "out"))
    assert (tmp_path / "out" / "unit_grid.shp").exists()


# Other formats


def test_a_geopackage_keeps_columns_that_are_called_as_its_own(tmp_path: Path) -> None:
    plain = gpd.GeoDataFrame(
        {"FID": [7, 8], "Geom": ["a", "b"], "name": ["x", "y"], "NAME": ["X", "Y"]}, geometry=[shapely.Point(0, 0)] * 2,
        crs=4549,
    )  # fmt: skip
    plain.to_file(tmp_path / "plain.geojson", driver="GeoJSON")
    log = Log()
    report = tmp_path / "report.html"
    done = run(
        ExportShapefiles, log, LAYERS=[str(tmp_path / "plain.geojson")], FOLDER=str(tmp_path / "out"), FORMATS=[0, 1],
        REPORT=str(report),
    )  # fmt: skip
    assert done["DIFFERENCE_COUNT"] == 0
    read = pyogrio.read_dataframe(tmp_path / "out" / "delivery.gpkg")
    assert {name: read[name].tolist() for name in read.columns if name != "geometry"} == {
        "FID_2": [7, 8], "Geom_2": ["a", "b"], "name": ["x", "y"], "NAME_2": ["X", "Y"],
    }  # fmt: skip
    assert any("FID → FID_2, Geom → Geom_2, NAME → NAME_2" in line for line in log.said)
    assert "Geom_2" in report.read_text(encoding="utf-8")
    assert read_with_fiona(tmp_path / "out" / "plain.shp")["rows"][0]["FID"] == 7


def test_a_changed_value_of_a_renamed_column_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading looks at these columns too."""
    plain = gpd.GeoDataFrame({"FID": ["a", "b"]}, geometry=[shapely.Point(0, 0)] * 2, crs=4549)
    write = delivery_formats.write_layer
    monkeypatch.setattr(
        delivery_formats, "write_layer", lambda frame, *rest: write(frame.replace({"FID_2": {"b": "c"}}), *rest)
    )
    with pytest.raises(delivery_compare.DeliveryDiffers, match="row 2, field FID_2: “c” instead of “b”"):
        delivery_formats.write_geopackage(plain, tmp_path / "d.gpkg", "d")


def test_formats_for_analysts(tmp_path: Path, layers: list[str]) -> None:
    log = Log()
    done = run(ExportShapefiles, log, LAYERS=layers, FOLDER=str(tmp_path / "out"), FORMATS=[1, 2, 3])
    assert (done["FILE_COUNT"], done["DIFFERENCE_COUNT"]) == (0, 0)
    path = tmp_path / "out" / "delivery.gpkg"
    source = district()["components"]
    assert gpd.read_file(path, layer="components")["ObjID"].tolist() == source["ObjID"].tolist()
    assert {name for name, _ in pyogrio.list_layers(path)} == set(district())
    sheet = openpyxl.load_workbook(tmp_path / "out" / "delivery.xlsx")["components"]
    titles = [cell.value for cell in sheet[1]]
    row = dict(zip(titles, [cell.value for cell in sheet[2]], strict=True))
    assert row["ObjID"] == "3207060101000001"
    assert (row["X"], row["Y"]) == (500_050, 3_830_050)
    parquet = bool(list((tmp_path / "out").glob("*.parquet")))
    assert parquet != any("GeoParquet cannot be written here" in line for line in log.said)
