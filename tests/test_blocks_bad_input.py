"""Bad barriers and communities through the algorithm: the grid is right, or one sentence says why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from citygrid_plugin.core.errors import Cancelled
from citygrid_plugin.core.streets.barriers import Barriers, Strength
from citygrid_plugin.core.streets.blocks import street_cells
from citygrid_plugin.processing.provider import CityGridProvider

from .test_bad_input import CRS, SOUTH, WEST, Log, communities, square
from .topology import assert_edges_shared, assert_no_common_interior

ORIGIN = np.array([WEST, SOUTH])
SIZE = 600.0
Run = Callable[..., gpd.GeoDataFrame]


@pytest.fixture
def cells_of(provider: CityGridProvider, tmp_path: Path) -> Run:
    """Cut communities along barriers by createunitgrid; tables become files; returns the grid."""

    def source(value: object, name: str) -> object:
        if isinstance(value, gpd.GeoDataFrame):
            value.to_file(path := tmp_path / f"{name}.gpkg")
            return str(path)
        return value

    def create(place: gpd.GeoDataFrame, *barriers: object, log: Log | None = None, **more: object) -> gpd.GeoDataFrame:
        inputs: dict[str, Any] = {
            "COMMUNITIES": source(place, "communities"),
            "METHOD": 1,
            "BARRIERS": [source(some, f"barriers_{number}") for number, some in enumerate(barriers)],
            "DISTRICT_CODE": "320706",
            "OUTPUT": str(tmp_path / "grid.gpkg"),
        } | {name: [source(value, name)] if name == "COMPOUNDS" else value for name, value in more.items()}
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm("createunitgrid").create()
        good, message = algorithm.checkParameterValues(inputs, context)
        assert good, message
        results, success = algorithm.run(inputs, context, log or Log(), {}, False)
        assert success
        if not results:
            return gpd.GeoDataFrame()
        grid = gpd.read_file(tmp_path / "grid.gpkg")
        polygons = grid.geometry.to_numpy()
        assert shapely.is_valid(polygons).all()
        assert set(grid.geom_type) == {"Polygon"}
        assert_no_common_interior(polygons)
        assert_edges_shared(polygons)
        assert grid["BGID"].is_unique
        return grid

    return create


def place() -> gpd.GeoDataFrame:
    return communities(square(0, 0, SIZE), square(1, 0, SIZE))


def streets(step: float = 120.0) -> gpd.GeoDataFrame:
    """A lattice over both communities, off their limits."""
    x, y = np.arange(-50, 2 * SIZE + 50, step), np.arange(-50, SIZE + 50, step)
    lines = [[(at, -99), (at, SIZE + 99)] for at in x] + [[(-99, at), (2 * SIZE + 99, at)] for at in y]
    return residential(shapely.linestrings(np.array(lines) + ORIGIN))


def residential(lines: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"highway": ["residential"] * len(lines)}, geometry=lines, crs=CRS)


def same(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame, tolerance: float = 1e-3) -> bool:
    """Whether two grids have the same cells with the same codes."""
    one, other = one.set_index("BGID").geometry, other.set_index("BGID").geometry
    return set(one.index) == set(other.index) and bool((one.hausdorff_distance(other, align=True) < tolerance).all())


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32650", "EPSG:4214"])
def test_barriers_in_another_crs(cells_of: Run, crs: str) -> None:
    plain = cells_of(place(), streets())
    assert same(cells_of(place(), streets().to_crs(crs)), plain, 0.5 if crs == "EPSG:4214" else 0.01)


def test_communities_in_degrees(cells_of: Run) -> None:
    grid = cells_of(place().to_crs(4326), streets())
    assert grid["Area"].sum() == pytest.approx(2 * SIZE**2, rel=1e-3)
    assert len(grid) == len(cells_of(place(), streets()))


@pytest.mark.parametrize("kind", ["Z", "M", "ZM"])
def test_barriers_with_heights_and_measures(cells_of: Run, tmp_path: Path, kind: str) -> None:
    plain = cells_of(place(), streets())
    layer = QgsVectorLayer(f"LineString{kind}?crs={CRS}&field=highway:string", "streets", "memory")
    for geometry in streets().geometry:
        feature = QgsFeature(layer.fields())
        shape = QgsGeometry.fromWkt(geometry.wkt)
        if "Z" in kind:
            shape.get().addZValue(float("nan"))
        if "M" in kind:
            shape.get().addMValue(7.0)
        feature.setGeometry(shape)
        feature["highway"] = "residential"
        assert layer.dataProvider().addFeatures([feature])[0]
    options = QgsVectorFileWriter.SaveVectorOptions()
    path = str(tmp_path / "with.gpkg")
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, QgsProject.instance().transformContext(), options)
    assert same(cells_of(place(), path), plain)


def at(x: float, y: float) -> str:
    """A place as WKT writes it."""
    return f"{WEST + x} {SOUTH + y}"


def test_curves(cells_of: Run, tmp_path: Path) -> None:
    """A bend drawn as an arc, and a street with a round corner."""
    layer = QgsVectorLayer(f"CompoundCurve?crs={CRS}", "curves", "memory")
    bend = f"CircularString({at(-50, 300)}, {at(600, 400)}, {at(1250, 300)})"
    corner = f"({at(250, -9)}, {at(250, 200)}), CircularString({at(250, 200)}, {at(271, 251)}, {at(322, 272)})"
    for text in (f"CompoundCurve({bend})", f"CompoundCurve({corner}, ({at(322, 272)}, {at(1250, 272)}))"):
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(text))
        assert layer.dataProvider().addFeatures([feature])[0]
    path = str(tmp_path / "curves.gpkg")
    options = QgsVectorFileWriter.SaveVectorOptions()
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, QgsProject.instance().transformContext(), options)
    grid = cells_of(place(), path)
    limits = shapely.union_all(shapely.boundary(grid.geometry.to_numpy()))
    top = shapely.Point(WEST + 600, SOUTH + 400)
    assert limits.distance(top) < 1.0


def test_no_barriers_and_barriers_far_away(cells_of: Run) -> None:
    log = Log()
    without = cells_of(place(), log=log)
    assert len(without) == 72
    assert any("No barriers were given" in line for line in log.said)
    far = streets().set_geometry(streets().translate(50_000, 0))
    log = Log()
    assert same(cells_of(place(), far, log=log), without)
    assert any("nothing in or near the communities" in line for line in log.said)
    beside = streets().set_geometry(streets().translate(0, SIZE + 150))
    log = Log()
    cells_of(place(), beside[:1].set_geometry(beside[:1].translate(-150, 0)), log=log)
    assert any("None of the barriers lies in the communities" in line for line in log.said)


def test_null_empty_broken_and_mixed_barriers(cells_of: Run) -> None:
    plain = cells_of(place(), streets())
    good = streets()
    x, y = WEST + 31, SOUTH + 2_000
    odd = [
        None,
        shapely.LineString(),
        shapely.MultiLineString(list(good.geometry[:2])),  # a second time
        shapely.LineString([(x, y), (x, y)]),
        shapely.GeometryCollection([shapely.Point(x, y), good.geometry.iloc[3]]),
        shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)]),  # crosses itself; outside
    ]
    assert same(cells_of(place(), residential(np.array([*good.geometry, *odd], dtype=object))), plain)


def test_a_layer_without_crs_or_of_points_is_a_sentence(cells_of: Run, tmp_path: Path) -> None:
    streets().set_crs(None, allow_override=True).to_file(tmp_path / "plain.gpkg")
    with pytest.raises(QgsProcessingException, match=r"“plain” has no coordinate reference system\. Set it"):
        cells_of(place(), str(tmp_path / "plain.gpkg"))
    points = gpd.GeoDataFrame(geometry=[shapely.Point(WEST, SOUTH)], crs=CRS)
    with pytest.raises(QgsProcessingException, match="“barriers_0”"):
        cells_of(place(), points)


def test_hole_parts_neck_and_overlap(cells_of: Run) -> None:
    hole = square(0, 0, SIZE).difference(shapely.Point(WEST + 333, SOUTH + 280).buffer(60))
    parts = square(1, 0, SIZE).union(square(9, 9))
    neck = square(0, 5).union(square(2, 5)).union(shapely.box(WEST + 300, SOUTH + 1600, WEST + 600, SOUTH + 1601))
    over = shapely.box(WEST + 500, SOUTH + 400, WEST + 900, SOUTH + 700)
    log = Log()
    grid = cells_of(communities(hole, parts, neck, over), streets(), log=log)
    area = grid.groupby("CommName")["Area"].sum()
    assert area["社区0"] == pytest.approx(hole.difference(over).area, abs=0.5)
    assert area["社区1"] == pytest.approx(parts.difference(over).area, abs=0.5)
    assert area["社区2"] == pytest.approx(neck.area, abs=0.5)
    assert area["社区3"] == pytest.approx(over.area, abs=0.5)
    assert any("“社区0”" in line and "smaller community" in line for line in log.said)


def test_compounds_that_overlap_each_other_and_the_limits(cells_of: Run) -> None:
    x, y = WEST + 130, SOUTH + 140
    compounds = [
        shapely.box(x, y, x + 90, y + 90),
        shapely.box(x + 60, y + 60, x + 150, y + 150),
        shapely.Polygon([(x, y + 300), (x + 90, y + 390), (x + 90, y + 300), (x, y + 390)]),
        shapely.box(WEST + SIZE - 40, y, WEST + SIZE + 40, y + 80),
        shapely.box(x, y, x + 90, y + 90),
    ]
    frame = gpd.GeoDataFrame(geometry=compounds, crs=CRS)
    grid = cells_of(place(), streets(), COMPOUNDS=frame)
    assert grid["Area"].sum() == pytest.approx(2 * SIZE**2, abs=0.5)


def winding(count: int, extent: float) -> np.ndarray:
    """Streets with ``count`` vertices in all, one a metre or so."""
    rng = np.random.default_rng(4)
    number = max(count // 3_000, 1)
    along = np.linspace(0, extent, 3_000)
    lines = []
    for index in range(number):
        across = extent * (index // 2 + 0.5) / (number / 2) + 3 * np.sin(along / 40) + rng.normal(0, 0.05, 3_000)
        lines.append(np.column_stack([along, across] if index % 2 else [across, along]))
    return shapely.linestrings(np.array(lines) + ORIGIN)


def city_of(extent: float) -> np.ndarray:
    x, y = (part.ravel() for part in np.meshgrid(np.arange(4), np.arange(4)))
    return shapely.box(*(np.array([x, y, x + 1, y + 1]) * extent / 4 + np.tile([[WEST], [SOUTH]], (2, 1))))


def test_many_vertices() -> None:
    """A survey's centrelines with a vertex every metre or so."""
    lines = winding(300_000, 5_000)
    start = time.perf_counter()
    cells = street_cells(city_of(5_000), Barriers(lines, np.full(len(lines), 2), np.array([], dtype=object)))
    assert time.perf_counter() - start < 20
    assert shapely.is_valid(cells.polygon).all()
    assert shapely.area(cells.polygon).sum() == pytest.approx(25e6, abs=1)
    area = shapely.area(cells.polygon)
    assert np.mean((area > 5_000) & (area < 15_000)) > 0.95


