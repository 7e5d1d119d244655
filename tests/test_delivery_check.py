"""The acceptance check finds every planted fault, and nothing in a delivery without one."""

from __future__ import annotations

import shutil
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
from qgis.core import QgsProcessingException, QgsVectorLayer

from citygrid_plugin.core import fields
from citygrid_plugin.core.delivery.findings import DELIVERY_PROBLEM, TEXTS, TITLES
from citygrid_plugin.core.errors import UnreadableFile
from citygrid_plugin.processing.delivery.check_delivery import CheckDelivery
from citygrid_plugin.processing.delivery.export_shapefiles import ExportShapefiles
from citygrid_plugin.storage.delivery_dictionary import load_dictionary
from citygrid_plugin.storage.delivery_reading import read_delivery
from citygrid_plugin.storage.shapefiles import Wish, write_shapefiles

from .deliveries import delete, district, run, written
from .test_bad_input import Log

pytestmark = pytest.mark.usefixtures("provider")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery of ours without a fault; components in a file a class."""
    folder = tmp_path_factory.mktemp("sound")
    layers = written(district(), folder / "district.gpkg")
    run(ExportShapefiles, LAYERS=layers, FOLDER=str(folder / "out"), ZIP=str(folder / "out.zip"), NAME_SCHEME=1)
    return folder / "out"


def check(path: Path, tmp_path: Path, **more: object) -> tuple[dict[str, Any], pd.DataFrame]:
    """The results and the table of problems."""
    where = {"FOLDER" if path.is_dir() else "FILE": str(path)}
    output = tmp_path / "problems.gpkg"
    results = run(CheckDelivery, **where, OUTPUT=str(output), REPORT=str(tmp_path / "report.html"), **more)
    return results, pyogrio.read_dataframe(output)


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_sound_delivery_has_no_problem(sound: Path, tmp_path: Path, form: str) -> None:
    path = sound if form == "folder" else sound.with_suffix(".zip")
    before = {file.name: file.stat().st_mtime_ns for file in sound.iterdir()}
    results, problems = check(path, tmp_path)
    assert problems.empty, problems[fields.TEXT].tolist()
    assert (results["FILE_COUNT"], results["ROW_COUNT"]) == (6, 2 + 8 + 2 + 6 + 1)
    assert list(problems.columns) == [*DELIVERY_PROBLEM, "geometry"]
    assert "No error was found." in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert {file.name: file.stat().st_mtime_ns for file in sound.iterdir()} == before


# Ways to plant a fault

Fault = Callable[[Path], object]


def remove(name: str) -> Fault:
    return lambda folder: (folder / name).unlink()


def put(name: str, text: str) -> Fault:
    return lambda folder: (folder / name).write_text(text, encoding="utf-8")


def patch(name: str, at: int, value: bytes) -> Fault:
    def change(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[at : at + len(value)] = value
        (folder / name).write_bytes(data)

    return change


def replace(name: str, old: str, new: bytes, count: int = 1) -> Fault:
    return lambda folder: (folder / name).write_bytes(
        (folder / name).read_bytes().replace(old.encode("gbk"), new, count)
    )


def edit(name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame], *plain: str) -> Fault:
    """Rewrite a shapefile with other rows; the fields ``plain`` without the widths and types of the dictionary."""

    def rewrite(folder: Path) -> None:
        frame = pyogrio.read_dataframe(folder / f"{name}.shp", encoding="GBK")
        for column in ("ORDate", "CHDate"):
            if column in frame:
                frame[column] = pd.to_datetime(frame[column]).dt.strftime("%Y%m%d").fillna("").astype(object)
        kind = load_dictionary().kind(frame.columns)
        rules = {rule.field: rule for rule in load_dictionary().of(kind) if rule.field not in plain}
        write_shapefiles(change(frame), folder, name, "GBK", wish=Wish(rules))

    return rewrite


def cell(column: str, row: int, value: object) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    def change(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        return frame

    return change


def shape(row: int, geometry: shapely.Geometry | None) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    def change(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        frame.loc[[row], "geometry"] = gpd.GeoSeries([geometry], index=[row], crs=frame.crs)
        return frame

    return change


def rename(old: str, new: str) -> Fault:
    def change(folder: Path) -> None:
        for path in folder.glob(f"{old}.*"):
            path.rename(path.with_name(f"{new}{path.suffix}"))

    return change


def fields_at(name: str, field: str) -> Callable[[Path], int]:
    def where(folder: Path) -> int:
        data = (folder / name).read_bytes()
        return next(at for at in range(32, len(data), 32) if data[at : at + 11].split(b"\0")[0] == field.encode())

    return where


def retype(name: str, field: str, kind: bytes) -> Fault:
    return lambda folder: patch(name, fields_at(name, field)(folder) + 11, kind)(folder)


GRID = "unit_grid"
LOCAL = 'LOCAL_CS["City",LOCAL_DATUM["City",0],UNIT["metre",1],AXIS["E",EAST],AXIS["N",NORTH]]'
FAULTS: list[tuple[str, Fault, str, str, int]] = [
    # name, how it is planted, kind that must be found, file (stem), row (from 1; 0 for the file)
    ("no projection", remove("BJ0101.prj"), "missing_part", "BJ0101", 0),
    ("no index", remove("BJ0101.shx"), "missing_part", "BJ0101", 0),
    ("no table", remove("BJ0101.dbf"), "missing_part", "BJ0101", 0),
    ("no shapes", remove("BJ0101.shp"), "missing_part", "BJ0101", 0),
    ("no code page", remove("cases.cpg"), "missing_part", "cases", 0),
    (".cpg lies", put("unit_grid.cpg", "UTF-8"), "cpg_disagrees", GRID, 0),
    ("language id lies", patch("unit_grid.dbf", 29, b"\x78"), "language_disagrees", GRID, 0),
    ("broken text", replace("BJ0102.dbf", "城市管理局", b"\xb3\xc7\xff\xd0\xb9\xdc\xc0\xed\xbe\xd6"), "broken_text",
     "BJ0102", 1),
    ("table cut short", lambda folder: (folder / "cases.dbf").write_bytes((folder / "cases.dbf").read_bytes()[:300]),
     "unreadable", "cases", 0),
    ("more shapes than rows", patch("BJ0101.dbf", 4, b"\x02"), "shape_count", "BJ0101", 0),
    ("deleted row", lambda folder: patch("BJ0101.dbf", int.from_bytes((folder / "BJ0101.dbf").read_bytes()[8:10],
     "little"), b"*")(folder), "deleted_rows", "BJ0101", 0),
    ("no rows", edit("BJ0102", lambda frame: frame.iloc[:0]), "empty_file", "BJ0102", 0),
    ("no field", edit("BJ0101", lambda frame: frame.drop(columns="ObjName")), "missing_field", "BJ0101", 0),
    ("code as number", retype("unit_grid.dbf", "BGID", b"N"), "field_type", GRID, 0),
    ("narrow field", edit("BJ0101", lambda frame: frame.drop(columns="DeptName1").assign(DeptName1="局"), "DeptName1"),
     "field_width", "BJ0101", 0),
    ("text cut", edit("BJ0101", cell("ObjName", 1, "名称" * 20)), "maybe_cut", "BJ0101", 2),
    ("malformed grid code", edit(GRID, cell("BGID", 2, "32070600600101")), "code_length", GRID, 3),
    ("no grid code", edit(GRID, cell("BGID", 2, "")), "no_code", GRID, 3),
    ("grid code twice", edit(GRID, cell("BGID", 2, "320706006001001")), "duplicate_code", GRID, 1),
    ("other community", edit(GRID, cell("CommCode", 2, "320706006002")), "code_disagrees", GRID, 3),
    ("other street", edit(GRID, cell("StrCode", 2, "320706007")), "street_code_disagrees", GRID, 3),
    ("unknown community", edit("responsibility_grids", cell("CommCode", 1, "320706006009")), "no_parent",
     "responsibility_grids", 2),
    ("zone of another community", edit("responsibility_grids", cell("CommCode", 1, "320706006001")), "parent",
     "responsibility_grids", 2),
    ("zone code", edit("responsibility_grids", cell("RGID", 1, "3207060060020")), "bad_value",
     "responsibility_grids", 2),
    ("gap", edit(GRID, lambda frame: frame.drop(index=5).reset_index(drop=True)), "gap", GRID, 0),
    ("overlap", edit(GRID, shape(1, shapely.box(500_095, 3_830_000, 500_200, 3_830_100))), "overlap", GRID, 1),
    ("crossing outline", edit(GRID, shape(1, shapely.Polygon([(500_100, 3_830_000), (500_200, 3_830_100),
     (500_200, 3_830_000), (500_100, 3_830_100)]))), "invalid", GRID, 2),
    ("component outside", edit("BJ0101", shape(2, shapely.Point(500_050, 3_840_000))), "outside_grids", "BJ0101", 3),
    ("component in another grid", edit("BJ0101", cell("BGID", 2, "320706006002001")), "other_grid", "BJ0101", 3),
    ("unknown grid", edit("BJ0101", cell("BGID", 2, "320706006009001")), "no_parent", "BJ0101", 3),
    ("no grid", edit("BJ0101", cell("BGID", 2, "")), "no_value", "BJ0101", 3),
    ("no place", edit("BJ0101", shape(0, None)), "no_shape", "BJ0101", 1),
    ("id twice, in two files", edit("BJ0102", cell("ObjID", 0, "3207060101000002")), "repeated", "BJ0101", 2),
    ("id of Excel", edit("BJ0101", cell("ObjID", 0, "3.20706E+15")), "bad_value", "BJ0101", 1),
    ("id of another class", edit("BJ0102", cell("ObjID", 0, "3207060103000002")), "id_class", "BJ0102", 1),
    ("unknown class", edit("BJ0102", cell("ClassCode", 0, "0199")), "unknown_class", "BJ0102", 1),
    ("name of another class", edit("BJ0102", cell("ClassName", 0, "路灯")), "class_name", "BJ0102", 1),
    ("file of another class", rename("BJ0102", "BJ0103"), "class_of_name", "BJ0103", 1),
    ("other CRS", edit("BJ0102", lambda frame: frame.to_crs(4548)), "crs_differs", "BJ0102", 0),
    ("degrees", edit("BJ0102", lambda frame: frame.to_crs(4326)), "no_belt", "BJ0102", 0),
    ("no zone number", lambda folder: shutil.copy(folder / "zone.prj", folder / "BJ0102.prj"), "outside_belt",
     "BJ0102", 0),
    ("no date", edit("BJ0101", cell("ORDate", 1, "去年"), "ORDate"), "bad_date", "BJ0101", 2),
    ("dates exchanged", edit("BJ0101", cell("CHDate", 1, "20200101")), "dates_reversed", "BJ0101", 2),
    ("closed row", edit("BJ0101", cell("CHDate", 1, "20260101")), "closed_row", "BJ0101", 2),
    ("wrong count", replace("count_table.csv", "BJ0101.shp,components,3", b"BJ0101.shp,components,4"),
     "count_differs", "BJ0101", 0),
    ("file missing", lambda folder: [path.unlink() for path in folder.glob("BJ0102.*")], "listed_only",
     "count_table", 0),
    ("file not listed", rename("BJ0102", "components"), "not_listed", "components", 0),
    ("no count table", remove("count_table.csv"), "no_count_table", "", 0),
    ("name of a device", rename("cases", "con"), "odd_name", "con", 0),
    ("grid in degrees that are metres", put("unit_grid.prj", pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI")),
     "not_in_crs", GRID, 0),
    ("grid of another zone", put("unit_grid.prj", pyproj.CRS.from_epsg(4528).to_wkt("WKT1_ESRI")), "places_unknown",
     GRID, 0),
    ("grid in a local system", put("unit_grid.prj", LOCAL), "places_unknown", "BJ0101", 0),
    ("grid without places", edit(GRID, lambda frame: frame.set_geometry([None] * 8, crs=frame.crs)), "places_unknown",
     "BJ0101", 0),
    ("communities without places", edit("communities", lambda frame: frame.set_geometry([None] * 2, crs=frame.crs)),
     "places_unknown", GRID, 0),
    ("components in a local system", put("BJ0101.prj", LOCAL), "places_unknown", "BJ0101", 0),
    (".prj of heights", put("unit_grid.prj", pyproj.CRS.from_epsg(5737).to_wkt("WKT1_GDAL")), "not_in_crs", GRID, 0),
    (".prj that is none", put("unit_grid.prj", "EPSG:4549"), "unknown_crs", GRID, 0),
    (".cpg with a mark", put("unit_grid.cpg", "\ufeffGBK"), "cpg_marked", GRID, 0),
    ("text beyond GBK", replace("BJ0102.dbf", "城市管理局", "城管𠮷局".encode("gb18030"), 3), "cpg_disagrees", "BJ0102",
     0),
    ("parts in another case", lambda folder: (folder / "BJ0102.dbf").rename(folder / "bj0102.DBF"), "cases_differ",
     "BJ0102", 0),
    ("file in two folders", lambda folder: [shutil.copy(path, folder / "again") for path in
     ((folder / "again").mkdir(), *folder.glob("cases.*"))[1:]] and [(folder / "old").mkdir()] and
     [path.rename(folder / "old" / path.name) for path in folder.glob("cases.*")], "count_unclear", "count_table", 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("plant", "kind", "stem", "row"), [fault[1:] for fault in FAULTS], ids=[one[0] for one in FAULTS]
)
def test_a_planted_fault_is_found(sound: Path, tmp_path: Path, plant: Fault, kind: str, stem: str, row: int) -> None:
    folder = tmp_path / "delivery"
    shutil.copytree(sound, folder)
    if stem == "BJ0102" and kind == "outside_belt":
        import pyproj  # noqa: PLC0415

        (folder / "zone.prj").write_text(pyproj.CRS.from_epsg(4528).to_wkt("WKT1_ESRI"))
    plant(folder)
    _, problems = check(folder, tmp_path)
    found = problems[problems["Kind"] == kind]
    places = {(Path(file).stem, number) for file, number in zip(found["File"], found["Row"], strict=True)}
    assert (stem, row) in places, problems[["Kind", "File", "Row", "Text"]].to_string()
    assert TITLES[kind] in (tmp_path / "report.html").read_text(encoding="utf-8").replace("&#x27;", "'")
    assert found["Text"].str.len().gt(10).all()


def test_rows_are_those_that_qgis_shows(sound: Path, tmp_path: Path) -> None:
    """With deleted rows before them, each row keeps its own shape and goes by its record: the feature id and one."""
    folder = tmp_path / "delivery"
    shutil.copytree(sound, folder)
    edit("BJ0101", cell("ObjName", 2, "名称" * 20))(folder)
    delete(folder / "BJ0101.dbf", 0)
    edit(GRID, lambda frame: frame.assign(BGID=[*frame["BGID"][:6], "", ""]))(folder)
    edit("responsibility_grids", lambda frame: frame.assign(CommCode=["320706006002", "320706006001"]))(folder)
    delete(folder / "responsibility_grids.dbf", 0)
    (folder / "count_table.csv").unlink()
    _, problems = check(folder, tmp_path)
    kinds = set(zip(problems["Kind"], problems["File"], problems["Row"], strict=True))
    assert {kind for kind, file, _ in kinds if file == "BJ0101.shp"} == {"deleted_rows", "maybe_cut"}
    layer = QgsVectorLayer(str(folder / "BJ0101.shp"))
    ids = {feature.id() + 1 for feature in layer.getFeatures() if feature["ObjName"].startswith("名称")}
    assert {row for kind, _, row in kinds if kind == "maybe_cut"} == ids == {3}
    assert {row for kind, _, row in kinds if kind == "parent"} == {2}
    assert {row for kind, _, row in kinds if kind == "no_code"} == {7, 8}  # the codes do not tell them apart


def test_counts_of_files_of_one_name(tmp_path: Path) -> None:
    """Districts in folders of their own, and files whose names differ in case: each has its own number."""
    folder = tmp_path / "delivery"
    cells = district()["unit_grid"]
    for place, name, count in (("a", "grid", 1), ("a", "Grid", 2), ("b", "grid", 3), ("c", "grid", 4)):
        (folder / place).mkdir(parents=True, exist_ok=True)
        write_shapefiles(cells.head(count), folder / place, name, "GBK")
    (folder / "b" / "counts.csv").write_text("file,rows\ngrid,3\n")
    (folder / "counts.csv").write_text("file,rows\na/grid.shp,1\nA\\Grid.shp,2\nc/grid,4\nsum,10\n")
    _, problems = check(folder, tmp_path)
    about_counts = {"count_differs", "not_listed", "listed_only", "count_unclear", "no_count_table"}
    assert not about_counts & set(problems["Kind"]), problems[["Kind", "File", "Text"]].to_string()
    (folder / "counts.csv").write_text("file,rows\nc/grid,1\na/Grid,1\na/grid,2\n")
    _, problems = check(folder, tmp_path)
    wrong = problems[problems["Kind"] == "count_differs"]
    assert dict(zip(wrong["File"], wrong["Text"].str.findall("[0-9]+"), strict=True)) == {
        "a/grid.shp": ["2", "1"], "a/Grid.shp": ["1", "2"], "c/grid.shp": ["1", "4"],
    }  # fmt: skip
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(QgsProcessingException, match="no column of file names"):
        check(folder, tmp_path, COUNT_TABLE=str(tmp_path / "other.csv"))


def test_a_grid_in_several_files_is_one(tmp_path: Path) -> None:
    """A file a street, or districts in folders of their own: each grid has its communities, each component its grid."""
    layers, rules = district(), {}
    for name, frame in layers.items():
        kind = load_dictionary().kind(frame.columns)
        rules[name] = Wish({rule.field: rule for rule in load_dictionary().of(kind)})
    for number in (0, 1):
        folder = tmp_path / "d" / f"{number + 1}"
        folder.mkdir(parents=True)
        for name in ("communities", "unit_grid"):
            rows = np.array_split(np.arange(len(layers[name])), 2)[number]
            write_shapefiles(layers[name].iloc[rows], folder, name, "GBK", wish=rules[name])
    write_shapefiles(layers["components"], tmp_path / "d", "components", "GBK", wish=rules["components"])
    _, problems = check(tmp_path / "d", tmp_path)
    assert problems["Kind"].tolist() == ["no_count_table"], problems[["Kind", "File", "Text"]].to_string()
    delete(tmp_path / "d" / "2" / "unit_grid.dbf", 1)
    _, problems = check(tmp_path / "d", tmp_path)
    places = set(zip(problems["Kind"], problems["File"], problems["Row"], strict=True))
    assert {("gap", "2/unit_grid.shp", 0), ("outside_grids", "components.shp", 6)} <= places


def test_what_a_zip_does_not_give_is_told(sound: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        for path in sorted(sound.iterdir()):
            archive.write(path, path.name if path.stem != "cases" else f"../{path.name}")
    _, problems = check(tmp_path / "d.zip", tmp_path)
    texts = problems.loc[problems["Kind"] == "unreadable", "Text"]
    assert texts.str.contains("../cases.shp", regex=False).any()


def test_the_place_of_a_fault_is_on_the_map(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    shutil.copytree(sound, folder)
    edit(GRID, lambda frame: frame.drop(index=5).reset_index(drop=True))(folder)
    edit("BJ0101", shape(2, shapely.Point(500_050, 3_840_000)))(folder)
    _, problems = check(folder, tmp_path)
    hole = shapely.box(500_500, 3_830_000, 500_600, 3_830_100)
    assert problems[problems["Kind"] == "gap"].geometry.iloc[0].equals(hole)
    assert problems[problems["Kind"] == "outside_grids"].geometry.iloc[0].contains(shapely.Point(500_050, 3_840_000))


def test_a_strangers_delivery_with_chinese_fields(tmp_path: Path) -> None:
    """Field names in Chinese, a file a layer with a Chinese name, in UTF-8, no count table, no communities."""
    folder = tmp_path / "stranger"
    (folder / "矢量数据").mkdir(parents=True)
    cells = district()["unit_grid"].rename(columns={"BGID": "网格编码", "CommCode": "社区代码"})
    write_shapefiles(cells.drop(index=1), folder / "矢量数据", "单元网格", "UTF-8")
    lamps = district()["components"].rename(columns={"ObjID": "标识码", "BGID": "所在网格", "ClassCode": "类别代码"})
    write_shapefiles(lamps.head(3), folder / "矢量数据", "部件", "UTF-8")
    table = "图层名称,数量\n单元网格,7\n部件,5\n"
    (folder / "数量统计.csv").write_bytes(table.encode("gbk"))
    _, problems = check(folder, tmp_path)
    kinds = set(zip(problems["Kind"], problems["File"], problems["Row"], strict=True))
    assert ("count_differs", "矢量数据/部件.shp", 0) in kinds
    assert ("no_parent", "矢量数据/部件.shp", 2) in kinds  # in the grid that is not there
    assert ("outside_grids", "矢量数据/部件.shp", 2) in kinds
    assert not any(kind == "count_differs" and "单元网格" in file for kind, file, _ in kinds)


@pytest.mark.real_data
def test_real_shapefiles_with_lying_encodings(real_data: Path, tmp_path: Path) -> None:
    _, problems = check(real_data / "encodings", tmp_path)
    kinds = problems.groupby("Kind").size()
    assert kinds["missing_part"] >= 3
    assert "broken_text" not in kinds
    assert "unreadable" not in kinds


def test_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(QgsProcessingException, match="choose a folder in FOLDER or a zip in FILE"):
        run(CheckDelivery, OUTPUT=str(tmp_path / "p.gpkg"))
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UnreadableFile, match="neither a folder nor a zip nor a shapefile"):
        read_delivery(tmp_path / "a.txt", load_dictionary())
    (tmp_path / "empty").mkdir()
    log = Log()
    results = run(CheckDelivery, log, FOLDER=str(tmp_path / "empty"), OUTPUT=str(tmp_path / "p.gpkg"))
    assert results["ERROR_COUNT"] == 1
    assert "No shapefile: 1" in log.said


def test_every_kind_has_words() -> None:
    assert TEXTS.keys() == TITLES.keys()
    assert len({fault[2] for fault in FAULTS}) >= 20
