"""The packed spatial index of a GeoPackage: checked by SQLite itself, against plain comparison, and when edited."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from citygrid_plugin.storage import layers
from citygrid_plugin.storage.layers import write_file
from citygrid_plugin.storage.spatial_index import pack_index

NAME = '格"网'  # a layer name that has to be quoted


@pytest.fixture(autouse=True)
def packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs layers of any size, whatever GDAL does."""
    monkeypatch.setattr(layers, "_WORTH_PACKING", 0)
    monkeypatch.setattr(layers, "_PACKS_ITSELF", (99,))


def scattered(count: int, missing: int = 0) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(count)
    low = rng.uniform(-1, 1, (count, 2)) * 1e6 + np.array([39_500_000, 3e6])
    shapes = shapely.box(*low.T, *(low + rng.uniform(1, 5e4, (count, 2))).T)
    shapes[:missing] = None
    shapes[missing : 2 * missing] = shapely.Polygon()
    return gpd.GeoDataFrame({"number": np.arange(count)}, geometry=shapes, crs=4527)


def checked(path: Path) -> str:
    return sqlite3.connect(path).execute("SELECT rtreecheck(?)", (f"rtree_{NAME}_geom",)).fetchone()[0]


@pytest.mark.parametrize("count", [0, 1, 51, 52, 2601, 2602, 30_000])
def test_the_index_finds_what_plain_comparison_finds(tmp_path: Path, count: int) -> None:
    frame, path = scattered(count, missing=count // 10), tmp_path / f"{NAME}.gpkg"
    write_file(frame, path, "Polygon")
    assert checked(path) == "ok"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    bounds = frame.bounds.to_numpy()
    for x, y, size in [(39_500_000, 3e6, 1e5), (39_000_000, 2.5e6, 2e3), (0, 0, 1e8)]:
        found = pyogrio.read_dataframe(path, bbox=(x, y, x + size, y + size))
        inside = (bounds[:, 2] >= x) & (bounds[:, 0] <= x + size) & (bounds[:, 3] >= y) & (bounds[:, 1] <= y + size)
        assert sorted(found["number"]) == list(np.flatnonzero(inside))


def test_an_indexed_layer_can_be_edited(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.gpkg"
    write_file(scattered(3000), path, "Polygon")
    pyogrio.write_dataframe(scattered(2000), path, layer=NAME, append=True)
    from osgeo import gdal  # noqa: PLC0415 - as QGIS edits: through GDAL

    base = gdal.OpenEx(str(path), gdal.OF_UPDATE | gdal.OF_VECTOR)
    layer = base.GetLayer(0)
    for number in range(1, 2900):
        assert layer.DeleteFeature(number) == 0
    del layer, base
    assert checked(path) == "ok"
    assert len(pyogrio.read_dataframe(path, bbox=(0, -1e8, 1e8, 1e8))) == 2101


def test_the_file_is_what_gdal_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = []
    for own in ((99,), (0,)):
        monkeypatch.setattr(layers, "_PACKS_ITSELF", own)
        path = tmp_path / f"{NAME}.gpkg"
        write_file(scattered(500), path, "Polygon")
        base = sqlite3.connect(path)
        tables = ["gpkg_extensions", "gpkg_geometry_columns", "gpkg_ogr_contents"]
        rows = [base.execute(f"SELECT * FROM {table}").fetchall() for table in tables]  # noqa: S608
        contents.append(
            [*rows, sorted(base.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall(), key=str)]
        )
    assert contents[0] == contents[1]


def test_a_file_that_cannot_be_indexed_is_told(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        pack_index(tmp_path / "none.gpkg", tmp_path / "neither.gpkg", NAME, "geom", np.zeros((1, 4)))


def test_a_layer_that_joins_a_workspace_is_indexed_there(tmp_path: Path) -> None:
    path = tmp_path / "workspace.gpkg"
    for layer in ("first", NAME):
        layers.write_layer(scattered(300), path, layer, "Polygon")
        assert sqlite3.connect(path).execute("SELECT rtreecheck(?)", (f"rtree_{layer}_geom",)).fetchone() == ("ok",)
