"""A unit grid layer under correction: reading around a place, changing rows in one undo step, and the crosswalk.

Rules stand in ``core/grids/grid_edit.py``. Rows with an end date are history: they are neither read as
neighbours nor changed. What is read is bounded by the place, never the whole layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from qgis.core import (
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProviderRegistry,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids import grid_edit
from citygrid_plugin.gui.edit_steps import edit_step

CURRENT = f'"{fields.END_DATE}" IS NULL OR "{fields.END_DATE}" = \'\''
"""The filter of rows that are in force."""

_GRID_LAYER = "unit_grid"


class NoGridHere(CityGridError):
    """A place without a grid."""

    template = "There is no unit grid at this place."


@dataclass(frozen=True)
class Local:
    """The current rows around a place, and the same for core."""

    features: list[QgsFeature]
    cells: grid_edit.Cells

    @property
    def ids(self) -> list[int]:
        """The ids of the rows."""
        return [feature.id() for feature in self.features]

    def index(self, ids: Iterable[int]) -> list[int]:
        """The places of rows in this selection, by their ids."""
        place = {number: index for index, number in enumerate(self.ids)}
        return [place[number] for number in ids if number in place]


@dataclass(frozen=True)
class Done:
    """What an action did to codes; those that were never saved are not counted as closed."""

    closed: list[str]
    added: list[str]


class GridLayer:
    """Reads and changes one unit grid layer."""

    def __init__(self, layer: QgsVectorLayer) -> None:
        self.layer = layer

    # Reading

    def around(self, x: float, y: float, reach: float) -> Local:
        """The current rows within ``reach`` of a place, in the layer's CRS."""
        reach = max(reach, grid_edit.TOLERANCE)  # QGIS finds nothing in a frame without area
        return self._read(QgsFeatureRequest(QgsRectangle(x - reach, y - reach, x + reach, y + reach)))

    def beside(self, local: Local) -> Local:
        """These rows and all that lie in their frame or touch it: all that an action on them can concern."""
        frame = shapely.box(*shapely.total_bounds(local.cells.polygon)).buffer(grid_edit.TOLERANCE)
        return self._read(QgsFeatureRequest(QgsRectangle(*frame.bounds)))

    def along(self, points: Sequence[tuple[float, float]]) -> Local:
        """The current rows that a line meets."""
        line = geometry_of(shapely.LineString(points))
        return self._read(QgsFeatureRequest().setDistanceWithin(line, 2 * grid_edit.TOLERANCE))

    def chosen(self, ids: Iterable[int]) -> Local:
        """The current rows with these ids."""
        return self._read(QgsFeatureRequest().setFilterFids(list(ids)), check_after=True)

    def community_of(self, x: float, y: float) -> Local:
        """All current rows of the community at a place. ``NoGridHere`` where there is none."""
        here = self.around(x, y, 0.0)
        there = np.flatnonzero(shapely.intersects_xy(here.cells.polygon, x, y))
        if not len(there):
            raise NoGridHere
        code = here.cells.community[there[0]]
        if not _is_code(code):
            raise grid_edit.NoCommunityCode(code=here.cells.code[there[0]], digits=COMMUNITY_DIGITS)
        own = f"\"{fields.COMMUNITY_CODE}\" = '{code}' OR \"{fields.BGID}\" LIKE '{code}%'"
        local = self._read(QgsFeatureRequest().setFilterExpression(f"({own}) AND ({CURRENT})"), check_after=True)
        return _part(local, np.flatnonzero(local.cells.community == code).tolist())

    def name_of(self, local: Local, index: int) -> str:
        """The name of the community of a row, or its code."""
        where = self.layer.fields().lookupField(fields.COMMUNITY_NAME)
        name = text_of(local.features[index].attribute(where)) if where >= 0 else ""
        return name or str(local.cells.community[index])

    def _read(self, request: QgsFeatureRequest, *, check_after: bool = False) -> Local:
        if not check_after:
            request.setFilterExpression(CURRENT)
        features, outlines = [], []
        for feature in self.layer.getFeatures(request):
            if _is_current(feature) and not feature.geometry().isEmpty():
                features.append(feature)
                outlines.append(outline_of(feature.geometry()))
        codes = [text_of(feature[fields.BGID]) for feature in features]
        communities = [
            text_of(feature[fields.COMMUNITY_CODE]) or code[:COMMUNITY_DIGITS]
            for feature, code in zip(features, codes, strict=True)
        ]
        cells = grid_edit.Cells(*(np.array(column, dtype=object) for column in (outlines, codes, communities)))
        return Local(features, cells)

    # Changing

    def apply(self, text: str, local: Local, pieces: Sequence[grid_edit.Piece]) -> Done:
        """Give rows new outlines and codes, as one undo step called ``text``. Editing is switched on."""
        parents = sorted({parent for piece in pieces for parent in piece.parents})
        was = self._saved(local, parents)
        change = grid_edit.change_of(local.cells, pieces, [was.get(i) for i in range(len(local.features))])
        outlines = [outline for _, outline in change.added]
        rows = [parent for parent, _ in change.added]
        codes = self._codes(local, rows, outlines)
        with edit_step(self.layer, text):
            for index, outline in change.kept.items():
                if outline is not local.cells.polygon[index]:
                    self._reshape(local.features[index], outline)
            for index in change.closed:
                self._close(local.features[index], was.get(index))
            for index, outline, code in zip(rows, outlines, codes, strict=True):
                self._add(local.features[index], outline, code)
        return Done([str(local.cells.code[index]) for index in change.closed if index in was], codes)

    def renumber(self, text: str, local: Local) -> Done:
        """Number all rows of one community anew, as one undo step; the old codes are closed."""
        saved = self._saved(local, range(len(local.features)))
        fresh = {feature.id() for index, feature in enumerate(local.features) if index not in saved}
        used = self._numbers(str(local.cells.community[0]), without=fresh)
        codes = grid_edit.renumbered(local.cells, self.name_of(local, 0), used)
        with edit_step(self.layer, text):
            for index, (feature, code) in enumerate(zip(local.features, codes, strict=True)):
                if index in saved:
                    self._close(feature, saved[index])
                    self._add(feature, local.cells.polygon[index], code)
                else:  # nobody has seen its code yet
                    self._set(feature.id(), fields.BGID, code)
        return Done([str(local.cells.code[index]) for index in saved], codes)

    def _saved(self, local: Local, rows: Iterable[int]) -> dict[int, shapely.Polygon]:
        """The outlines of rows as they were last saved; rows that never were are left out."""
        place = {local.features[index].id(): index for index in rows if local.features[index].id() >= 0}
        request = QgsFeatureRequest().setFilterFids(list(place)).setNoAttributes()
        features = self.layer.dataProvider().getFeatures(request)
        return {place[feature.id()]: outline_of(feature.geometry()) for feature in features}

    def _codes(self, local: Local, rows: Sequence[int], outlines: Sequence[shapely.Polygon]) -> list[str]:
        """New codes for outlines that lie in the communities of rows."""
        codes = [""] * len(rows)
        for community in sorted({str(local.cells.community[row]) for row in rows}):
            members = [number for number, row in enumerate(rows) if local.cells.community[row] == community]
            name = self.name_of(local, rows[members[0]])
            if not _is_code(community):
                raise grid_edit.NoCommunityCode(code=local.cells.code[rows[members[0]]], digits=COMMUNITY_DIGITS)
            new = grid_edit.new_codes(
                [outlines[number] for number in members], community, name, self._numbers(community)
            )
            for number, code in zip(members, new, strict=True):
                codes[number] = code
        return codes

    def _numbers(self, community: str, without: Iterable[int] = ()) -> grid_edit.Numbers:
        """The numbers that a community has used: in all rows, closed ones, too, saved and not."""
        column = self.layer.fields().lookupField(fields.BGID)
        request = QgsFeatureRequest().setFilterExpression(f"\"{fields.BGID}\" LIKE '{community}%'")
        request.setSubsetOfAttributes([column]).setFlags(QgsFeatureRequest.Flag.NoGeometry)
        passed_over = set(without)
        codes = [
            text_of(feature.attribute(column))
            for source in (self.layer.dataProvider(), self.layer)  # the file still has what was deleted just now
            for feature in source.getFeatures(request)
            if feature.id() not in passed_over
        ]
        return grid_edit.numbers_used(community, codes)

    def _reshape(self, feature: QgsFeature, outline: shapely.Polygon) -> None:
        self.layer.changeGeometry(feature.id(), self._qgis(outline))
        self._set(feature.id(), fields.AREA, _area(outline))

    def _close(self, feature: QgsFeature, saved: shapely.Polygon | None) -> None:
        """End a row today, with the outline it had; one that was never saved just goes."""
        if saved is None:
            self.layer.deleteFeature(feature.id())
            return
        if not shapely.equals_exact(saved, outline_of(feature.geometry())):
            self._reshape(feature, saved)
        self._set(feature.id(), fields.END_DATE, today())

    def _add(self, parent: QgsFeature, outline: shapely.Polygon, code: str) -> None:
        """Add a row that takes over what its parent says beside code, dates and area."""
        feature = QgsFeature(self.layer.fields())
        feature.setAttributes(parent.attributes())
        for column in self.layer.primaryKeyAttributes():
            feature.setAttribute(column, None)
        values = {fields.BGID: code, fields.AREA: _area(outline), fields.INITIAL_DATE: today()}
        for name, value in values.items():
            column = self.layer.fields().lookupField(name)
            if column >= 0:
                feature.setAttribute(column, value)
        feature.setGeometry(self._qgis(outline))
        self.layer.addFeature(feature)

    def _set(self, number: int, name: str, value: object) -> None:
        column = self.layer.fields().lookupField(name)
        if column >= 0:
            self.layer.changeAttributeValue(number, column, value)

    def _qgis(self, outline: shapely.Polygon) -> QgsGeometry:
        geometry = geometry_of(outline)
        if QgsWkbTypes.isMultiType(self.layer.wkbType()):
            geometry.convertToMultiType()
        return geometry

    # The crosswalk

    def crosswalk(self) -> pd.DataFrame:
        """Where the area of all grids went that have unsaved changes (``fields.CROSSWALK``)."""
        buffer = self.layer.editBuffer()
        changed = {*buffer.changedGeometries(), *buffer.changedAttributeValues(), *buffer.deletedFeatureIds()}
        request = QgsFeatureRequest().setFilterFids(list(changed))
        before = _coded(self.layer.dataProvider().getFeatures(request)) if changed else []
        now = {*changed, *buffer.addedFeatures()}
        after = _coded(self.layer.getFeatures(QgsFeatureRequest().setFilterFids(list(now)))) if now else []
        return grid_edit.crosswalk(before, after, today())


