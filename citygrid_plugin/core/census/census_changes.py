"""Later deliveries: what is new, moved, changed, unchanged or missing, and the components renewed by it.

``component_matching`` finds out which record is which component. What a delivery may change (rules ours):

* ``ObjID`` never changes. A record found by class and place that states another id does not renumber its component.
* An empty value never wipes one out; a value that is not empty replaces the old one. Only class code and class
  name go together: with a new code comes its name, even an empty one.
* ``ORDate``, ``CHDate`` and ``Note`` are kept, and filled in where they are empty.
* ``ObjName`` that only repeats the class name is what an import fills in for records without a name; it does
  not replace a name of the component's own.
* The place is taken where it is farther than the tolerance from the old one (or there was none), and ``BGID`` with
  it; otherwise the old place and ``BGID`` stay, so that two of a survey's measurements do not pull it about.
* A component with an end date that a record without one states by its id is in force again: its end date is
  taken away (``reopened``).
* A component that is in no record gets an end date only on request (``close_missing``). No row is ever deleted.

So the same delivery applied twice changes nothing the second time, and the order of its records does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import Texts
from citygrid_plugin.core.errors import BadSetting, CityGridError
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices

from .component_ids import Mask
from .component_matching import (
    Side,
    match,
    plain,
    require,
    stated,
)

FIELD: Final = "Field"
OLD: Final = "Old"
CURRENT: Final = "New"
DISTANCE: Final = "Distance"
CHANGES: Final = (
    fields.OBJ_ID, fields.CLASS_CODE, fields.CLASS_NAME, fields.CHANGE, FIELD, OLD, CURRENT, DISTANCE, fields.ROW,
)  # fmt: skip
PLACE: Final = "place"
"""In the column Field of the change table: the geometry."""

KINDS: Final = ("unchanged", "changed", "moved", "moved_changed", "new", "missing", "closed", "not_covered")
TEXTS: Final = {
    "unchanged": "unchanged",
    "changed": "changed",
    "moved": "moved",
    "moved_changed": "moved and changed",
    "new": "new",
    "missing": "missing from the delivery",
    "closed": "closed before",
    "not_covered": "not covered by the delivery",
}
"""Kinds; the interface translates them."""

_KEPT = (fields.INITIAL_DATE, fields.END_DATE, fields.NOTE)
_DATE_DIGITS = 8


class Kind(IntEnum):
    """What became of a component or a record, in the order of ``KINDS``."""

    UNCHANGED = 0
    CHANGED = 1
    MOVED = 2
    MOVED_CHANGED = 3
    NEW = 4  # records only
    MISSING = 5  # components only, as are the next: in force, but in no record
    CLOSED = 6  # had an end date before, and is in no record
    NOT_COVERED = 7  # in force, in no record, and the delivery is not about it


class OtherCrs(CityGridError):
    """Components and records in different coordinate reference systems."""

    template = (
        "The existing components are in {one}, the delivery is in {other}. Bring both into one coordinate "
        "reference system that measures metres, and run again."
    )


@dataclass(frozen=True)
class Cells:
    """Values of one field that are to be replaced: the pair (index), the old and the new text."""

    name: str
    pair: Indices
    old: Texts
    new: Texts


@dataclass(frozen=True)
class ChangeAccount:
    """How many components and records became what. Raises ``RuntimeError`` where one is lost or counted twice."""

    existing: int
    incoming: int
    by_kind: dict[str, int]

    def __post_init__(self) -> None:
        matched = sum(self.by_kind[KINDS[kind]] for kind in range(Kind.NEW))
        rest = sum(self.by_kind[KINDS[kind]] for kind in (Kind.MISSING, Kind.CLOSED, Kind.NOT_COVERED))
        if self.incoming != matched + self.by_kind[KINDS[Kind.NEW]] or self.existing != matched + rest:
            raise RuntimeError(f"The account does not balance: {self}")  # noqa: TRY003 - a bug, not a user's error


@dataclass(frozen=True)
class Changes:
    """What a delivery would change.

    ``existing_kind``, ``incoming_kind``: ``Kind`` of each component and record. ``component``, ``record``: rows of
    the pairs, by component; ``distance``: metres between them (not-a-number where one has no place); ``moved``:
    pairs whose place is taken; ``cells``: values that are taken. ``new``: rows of the new records in the order in
    which they are added (class, place from west to east, content); ``needs_id``: which of them (mask over ``new``)
    state no id that they can keep. ``remarks``: keys of ``account.TEXTS`` and counts.
    """

    existing_kind: NDArray[np.int8]
    incoming_kind: NDArray[np.int8]
    component: Indices
    record: Indices
    distance: Floats
    moved: Mask
    cells: Sequence[Cells]
    new: Indices
    needs_id: Mask
    remarks: dict[str, int]
    account: ChangeAccount

    @property
    def none(self) -> bool:
        """Whether applying them would leave everything as it is (missing components apart)."""
        return not (len(self.new) or self.moved.any() or self.cells)


def compare(
    existing: gpd.GeoDataFrame,
    incoming: gpd.GeoDataFrame,
    tolerance: float,
    *,
    trusted: Mask | None = None,
    covered: Mask | None = None,
    progress: Progress = silent,
) -> Changes:
    """Find out what a delivery would change; nothing is changed.

    ``existing``, ``incoming``: ``fields.COMPONENT`` (text; ObjID and ClassCode at least) and geometry, in one CRS
    that measures metres. ``incoming`` has ObjID as the records state it, before new ids are given. ``tolerance``:
    metres; farther is moved, nearer may be the same component. ``trusted``: records whose id no spreadsheet may have
    damaged (``component_ids.StatedIds.trusted``); all where not given. ``covered``: components that the delivery
    is about, so that one that it lacks is missing (see ``covered_by``); all where not given.

    Raises ``UnknownField``, ``OtherCrs``, ``BadSetting``, ``TooCrowded``.
    """
    _check(existing, incoming, tolerance)
    ours, theirs = Side.of(existing), Side.of(incoming, trusted)
    rules = _Rules(existing, incoming)
    progress(0.15)
    found = match(ours, theirs, tolerance, rules.differs, part(progress, 0.15, 0.8))

    record = np.flatnonzero(found.partner >= 0)
    record = record[np.argsort(found.partner[record], kind="stable")]
    component, distance = found.partner[record], found.distance[record]
    moved = theirs.placed[record] & ((distance > tolerance) | ~ours.placed[component] & np.isnan(distance))
    reopened = found.by_id[record] & ~ours.open[component] & theirs.open[record]
    cells = rules.cells(component, record, moved, reopened)
    progress(0.95)

    kind = _pair_kinds(moved, cells)
    existing_kind = _unmatched(ours, covered)
    existing_kind[component] = kind
    incoming_kind = np.full(len(incoming), Kind.NEW, dtype=np.int8)
    incoming_kind[record] = kind
    other_id = (theirs.number[record] >= 0) & (ours.number[component] >= 0) & ~found.by_id[record]
    needs_id = ~found.own_id[found.new]
    counts = {
        "reopened": reopened.sum(),
        "other_id": (other_id & (theirs.number[record] != ours.number[component])).sum(),
        "stated_repeatedly": pd.Series(theirs.number[theirs.number >= 0]).duplicated().sum(),
        "existing_repeated": pd.Series(ours.number[ours.number >= 0]).duplicated(keep=False).sum(),
        "needs_id": needs_id.sum(),
        "new_closed": (~theirs.open[found.new]).sum(),
    }
    return Changes(
        existing_kind,
        incoming_kind,
        component,
        record,
        distance,
        moved,
        cells,
        found.new,
        needs_id,
        {key: int(count) for key, count in counts.items() if count},
        _account(existing_kind, incoming_kind, len(found.new)),
    )


def covered_by(
    existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, by: Iterable[str] = (fields.CLASS_CODE,)
) -> Mask:
    """Components whose values in all fields of ``by`` occur, together, in the delivery.

    By ClassCode: a delivery of lamps says nothing of trees. By ClassCode and BGID: nor of the lamps in unit
    grids where it has none at all.
    """
    columns = list(by)
    ours = pd.MultiIndex.from_arrays([plain(stated(existing, name)) for name in columns])
    theirs = pd.MultiIndex.from_arrays([plain(stated(incoming, name)) for name in columns])
    return np.asarray(ours.isin(theirs.unique()), dtype=bool)


def applied(
    existing: gpd.GeoDataFrame,
    incoming: gpd.GeoDataFrame,
    changes: Changes,
    date: str,
    *,
    close_missing: bool = False,
    ids: Sequence[str] | None = None,
) -> gpd.GeoDataFrame:
    """The components after a delivery: those that were there in their order, followed by the new ones.

    ``date``: YYYYMMDD, the end date of missing components where ``close_missing`` is set. ``ids``: one a row of
    ``changes.new``; where not given, new components have the id that they state, or none. Columns of ``existing``
    that are not ours stay; new components have nothing there. Fields of ours that it lacks are added.

    Raises ``BadSetting`` for a wrong date, ``RuntimeError`` where an id would be given twice.
    """
    _check_date(date)
    new_ids = _new_ids(existing, incoming, changes, ids)
    result = pd.DataFrame(existing.drop(columns=existing.geometry.name)).reset_index(drop=True)
    for name in fields.COMPONENT:
        if name not in result:
            result[name] = np.full(len(result), "", dtype=object)
    for cells in changes.cells:
        result[cells.name] = _replaced(result[cells.name], changes.component[cells.pair], cells.new)
    if close_missing:
        missing = np.flatnonzero(changes.existing_kind == Kind.MISSING)
        result[fields.END_DATE] = _replaced(result[fields.END_DATE], missing, date)
    result = _with_new(result, incoming, changes.new, new_ids)
    place = existing.geometry.name
    result[place] = gpd.array.from_shapely(_geometry(existing, incoming, changes))
    crs = incoming.crs if existing.crs is None else existing.crs
    return gpd.GeoDataFrame(result, geometry=place, crs=crs)


def change_table(
    existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, changes: Changes, ids: Sequence[str] | None = None
) -> gpd.GeoDataFrame:
    """The changes for people (``CHANGES`` and the geometry), by component, then the new ones; unchanged have no row.

    One row a new or missing component, one a changed value (Field, Old, New), one a moved place (Field
    ``PLACE``, Old and New its coordinates, Distance in metres); so one component may have several rows.
    Kind is one of ``KINDS``, that of the component as a whole. Row: the record's (from 1), 0 for a missing one.
    ``ids``: of the new ones, as for ``applied``.
    """
    missing = np.flatnonzero(changes.existing_kind == Kind.MISSING)
    rows = [_value_rows(changes, cells) for cells in changes.cells]
    rows += [_place_rows(existing, incoming, changes), _rows(component=missing), _rows(record=changes.new)]
    table = pd.concat(rows, ignore_index=True)
    place = pd.Series(table[FIELD].map({PLACE: -1} | {name: at for at, name in enumerate(fields.COMPONENT)}))
    added = (table["component"] < 0).to_numpy()
    order = np.lexsort((place.fillna(-1), np.where(added, table.index, table["component"]), added))
    new_ids = _new_ids(existing, incoming, changes, ids)
    return _described(table.iloc[order].reset_index(drop=True), existing, incoming, changes, new_ids)


def change_counts(existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, changes: Changes) -> pd.DataFrame:
    """Components and records by class and kind: ClassCode, ClassName and a column for each of ``KINDS``.

    A matched pair counts once, under the class that the component has afterwards.
    """
    rest = np.flatnonzero(changes.existing_kind > Kind.NEW)
    code = np.r_[_codes(incoming), _codes(existing)[rest]]
    name = np.r_[plain(stated(incoming, fields.CLASS_NAME)), plain(stated(existing, fields.CLASS_NAME))[rest]]
    kind = np.r_[changes.incoming_kind, changes.existing_kind[rest]]
    emptied = np.flatnonzero(code[: len(incoming)] == "")  # an empty code left the component its own
    partner = np.full(len(incoming), -1, dtype=np.intp)
    partner[changes.record] = changes.component
    emptied = emptied[partner[emptied] >= 0]
    code[emptied] = _codes(existing)[partner[emptied]]
    number, codes = pd.factorize(code, sort=True)
    counts = np.bincount(number * len(KINDS) + kind, minlength=len(codes) * len(KINDS)).reshape(-1, len(KINDS))
    named = pd.Series(name, index=code)
    named = named[named != ""]
    named = named[~named.index.duplicated()]
    table = pd.DataFrame(counts, columns=list(KINDS))
    table.insert(0, fields.CLASS_CODE, codes)
    table.insert(1, fields.CLASS_NAME, pd.Series(codes, dtype=object).map(named).fillna("").to_numpy(dtype=object))
    return table


# Checks


def _check(existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, tolerance: float) -> None:
    if not (np.isfinite(tolerance) and tolerance >= 0):
        raise BadSetting(name="The tolerance", value=tolerance, allowed="0 metres or more")
    for layer, frame in (("EXISTING", existing), ("INPUT", incoming)):
        require(frame, layer, fields.OBJ_ID, fields.CLASS_CODE)
    if existing.crs is not None and incoming.crs is not None and existing.crs != incoming.crs:
        raise OtherCrs(one=existing.crs.name, other=incoming.crs.name)


def _check_date(date: str) -> None:
    try:
        good = len(date) == _DATE_DIGITS and date.isascii() and bool(datetime.strptime(date, "%Y%m%d"))  # noqa: DTZ007
    except ValueError:
        good = False
    if not good:
        raise BadSetting(name="The date of the change", value=date, allowed="a day written as YYYYMMDD")


def _account(existing_kind: NDArray[np.int8], incoming_kind: NDArray[np.int8], new: int) -> ChangeAccount:
    """The account: pairs are counted on both sides, and must agree."""
    ours = np.bincount(existing_kind, minlength=len(KINDS))
    theirs = np.bincount(incoming_kind, minlength=len(KINDS))
    if not np.array_equal(ours[: Kind.NEW], theirs[: Kind.NEW]) or theirs[Kind.NEW] != new:
        raise RuntimeError(f"The account does not balance: {ours}, {theirs}, {new}")  # noqa: TRY003 - a bug
    counts = {name: int(max(ours[kind], theirs[kind])) for kind, name in enumerate(KINDS)}
    return ChangeAccount(len(existing_kind), len(incoming_kind), counts)


# What is taken from a record


class _Rules:
    """Which values of a record replace those of its component."""

    def __init__(self, existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame) -> None:
        self.old = {name: stated(existing, name) for name in fields.COMPONENT}
        self.new = {name: stated(incoming, name) for name in fields.COMPONENT}

    def differs(self, component: Indices, record: Indices) -> Mask:
        """Whether anything would be taken from each record, when its component stays where it is."""
        result = np.zeros(len(component), dtype=bool)
        nothing = np.zeros(len(component), dtype=bool)
        for cells in self.cells(component, record, nothing, nothing):
            result[cells.pair] = True
        return result

    def cells(self, component: Indices, record: Indices, moved: Mask, reopened: Mask) -> list[Cells]:
        """The values that are taken, by field; fields without any are left out."""
        found = []
        for name in fields.COMPONENT:
            if name == fields.OBJ_ID:
                continue
            pair, old, new = self._unequal(name, component, record)
            taken = self._taken(name, component[pair], record[pair], old, new, moved[pair])
            if name == fields.END_DATE:
                taken |= reopened[pair]
            if taken.any():
                found.append(Cells(name, pair[taken], old[taken], new[taken]))
        return found

    def _unequal(self, name: str, component: Indices, record: Indices) -> tuple[Indices, Texts, Texts]:
        """Pairs with unequal text in a field, and both texts."""
        old, new = self.old[name][component], self.new[name][record]
        pair = np.flatnonzero(old != new)
        old, new = plain(old[pair]), plain(new[pair])
        unequal = old != new
        return pair[unequal], old[unequal], new[unequal]

    def _taken(self, name: str, component: Indices, record: Indices, old: Texts, new: Texts, moved: Mask) -> Mask:
        stated_new = np.asarray(new != "", dtype=bool)
        empty_old = np.asarray(old == "", dtype=bool)
        if name in _KEPT:
            return stated_new & empty_old
        if name == fields.BGID:
            return stated_new & (empty_old | moved)
        if name == fields.OBJ_NAME:
            by_import = new == plain(self.new[fields.CLASS_NAME][record])
            of_class = old == plain(self.old[fields.CLASS_NAME][component])
            return stated_new & (empty_old | of_class | ~by_import)
        if name == fields.CLASS_NAME:
            code = plain(self.new[fields.CLASS_CODE][record])
            return stated_new | ((code != "") & (code != plain(self.old[fields.CLASS_CODE][component])))
        return stated_new


def _pair_kinds(moved: Mask, cells: Sequence[Cells]) -> NDArray[np.int8]:
    changed = np.zeros(len(moved), dtype=bool)
    for cell in cells:
        changed[cell.pair] = True
    return (changed * np.int8(Kind.CHANGED) + moved * np.int8(Kind.MOVED)).astype(np.int8)


def _unmatched(ours: Side, covered: Mask | None) -> NDArray[np.int8]:
    """What a component is that is in no record."""
    result = np.full(len(ours.number), Kind.MISSING, dtype=np.int8)
    if covered is not None:
        result[~covered] = Kind.NOT_COVERED
    result[~ours.open] = Kind.CLOSED
    return result


# Applying


def _new_ids(
    existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, changes: Changes, ids: Sequence[str] | None
) -> Texts:
    """The ids of the new components."""
    if ids is None:
        return np.where(changes.needs_id, "", plain(stated(incoming, fields.OBJ_ID, changes.new)))
    result = plain(np.asarray(ids, dtype=object))
    given = pd.Series(result[result != ""], dtype=object)
    if len(result) != len(changes.new) or given.duplicated().any():
        raise RuntimeError("New components need one id each.")  # noqa: TRY003 - a bug, not a user's error
    if given.isin(plain(stated(existing, fields.OBJ_ID))).any():
        raise RuntimeError("An id would be given a second time.")  # noqa: TRY003 - a bug, not a user's error
    return result


def _replaced(column: pd.Series, rows: Indices, values: Texts | str) -> pd.Series:
    """A column with other texts in some rows; of the same type where that holds text."""
    if not len(rows):
        return column
    texts = column.to_numpy(dtype=object).copy()
    texts[rows] = values
    kind = column.dtype if pd.api.types.is_string_dtype(column.dtype) else object
    return pd.Series(texts, index=column.index, dtype=kind)


def _with_new(result: pd.DataFrame, incoming: gpd.GeoDataFrame, new: Indices, ids: Texts) -> pd.DataFrame:
    """Add rows for the new components; columns that are not ours are empty there."""
    if not len(new):
        return result
    count = len(result)
    rows = np.arange(count, count + len(new))
    result = result.reindex(np.arange(count + len(new)))
    for name in fields.COMPONENT:
        values = ids if name == fields.OBJ_ID else stated(incoming, name, new)
        result[name] = _replaced(result[name], rows, values)
    return result


def _geometry(existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, changes: Changes) -> Geometries:
    geometry, other = existing.geometry.to_numpy(), incoming.geometry.to_numpy()
    geometry = np.array(geometry, dtype=object)
    geometry[changes.component[changes.moved]] = other[changes.record[changes.moved]]
    return np.r_[geometry, other[changes.new]]


# For people


def _rows(
    component: Indices | None = None,
    record: Indices | None = None,
    name: str = "",
    old: Texts | str = "",
    new: Texts | str = "",
    distance: Floats | float = np.nan,
) -> pd.DataFrame:
    """Rows of the change table, before they are described; -1 stands for no component or record."""
    count = len(component if component is not None else record if record is not None else ())
    return pd.DataFrame(
        {
            "component": np.full(count, -1) if component is None else component,
            "record": np.full(count, -1) if record is None else record,
            FIELD: np.full(count, name, dtype=object),
            OLD: np.full(count, old, dtype=object) if isinstance(old, str) else old,
            CURRENT: np.full(count, new, dtype=object) if isinstance(new, str) else new,
            DISTANCE: np.full(count, distance, dtype=float),
        }
    )


def _value_rows(changes: Changes, cells: Cells) -> pd.DataFrame:
    component, record = changes.component[cells.pair], changes.record[cells.pair]
    return _rows(component, record, cells.name, cells.old, cells.new)


def _place_rows(existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, changes: Changes) -> pd.DataFrame:
    component, record = changes.component[changes.moved], changes.record[changes.moved]
    old, new = (frame.geometry.to_numpy()[rows] for frame, rows in ((existing, component), (incoming, record)))
    return _rows(component, record, PLACE, _coordinates(old), _coordinates(new), changes.distance[changes.moved])


def _coordinates(geometry: Geometries) -> Texts:
    """Centres as text, to the centimetre."""
    centre = shapely.centroid(geometry)
    joined = np.empty(len(geometry), dtype=object)
    joined[:] = [*map("{:.2f} {:.2f}".format, shapely.get_x(centre), shapely.get_y(centre))]
    nowhere = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    return np.where(nowhere, "", joined)


def _described(
    table: pd.DataFrame, existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, changes: Changes, new_ids: Texts
) -> gpd.GeoDataFrame:
    """The rows with id, class, kind and geometry: the component's; of new ones and of moved places the record's."""
    component, record = table.pop("component").to_numpy(), table.pop("record").to_numpy()
    ours = component >= 0
    table[fields.OBJ_ID] = _either(ours, plain(stated(existing, fields.OBJ_ID, component[ours])), new_ids)
    for name in (fields.CLASS_CODE, fields.CLASS_NAME):
        known, stated_by_record = stated(existing, name, component[ours]), stated(incoming, name, record[~ours])
        table[name] = _either(ours, plain(known), plain(stated_by_record))
    kind = np.empty(len(table), dtype=np.intp)
    kind[ours] = changes.existing_kind[component[ours]]
    kind[~ours] = changes.incoming_kind[record[~ours]]
    table[fields.CHANGE] = np.array(KINDS, dtype=object)[kind]
    table[fields.ROW] = record + 1
    stays = ours & (table[FIELD] != PLACE).to_numpy()
    old, new = existing.geometry.to_numpy()[component[stays]], incoming.geometry.to_numpy()[record[~stays]]
    return gpd.GeoDataFrame(table[list(CHANGES)], geometry=_either(stays, old, new), crs=existing.crs)


def _either(mask: Mask, yes: NDArray[Any], no: NDArray[Any]) -> NDArray[Any]:
    result = np.empty(len(mask), dtype=object)
    result[mask], result[~mask] = yes, no
    return result


def _codes(frame: gpd.GeoDataFrame) -> Texts:
    return plain(stated(frame, fields.CLASS_CODE))
