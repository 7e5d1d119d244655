"""The import of a component census against QGIS's join by location, and a geopandas script that only joins."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from bench_common import CRS, ORIGIN, Run, ratio, run_algorithm, run_script
from headless import ROOT, Headless

CELLS = (500, 680)  # 340,000 unit grids
CELL_SIDE = 100.0
BEND = 12.0  # metres by which limits wind
CORNERS_A_SIDE = 3
GRIDS_A_COMMUNITY, COMMUNITIES_A_STREET = 500, 50
DISTRICT = "500103"
CLASSES = ROOT / "citygrid_plugin" / "resources" / "schemes" / "cqsz10_2007_components.csv"
STATES, STATE_SHARES = ("完好", "破损", "丢失", "废弃"), (0.94, 0.03, 0.02, 0.01)
DAYS = 365
RECORDS, TIMES, WARM = 1_000_000, 3, 1000
JOIN = Path(__file__).with_name("bench_join.py")


def bench_census(folder: Path, rounds: int, records: int = RECORDS) -> None:
    """Print wall time, processor time and memory of each contestant and round, then the ratios."""
    in_own_process(made_grid, folder / "grid.gpkg")
    for size in (WARM, records, TIMES * records):
        in_own_process(made_points, _points(folder, size), size)
    print(f"{records:,} points with class, state and date; {CELLS[0] * CELLS[1]:,} unit grids.")
    qgis = Headless(folder / "profile")
    _own(qgis, folder, WARM)  # warms the disk and the libraries
    ours, larger, theirs, scripts = [], [], [], []
    for number in range(1, rounds + 1):
        print(f"Round {number}:", flush=True)
        ours.append(told("CityGrid, the whole import", _own(qgis, folder, records)))
        theirs.append(told("native:joinattributesbylocation", native_join(qgis, folder, _points(folder, records))))
        scripts.append(told("geopandas, read, join and write", _script(folder, records)))
        larger.append(told(f"CityGrid, {TIMES * records:,} points", _own(qgis, folder, TIMES * records)))
    peak = max(run.peak for run in ours) / 1e9
    more = max(run.peak for run in larger) / 1e9
    print(f"census: CityGrid takes 1/{1 / ratio(ours, theirs):.1f} of the time of QGIS's join (wanted: 1/4),")
    print(f"census: {ratio(ours, scripts):.2f} of that of the geopandas script (wanted: at most 1.50),")
    print(f"census: and {peak:.2f} GB of memory (wanted: under 2.5).")
    print(f"census: {TIMES} times the points take {ratio(larger, ours):.2f} times as long (wanted: at most 3.3)")
    print(f"census: and {more:.2f} GB, {more / peak:.2f} times as much (wanted: clearly under {TIMES}).")
    print(f"census: Median of {rounds}.")


def told(name: str, run: Run) -> Run:
    """Print what a contestant took."""
    print(f"  {name}: {run}; {run.processor:.1f} s of processor", flush=True)
    return run


def in_own_process(make: Callable[..., None], *arguments: object) -> None:
    """Make data elsewhere: a command's peak memory begins with that of the process that starts it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(make, *arguments).result()


def _points(folder: Path, records: int) -> Path:
    return folder / f"points_{records}.gpkg"


def made_grid(path: Path) -> None:
    """Write unit grids with winding shared limits and codes, as ``citygrid:createunitgrid`` would."""
    x, y = (np.arange(count + 1) * CELL_SIDE for count in CELLS)
    steps = np.arange(CORNERS_A_SIDE) / CORNERS_A_SIDE
    ring = np.concatenate([np.column_stack(side) for side in (
        (steps, 0 * steps), (0 * steps + 1, steps), (1 - steps, 0 * steps + 1), (0 * steps, 1 - steps),
    )] + [np.zeros((1, 2))])  # fmt: skip
    west, south = (part.ravel() for part in np.meshgrid(x[:-1], y[:-1]))
    corners = np.column_stack([west, south])[:, None, :] + ring[None, :, :] * CELL_SIDE
    shapes = shapely.polygons(_winding(corners.reshape(-1, 2)).reshape(corners.shape))
    number = np.arange(len(shapes))
    community = number // GRIDS_A_COMMUNITY
    street, community = community // COMMUNITIES_A_STREET + 1, community % COMMUNITIES_A_STREET + 1
    codes = [
        f"{DISTRICT}{s:03}{c:03}{n:03}"
        for s, c, n in zip(street.tolist(), community.tolist(), (number % GRIDS_A_COMMUNITY + 1).tolist(), strict=True)
    ]
    table = {"BGID": codes, "Area": np.round(shapely.area(shapes), 2), "ORDate": "20260101", "CHDate": None}
    pyogrio.write_dataframe(gpd.GeoDataFrame(table, geometry=shapes, crs=CRS), path, layer="unit_grid")


def _winding(points: np.ndarray) -> np.ndarray:
    """Bend limits, the same for both sides of a limit."""
    return np.round(points + BEND * np.sin(points[:, ::-1] / [73, 89]), 3) + ORIGIN


def made_points(path: Path, count: int) -> None:
    """Write points anywhere inside the grid, with class, state and date as a delivery has them."""
    rng = np.random.default_rng(count)
    codes = pd.read_csv(CLASSES, dtype=str)
    chosen = rng.integers(len(codes), size=count)
    days = (np.datetime64("2025-01-01") + np.arange(DAYS)).astype(str)
    table = {
        "小类代码": codes["code"].to_numpy()[chosen],
        "小类名称": codes["name"].to_numpy()[chosen],
        "状态": rng.choice(STATES, count, p=STATE_SHARES),
        "普查日期": days[rng.integers(DAYS, size=count)],
    }
    pyogrio.write_dataframe(gpd.GeoDataFrame(table, geometry=places_inside(rng, count), crs=CRS), path, layer="points")


def places_inside(rng: np.random.Generator, count: int) -> np.ndarray:
    """Points anywhere inside the made grid."""
    low = np.array(ORIGIN) + 2 * BEND
    high = np.array(ORIGIN) + np.array(CELLS) * CELL_SIDE - 2 * BEND
    return shapely.points(np.round(rng.uniform(low, high, (count, 2)), 3))


def _own(qgis: Headless, folder: Path, records: int) -> Run:
    run = run_algorithm(
        qgis,
        "citygrid:importcomponents",
        INPUT=_points(folder, records),
        GRID=folder / "grid.gpkg",
        OUTPUT=folder / "components.gpkg",
        REJECTED=folder / "rejected.gpkg",
        REPORT=folder / "report.html",
    )
    written = sum(rows(folder / name) for name in ("components.gpkg", "rejected.gpkg"))
    if not records == run.results["READ_COUNT"] == written:
        raise ValueError(f"{records} points, but {run.results} and {written} rows")  # noqa: TRY003 - a bug
    return run


def rows(path: Path) -> int:
    """How many rows a GeoPackage of one layer has."""
    return int(pyogrio.read_info(path, force_feature_count=True)["features"])


def native_join(qgis: Headless, folder: Path, points: Path) -> Run:
    """QGIS's own join of points with the made grid."""
    return run_algorithm(
        qgis,
        "native:joinattributesbylocation",
        INPUT=points,
        JOIN=folder / "grid.gpkg",
        PREDICATE=[0],
        JOIN_FIELDS=["BGID"],
        METHOD=1,
        OUTPUT=folder / "joined.gpkg",
    )


def _script(folder: Path, records: int) -> Run:
    return run_script(JOIN, _points(folder, records), folder / "grid.gpkg", folder / "script.gpkg")
