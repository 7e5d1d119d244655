"""Deliveries as strangers make them, of real communities: the check ends with findings, and they can be delivered."""

from __future__ import annotations

import warnings
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

from citygrid_plugin.processing.delivery.check_delivery import CheckDelivery
from citygrid_plugin.processing.delivery.export_shapefiles import ExportShapefiles
from citygrid_plugin.processing.grids.create_unit_grid import CreateUnitGrid
from citygrid_plugin.storage.gdal import configured

from .deliveries import delete, run
from .readers import read_with_fiona
from .test_bad_input import Log

pytestmark = [pytest.mark.usefixtures("provider"), pytest.mark.real_data]

Layers = dict[str, gpd.GeoDataFrame]
GRID, HOMES, PARTS = "单元网格", "社区", "部件"
_HARMLESS = {"field_width", "field_type", "unknown_field", "no_count_table"}  # GDAL's own widths and types
_ARCGIS = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
    'UNIT["Meter",1.0]]'
)


@pytest.fixture(scope="module")
def layers(jiangdong: Path, tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """The unit grid of six communities of 江东区, the communities, and a hydrant in each grid: nothing is wrong."""
    folder = tmp_path_factory.mktemp("stranger")
    gpd.read_file(jiangdong).head(6).to_crs(4549).to_file(folder / "homes.gpkg")
    run(
        CreateUnitGrid, COMMUNITIES=str(folder / "homes.gpkg"), COMMUNITY_NAME_FIELD="社区名称",
        STREET_NAME_FIELD="街道名称", DISTRICT_CODE="330204", OUTPUT=str(folder / "grid.gpkg"),
    )  # fmt: skip
    grid = gpd.read_file(folder / "grid.gpkg")
    names = ["CommCode", "CommName", "StrCode", "StrName", "DistCode"]
    homes = grid[[*names, "geometry"]].dissolve("CommCode", as_index=False)[[*names, "geometry"]]
    parts = pd.DataFrame({
        "ObjID": [f"3302040113{number:06}" for number in range(1, len(grid) + 1)], "ObjName": "消防设施",
        "DeptName1": "城市管理局", "BGID": grid["BGID"], "ObjState": "完好", "ORDate": "20250501", "CHDate": "",
        "DataSource": "实测", "Note": "", "ClassCode": "0113", "ClassName": "消防设施",
    })  # fmt: skip
    return {
        GRID: grid,
        HOMES: homes,
        PARTS: gpd.GeoDataFrame(parts, geometry=grid.representative_point().to_numpy(), crs=grid.crs),
    }


def save(layers: Layers, folder: Path, encoding: str = "GBK", crs: int = 4549) -> Path:
    """Shapefiles as GDAL writes them."""
    folder.mkdir(exist_ok=True)
    for name, frame in layers.items():
        with configured(SHAPE_ENCODING=encoding), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # GDAL on codes in fields of numbers
            pyogrio.write_dataframe(
                frame.to_crs(crs), folder / f"{name}.shp", driver="ESRI Shapefile", encoding=encoding
            )
    return folder


def plain(layers: Layers, folder: Path) -> Path:
    """Without .prj and .cpg."""
    for path in save(layers, folder).iterdir():
        if path.suffix in {".prj", ".cpg"}:
            path.unlink()
    return folder


def beyond_gbk(layers: Layers, folder: Path) -> Path:
    """Characters of GB18030, with a .cpg that says GBK."""
    save(layers | {PARTS: layers[PARTS].assign(Note="𠮷祥路")}, folder, "GB18030")
    (folder / f"{PARTS}.cpg").write_text("GBK")
    return folder


def marked(layers: Layers, folder: Path) -> Path:
    """UTF-8, as an editor on Windows saves the .cpg."""
    for path in save(layers, folder, "UTF-8").glob("*.cpg"):
        path.write_bytes(b"\xef\xbb\xbfUTF-8\r\n")
    return folder


def mixed_case(layers: Layers, folder: Path) -> Path:
    save({"BJ0113": layers[PARTS], "Unit_Grid": layers[GRID], "COMMUNITIES": layers[HOMES]}, folder)
    for old, new in (("BJ0113.dbf", "Bj0113.DBF"), ("BJ0113.shx", "bj0113.shx"), ("BJ0113.shp", "BJ0113.SHP")):
        (folder / old).rename(folder / new)
    return folder


class _OldName(zipfile.ZipInfo):
    """A name as Windows' own zip writes it: GBK without a mark."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name in the library
        return self.filename.encode("gbk"), self.flag_bits


def old_zip(layers: Layers, folder: Path) -> Path:
    save(layers, folder)
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(_OldName(f"江东区成果/矢量数据/{path.name}"), path.read_bytes())
            archive.writestr(_OldName(f"__MACOSX/江东区成果/._{path.name}"), b"\0\5\x16\7")
    return folder.with_suffix(".zip")


def in_space(layers: Layers, folder: Path) -> Path:
    """3D, a row without a shape, and deleted rows before and between the others."""
    high = {name: frame.set_geometry(shapely.force_3d(frame.geometry, 5.0)) for name, frame in layers.items()}
    high[PARTS].loc[[3], "geometry"] = None
    save(high, folder)
    delete(folder / f"{PARTS}.dbf", 0, 5)
    return folder


def with_zone(layers: Layers, folder: Path) -> Path:
    return save(layers, folder, crs=4528)


def wrong_zone(layers: Layers, folder: Path) -> Path:
    """Coordinates without the zone number, with the .prj of the belt that has it."""
    for path in save(layers, folder).glob("*.prj"):
        path.write_text(pyproj.CRS.from_epsg(4528).to_wkt("WKT1_ESRI"))
    return folder


def by_arcgis(layers: Layers, folder: Path) -> Path:
    for path in save(layers, folder).glob("*.prj"):
        path.write_text(_ARCGIS)
    return folder


def named_in_gbk(layers: Layers, folder: Path) -> Path:
    """The name of the belt in Chinese, in the bytes of GBK."""
    for path in save(layers, folder).glob("*.prj"):
        path.write_bytes(_ARCGIS.replace("CGCS2000_3_Degree_GK_CM_120E", "宁波市坐标系").encode("gbk"))
    return folder


def numbers(layers: Layers, folder: Path) -> Path:
    """Codes and dates as numbers, as a spreadsheet hands them on."""
    grid = layers[GRID].assign(ORDate=20250630.0, CHDate=np.nan, CommCode=layers[GRID]["CommCode"].astype("int64"))
    return save(layers | {GRID: grid, PARTS: layers[PARTS].assign(BGID=layers[PARTS]["BGID"].astype(float))}, folder)


def lines(layers: Layers, folder: Path) -> Path:
    """The unit grid as its limits only, and no communities."""
    return save({GRID: layers[GRID].set_geometry(layers[GRID].boundary), PARTS: layers[PARTS]}, folder)


def astray(layers: Layers, folder: Path) -> Path:
    parts = layers[PARTS].copy()
    parts.loc[[1], "geometry"] = shapely.Point(1e308, 3.0)
    return save(layers | {PARTS: parts}, folder)


EACH = (GRID, HOMES, PARTS)
STRANGERS: list[tuple[Callable[[Layers, Path], Path], set[tuple[str, str, int]], set[str] | None]] = [
    # how it is made; kinds, files and rows that are found, all of them; kinds that are left when it is delivered (None:
    # it is not)
    (plain, {("missing_part", name, 0) for name in EACH} | {("places_unknown", name, 0) for name in (GRID, PARTS)},
     None),
    (beyond_gbk, {("cpg_disagrees", PARTS, 0)}, None),
    (marked, {("cpg_marked", name, 0) for name in EACH}, set()),
    (mixed_case, {("cases_differ", "BJ0113", 0)}, None),
    (old_zip, set(), None),
    (in_space, {("no_shape", PARTS, 4), ("deleted_rows", PARTS, 0)}, {"no_shape"}),
    (with_zone, set(), set()),
    (wrong_zone, {("outside_belt", name, 0) for name in EACH} | {("places_unknown", name, 0) for name in (GRID, PARTS)},
     None),
    (by_arcgis, set(), set()),
    (named_in_gbk, set(), set()),
    (numbers, set(), set()),
    (lines, {("empty", GRID, -1), ("outside_grids", PARTS, -1)}, {"empty", "outside_grids"}),
    (astray, {("outside_belt", PARTS, 0), ("outside_grids", PARTS, 2)}, {"no_shape"}),
]  # fmt: skip


def check(path: Path, folder: Path) -> set[tuple[str, str, int]]:
    """Kinds, files (without folder and suffix) and rows of what is found; a row of -1 is every one of the file."""
    where = {"FOLDER" if path.is_dir() else "FILE": str(path)}
    results = run(CheckDelivery, **where, OUTPUT=str(folder / "problems.gpkg"), REPORT=str(folder / "report.html"))
    found = pyogrio.read_dataframe(folder / "problems.gpkg").query("Kind not in @_HARMLESS")
    result = set()
    for (kind, file), rows in found.groupby(["Kind", "File"])["Row"]:
        every = len(rows) > 1 and 2 * len(rows) == results["ROW_COUNT"]
        result |= {(kind, Path(file).stem, -1 if every else int(row)) for row in rows}
    return result


@pytest.mark.parametrize(("make", "found", "left"), STRANGERS, ids=[one[0].__name__ for one in STRANGERS])
def test_a_stranger_is_checked_to_the_end_and_delivered(
    layers: Layers,
    tmp_path: Path,
    make: Callable[[Layers, Path], Path],
    found: set[tuple[str, str, int]],
    left: set[str] | None,
) -> None:
    path = make(layers, tmp_path / "delivery")
    assert check(path, tmp_path) == found
    if left is not None:
        files = [str(file) for file in sorted(path.glob("*.shp"))]
        wishes = {"ENCODING": 1, "BELT": 1, "FORMATS": [0, 1, 3]}
        results = run(ExportShapefiles, LAYERS=files, FOLDER=str(tmp_path / "out"), **wishes)
        assert results["DIFFERENCE_COUNT"] == 0
        assert {kind for kind, *_ in check(tmp_path / "out", tmp_path)} == left


def test_shapes_without_a_place_and_layers_without_shapes_are_delivered(layers: Layers, tmp_path: Path) -> None:
    """Their rows stay, and the log says so; a fid that is no row number of GeoPackage is an attribute."""
    parts = layers[PARTS].head(3).assign(fid=[30, 10, 20])
    parts.loc[[1], "geometry"] = shapely.Point(1e308, 3.0)
    parts.to_file(tmp_path / "astray.geojson", driver="GeoJSON", engine="pyogrio")
    layers[PARTS].head(2).set_geometry([None, None], crs=4326).to_file(tmp_path / "nowhere.gpkg")
    log = Log()
    files: list[Any] = [str(tmp_path / name) for name in ("astray.geojson", "nowhere.gpkg")]
    results = run(ExportShapefiles, log, LAYERS=files, FOLDER=str(tmp_path / "out"), BELT=1)
    assert (results["ROW_COUNT"], results["DIFFERENCE_COUNT"]) == (5, 0)
    assert any("“astray”: 1 shapes have coordinates that are no numbers" in line for line in log.said)
    rows = read_with_fiona(tmp_path / "out" / "astray.shp")["rows"]
    assert [row["fid"] for row in rows] == [30, 10, 20]
    bare = shapely.is_missing(gpd.read_file(tmp_path / "out" / "astray.shp").geometry.to_numpy())
    assert bare.tolist() == [False, True, False]
