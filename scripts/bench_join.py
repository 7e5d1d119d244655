"""A contestant of ``scripts/bench census``: points get the code of their grid with geopandas, nothing else.

Usage: bench_join.py POINTS GRID OUTPUT (GeoPackages)
"""

from __future__ import annotations

import sys

import geopandas as gpd


def main(points: str, grid: str, target: str) -> None:
    """Read, join, write."""
    joined = gpd.read_file(points).sjoin(gpd.read_file(grid, columns=["BGID"]), how="left", predicate="intersects")
    joined.drop(columns="index_right").to_file(target, driver="GPKG")


if __name__ == "__main__":
    main(*sys.argv[1:])
