"""The layers of an atlas's maps: those that are the same on all pages, and those filled anew for each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from qgis.core import QgsMapLayer, QgsVectorLayer
from qgis.PyQt.QtGui import QColor

from citygrid_plugin.core import fields
from citygrid_plugin.core.spatial.geometry import unplaced
from citygrid_plugin.core.zones.responsibility_list import by_street

from . import atlas_map as maps
from .atlas_page import INK

if TYPE_CHECKING:
    from citygrid_plugin.core.spatial.coverage import Geometries, Indices

    from .atlas_matter import Matter

Extent = tuple[float, float, float, float]
DIVISIONS = {
    False: (fields.STREET_CODE, fields.STREET_NAME),
    True: (fields.COMMUNITY_CODE, fields.COMMUNITY_NAME),
}
"""Code and name of what an overview is divided into: streets, or where it shows single zones, communities."""

_GOLDEN_ANGLE = 137.508  # degrees: hues that follow each other are far apart
_PALE = (233, 236, 238)
_SEEN_THROUGH = 180  # of 255: alpha of areas over layers of the user
_NUMBER_SIZES = (5.0, 10.0)  # points
_LETTER, _HALF_LINE = 8.0, 1.6  # mm² that a letter of a neighbour's name needs, and half the height of the name


@dataclass(frozen=True)
class Numbers:
    """What an overview tells of its zones: the page of each zone of the list (n,), and the size of these numbers.

    Without ``numbered`` it shows streets and no numbers; ``one_street`` leaves out the name of the street.
    """

    pages: Indices
    size: float
    numbered: bool
    one_street: bool


class Layers:
    """The layers of the maps of one atlas; sizes are those of A4 times ``unit``."""

    def __init__(self, maker: maps.MapMaker, matter: Matter, unit: float) -> None:
        self._matter = matter
        self._maker = maker
        self._unit = unit
        self._zone = maker.limits(maps.ZONE, 0.8 * unit)
        self._near = maker.limits(maps.NEIGHBOUR, 0.3 * unit)
        self._cells = maker.limits(maps.CELL, 0.25 * unit)
        self._mask = maker.mask()
        self._components = maker.components()
        self._fill = maker.filled("#6f7a84", 0.2 * unit)
        self._near_names = maker.limits("#000000", 0, style="no")
        maker.label(self._near_names, 7.5 * unit, "#46515b", priority=7)
        maker.label(self._cells, 6.5 * unit, "#a000a0", priority=4)
        self._communities = self._band(matter.around.communities, maps.COMMUNITY, maps.COMMUNITY_BAND)
        self._streets = self._band(matter.around.streets, maps.STREET, maps.STREET_BAND)
        self._street_names = maker.limits("#000000", 0, style="no")
        maker.label(self._street_names, 11 * unit, INK, bold=True, priority=5)
        for layer in matter.roads:
            maker.as_roads(layer, unit)

    def _band(self, frame: gpd.GeoDataFrame | None, color: str, width: float) -> list[QgsVectorLayer]:
        """The limits of areas as one net of lines, so that a limit between two is drawn once."""
        if frame is None or not len(frame):
            return []
        areas = frame.geometry.to_numpy()
        lines = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(areas[~unplaced(areas)]))))
        layer = maps.show(self._maker.bands(color, width * self._unit), lines)
        layer.dataProvider().createSpatialIndex()
        return [layer]

    def _widen(self, factor: float) -> None:
        """Draw the bands of limits as wide as on the pages of zones, or narrower."""
        for layers, width in ((self._communities, maps.COMMUNITY_BAND), (self._streets, maps.STREET_BAND)):
            for layer in layers:
                layer.renderer().symbol().setWidth(factor * width * self._unit)

    def zone(self, zone: int, extent: Extent, millimetre: float, named: Collection[str]) -> list[QgsMapLayer]:
        """The layers of a zone's page, the uppermost first.

        ``millimetre``: how many metres one is on the map. ``named``: keys of the classes with a symbol of their own.
        """
        outline, box = self._matter.outline, shapely.box(*extent)
        wide = box.buffer(extent[2] - extent[0])  # so that no edge of it is seen
        near = self._matter.zones_in(box)
        near = near[near != zone]
        table = self._matter.table.iloc[near]
        names = table[fields.RG_NAME].where(table[fields.RG_NAME] != "", table[fields.RGID]).to_numpy()
        roomy = _roomy(outline[near], box, names, millimetre * self._unit)
        cells, codes = self._matter.cells_of(zone)
        self._widen(1.0)
        return [
            maps.show(self._near_names, roomy, name=names),
            *self._shown_components(zone, named),
            maps.show(self._zone, outline[[zone]]),
            maps.show(self._cells, cells, name=codes),
            maps.show(self._near, shapely.intersection(outline[near], wide)),
            *self._communities,
            *self._streets,
            maps.show(self._mask, shapely.difference(wide, outline[[zone]])),
            *self._matter.roads,
            *self._matter.basemap,
        ]

    def _shown_components(self, zone: int, named: Collection[str]) -> list[QgsMapLayer]:
        places, keys = self._matter.components_of(zone)
        look = np.array([self._matter.look_of(key) if key in named else maps.OTHER_LOOK for key in keys], dtype=int)
        dimension = shapely.get_dimensions(places)
        layers = []
        for number, layer in self._components.items():
            rows = np.flatnonzero(dimension == number)
            rows = rows[np.argsort(look[rows] != maps.OTHER_LOOK, kind="stable")]  # the others lie below
            if len(rows):
                layers.append(maps.show(layer, places[rows], look=look[rows]))
        return layers

    def overview(self, zones: Indices, extent: Extent, numbers: Numbers) -> list[QgsMapLayer]:
        """The layers of an overview of some zones, the uppermost first; the others are pale."""
        table, outline = self._matter.table, self._matter.outline
        near = self._matter.zones_in(shapely.box(*extent))
        chosen = np.isin(near, zones)
        code, name = DIVISIONS[numbers.numbered]
        place = pd.factorize(table[code].where(table[code] != "", table[name]))[0][near]
        alpha = _SEEN_THROUGH if self._matter.basemap else 255
        fill = [_pastel(number if own else -1, alpha) for number, own in zip(place, chosen, strict=True)]
        pages = [str(page) if own else "" for page, own in zip(numbers.pages[near], chosen, strict=True)]
        maps.show(self._fill, outline[near], name=pages, fill=fill)
        least, most = (size * self._unit for size in _NUMBER_SIZES)
        self._maker.label(self._fill, float(np.clip(numbers.size, least, most)), INK, priority=10, always=True)
        self._fill.setLabelsEnabled(numbers.numbered)
        self._widen(0.5)
        layers = [*self._communities, *self._streets, self._fill, *self._matter.basemap]
        streets = by_street(table.iloc[zones].assign(Zone=zones))
        if numbers.one_street or len(streets) == 1:
            return layers
        joined = [shapely.union_all(outline[rows["Zone"].to_numpy()]) for _, rows in streets]
        names = [name for name, _ in streets]
        return [maps.show(self._street_names, np.array(joined, dtype=object), name=names), *layers]


def _roomy(outlines: Geometries, box: shapely.Polygon, names: np.ndarray, millimetre: float) -> Geometries:
    """Where the names of areas seen in a box have room; None where they would stand in another area.

    ``millimetre``: how many metres one is.
    """
    inside = shapely.buffer(shapely.intersection(outlines, box), -_HALF_LINE * millimetre, quad_segs=2)
    parts, owner = shapely.get_parts(inside, return_index=True)
    order = np.argsort(shapely.area(parts), kind="stable")
    result = np.full(len(outlines), None, dtype=object)
    result[owner[order]] = parts[order]  # the last assignment holds: the largest part
    letters = np.array([len(name) for name in names])
    result[shapely.area(result) < letters * _LETTER * millimetre**2] = None
    return result


def _pastel(number: int, alpha: int) -> str:
    """A light colour for each number, as QGIS reads it from a field; grey for -1."""
    color = QColor(*_PALE)
    if number >= 0:
        color = QColor.fromHsl(int(number * _GOLDEN_ANGLE) % 360, 120, 205 + 14 * (number % 3))
    return f"{color.red()},{color.green()},{color.blue()},{alpha}"
