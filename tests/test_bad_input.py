"""Bad input ends in one sentence that names it, and loses nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorLayer,
)

from citygrid_plugin.processing.provider import CityGridProvider
from citygrid_plugin.storage.workspace import destination

CRS = "EPSG:4549"
WEST, SOUTH = 400_000, 3_830_000


def square(column: int, row: int, size: float = 300) -> shapely.Polygon:
    west, south = WEST + column * size, SOUTH + row * size
    return shapely.box(west, south, west + size, south + size)


def communities(*polygons: shapely.Geometry | None, crs: str | None = CRS) -> gpd.GeoDataFrame:
    names = [f"社区{number}" for number in range(len(polygons))]
    return gpd.GeoDataFrame({"CommName": names}, geometry=list(polygons), crs=crs)


class Log(QgsProcessingFeedback):
    """Keeps what is said; cancels when the progress passes a mark."""

    def __init__(self, cancel_at: float | None = None) -> None:
        super().__init__(False)
        self.said: list[str] = []
        self._cancel_at = cancel_at
        self.progressChanged.connect(self._watch)

    def _watch(self, progress: float) -> None:
        if self._cancel_at is not None and progress >= self._cancel_at:
            self.cancel()

    def pushWarning(self, warning: str) -> None:  # noqa: N802 - QGIS names it
        self.said.append(warning)

    def pushInfo(self, info: str) -> None:  # noqa: N802
        self.said.append(info)


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(provider: CityGridProvider, tmp_path: Path) -> Run:
    """Run createunitgrid on a table, as the toolbox does: parameters checked first."""

    def create(frame: gpd.GeoDataFrame | Path, log: Log | None = None, **parameters: object) -> dict[str, Any]:
        path = frame if isinstance(frame, Path) else tmp_path / "communities.gpkg"
        if not isinstance(frame, Path):
            frame.to_file(path)
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm("createunitgrid").create()
        inputs = {
            "COMMUNITIES": str(path),
            "DISTRICT_CODE": "320706",
            "OUTPUT": str(tmp_path / "grid.gpkg"),
        } | parameters
        good, message = algorithm.checkParameterValues(inputs, context)
        if not good:
            raise QgsProcessingException(message)
        results, success = algorithm.run(inputs, context, log or Log(), {}, False)
        assert success
        return results

    return create


def written(tmp_path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(tmp_path / "grid.gpkg")


def test_missing_crs_names_the_layer_and_the_remedy(run: Run, tmp_path: Path) -> None:
    with pytest.raises(QgsProcessingException, match=r"“communities” has no coordinate reference system\. Set it"):
        run(communities(square(0, 0), crs=None))
    assert not (tmp_path / "grid.gpkg").exists()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:3857"])
def test_areas_are_true_in_degrees_and_web_map_metres(run: Run, tmp_path: Path, crs: str) -> None:
    log = Log()
    run(communities(square(0, 0), square(1, 0)).to_crs(crs), log)
    grid = written(tmp_path)
    geodesic = [abs(grid.crs.get_geod().geometry_area_perimeter(cell)[0]) for cell in grid.to_crs(4490).geometry]
    assert np.allclose(grid["Area"], geodesic, rtol=0.002)
    assert abs(grid["Area"].sum() - 180_000) < 1
    assert any("does not measure in true metres" in line for line in log.said)


def test_invalid_empty_and_missing_outlines_are_repaired_or_named(run: Run, tmp_path: Path) -> None:
    log = Log()
    bow = shapely.Polygon([(WEST, SOUTH), (WEST + 300, SOUTH + 300), (WEST + 300, SOUTH), (WEST, SOUTH + 300)])
    results = run(communities(bow, square(2, 0), None, shapely.Polygon()), log)
    assert results["COMMUNITY_COUNT"] == 2
    assert abs(written(tmp_path)["Area"].sum() - (45_000 + 90_000)) < 1
    assert any("1 communities had invalid outlines and were repaired (rows 1)" in line for line in log.said)
    assert any("2 rows have no area and were left out (rows 3, 4)" in line for line in log.said)


def test_several_parts_and_holes_are_kept(run: Run, tmp_path: Path) -> None:
    parts = shapely.MultiPolygon([square(0, 0), square(5, 5)])
    ring = square(1, 1, 600).difference(shapely.buffer(square(1, 1, 600).centroid, 50))
    run(communities(parts, ring))
    grid = written(tmp_path)
    area = grid.groupby("CommName")["Area"].sum()
    assert area["社区0"] == pytest.approx(180_000, abs=0.1)
    assert area["社区1"] == pytest.approx(ring.area, abs=0.1)
    assert set(grid.geom_type) == {"Polygon"}


def test_overlapping_communities_are_named_and_cells_do_not_overlap(run: Run, tmp_path: Path) -> None:
    log = Log()
    run(communities(square(0, 0, 1000), shapely.box(WEST + 900, SOUTH, WEST + 1200, SOUTH + 400)), log)
    grid = written(tmp_path)
    assert abs(grid["Area"].sum() - shapely.union_all(grid.geometry.to_numpy()).area) < 0.01
    assert any("“社区0”" in line and "40,000.0 m²" in line for line in log.said)


def test_no_row_is_a_sentence(run: Run) -> None:
    with pytest.raises(QgsProcessingException, match="“communities” holds no usable record"):
        run(communities(square(0, 0)).iloc[:0])
    with pytest.raises(QgsProcessingException, match="“communities” has no polygon geometries"):
        run(communities(None))


def test_a_wrong_field_names_the_fields_that_are_there(run: Run) -> None:
    with pytest.raises(QgsProcessingException, match=r"“communities” has no field “社区名”\. It has: .*CommName"):
        run(communities(square(0, 0)), COMMUNITY_NAME_FIELD="社区名")


def test_a_missing_district_code_is_asked_for(run: Run) -> None:
    with pytest.raises(QgsProcessingException, match="Enter the district code"):
        run(communities(square(0, 0)), DISTRICT_CODE="")


@pytest.mark.parametrize("code", ["3207", "32070x", "３２０７０６"])
def test_a_wrong_district_code_is_a_sentence(run: Run, code: str) -> None:
    with pytest.raises(QgsProcessingException, match=f"DISTRICT_CODE is “{code}”, but must have 6 digits"):
        run(communities(square(0, 0)), DISTRICT_CODE=code)


def test_a_wrong_community_code_names_value_and_length(run: Run) -> None:
    frame = communities(square(0, 0), square(1, 0)).assign(CommCode=["320706001001", "320706001"])
    with pytest.raises(QgsProcessingException, match="CommCode is “320706001”, but must have 12 digits"):
        run(frame)


def test_points_are_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "points.gpkg"
    gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=CRS).to_file(path)
    with pytest.raises(QgsProcessingException, match="“points” has no polygon geometries"):
        run(path)


@pytest.mark.parametrize("name", ["missing/grid.gpkg", "missing/grid.geojson"])
def test_an_unwritable_target_is_a_sentence(run: Run, tmp_path: Path, name: str) -> None:
    with pytest.raises(QgsProcessingException, match=r"grid.* cannot be written: .*Choose another place"):
        run(communities(square(0, 0)), OUTPUT=str(tmp_path / name))


def test_a_failed_write_leaves_the_old_file(run: Run, tmp_path: Path) -> None:
    run(communities(square(0, 0)))
    before = (tmp_path / "grid.gpkg").read_bytes()
    with pytest.raises(QgsProcessingException):
        run(communities(square(0, 0)), DISTRICT_CODE="x")
    assert (tmp_path / "grid.gpkg").read_bytes() == before


@pytest.mark.parametrize("mark", [1, 20, 60])
def test_a_cancelled_run_leaves_nothing(run: Run, tmp_path: Path, mark: float) -> None:
    log = Log(cancel_at=mark)
    assert run(communities(*(square(column, row) for column in range(20) for row in range(20))), log) == {}
    assert log.isCanceled()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["communities.gpkg"]


def test_a_layer_of_a_workspace_is_replaced_and_the_others_stay(run: Run, tmp_path: Path) -> None:
    workspace = tmp_path / "区 工作'空间.gpkg"
    for size in (1, 2):
        run(
            communities(*(square(column, 0) for column in range(size))),
            OUTPUT=destination(workspace, "unit_grid"),
            CODED_COMMUNITIES=destination(workspace, f"communities_{size}"),
        )
    assert len(gpd.read_file(workspace, layer="unit_grid")) == 18
    assert len(gpd.read_file(workspace, layer="communities_1")) == 1
    assert len(gpd.read_file(workspace, layer="communities_2")) == 2
    layer = QgsVectorLayer(f"{workspace}|layername=unit_grid", "grid", "ogr")
    assert layer.isValid()
    assert layer.featureCount() == 18


def test_memory_output_holds_the_same_rows(run: Run, tmp_path: Path) -> None:
    frame = communities(square(0, 0), square(1, 0))
    run(frame)
    expected = written(tmp_path)
    context = QgsProcessingContext()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("citygrid:createunitgrid")
    inputs = {
        "COMMUNITIES": str(tmp_path / "communities.gpkg"),
        "DISTRICT_CODE": "320706",
        "OUTPUT": "TEMPORARY_OUTPUT",
    }
    results, success = algorithm.run(inputs, context, Log(), {}, False)
    assert success
    layer = context.takeResultLayer(results["OUTPUT"])
    assert [feature["BGID"] for feature in layer.getFeatures()] == list(expected["BGID"])
    assert layer.crs().authid() == CRS
    assert sum(feature.geometry().area() for feature in layer.getFeatures()) == pytest.approx(180_000)


def test_a_full_disk_is_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(QgsProcessingException, match=r"report\.html” cannot be written: No space left"):
        run(communities(square(0, 0)), REPORT=str(tmp_path / "report.html"))
    monkeypatch.setattr("pyogrio.write_dataframe", full)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10))
    before = (tmp_path / "grid.gpkg").read_bytes()
    with pytest.raises(QgsProcessingException, match=r"grid\.gpkg” cannot be written: the disk is full"):
        run(tmp_path / "communities.gpkg")
    assert (tmp_path / "grid.gpkg").read_bytes() == before
