"""Nothing is destroyed by writing: locked, foreign and shared targets, full disks, stale parts, odd columns."""

from __future__ import annotations

import contextlib
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProject, QgsVectorLayer

from citygrid_plugin.core.errors import Cancelled, UnwritableTarget
from citygrid_plugin.processing.provider import CityGridProvider
from citygrid_plugin.storage.layers import (
    NewLayer,
    add_to_layer,
    write_file,
    write_layer,
    write_layers,
)
from citygrid_plugin.storage.shapefiles import publish, write_shapefiles

from .conftest import ROOT
from .readers import read_with_fiona
from .test_bad_input import Log


def points(count: int = 3, **columns: object) -> gpd.GeoDataFrame:
    shapes = shapely.points([(400_000 + 10 * number, 3_830_000) for number in range(count)])
    return gpd.GeoDataFrame({"name": [f"点{number}" for number in range(count)], **columns}, geometry=shapes, crs=4549)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "workspace.gpkg"
    write_layer(points(2), path, "first", "Point")
    write_layer(points(4), path, "second", "Point")
    return path


def test_a_locked_workspace_is_left_as_it_is(workspace: Path) -> None:
    base = sqlite3.connect(workspace, isolation_level=None)
    base.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(UnwritableTarget, match=r"workspace\.gpkg"):
            write_layer(points(), workspace, "first", "Point")
    finally:
        base.execute("ROLLBACK")
        base.close()
    assert {name for name, _ in pyogrio.list_layers(workspace)} == {"first", "second"}
    assert len(gpd.read_file(workspace, layer="first")) == 2


def reading(workspace: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(f"{workspace.as_uri()}?mode=ro", uri=True, timeout=0))


@pytest.mark.parametrize("end", [0.55, 0.8, 0.97])
def test_a_long_layer_is_replaced_whole_or_not_at_all(workspace: Path, end: float) -> None:
    """GDAL would commit every 100,000 rows; whoever reads meanwhile, or cancels, finds the layer as it was."""
    before = workspace.read_bytes()
    seen = set()

    def look(share: float) -> None:
        with contextlib.suppress(sqlite3.OperationalError), reading(workspace) as base:  # it may be locked
            seen.add(base.execute("SELECT count(*) FROM first").fetchone()[0])
        if share > end:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_layers([NewLayer("first", points(250_000), "Point")], workspace, look)
    assert len(seen) == 1
    assert pyogrio.read_info(workspace, layer="first")["features"] == seen.pop() == 2
    assert len(workspace.read_bytes()) == len(before)
    assert not [path for path in workspace.parent.iterdir() if path.name.startswith(".citygrid-")]


def test_rows_are_added_once_and_the_old_ones_stay(workspace: Path) -> None:
    old = pd.DataFrame({"OldBGID": ["1", ""], "Share": [1 / 3, 1.0], "Remark": ["checked", None]})
    write_layer(old, workspace, "history", "NoGeometry")
    new = pd.DataFrame({"OldBGID": ["1", "", "2"], "Share": [1 / 3, 1.0, 0.1], "Date": ["", "", "20260101"]})
    for _ in range(2):
        add_to_layer(new, workspace, "history")
        told = pyogrio.read_dataframe(workspace, layer="history").fillna("")
        assert told[["OldBGID", "Share", "Remark"]].to_numpy().tolist() == [
            ["1", 1 / 3, "checked"], ["", 1.0, ""], ["2", 0.1, ""],
        ]  # fmt: skip
        assert told["Date"].tolist() == ["", "", "20260101"]
    base = sqlite3.connect(workspace, isolation_level=None)
    base.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UnwritableTarget, match=r"workspace\.gpkg"):
        add_to_layer(new.assign(Share=0.5), workspace, "history")
    base.execute("ROLLBACK")
    base.close()
    assert len(pyogrio.read_dataframe(workspace, layer="history")) == 3
    assert {name for name, _ in pyogrio.list_layers(workspace)} == {"first", "second", "history"}


@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\x00 but damaged"])
def test_a_file_that_is_no_geopackage_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.gpkg"
    path.write_bytes(content)
    for write in (lambda: write_layer(points(), path, "first", "Point"), lambda: write_file(points(), path, "Point")):
        with pytest.raises(UnwritableTarget):
            write()
    assert path.read_bytes() == content


def test_a_plain_file_does_not_replace_other_layers(workspace: Path) -> None:
    with pytest.raises(UnwritableTarget, match=r"it holds other layers \(first, second\)"):
        write_file(points(), workspace, "Point")
    assert len(gpd.read_file(workspace, layer="second")) == 4