def workspace_of(layer: QgsVectorLayer, name: str = _GRID_LAYER) -> Path | None:
    """The workspace whose layer ``name`` a layer is; None for a layer of another place."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    path = Path(parts.get("path") or "")
    is_there = layer.providerType() == "ogr" and parts.get("layerName") == name
    return path if is_there and path.suffix.lower() == ".gpkg" else None


def today() -> str:
    """The date as the fields hold it."""
    return datetime.now().astimezone().strftime("%Y%m%d")


def _coded(features: Iterable[QgsFeature]) -> list[grid_edit.Coded]:
    return [
        (text_of(feature[fields.BGID]), outline_of(feature.geometry()))
        for feature in features
        if _is_current(feature) and not feature.geometry().isEmpty()
    ]


def _part(local: Local, rows: Sequence[int]) -> Local:
    cells = local.cells
    return Local(
        [local.features[row] for row in rows],
        grid_edit.Cells(cells.polygon[rows], cells.code[rows], cells.community[rows]),
    )


def _is_current(feature: QgsFeature) -> bool:
    return not text_of(feature[fields.END_DATE])


def _is_code(community: str) -> bool:
    return community.isascii() and community.isdigit() and len(community) == COMMUNITY_DIGITS


def text_of(value: object) -> str:
    """An attribute as text; null, which PyQt wraps, is empty."""
    return value.strip() if isinstance(value, str) else ""


def _area(outline: shapely.Polygon) -> float:
    return round(float(shapely.area(outline)), 2)


def outline_of(geometry: QgsGeometry) -> shapely.Polygon:
    """The outline in two dimensions; of one part where there is but one."""
    shape = shapely.force_2d(shapely.from_wkb(geometry.asWkb().data()))
    return shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape


def geometry_of(shape: shapely.Geometry) -> QgsGeometry:
    """A shape for QGIS."""
    geometry = QgsGeometry()
    geometry.fromWkb(shapely.to_wkb(shape))
    return geometry
