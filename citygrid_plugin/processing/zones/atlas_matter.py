"""What an atlas is about: the zones, what lies in each, and how classes of components look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from qgis.core import QgsCoordinateReferenceSystem, QgsMapLayer, QgsVectorLayer

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS
from citygrid_plugin.core.grids.divisions import text
from citygrid_plugin.core.spatial.geometry import unplaced
from citygrid_plugin.core.zones.responsibility_list import (
    COMMUNITY_OWNER,
    COMMUNITY_PHONE,
    STREET_OWNER,
    STREET_PHONE,
    Around,
    ZoneList,
    class_counts,
    class_keys,
)

from .atlas_map import OTHER_LOOK, looks_of

if TYPE_CHECKING:
    from citygrid_plugin.core.spatial.coverage import Geometries, Indices

_CLASS = (fields.CLASS_CODE, fields.CLASS_NAME)


@dataclass(frozen=True)
class Wishes:
    """What the user asks for: paper, how pages lie (None: by the zone), scale (0: the best), rows of classes."""

    paper: str = "A4"
    landscape: bool | None = None
    scale: int = 0
    classes: int = 12


@dataclass(frozen=True)
class Matter:
    """What the atlas is about. ``outline`` (n,) are the zones of ``zones.table``; ``wanted`` (n,) those with a page.

    ``roads`` and ``basemap`` are layers of this thread that nobody else uses.
    """

    zones: ZoneList
    outline: Geometries
    wanted: np.ndarray
    around: Around
    day: str
    crs: QgsCoordinateReferenceSystem
    crs_title: str
    roads: Sequence[QgsVectorLayer] = ()
    basemap: Sequence[QgsMapLayer] = ()

    @property
    def table(self) -> pd.DataFrame:
        """The list of the zones."""
        return self.zones.table

    @cached_property
    def drawn(self) -> Indices:
        """The zones with a page, in their order."""
        return np.flatnonzero(self.wanted & ~unplaced(self.outline))

    def texts(self) -> Iterator[str]:
        """The texts of the data that pages show, to look for characters that no font has."""
        names = [fields.STREET_NAME, fields.COMMUNITY_NAME, fields.RGID, fields.RG_NAME, *fields.PERSON]
        for name in (*names, COMMUNITY_OWNER, COMMUNITY_PHONE, STREET_OWNER, STREET_PHONE):
            yield from self.table[name].unique()
        if fields.CLASS_NAME in self._classes:
            yield from self._classes[fields.CLASS_NAME].unique()

    # What lies where

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.outline)

    def zones_in(self, box: shapely.Polygon) -> Indices:
        """The zones that a box meets, in their order."""
        return np.sort(self._tree.query(box, predicate="intersects"))

    @cached_property
    def _cells(self) -> _Members:
        return _Members.of(self.zones.cells, len(self.outline))

    @cached_property
    def _components(self) -> _Members:
        return _Members.of(self.zones.components, len(self.outline))

    def cells_of(self, zone: int) -> tuple[Geometries, np.ndarray]:
        """The unit grids of a zone, and the ends of their codes: what follows the code of the community."""
        rows = self._cells.rows(zone)
        if self.around.grid is None:
            return np.array([], dtype=object), np.array([], dtype=object)
        code = (
            text(self.around.grid[fields.BGID].iloc[rows]) if fields.BGID in self.around.grid else pd.Series("", rows)
        )
        short = code.where(code.str.len() <= COMMUNITY_DIGITS, code.str[COMMUNITY_DIGITS:])
        return self.around.grid.geometry.to_numpy()[rows], short.to_numpy()

    def components_of(self, zone: int) -> tuple[Geometries, np.ndarray]:
        """The components of a zone, and the key of the class of each."""
        rows = self._components.rows(zone)
        if self.around.components is None:
            return np.array([], dtype=object), np.array([], dtype=object)
        return self.around.components.geometry.to_numpy()[rows], self._class_keys[rows]

    def counts_of(self, zone: int) -> pd.DataFrame:
        """The components of a zone by class (``class_counts``)."""
        return class_counts(self._classes, self._components.rows(zone))

    # Looks

    @cached_property
    def _classes(self) -> pd.DataFrame:
        """The class of each component as text, so that it is made once and not for each page."""
        components = self.around.components
        if components is None:
            return pd.DataFrame()
        return pd.DataFrame({name: text(components[name]) for name in _CLASS if name in components}, components.index)

    @cached_property
    def _class_keys(self) -> np.ndarray:
        return class_keys(self._classes)

    @cached_property
    def _looks(self) -> Mapping[str, int]:
        """A look for each class, the most frequent of all first, so that a class looks the same on every page."""
        if self.around.components is None or self.zones.components is None:
            return {}
        inside = np.isin(self.zones.components, np.flatnonzero(self.wanted))
        return looks_of(class_counts(self._classes, inside)["Key"])

    def look_of(self, key: str) -> int:
        """The look of a class."""
        return self._looks.get(key, OTHER_LOOK)


@dataclass(frozen=True)
class _Members:
    """Rows of a layer by zone: sorted, and where those of each zone begin."""

    order: Indices
    starts: Indices

    @classmethod
    def of(cls, zone: Indices | None, count: int) -> _Members:
        """By the zone of each row, -1 for none."""
        zone = np.zeros(0, dtype=np.intp) if zone is None else zone
        order = np.argsort(zone, kind="stable")
        return cls(order, np.searchsorted(zone[order], np.arange(count + 1)))

    def rows(self, zone: int) -> Indices:
        """The rows of a zone."""
        return self.order[self.starts[zone] : self.starts[zone + 1]]