def test_columns_that_a_geopackage_keeps_for_itself_are_renamed(tmp_path: Path) -> None:
    frame = points(3, fid=["a", "a", "b"], geom=[1, 2, 3], NAME=["x", "y", "z"])
    write_file(frame, tmp_path / "odd.gpkg", "Point")
    read = gpd.read_file(tmp_path / "odd.gpkg")
    assert list(read["fid_2"]) == ["a", "a", "b"]
    assert list(read["geom_2"]) == [1, 2, 3]
    assert list(read["NAME_2"]) == ["x", "y", "z"]


_FULL_DISK = """
import resource, sys
from pathlib import Path
import geopandas as gpd, shapely
from citygrid_plugin.core.errors import UnwritableTarget
from citygrid_plugin.storage.layers import write_file
path = Path(sys.argv[1])
frame = gpd.GeoDataFrame({"n": range(20000)}, geometry=shapely.points([(n, n) for n in range(20000)]), crs=4549)
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    write_file(frame, path, "Point")
except UnwritableTarget as error:
    print(error)
"""


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".fgb"])
def test_a_full_disk_is_told_and_the_old_file_stays(tmp_path: Path, suffix: str) -> None:
    assert resource.RLIMIT_FSIZE is not None
    assert signal.SIGXFSZ is not None
    path = tmp_path / f"points{suffix}"
    write_file(points(), path, "Point")
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "cannot be written" in done.stdout, done.stderr
    assert path.read_bytes() == before
    assert [part.name for part in tmp_path.iterdir()] == [path.name]


def test_a_new_delivery_takes_the_old_spatial_index_away(tmp_path: Path) -> None:
    for count in (1, 200):
        scratch = tmp_path / f"scratch{count}"
        scratch.mkdir()
        publish(write_shapefiles(points(count), scratch, "lamps", "GBK"), tmp_path)
        layer = QgsVectorLayer(str(tmp_path / "lamps.shp"), "lamps", "ogr")
        layer.dataProvider().createSpatialIndex()
        assert (tmp_path / "lamps.qix").exists()
    scratch = tmp_path / "again"
    scratch.mkdir()
    publish(write_shapefiles(points(200), scratch, "lamps", "GBK"), tmp_path)
    assert not (tmp_path / "lamps.qix").exists()
    assert len(gpd.read_file(tmp_path / "lamps.shp", bbox=(401_500, 3_829_000, 403_000, 3_831_000))) == 50


def test_kinds_heights_and_rows_all_arrive(tmp_path: Path) -> None:
    collection = shapely.GeometryCollection([shapely.Point(1, 2), shapely.box(0, 0, 1, 1)])
    shapes = [shapely.Point(400_000, 3_830_000, 7), shapely.LineString([(0, 0), (1, 1)]), collection, None]
    frame = gpd.GeoDataFrame({"n": [1, 2, 3, 4]}, geometry=shapes, crs=4549)
    taken = {"mixed_point"}
    files = write_shapefiles(frame, tmp_path, "mixed", "GBK", taken)
    assert {file.path.stem: file.rows for file in files} == {
        "mixed_point_2": 3,
        "mixed_linestring": 1,
        "mixed_polygon": 1,
    }
    rows = read_with_fiona(tmp_path / "mixed_point_2.shp")["rows"]
    assert [row["n"] for row in rows] == [1, 3, 4]
    shapes = gpd.read_file(tmp_path / "mixed_point_2.shp").geometry.to_numpy()
    assert shapely.get_coordinates(shapes[:1], include_z=True).tolist() == [[400_000, 3_830_000, 7]]


@pytest.mark.parametrize(
    ("outputs", "why"),
    [
        ({"OUTPUT": "x.gpkg", "CODED_COMMUNITIES": "x.gpkg"}, "another output of this run goes there"),
        ({"OUTPUT": "communities.gpkg"}, "an input of this run is read from there"),
        ({"OUTPUT": "x.gpkg", "REPORT": "missing/report.html"}, "the folder does not exist"),
    ],
)
def test_targets_that_would_destroy_something_are_refused_before_the_run(
    provider: CityGridProvider, tmp_path: Path, outputs: dict[str, str], why: str
) -> None:
    frame = gpd.GeoDataFrame(
        {"CommName": ["甲"]}, geometry=[shapely.box(4e5, 3.83e6, 4e5 + 300, 3.83e6 + 300)], crs=4549
    )
    frame.to_file(tmp_path / "communities.gpkg")
    before = (tmp_path / "communities.gpkg").read_bytes()
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    inputs = {"COMMUNITIES": str(tmp_path / "communities.gpkg"), "DISTRICT_CODE": "320706"}
    inputs |= {name: str(tmp_path / path) for name, path in outputs.items()}
    with pytest.raises(QgsProcessingException, match=why):
        provider.algorithm("createunitgrid").create().run(inputs, context, Log(), {}, False)
    assert (tmp_path / "communities.gpkg").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["communities.gpkg"]
