"""The regular unit grid against QGIS's own tools, and against a geopandas script that does the cutting only."""

from __future__ import annotations

from pathlib import Path

import pyogrio
from bench_common import CRS, Run, made_communities, ratio, run_algorithm, run_script
from headless import Headless

CITY_SIDE = 52_000.0  # metres: 2,704 km²
COMMUNITIES_A_SIDE = 48  # 2,304 communities
STREETS_A_SIDE = 8
OVERLAY = Path(__file__).with_name("bench_overlay.py")


def bench_grid(folder: Path, rounds: int) -> None:
    """Print wall time and memory of each contestant and round, then the ratios."""
    count = made_communities(folder / "city.gpkg", CITY_SIDE, COMMUNITIES_A_SIDE, STREETS_A_SIDE)
    print(f"A made city of {CITY_SIDE**2 / 1e6:,.0f} km² and {count:,} communities.")
    qgis = Headless(folder / "profile")
    ours, theirs, scripts = [], [], []
    for number in range(1, rounds + 1):
        own = run_algorithm(
            qgis,
            "citygrid:createunitgrid",
            COMMUNITIES=folder / "city.gpkg",
            DISTRICT_CODE="500100",
            OUTPUT=folder / "unit_grid.gpkg",
        )
        native = _native(qgis, folder)
        script = run_script(OVERLAY, folder / "city.gpkg", folder / "overlay.gpkg")
        pieces, cut = (pyogrio.read_info(folder / name)["features"] for name in ("pieces.gpkg", "overlay.gpkg"))
        print(f"Round {number}:")
        print(f"  CityGrid: {own}; {own.results['GRID_COUNT']:,} coded, merged grids")
        print(f"  native:creategrid + native:intersection: {native}; {pieces:,} pieces")
        print(f"  geopandas, boxes and overlay only: {script}; {cut:,} pieces")
        ours.append(own)
        theirs.append(native)
        scripts.append(script)
    print(f"grid: CityGrid takes 1/{1 / ratio(ours, theirs):.1f} of the time of QGIS's own tools (wanted: 1/8),")
    print(f"grid: {ratio(ours, scripts):.2f} of that of the geopandas script (wanted: at most 0.90),")
    print(f"grid: and {max(run.peak for run in ours) / 1e9:.2f} GB of memory (wanted: under 1.5). Median of {rounds}.")


def _native(qgis: Headless, folder: Path) -> Run:
    west, south, east, north = pyogrio.read_info(folder / "city.gpkg")["total_bounds"]
    grid = run_algorithm(
        qgis,
        "native:creategrid",
        TYPE=2,
        EXTENT=f"{west},{east},{south},{north} [{CRS}]",
        HSPACING=100,
        VSPACING=100,
        CRS=CRS,
        OUTPUT=folder / "squares.gpkg",
    )
    cut = run_algorithm(
        qgis,
        "native:intersection",
        INPUT=folder / "squares.gpkg",
        OVERLAY=folder / "city.gpkg",
        OUTPUT=folder / "pieces.gpkg",
    )
    return grid + cut
