"""The component census: records of any deliveries become coded components, and each is accounted for.

The thirteen fields and their lists are those of real systems (domain facts, "Component census"); how damaged values are
told and mended is ours. A record is accepted, rejected (with all reasons) or skipped (it is there already); nothing
else can become of it. What speaks against a record is in ``census_rules``; who reads this file finds the order there:
each file alone (mapping, classes, ids, attributes, places), then all together (grid, what is there twice, new ids).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import Texts, each, each_text
from citygrid_plugin.core.errors import CityGridError, EmptyInput
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.core.records.mapping import fills, mapped
from citygrid_plugin.core.records.times import read_times
from citygrid_plugin.core.schemes import COMPONENT, Scheme, name_key
from citygrid_plugin.core.spatial.coverage import Geometries, Indices
from citygrid_plugin.core.spatial.crs import working_crs
from citygrid_plugin.core.spatial.datum import Datum
from citygrid_plugin.core.spatial.place import attribute_names, cell_of, crowded, first_alike, first_near, moved

from . import component_ids, component_matching
from .census_account import (
    FILE,
    CensusResult,
    Delivery,
    made,
    sources_of,
)
from .census_classes import Classes, classes_of
from .census_renewal import Renewal, Renewing, renewed
from .census_rules import (
    TEXTS,
    Findings,
    Level,
    Mask,
)
from .component_ids import (
    IdResult,
    StatedIds,
    allocate,
    id_numbers,
    prefixes,
    read_ids,
)
from .component_mapping import CHINA_TIME, TARGETS
from .component_matching import known_ids, plain, require
from .component_words import SOURCES, STATES, words_of

_LISTS: Final = {
    fields.OBJ_STATE: ("state_unknown", words_of(STATES)),
    fields.DATA_SOURCE: ("source_unknown", words_of(SOURCES)),
}
_DATES: Final = (fields.INITIAL_DATE, fields.END_DATE)
_OLD_DATUMS = ("Xian 1980", "Xi'an 1980", "Beijing 1954")
_DIMENSIONS: Final = {"point": 0, "line": 1, "polygon": 2}

SAME_PLACE: Final = 0.01  # metres; ours
NEAR: Final = 0.5  # metres, of a near duplicate, where nothing else is set
_EXAMPLES = 5

_OWNER = "DeptName1"
_NOTE_NAME = "name disagrees with code 名称与代码不符: "
_NOTE_ID = "former id 原标识码: "
_NOTE_SEPARATOR = "; "


class NoPlaces(CityGridError):
    """A table without coordinates."""

    template = (
        "“{layer}” has neither geometries nor columns with coordinates (经度 / 纬度, lon / lat, x / y). "
        "It has: {available}."
    )


def import_components(
    deliveries: Sequence[Delivery],
    scheme: Scheme,
    district: str,
    *,
    grid: gpd.GeoDataFrame | None = None,
    existing: gpd.GeoDataFrame | None = None,
    datum: Datum = Datum.STATED,
    levels: Mapping[str, Level] | None = None,
    near: float = NEAR,
    place: gpd.GeoDataFrame | None = None,
    reserved: Mapping[int, int] | None = None,
    renewing: Renewing | None = None,
    texts: Mapping[str, str] = TEXTS,
    progress: Progress = silent,
) -> CensusResult:
    """Components from the records of one or several files.

    ``district``: six digits, for ids. ``grid``: unit grids with BGID; ``place``: polygons of the district. Places
    outside are found by rules of their own; without ``place`` the grid is the district. ``existing``: components
    imported before (ObjID, ClassCode, geometry): their ids are never given again, and records that are among them are
    skipped. ``datum``: what the coordinates really are, unless a delivery says so itself. ``levels``: of rules, where
    not as ``census_rules.RULES`` has them. ``near``: metres within which components of one class are almost at the same
    place; 0 looks for none. ``reserved``: the highest number ever given by district and class (as a number), for
    components that are gone. ``renewing``: the records renew the existing components, instead of only adding to them;
    what is unchanged is skipped then. ``texts``: sentences of the rules, in the reader's language.

    Lengths and places are in the CRS of the grid, of the existing components or of the first delivery that has one, the
    first of them that measures true metres.

    Raises ``EmptyInput``, ``NoPlaces``, ``UnknownField``, ``BadLevels``, ``SequenceOverflow``.
    """
    deliveries = [delivery.reset() for delivery in deliveries]
    _check(deliveries)
    findings = Findings(sum(len(delivery.frame) for delivery in deliveries), levels or {})
    remarks: list[Remark] = []
    target = _target_crs([grid, existing, *(delivery.frame for delivery in deliveries)])
    if existing is None or not len(existing):
        renewing = existing = None
    setting = _Setting(scheme, district, datum, target, near, reserved or {}, len(deliveries) > 1)
    batch = _read_all(deliveries, setting, findings, remarks, part(progress, 0, 0.4))
    sources = sources_of(deliveries)

    missing = shapely.is_missing(batch.geometry)
    findings.add("no_geometry", missing)
    _check_geometry(batch, scheme, findings)
    _check_district(batch, place, target, missing, findings)
    bgid = _grid_codes(batch, grid, target, missing, findings, part(progress, 0.4, 0.65))
    owners = scheme.owners(COMPONENT, district)
    _check_departments(batch, owners, findings)
    known = _Existing.of(existing if renewing is None else None, target, scheme.digits)
    progress(0.65)
    _find_twice(batch, known, near, sources, findings)
    again = component_ids.repeated(batch.ids, prefixes(batch.classes.code, district), findings.open, known.numbers)
    findings.add("id_repeated", again, batch.ids.text.to_numpy(dtype=object))
    progress(0.8)

    taken = findings.open
    ids = _ids(batch, taken, known, setting, existing if renewing is not None else None)
    remarks.extend(ids.remarks)
    frame = _components(batch, ids, bgid, taken, target)
    codes, geometry, stated_ids = batch.classes.code, batch.geometry, batch.ids if renewing is not None else None
    del batch, ids, bgid  # hundreds of bytes a record, and the most is held from here on
    stated = frame[_OWNER].copy()
    _fill_departments(frame, owners, remarks)
    renewal = None
    if renewing is not None and existing is not None and stated_ids is not None:
        defaults = {_OWNER: frame[_OWNER].to_numpy(dtype=object)}
        incoming = frame.assign(**{_OWNER: stated})
        renewal = _renewed(existing, incoming, renewing, stated_ids, defaults, setting, part(progress, 0.8, 0.95))
        remarks.extend(Remark(key, {"count": count}) for key, count in renewal.remarks.items())
        same = renewal.unchanged
        findings.tell("already_imported", np.flatnonzero(taken)[same], renewal.record_ids[same])
        frame = frame.assign(**{fields.OBJ_ID: renewal.record_ids})[~same].reset_index(drop=True)
    progress(0.95)
    result = made(deliveries, sources, frame, codes, geometry, findings, scheme=scheme, remarks=remarks, texts=texts)
    return result if renewal is None else replace(result, renewal=renewal)


def _check(deliveries: Sequence[Delivery]) -> None:
    """Refuse what cannot be imported at all; a file without places among others is rejected row by row."""
    for delivery in deliveries:
        if not len(delivery.frame):
            raise EmptyInput(layer=delivery.name)
    if not deliveries:
        raise EmptyInput(layer="INPUT")
    if all(delivery.frame.crs is None for delivery in deliveries):
        first = deliveries[0]
        raise NoPlaces(layer=first.name, available=", ".join(attribute_names(first.frame)))


# Each file alone


@dataclass(frozen=True)
class _Setting:
    """What holds for all files; ``several``: there is more than one."""

    scheme: Scheme
    district: str
    datum: Datum
    target: pyproj.CRS
    near: float
    reserved: Mapping[int, int]
    several: bool


@dataclass(frozen=True)
class _Batch:
    """Records as the targets of the mapping, with class, id and place, in the order of the files."""

    table: pd.DataFrame
    classes: Classes
    ids: StatedIds
    geometry: Geometries


def _read_all(
    deliveries: Sequence[Delivery],
    setting: _Setting,
    findings: Findings,
    remarks: list[Remark],
    progress: Progress,
) -> _Batch:
    batches, start = [], 0
    for delivery in deliveries:
        progress(start / len(findings.rejected))
        batches.append(_read(delivery, setting, findings, start, remarks))
        start += len(delivery.frame)
    return _joined(batches)


def _read(delivery: Delivery, setting: _Setting, findings: Findings, start: int, remarks: list[Remark]) -> _Batch:
    """The records of one file, and what the rules find in them one by one."""
    own: list[Remark] = []
    frame, crs = delivery.frame, delivery.frame.crs
    table, filled = _texts(delivery)
    classes = classes_of(table, setting.scheme, findings, start, own)
    ids = read_ids(table[fields.OBJ_ID], setting.scheme.digits)
    _check_ids(ids, prefixes(classes.code, setting.district), findings, start)
    _tidy_dates(table, [name for name in _DATES if name in filled], findings, start, own)
    _tidy_lists(table, [name for name in _LISTS if name in filled], findings, start, own)
    if crs is None:
        own.append(Remark("no_places"))
        geometry: Geometries = np.full(len(frame), None, dtype=object)
    else:
        _warn_old_datum(crs, setting.target, own)
        datum = setting.datum if delivery.datum is None else delivery.datum
        place = moved(frame.geometry.to_numpy(), crs, setting.target, datum)
        geometry = place.geometry
        if place.heights:
            own.append(Remark("height_dropped", {"count": place.heights}))
    file = delivery.name if setting.several else ""
    remarks.extend(Remark(remark.key, remark.values, file) for remark in own)
    return _Batch(table, classes, ids, geometry)


def _texts(delivery: Delivery) -> tuple[pd.DataFrame, set[str]]:
    """The targets of the mapping as text without blanks around, and which of them anything fills."""
    filled = [name for name in TARGETS if fills(delivery.rules, name)]
    table = mapped(delivery.frame, delivery.rules, filled, delivery.name)
    columns = {name: each(table[name], str.strip) for name in filled}
    empty = pd.Series("", index=table.index, dtype=object)
    # Not copied: a census fills a few of these columns, and the others are one and the same.
    return pd.DataFrame({name: columns.get(name, empty) for name in TARGETS}, copy=False), set(filled)


def _check_ids(ids: StatedIds, prefix: NDArray[np.int64], findings: Findings, start: int) -> None:
    text = ids.text.to_numpy(dtype=object)
    findings.add("id_missing", ~ids.given, start=start)
    findings.add("id_damaged", ids.given & (ids.number < 0), text, start)
    findings.add("id_spreadsheet", ids.suspect, text, start)
    findings.add("id_mismatch", ids.mismatch(prefix), text, start)


def _tidy_dates(
    table: pd.DataFrame, names: Sequence[str], findings: Findings, start: int, remarks: list[Remark]
) -> None:
    """Dates as YYYYMMDD, empty where they are none."""
    for name in names:
        row, texts = pd.factorize(table[name])
        times = read_times({name: pd.Series(texts, dtype=object)}, CHINA_TIME)
        days = pd.Series(times.values[name]).dt.strftime("%Y%m%d").fillna("")
        unreadable = times.unreadable[name]
        findings.add("date_unreadable", unreadable[row], texts[row], start)
        table[name] = days.to_numpy(dtype=object)[row]
        if (count := int(unreadable[row].sum())) and not findings.rejects("date_unreadable"):
            values = {"field": name, "count": count, "example": texts[unreadable][0]}
            remarks.append(Remark("unreadable_date", values))
    if len(names) < len(_DATES):
        return
    begins, ends = (table[name].to_numpy(dtype=object) for name in _DATES)
    stated = np.flatnonzero((begins != "") & (ends != ""))
    reversed_ = stated[ends[stated] < begins[stated]]
    findings.tell("dates_reversed", reversed_ + start, begins[reversed_] + " – " + ends[reversed_])


def _tidy_lists(
    table: pd.DataFrame, names: Sequence[str], findings: Findings, start: int, remarks: list[Remark]
) -> None:
    """States and sources in the words of their lists; others stay."""
    for name in names:
        key, words = _LISTS[name]
        row, texts = pd.factorize(table[name])
        ours = [words.get(name_key(text), "") for text in texts]
        unknown = np.array([not word and text != "" for word, text in zip(ours, texts, strict=True)], dtype=bool)
        findings.add(key, unknown[row], texts[row], start)
        table[name] = np.array([word or text for word, text in zip(ours, texts, strict=True)], dtype=object)[row]
        if findings.rejects(key):
            continue
        counts = pd.Series(texts[row[unknown[row]]], dtype=object).value_counts()
        remarks.extend(
            Remark("unknown_value", {"value": value, "field": name, "count": int(count)})
            for value, count in counts.head(_EXAMPLES).items()
        )


def _warn_old_datum(source: pyproj.CRS, target: pyproj.CRS, remarks: list[Remark]) -> None:
    if source != target and source.datum is not None and source.datum.name in _OLD_DATUMS:
        remarks.append(Remark("old_datum", {"crs": source.name, "target": target.name}))


def _joined(batches: Sequence[_Batch]) -> _Batch:
    if len(batches) == 1:
        return batches[0]
    classes = [batch.classes for batch in batches]
    return _Batch(
        table=pd.concat([batch.table for batch in batches], ignore_index=True),
        classes=Classes(
            np.concatenate([part.code for part in classes]),
            np.concatenate([part.name for part in classes]),
            np.concatenate([part.disagrees for part in classes]),
        ),
        ids=component_ids.joined([batch.ids for batch in batches]),
        geometry=np.concatenate([batch.geometry for batch in batches]),
    )


# Places


def _target_crs(frames: Sequence[gpd.GeoDataFrame | None]) -> pyproj.CRS:
    """That of the first frame with a place, which measures true metres; of the first at all where none has a place."""
    stated = [frame for frame in frames if frame is not None and frame.crs is not None]
    for frame in stated:
        bounds = tuple(frame.total_bounds)
        if np.isfinite(bounds).all():
            return working_crs(frame.crs, bounds)
    return stated[0].crs


def _check_geometry(batch: _Batch, scheme: Scheme, findings: Findings) -> None:
    """Sound outlines, and of the type that the scheme has for the class (recalled, where it has one)."""
    dimension = shapely.get_dimensions(batch.geometry)  # -1 where there is none
    shapes = np.flatnonzero(dimension > 0)
    invalid = np.zeros(len(dimension), dtype=bool)
    invalid[shapes] = ~shapely.is_valid(batch.geometry[shapes])
    findings.add("geometry_invalid", invalid)
    rows = scheme.classes[scheme.classes["kind"] == COMPONENT]
    usual = {
        code: _DIMENSIONS[kind]
        for code, kind in zip(rows["code"], rows["geometry"], strict=True)
        if kind in _DIMENSIONS
    }
    row, codes = pd.factorize(batch.classes.code)
    wanted = np.array([usual.get(code, -1) for code in codes], dtype=np.int8)[row]
    unlike = (wanted >= 0) & (dimension >= 0) & (wanted != dimension)
    names = scheme.names(COMPONENT)
    labels = np.array([f"{code} {names.get(code, '')}".strip() for code in codes], dtype=object)
    findings.add("geometry_type", unlike, labels[row])


def _check_district(
    batch: _Batch, place: gpd.GeoDataFrame | None, target: pyproj.CRS, missing: Mask, findings: Findings
) -> None:
    if place is None:
        return
    polygons = place.to_crs(target).geometry.dropna().to_numpy()
    findings.add("outside_district", ~missing & (cell_of(batch.geometry, shapely.make_valid(polygons)) < 0))


def _grid_codes(
    batch: _Batch,
    grid: gpd.GeoDataFrame | None,
    target: pyproj.CRS,
    missing: Mask,
    findings: Findings,
    progress: Progress,
) -> Texts | None:
    """BGID of each place; None without a grid."""
    if grid is None:
        return None
    require(grid, "GRID", fields.BGID)
    grid = grid.assign(BGID=grid[fields.BGID].fillna("").astype(str)).to_crs(target)
    grid = grid.sort_values(fields.BGID, kind="stable")
    cell = cell_of(batch.geometry, grid.geometry.to_numpy(), progress)
    findings.add("outside_grid", ~missing & (cell < 0))
    found = np.r_[grid[fields.BGID].to_numpy(dtype=object), [""]][cell]
    own = batch.table[fields.BGID].to_numpy(dtype=object)
    findings.add("grid_mismatch", (own != "") & (cell >= 0) & (own != found), own)
    return found


# What is there twice


@dataclass(frozen=True)
class _Existing:
    """What earlier imports hold: ids as text and as numbers, class codes (empty without a place), geometries."""

    ids: Texts
    numbers: NDArray[np.int64]
    codes: Texts
    geometry: Geometries

    @classmethod
    def of(cls, existing: gpd.GeoDataFrame | None, target: pyproj.CRS, class_digits: int) -> _Existing:
        if existing is None or not len(existing):
            empty = np.array([], dtype=object)
            return cls(empty, np.array([], dtype=np.int64), empty, empty)
        require(existing, "EXISTING", fields.OBJ_ID, fields.CLASS_CODE)
        columns = (component_matching.stated(existing, name) for name in (fields.OBJ_ID, fields.CLASS_CODE))
        ids, codes = map(plain, columns)
        geometry = existing.geometry.to_numpy()
        if existing.crs is not None:
            geometry = moved(geometry, existing.crs, target, Datum.STATED).geometry
        placed = ~shapely.is_missing(geometry)
        numbers = id_numbers(pd.Series(ids, dtype=object), class_digits)
        return cls(ids, numbers, np.where(placed, codes, ""), geometry)

    def at(self, numbers: NDArray[np.int64]) -> Indices:
        """Index of the component that has each id, -1 where there is none."""
        if not len(self.numbers):
            return np.full(len(numbers), -1, dtype=np.intp)
        order = np.argsort(self.numbers, kind="stable")
        place = np.minimum(np.searchsorted(self.numbers[order], numbers), len(order) - 1)
        return np.where((numbers >= 0) & (self.numbers[order][place] == numbers), order[place], -1)


def _find_twice(batch: _Batch, known: _Existing, near: float, sources: pd.DataFrame, findings: Findings) -> None:
    """Records that are there already or twice: by class and place, then by id; and those almost at one place.

    Place comes before id: an id of a component whose own record is found at its place was given to that one by an
    earlier import, so another record with this id is another component (``id_repeated``).
    """
    rows = np.flatnonzero(findings.open & ~shapely.is_missing(batch.geometry))
    there = np.flatnonzero(~shapely.is_missing(known.geometry))
    every = np.concatenate([known.geometry[there], batch.geometry[rows]])
    group = pd.factorize(np.concatenate([known.codes[there], batch.classes.code[rows]]))[0]
    candidates = crowded(every, group, max(near, SAME_PLACE))
    first = first_alike(every, group, SAME_PLACE, candidates)
    same = first[len(there) :]
    imported = same < len(there)
    found_again = np.zeros(len(known.geometry), dtype=bool)
    found_again[there[same[imported]]] = True
    findings.tell("already_imported", rows[imported], known.ids[there[same[imported]]])
    _find_known_ids(batch, known, found_again, near, findings)

    alike = ~imported & (same != np.arange(len(there), len(every)))
    copies, originals = rows[alike], rows[same[alike] - len(there)]
    still = findings.open[copies]
    findings.tell("duplicate", copies[still], _row_names(copies[still], originals[still], sources))

    left = np.concatenate([np.ones(len(there), dtype=bool), findings.open[rows] & ~alike])
    lead = first_near(every, group, near, candidates[left[candidates]])
    close = np.flatnonzero(lead != np.arange(len(every)))
    close = close[close >= len(there)]
    beside, other = rows[close - len(there)], lead[close]
    earlier = other < len(there)
    value = np.full(len(beside), "", dtype=object)
    value[earlier] = known.ids[there[other[earlier]]]
    value[~earlier] = _row_names(beside[~earlier], rows[other[~earlier] - len(there)], sources)
    findings.tell("near_duplicate", beside, value)


def _find_known_ids(batch: _Batch, known: _Existing, found_again: Mask, near: float, findings: Findings) -> None:
    """Records whose id a component has already that no record was found for; a damaged id proves nothing."""
    rows = np.flatnonzero(findings.open & batch.ids.trusted)
    component = known.at(batch.ids.number[rows])
    wanted = component >= 0
    wanted[wanted] = ~found_again[component[wanted]]
    rows, component = rows[wanted], component[wanted]
    apart = shapely.distance(batch.geometry[rows], known.geometry[component])
    far = apart > max(near, SAME_PLACE)  # false where one has no place
    text = batch.ids.text.to_numpy(dtype=object)[rows]
    findings.tell("already_imported", rows[~far], text[~far])
    findings.tell("id_elsewhere", rows[far], text[far])


def _row_names(rows: Indices, others: Indices, sources: pd.DataFrame) -> Texts:
    """The rows that records are compared with, named so that a reader finds them: with the file if it is another."""
    file, number = sources[FILE].to_numpy(), sources[fields.ROW].to_numpy()
    name = number[others].astype(str).astype(object)
    elsewhere = np.flatnonzero(file[rows] != file[others])
    name[elsewhere] = name[elsewhere] + " (" + file[others[elsewhere]].astype(object) + ")"
    return name


# The components


def _ids(batch: _Batch, taken: Mask, known: _Existing, setting: _Setting, renewed: gpd.GeoDataFrame | None) -> IdResult:
    """Ids of the records taken; of those that renew components only the ones that can be kept."""
    codes, district = batch.classes.code, setting.district
    if renewed is not None:
        there = known_ids(renewed, setting.scheme.digits)
        return component_ids.kept_ids(batch.ids, codes, taken, district, there)
    names = setting.scheme.names(COMPONENT)
    return allocate(batch.ids, codes, taken, district, known.numbers, names, setting.reserved)


def _renewed(
    existing: gpd.GeoDataFrame,
    incoming: gpd.GeoDataFrame,
    renewing: Renewing,
    stated: StatedIds,
    defaults: Mapping[str, Texts],
    setting: _Setting,
    progress: Progress,
) -> Renewal:
    return renewed(
        existing.set_crs(setting.target) if existing.crs is None else existing.to_crs(setting.target),
        incoming,
        renewing,
        defaults=defaults,
        near=max(setting.near, SAME_PLACE),
        stated=stated,
        district=setting.district,
        names=setting.scheme.names(COMPONENT),
        reserved=setting.reserved,
        progress=progress,
    )


def _components(batch: _Batch, ids: IdResult, bgid: Texts | None, taken: Mask, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """The records taken as ``fields.COMPONENT``."""

    def column(name: str) -> Texts:
        return batch.table[name].to_numpy(dtype=object)[taken]

    code, name, disagrees = (
        values[taken] for values in (batch.classes.code, batch.classes.name, batch.classes.disagrees)
    )
    own, stated = column(fields.OBJ_NAME), column(fields.CLASS_NAME)
    own = np.where(own == "", each_text(stated, lambda text: "".join(text.split())), own)
    note = column(fields.NOTE)
    _add_note(note, _NOTE_NAME, disagrees, stated)
    _add_note(note, _NOTE_ID, ids.replaced, column(fields.OBJ_ID))
    ours = {
        fields.OBJ_ID: ids.ids,
        fields.CLASS_CODE: code,
        fields.CLASS_NAME: name,
        fields.OBJ_NAME: np.where(own == "", name, own),
        fields.NOTE: note,
    }
    if bgid is not None:
        ours[fields.BGID] = bgid[taken]
    columns = {name: ours[name] if name in ours else column(name) for name in fields.COMPONENT}
    return gpd.GeoDataFrame(columns, geometry=batch.geometry[taken], crs=crs)


def _add_note(note: Texts, label: str, mask: Mask, value: Texts) -> None:
    """Say in Note what was put right in a record."""
    added = label + value[mask]
    note[mask] = np.where(note[mask] == "", added, note[mask] + _NOTE_SEPARATOR + added)


def _check_departments(batch: _Batch, owners: Mapping[str, Sequence[str]], findings: Findings) -> None:
    """Two departments that answer for one class are asked about, not guessed."""
    row, codes = pd.factorize(batch.classes.code)
    several = np.array([len(owners.get(code, [])) > 1 for code in codes], dtype=bool)
    if several.any():
        empty = (batch.table[_OWNER] == "").to_numpy(dtype=bool)
        names = np.array([" / ".join(owners.get(code, [])) for code in codes], dtype=object)
        findings.add("two_departments", several[row] & empty, names[row])


def _fill_departments(accepted: pd.DataFrame, owners: Mapping[str, Sequence[str]], remarks: list[Remark]) -> None:
    """Fill the department in charge where it is empty and one answers for the class."""
    empty = (accepted[_OWNER] == "").to_numpy(dtype=bool)
    row, codes = pd.factorize(accepted[fields.CLASS_CODE])
    single = np.array([owners[code][0] if len(owners.get(code, [])) == 1 else "" for code in codes], dtype=object)
    several = np.array([len(owners.get(code, [])) > 1 for code in codes], dtype=bool)
    accepted.loc[empty, _OWNER] = single[row[empty]]
    filled = int((single[row[empty]] != "").sum())
    for key, count in (("departments_filled", filled), ("department_unclear", int(several[row[empty]].sum()))):
        if count:
            remarks.append(Remark(key, {"count": count}))
