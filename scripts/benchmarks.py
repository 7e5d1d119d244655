"""Benchmarks: whole commands as a user runs them, wall time, one after the other in one run."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from headless import Headless

CITY_SIDE = 52_000.0  # metres: 2,704 km²
COMMUNITIES_A_SIDE = 48  # 2,304 communities
STREETS_A_SIDE = 8
ORIGIN = (500_000.0, 3_250_000.0)
CRS = "EPSG:4546"


def made_city(path: Path) -> int:
    """A made city of 2,704 km² and 2,304 communities in 64 streets, with winding limits; returns the count."""
    rng = np.random.default_rng(1)
    number = COMMUNITIES_A_SIDE
    column, row = np.meshgrid(np.arange(number), np.arange(number))
    cell = np.column_stack([column.ravel(), row.ravel()])
    seeds = (cell + 0.5 + rng.uniform(-0.35, 0.35, cell.shape)) * CITY_SIDE / number + ORIGIN
    outline = shapely.box(*ORIGIN, ORIGIN[0] + CITY_SIDE, ORIGIN[1] + CITY_SIDE)
    pieces = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=outline))
    pieces = shapely.segmentize(shapely.intersection(pieces, outline), 60)
    pieces = shapely.transform(pieces, _wind)
    centre = shapely.get_coordinates(shapely.centroid(pieces)) - ORIGIN
    street = np.clip((centre / CITY_SIDE * STREETS_A_SIDE).astype(int), 0, STREETS_A_SIDE - 1)
    table = {
        "CommName": [f"community {n}" for n in range(len(pieces))],
        "StrName": [f"street {x} {y}" for x, y in street],
    }
    gpd.GeoDataFrame(table, geometry=pieces, crs=CRS).to_file(path)
    return len(pieces)


def _wind(points: np.ndarray) -> np.ndarray:
    """Bend limits by a few metres, the same for both sides of a limit."""
    return np.round(points + 6 * np.sin(points[:, ::-1] / [70, 90]), 3)


def bench_grid(rounds: int) -> None:
    """``citygrid:createunitgrid`` against ``native:creategrid`` + ``native:intersection``."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        count = made_city(folder / "city.gpkg")
        print(f"A made city of {CITY_SIDE**2 / 1e6:,.0f} km² and {count:,} communities.")
        qgis = Headless(folder / "profile")
        west, south, east, north = pyogrio.read_info(folder / "city.gpkg")["total_bounds"]
        ours, theirs = [], []
        for number in range(1, rounds + 1):
            own = qgis.run(
                "citygrid:createunitgrid",
                COMMUNITIES=folder / "city.gpkg",
                DISTRICT_CODE="500100",
                OUTPUT=folder / "unit_grid.gpkg",
            )
            grid = qgis.run(
                "native:creategrid",
                TYPE=2,
                EXTENT=f"{west},{east},{south},{north} [{CRS}]",
                HSPACING=100,
                VSPACING=100,
                CRS=CRS,
                OUTPUT=folder / "squares.gpkg",
            )
            cut = qgis.run(
                "native:intersection",
                INPUT=folder / "squares.gpkg",
                OVERLAY=folder / "city.gpkg",
                OUTPUT=folder / "pieces.gpkg",
            )
            ours.append(own.seconds)
            theirs.append(grid.seconds + cut.seconds)
            pieces = pyogrio.read_info(folder / "pieces.gpkg")["features"]
            print(
                f"Round {number}: CityGrid {own.seconds:.1f} s for {own.results['GRID_COUNT']:,} coded, merged grids; "
                f"QGIS {grid.seconds:.1f} + {cut.seconds:.1f} s for {pieces:,} pieces."
            )
        ratio = statistics.median(their / our for our, their in zip(ours, theirs, strict=True))
        print(f"grid: CityGrid takes 1/{ratio:.1f} of the time of QGIS's own tools (median of {rounds}).")


def main() -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmark", choices=("grid",), nargs="?", default="grid")
    parser.add_argument("--rounds", type=int, default=1, help="how often each side is run (default 1)")
    options = parser.parse_args()
    bench_grid(options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
