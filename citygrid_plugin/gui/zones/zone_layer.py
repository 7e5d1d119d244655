"""The unit grids by responsibility grid as a plan under correction: it follows the layer, whoever changes that.

Rules stand in ``core/zones/zone_edit.py``. All changes are made on the layer's buffer, in undo steps; what the layer
tells of them brings the plan up to date, so QGIS's own undo, redo and table do, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QMetaType, QObject, pyqtSignal

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS
from citygrid_plugin.core.errors import CityGridError, EmptyInput
from citygrid_plugin.core.spatial.coverage import Floats
from citygrid_plugin.core.streets.barrier_strength import as_barriers, columns_used
from citygrid_plugin.core.streets.barriers import Barriers, Strength
from citygrid_plugin.core.zones import zone_edit
from citygrid_plugin.core.zones.zone_numbers import zone_name
from citygrid_plugin.core.zones.zone_plan import NO_ZONE, Ground, Step, ZonePlan
from citygrid_plugin.gui.edit_steps import edit_step
from citygrid_plugin.gui.grids.grid_layer import CURRENT, outline_of, text_of, workspace_of
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.exchange import frame_from_source, to_pyproj
from citygrid_plugin.processing.project import user_name
from citygrid_plugin.processing.styles import FIELD_TITLES
from citygrid_plugin.storage import zone_records

LAYER = "zoned_grid"
_FIELD = "field "  # before its name, as a way to count workload
AREA, COMPONENTS, CASES = "area", "components", "cases"
_YES = frozenset({"1", "t", "true", "y", "yes", "是"})
_NO_WORKLOADS = frozenset({fields.AREA, fields.LOCKED, "fid", "OBJECTID"})


class NoStreetsHere(CityGridError):
    """A layer without a line that could end a flood or draw a limit to it."""

    template = "“{layer}” has no streets, railways or waters here. Choose another layer of lines in the panel."


class NoRoomForLocks(CityGridError):
    """A layer that takes no further field."""

    template = "“{layer}” takes no field “{field}”, so nothing can be locked in it. Add the field to it first."


@dataclass(frozen=True)
class Saved:
    """What saving will write beside the cells: rows of zones, zones that end, and the log."""

    touched: frozenset[str]
    log: pd.DataFrame


@dataclass(frozen=True)
class Renewed:
    """What saving wrote: how many rows of zones, how many zones ended, how many rows of the log.

    ``elsewhere``: how many unit grids had been given to other zones in the file meanwhile.
    """

    zones: int
    ended: int
    moved: int
    elsewhere: int = 0


class ZoneLayer(QObject):
    """One layer of unit grids with RGID; ``changed`` tells that zones are not as they were.

    The plan is read when it is first asked for, and anew where cells themselves were changed.
    """

    changed = pyqtSignal()

    def __init__(self, layer: QgsVectorLayer, parent: QObject) -> None:
        super().__init__(parent)
        self.layer = layer
        self.workspace = workspace_of(layer, LAYER)
        self.measure = ""  # how workload is counted; empty: as the zones were made
        self.names: dict[str, str] = {}  # of communities
        self.stored: dict[str, zone_records.StoredZone] = {}
        self.dirty: set[str] = set()  # zones whose figures have changed since somebody looked
        self._plan: ZonePlan | None = None
        self._owed: Saved | None = None  # what the last saving could not write
        self._fids: list[int] = []
        self._cell: dict[int, int] = {}
        self._zone_column = self._lock_column = -1
        self._connected = [
            (layer.attributeValueChanged, self._value_changed),
            (layer.featureAdded, self._stale),
            (layer.featureDeleted, self._stale),
            (layer.geometryChanged, self._stale),
            (layer.attributeAdded, self._find_columns),
            (layer.attributeDeleted, self._find_columns),
            (layer.dataSourceChanged, self._stale),
        ]
        for signal, slot in self._connected:
            signal.connect(slot)
        self._find_columns()

    def forget(self) -> None:
        """Listen to the layer no longer."""
        if not sip.isdeleted(self.layer):
            for signal, slot in self._connected:
                signal.disconnect(slot)
        self._connected = []

    # Reading

    @property
    def plan(self) -> ZonePlan:
        """The plan as the layer is now."""
        if self._plan is None:
            self._plan = self._read()
            self.dirty.clear()
        return self._plan

    @property
    def is_read(self) -> bool:
        """Whether the plan is known, so that asking for it costs nothing."""
        return self._plan is not None

    def name_of(self, code: str) -> str:
        """The name of a zone; of a new one the name that it will get."""
        if code == NO_ZONE:
            return ""
        if code in self.stored and self.stored[code].name:
            return self.stored[code].name
        return zone_name(self.names.get(self.plan.community_of(code), ""), code)

    def owner_of(self, code: str) -> str:
        """Who answers for a zone."""
        return self.stored[code].owner if code in self.stored else ""

    def measures(self) -> dict[str, str]:
        """The ways to count workload, with what they are called; the likeliest first."""
        names = [
            field.name() for field in self.layer.fields() if field.isNumeric() and field.name() not in _NO_WORKLOADS
        ]
        own = {_FIELD + name: _title(name) for name in names}
        result = {name: title for name, title in own.items() if name == _FIELD + fields.WORKLOAD} | {AREA: tr("Area")}
        if self.workspace is not None:
            result |= {COMPONENTS: tr("Components"), CASES: tr("Open cases")}
        return result | own

    def renew_records(self) -> None:
        """Names, owners and numbers in the workspace may have changed."""
        if self.workspace is not None and self._plan is not None:
            self.stored = zone_records.stored_zones(self.workspace)
            self._plan.remember(zone_records.codes_used(self.workspace))
            self.changed.emit()

    def count_anew(self) -> None:
        """Components or cases in the workspace may have changed."""
        self._stale()

    def count_by(self, measure: str) -> None:
        """Count workload in another way."""
        if measure != self.measure:
            self.measure = measure
            self._stale()

    def _read(self) -> ZonePlan:
        self._find_columns()
        rows = [row for row in self.layer.getFeatures(self._request()) if not row.geometry().isEmpty()]
        self._fids = [row.id() for row in rows]
        self._cell = {number: cell for cell, number in enumerate(self._fids)}
        code = self._texts(rows, fields.BGID)
        given = self._texts(rows, fields.COMMUNITY_CODE)
        community = [own or bgid[:COMMUNITY_DIGITS] for own, bgid in zip(given, code, strict=True)]
        self.names = dict(zip(community, self._texts(rows, fields.COMMUNITY_NAME), strict=True))
        polygon = np.array([outline_of(row.geometry()) for row in rows], dtype=object)
        zones = self._texts(rows, fields.RGID)
        components, cases, used = {}, {}, set[str]()
        if self.workspace is not None:
            components = zone_records.counts_by_grid(self.workspace, COMPONENTS)
            cases = zone_records.counts_by_grid(self.workspace, CASES)
            used = zone_records.codes_used(self.workspace)
            self.stored = zone_records.stored_zones(self.workspace)
        loads = {
            AREA: shapely.area(polygon),
            COMPONENTS: np.array([float(components.get(name, 0)) for name in code]),
            CASES: np.array([float(cases.get(name, 0)) for name in code]),
        }
        ways = {name: loads[name] if name in loads else self._numbers(rows, name) for name in self.measures()}
        if self.measure not in ways:
            self.measure = zone_records.measure_of(self.stored, zones, ways) or next(iter(ways))
        ground = Ground.of(code, community, polygon, ways[self.measure], components, cases)
        locked = [_is_true(row.attribute(self._lock_column)) for row in rows] if self._lock_column >= 0 else None
        return ZonePlan(ground, zones, locked, used)

    def _request(self) -> QgsFeatureRequest:
        request = QgsFeatureRequest()
        if self.layer.fields().lookupField(fields.END_DATE) >= 0:
            request.setFilterExpression(CURRENT)
        return request

    def _texts(self, rows: list[QgsFeature], name: str) -> list[str]:
        column = self.layer.fields().lookupField(name)
        return [text_of(row.attribute(column)) for row in rows] if column >= 0 else [""] * len(rows)

    def _numbers(self, rows: list[QgsFeature], measure: str) -> Floats:
        """A field of numbers; what is missing counts as none."""
        column = self.layer.fields().lookupField(measure.removeprefix(_FIELD))
        values = [row.attribute(column) for row in rows]
        return np.array([float(value) if isinstance(value, int | float) else 0.0 for value in values])

    def streets(self, layer: QgsVectorLayer) -> NDArray[np.bool_]:
        """The edges between cells that lie between two sides of a layer's lines (``zone_edit.barred``).

        Lines of OpenStreetMap that are no streets, railways or waters count for nothing. Raises ``NoStreetsHere``.
        """
        barriers = self.barriers(layer)
        lines = barriers.line[barriers.strength >= Strength.NORMAL]
        if not len(lines):
            raise NoStreetsHere(layer=layer.name())
        return zone_edit.barred(self.plan.ground, lines)

    def barriers(self, layer: QgsVectorLayer) -> Barriers:
        """The lines of a layer by their strength, in the CRS of the cells. Raises ``NoStreetsHere``."""
        barriers = _barriers(layer, self.layer)
        if not len(barriers.line):
            raise NoStreetsHere(layer=layer.name())
        return barriers

    # Following the layer

    def _find_columns(self, *_column: object) -> None:
        self._zone_column = self.layer.fields().lookupField(fields.RGID)
        self._lock_column = self.layer.fields().lookupField(fields.LOCKED)

    def _value_changed(self, number: int, column: int, value: Any) -> None:  # noqa: ANN401 - of any type
        cell = self._cell.get(number)
        if self._plan is None:
            return
        name = self.layer.fields().at(column).name()
        if column == self._zone_column and cell is not None:
            code = text_of(value)
            self.dirty |= {self._plan.zone_of(cell), code}
            self._plan.apply(Step.to([cell], code))
        elif column == self._lock_column and cell is not None:
            self._plan.lock(cell, _is_true(value))
            self.dirty.add(self._plan.zone_of(cell))
        elif name in (fields.END_DATE, fields.BGID, fields.COMMUNITY_CODE) or _FIELD + name == self.measure:
            self._stale()
            return
        self.changed.emit()

    def _stale(self, *_what: object) -> None:
        """Cells themselves are not as they were."""
        self._plan = None
        self.changed.emit()

    # Changing

    def apply(self, text: str, step: Step) -> None:
        """Change zones, as one undo step called ``text``. Editing is switched on."""
        with edit_step(self.layer, text):
            self.put(step)

    def put(self, step: Step) -> None:
        """Change zones inside an undo step that was begun."""
        plan = self.plan
        for cell, code in zip(step.cells, step.codes, strict=True):
            before = plan.zone_of(cell)
            if before != code:
                self.layer.changeAttributeValue(self._fids[cell], self._zone_column, code or None, before or None)

    def lock(self, codes: Sequence[str], locked: bool) -> None:
        """Lock zones or unlock them, as one undo step; the field of locks is made where there is none."""
        text = tr("Lock responsibility grids") if locked else tr("Unlock responsibility grids")
        with edit_step(self.layer, text):
            if self._lock_column < 0:
                self._add_lock_column()
            for cell in [cell for code in codes for cell in self.plan.cells_of(code)]:
                self.layer.changeAttributeValue(self._fids[cell], self._lock_column, locked)

    def _add_lock_column(self) -> None:
        """Raises ``NoRoomForLocks``."""
        candidates = [QgsField(fields.LOCKED, kind) for kind in (QMetaType.Type.Bool, QMetaType.Type.Int)]
        fit = [field for field in candidates if self.layer.dataProvider().supportedType(field)]
        if not fit or not self.layer.addAttribute(fit[0]):
            raise NoRoomForLocks(layer=self.layer.name(), field=fields.LOCKED)
        self._find_columns()

    # Saving

    def before_saving(self, plan_name: str) -> Saved:
        """What QGIS is about to save: zones that changed, and a row of the log for each cell that changed hands."""
        buffer = self.layer.editBuffer()
        changed = buffer.changedAttributeValues()
        moved = [number for number, values in changed.items() if self._zone_column in values]
        others = {*buffer.changedGeometries(), *buffer.deletedFeatureIds()}
        others |= {number for number, values in changed.items() if self._zone_column not in values}
        before = self._zones_in_file([*moved, *others])
        after = {number: text_of(changed[number][self._zone_column]) for number in moved}
        touched = {zone for _, zone in before.values()} | set(after.values())
        touched |= {_text(row, fields.RGID) for row in buffer.addedFeatures().values()}
        time, user = datetime.now().astimezone().isoformat(timespec="seconds"), user_name()
        log = [
            (time, user, plan_name, *before[number], after[number])
            for number in sorted(before.keys() & after.keys(), key=lambda number: before[number])
            if before[number][1] != after[number]
        ]
        table = pd.DataFrame(log, columns=list(fields.PLAN_LOG), dtype=object)
        if self._owed is not None:
            touched |= self._owed.touched
            table = pd.concat([self._owed.log, table], ignore_index=True)
        return Saved(frozenset(touched - {NO_ZONE}), table)

    def _zones_in_file(self, numbers: list[int]) -> dict[int, tuple[str, str]]:
        """Code and zone of rows as they were last saved; those that were replaced meanwhile are not among them."""
        request = QgsFeatureRequest().setFilterFids(numbers).setFlags(QgsFeatureRequest.Flag.NoGeometry)
        rows = self.layer.dataProvider().getFeatures(request) if numbers else []
        return {row.id(): (_text(row, fields.BGID), _text(row, fields.RGID)) for row in rows}

    def after_saving(self, saved: Saved) -> Renewed:
        """Renew the zones of the workspace and write the log; what fails now is written with the next saving.

        Raises ``UnwritableTarget``, and what reading the plan anew raises.
        """
        self._owed = saved
        plan = self.plan
        plan.remember()
        if self.workspace is None:
            self._owed = None
            return Renewed(0, 0, len(saved.log))
        touched, elsewhere = set(saved.touched), self._changed_elsewhere()
        if elsewhere:
            touched |= {plan.zone_of(cell) for cell in elsewhere}
            self._stale()
            plan = self.plan
            touched |= {plan.zone_of(self._cell[number]) for number in elsewhere.values() if number in self._cell}
            touched.discard(NO_ZONE)
        rows = zone_records.rows_to_renew(plan, self.stored, touched, self.names)
        gone = {code for code in touched if code in self.stored and not plan.cells_of(code)}
        if rows or gone or len(saved.log):
            crs = to_pyproj(self.layer.crs())
            zone_records.renew_zones(self.workspace, rows, gone, saved.log, crs)
            self.stored = zone_records.stored_zones(self.workspace)
        self._owed = None
        return Renewed(len(rows), len(gone), len(saved.log), len(elsewhere))

    def _changed_elsewhere(self) -> dict[int, int]:
        """The cells whose zone in the file is not that of the plan, each with the number of its row."""
        if self.workspace is None:
            return {}
        found, plan = zone_records.zone_by_grid(self.workspace), self.plan
        codes = zip(plan.ground.code.tolist(), plan.codes(), strict=True)
        return {cell: self._fids[cell] for cell, (code, zone) in enumerate(codes) if found.get(code, zone) != zone}


def _barriers(layer: QgsVectorLayer, grid: QgsVectorLayer) -> Barriers:
    """The lines of a layer around a grid, in the CRS of the grid."""
    way = QgsCoordinateTransform(grid.crs(), layer.crs(), QgsProject.instance())
    try:
        box = way.transformBoundingBox(grid.extent())
    except QgsCsException:
        box = None
    try:
        frame = frame_from_source(layer, columns_used(layer.fields().names()), box=box)
    except EmptyInput:
        return Barriers.none()
    return as_barriers([frame.to_crs(to_pyproj(grid.crs()))])


def _is_true(value: object) -> bool:
    """Whether a mark is set, in a field of whatever type."""
    return value.strip().casefold() in _YES if isinstance(value, str) else isinstance(value, int | float) and value != 0


def _text(row: QgsFeature, name: str) -> str:
    """A value of a row as text; empty without the field."""
    column = row.fieldNameIndex(name)
    return text_of(row.attribute(column)) if column >= 0 else ""


def _title(name: str) -> str:
    """What a field is called."""
    return tr(FIELD_TITLES[name]) if name in FIELD_TITLES else name
