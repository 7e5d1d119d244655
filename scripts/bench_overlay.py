"""A contestant of ``scripts/bench grid``: squares laid over communities and cut with geopandas, nothing else.

Usage: bench_overlay.py COMMUNITIES OUTPUT (GeoPackages)
"""

from __future__ import annotations

import sys

import geopandas as gpd
import numpy as np
import shapely

SIDE = 100.0


def main(source: str, target: str) -> None:
    """Read, make boxes, overlay, write."""
    communities = gpd.read_file(source)
    low, high = np.split(communities.total_bounds, 2)
    x, y = np.meshgrid(
        *(np.arange(np.floor(a / SIDE), np.ceil(b / SIDE)) * SIDE for a, b in zip(low, high, strict=True))
    )
    boxes = shapely.box(x.ravel(), y.ravel(), x.ravel() + SIDE, y.ravel() + SIDE)
    squares = gpd.GeoDataFrame(geometry=boxes, crs=communities.crs)
    gpd.overlay(squares, communities, how="intersection").to_file(target, driver="GPKG")


if __name__ == "__main__":
    main(*sys.argv[1:])