class Clock:
    """A progress that notes when it is called, and cancels after some seconds."""

    def __init__(self, cancel_after: float = np.inf) -> None:
        self.start = self.last = time.perf_counter()
        self.longest = 0.0
        self.shares: list[float] = []
        self._cancel_after = cancel_after

    def __call__(self, share: float) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self.last)
        self.last = now
        self.shares.append(share)
        if now - self.start > self._cancel_after:
            raise Cancelled


def test_progress_is_steady_and_cancelling_is_prompt() -> None:
    lines = winding(60_000, 3_000)
    some = Barriers(lines, np.full(len(lines), Strength.NORMAL), np.array([], dtype=object))
    clock = Clock()
    street_cells(city_of(3_000), some, progress=clock)
    assert clock.longest < 1.0
    assert all(0 <= share <= 1 for share in clock.shares)
    assert clock.shares == sorted(clock.shares)
    with pytest.raises(Cancelled):
        street_cells(city_of(3_000), some, progress=Clock(0.3))


def test_a_cancelled_run_leaves_nothing(cells_of: Run, tmp_path: Path) -> None:
    frame = residential(winding(30_000, 1_200))
    log = Log(cancel_at=40)
    assert not len(cells_of(place(), frame, log=log))
    assert log.isCanceled()
    assert not (tmp_path / "grid.gpkg").exists()
