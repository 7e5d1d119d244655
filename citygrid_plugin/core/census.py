"""The component census: records of any delivery become coded components, and each is accounted for.

The thirteen fields and their lists are those of real systems (domain facts, "Component census"); how
damaged values are told and mended is ours. A record is accepted, rejected (with a reason) or skipped
(it is there already); nothing else can become of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from . import fields
from .account import Account, Remark
from .component_ids import IdResult, StatedIds, allocate, id_numbers, read_ids
from .component_mapping import MAJOR_CODE, TARGETS
from .coverage import Geometries, Indices
from .crs import working_crs
from .datum import Datum
from .distinct import each
from .errors import CityGridError, EmptyInput, UnknownField
from .mapping import Rules, mapped
from .place import cell_of, first_alike, moved
from .progress import Progress, part, silent
from .schemes import COMPONENT, Scheme, name_key
from .times import read_times

SKIP_REASONS: Final = ("duplicate", "already_imported")
"""Reasons for which a record is skipped; the others are for rejected ones."""

_STATES: Final = {
    **{state: state for state in ("完好", "破损", "丢失", "废弃", "移除")},
    "正常": "完好", "损坏": "破损", "缺失": "丢失",
}  # fmt: skip
_SOURCES: Final = {**{source: source for source in ("实测", "地形图", "其他")}, "其它": "其他"}
_LISTS: Final = {fields.OBJ_STATE: _STATES, fields.DATA_SOURCE: _SOURCES}
_DATES: Final = (fields.INITIAL_DATE, fields.END_DATE)
_CHINA_TIME = timezone(timedelta(hours=8))
_OLD_DATUMS = ("Xian 1980", "Xi'an 1980", "Beijing 1954")

SAME_PLACE: Final = 0.01  # metres; ours
_WRONG_SCHEME_SHARE = 0.2  # ours
_WORTH_SHARE = 20  # records from which that share means anything
_EXAMPLES = 5

_NOTE_NAME = "name disagrees with code 名称与代码不符: "
_NOTE_ID = "former id 原标识码: "
_NOTE_SEPARATOR = "; "


class NoPlaces(CityGridError):
    """A table without coordinates."""

    template = (
        "“{layer}” has neither geometries nor columns with coordinates (经度 / 纬度, lon / lat, x / y). "
        "It has: {available}."
    )


@dataclass(frozen=True)
class CensusResult:
    """What an import made.

    ``accepted``: ``fields.COMPONENT`` (text) and the geometry, in record order. ``rejected``: the source
    columns, Row (from 1), Reason (key of ``account.TEXTS``), Detail (the value it is about), and the
    geometry as it came. ``classes``: ClassCode, ClassName, status, count of the accepted. ``mapping``:
    the rules that were used.
    """

    accepted: gpd.GeoDataFrame
    rejected: gpd.GeoDataFrame
    account: Account
    classes: pd.DataFrame
    mapping: Rules
    remarks: Sequence[Remark]


def import_components(
    records: gpd.GeoDataFrame,
    rules: Rules,
    scheme: Scheme,
    district: str,
    *,
    grid: gpd.GeoDataFrame | None = None,
    existing: gpd.GeoDataFrame | None = None,
    datum: Datum = Datum.STATED,
    progress: Progress = silent,
    layer: str = "INPUT",
) -> CensusResult:
    """Components from records: text columns of any names, and geometries (None where a row has no place).

    ``rules``: mapping, complete (``component_mapping``). ``district``: six digits, for ids. ``grid``: unit
    grids with BGID; places outside it are rejected. ``existing``: components imported before (ObjID,
    ClassCode, geometry): their ids are never given again, and records that are among them are skipped.
    ``datum``: what the coordinates really are. Lengths and places are in the CRS of the grid, of the
    existing components or of the records, the first of them that measures true metres.

    Raises ``EmptyInput``, ``NoPlaces``, ``UnknownField``.
    """
    if not len(records):
        raise EmptyInput(layer=layer)
    if records.crs is None:
        raise NoPlaces(layer=layer, available=", ".join(_attributes(records)))
    records = records.reset_index(drop=True)
    remarks: list[Remark] = []
    reasons = _Reasons(len(records))
    table = mapped(records, rules, TARGETS, layer).apply(each, change=str.strip)
    classes = _classes(table, scheme, reasons, remarks)
    progress(0.15)

    target = _target_crs(records, grid, existing)
    _warn_old_datum(records.crs, target, remarks)
    place = moved(records.geometry.to_numpy(), records.crs, target, datum)
    if place.heights:
        remarks.append(Remark("height_dropped", {"count": place.heights}))
    reasons.add("no_geometry", shapely.is_missing(place.geometry))
    progress(0.3)
    bgid = _grid_codes(place.geometry, grid, target, reasons, part(progress, 0.3, 0.6))

    known = _Existing.of(existing, target)
    stated = read_ids(table[fields.OBJ_ID])
    _skip_known(stated, known, reasons)
    _skip_alike(place.geometry, classes.code, known, reasons)
    progress(0.75)

    taken = reasons.open
    ids = allocate(stated, classes.code, taken, district, known.numbers, scheme.names(COMPONENT))
    remarks.extend(ids.remarks)
    accepted = table.loc[taken, list(fields.COMPONENT)].copy()
    accepted[fields.OBJ_ID] = ids.ids
    accepted[fields.CLASS_CODE] = classes.code[taken]
    accepted[fields.CLASS_NAME] = classes.name[taken]
    accepted[fields.OBJ_NAME] = _object_names(table, classes)[taken]
    if bgid is not None:
        accepted[fields.BGID] = bgid[taken]
    accepted[fields.NOTE] = _notes(table, classes, ids, taken)
    _tidy(accepted, remarks)
    _departments(accepted, scheme, district, remarks)
    progress(0.95)

    result = gpd.GeoDataFrame(accepted.reset_index(drop=True), geometry=place.geometry[taken], crs=target)
    return CensusResult(
        accepted=result,
        rejected=_not_taken(records, reasons),
        account=reasons.account(),
        classes=_counted(result, scheme),
        mapping={name: rules[name] for name in TARGETS if name in rules},
        remarks=tuple(remarks),
    )


class _Reasons:
    """Why each record is not taken; the first reason counts."""

    def __init__(self, count: int) -> None:
        self.key = np.full(count, "", dtype=object)
        self.detail = np.full(count, "", dtype=object)

    @property
    def open(self) -> NDArray[np.bool_]:
        """Records that nothing speaks against so far."""
        return self.key == ""

    def add(self, key: str, mask: NDArray[np.bool_], detail: NDArray[Any] | str = "") -> None:
        """Give a reason to the records of a mask that have none."""
        mask = mask & self.open
        self.key[mask] = key
        self.detail[mask] = detail if isinstance(detail, str) else detail[mask]

    def account(self) -> Account:
        counts = {str(key): int(count) for key, count in pd.Series(self.key).value_counts().items() if key}
        skipped = sum(counts.get(key, 0) for key in SKIP_REASONS)
        return Account(
            read=len(self.key),
            accepted=int(self.open.sum()),
            rejected=sum(counts.values()) - skipped,
            skipped=skipped,
            reasons=counts,
        )


# Classes


@dataclass(frozen=True)
class _Classes:
    """Class of each record: code and name (empty where unknown), and whether its own name disagrees."""

    code: NDArray[Any]
    name: NDArray[Any]
    disagrees: NDArray[np.bool_]


def _classes(table: pd.DataFrame, scheme: Scheme, reasons: _Reasons, remarks: list[Remark]) -> _Classes:
    """Look up each distinct combination of what records say about their class."""
    said = table[[MAJOR_CODE, fields.CLASS_CODE, fields.CLASS_NAME]]
    row = said.groupby(list(said.columns), sort=False, dropna=False).ngroup().to_numpy()
    distinct = said.iloc[np.unique(row, return_index=True)[1]]
    rows = [_look_up(major, code, name, scheme) for major, code, name in distinct.itertuples(index=False)]
    found = pd.DataFrame(rows, columns=list(_FOUND), dtype=object).take(row)
    reason, detail = found["reason"].to_numpy(), found["detail"].to_numpy()
    for key in ("no_class", "unknown_code", "unknown_name", "code_not_assigned"):
        reasons.add(key, reason == key, detail)
    code, name = found["code"].to_numpy(), found["name"].to_numpy()
    disagrees = found["disagrees"].to_numpy(dtype=bool)
    _class_remarks(found.reset_index(drop=True), said.reset_index(drop=True), remarks)
    return _Classes(code, name, disagrees)


_FOUND = ("code", "name", "reason", "detail", "restored", "by_name", "compared", "disagrees", "unnamed")


def _look_up(major: str, stated: str, name: str, scheme: Scheme) -> tuple[object, ...]:
    """One row of ``_FOUND``."""
    code = scheme.normal_code(stated)
    plain_major = scheme.normal_code(major)
    restored = False
    if code.isdigit() and plain_major.isdigit() and len(code) <= 2 and len(plain_major) <= 2:  # noqa: PLR2004
        restored = len(code) < 2 or len(plain_major) < 2  # noqa: PLR2004
        code = plain_major.zfill(2) + code.zfill(2)
    by_code = scheme.names(COMPONENT)
    by_name = scheme.code_of_name(COMPONENT, name)
    if not code:
        if not by_name:
            key = "no_class"
            if name.strip():
                key = "code_not_assigned" if scheme.is_candidate(COMPONENT, name) else "unknown_name"
            return "", "", key, name.strip(), False, False, False, False, False
        return by_name, by_code[by_name], "", "", False, True, False, False, False
    restored = restored or len(stated.strip()) < len(code)
    if code not in by_code:
        if not scheme.is_extension(code):
            return "", "", "unknown_code", code, False, False, False, False, False
        return code, "", "", "", restored, False, False, False, True
    compared = bool(name.strip())
    return (
        code,
        by_code[code],
        "",
        "",
        restored,
        False,
        compared,
        compared and not _agrees(name, code, by_name, by_code),
        False,
    )


def _agrees(name: str, code: str, by_name: str, by_code: Mapping[str, str]) -> bool:
    return by_name == code or name_key(name) == name_key(by_code[code])


def _class_remarks(found: pd.DataFrame, said: pd.DataFrame, remarks: list[Remark]) -> None:
    for column, key in (("restored", "zeros_restored"), ("by_name", "class_by_name")):
        if count := int(found[column].sum()):
            remarks.append(Remark(key, {"count": count}))
    unnamed = found.loc[found["unnamed"].astype(bool), "code"].value_counts().sort_index()
    remarks.extend(Remark("unnamed_class", {"code": code, "count": int(count)}) for code, count in unnamed.items())
    disagrees = found["disagrees"].astype(bool)
    if not disagrees.any():
        return
    pairs = (
        found.loc[disagrees, "code"]
        + " "
        + found.loc[disagrees, "name"]
        + " / "
        + said.loc[disagrees, fields.CLASS_NAME]
    )
    remarks.append(Remark("name_disagrees", {"count": int(disagrees.sum()), "examples": _examples(pairs)}))
    compared = int(found["compared"].sum())
    share = disagrees.sum() / compared
    if compared >= _WORTH_SHARE and share > _WRONG_SCHEME_SHARE:
        remarks.append(Remark("wrong_scheme", {"share": f"{share:.0%}"}))


def _examples(values: pd.Series) -> str:
    return ", ".join(map(str, values.unique()[:_EXAMPLES]))


# Places


def _target_crs(
    records: gpd.GeoDataFrame, grid: gpd.GeoDataFrame | None, existing: gpd.GeoDataFrame | None
) -> pyproj.CRS:
    first = next((frame for frame in (grid, existing) if frame is not None and frame.crs is not None), records)
    bounds = tuple(first.total_bounds)
    return working_crs(first.crs, bounds) if np.isfinite(bounds).all() else first.crs


def _warn_old_datum(source: pyproj.CRS, target: pyproj.CRS, remarks: list[Remark]) -> None:
    if source != target and source.datum is not None and source.datum.name in _OLD_DATUMS:
        remarks.append(Remark("old_datum", {"crs": source.name, "target": target.name}))


def _grid_codes(
    geometry: Geometries, grid: gpd.GeoDataFrame | None, target: pyproj.CRS, reasons: _Reasons, progress: Progress
) -> NDArray[Any] | None:
    """BGID of each place; None without a grid."""
    if grid is None:
        return None
    if fields.BGID not in grid:
        raise UnknownField(layer="GRID", field=fields.BGID, available=", ".join(_attributes(grid)))
    grid = grid.assign(BGID=grid[fields.BGID].fillna("").astype(str)).to_crs(target)
    grid = grid.sort_values(fields.BGID, kind="stable")
    cell = cell_of(geometry, grid.geometry.to_numpy(), progress)
    reasons.add("outside_grid", cell < 0)
    return np.r_[grid[fields.BGID].to_numpy(dtype=object), [""]][cell]


# Components that are there already


@dataclass(frozen=True)
class _Existing:
    """What earlier imports hold: ids as numbers and as text, class codes, geometries in the target CRS."""

    ids: NDArray[Any]
    numbers: NDArray[np.int64]
    codes: NDArray[Any]
    geometry: Geometries

    @classmethod
    def of(cls, existing: gpd.GeoDataFrame | None, target: pyproj.CRS) -> _Existing:
        if existing is None or not len(existing):
            empty = np.array([], dtype=object)
            return cls(empty, np.array([], dtype=np.int64), empty, empty)
        for name in (fields.OBJ_ID, fields.CLASS_CODE):
            if name not in existing:
                raise UnknownField(layer="EXISTING", field=name, available=", ".join(_attributes(existing)))
        ids = existing[fields.OBJ_ID].fillna("").astype(str).str.strip().astype(object)
        codes = existing[fields.CLASS_CODE].fillna("").to_numpy(dtype=object)
        geometry = existing.geometry.to_numpy()
        if existing.crs is not None:
            geometry = moved(geometry, existing.crs, target, Datum.STATED).geometry
        placed = ~shapely.is_missing(geometry)
        return cls(ids.to_numpy(), id_numbers(ids), np.where(placed, codes, ""), geometry)


def _skip_known(stated: StatedIds, known: _Existing, reasons: _Reasons) -> None:
    """Skip records whose id is there already; a damaged id proves nothing."""
    if len(known.numbers):
        there = stated.trusted & np.isin(stated.number, known.numbers)
        reasons.add("already_imported", there, stated.text.to_numpy(dtype=object))


def _skip_alike(geometry: Geometries, codes: NDArray[Any], known: _Existing, reasons: _Reasons) -> None:
    """Skip records of the same class at the same place as an earlier row or an existing component."""
    rows = np.flatnonzero(reasons.open)
    there = np.flatnonzero(~shapely.is_missing(known.geometry))
    every = np.concatenate([known.geometry[there], geometry[rows]])
    group = pd.factorize(np.concatenate([known.codes[there], codes[rows]]))[0]
    first = first_alike(every, group, SAME_PLACE)[len(there) :]
    imported = first < len(there)
    mask = np.zeros(len(codes), dtype=bool)
    detail = np.full(len(codes), "", dtype=object)
    mask[rows[imported]] = True
    detail[rows[imported]] = known.ids[there[first[imported]]]
    reasons.add("already_imported", mask, detail)
    alike = ~imported & (first != np.arange(len(there), len(every)))
    mask = np.zeros(len(codes), dtype=bool)
    mask[rows[alike]] = True
    detail[rows[alike]] = (rows[first[alike] - len(there)] + 1).astype(str)
    reasons.add("duplicate", mask, detail)


# The other fields


def _object_names(table: pd.DataFrame, classes: _Classes) -> NDArray[Any]:
    """ObjName: the record's own, else the class name as the record states it, else the class name."""
    own = table[fields.OBJ_NAME]
    own = own.mask(own == "", each(table[fields.CLASS_NAME], lambda name: "".join(name.split())))
    return own.mask(own == "", pd.Series(classes.name, dtype=object)).to_numpy(dtype=object)


def _notes(table: pd.DataFrame, classes: _Classes, ids: IdResult, taken: NDArray[np.bool_]) -> NDArray[Any]:
    """The record's own note, and what was put right in the record."""
    note = table.loc[taken, fields.NOTE].to_numpy(dtype=object, copy=True)
    name = table.loc[taken, fields.CLASS_NAME].to_numpy(dtype=object)
    former = table.loc[taken, fields.OBJ_ID].to_numpy(dtype=object)
    for label, mask, value in ((_NOTE_NAME, classes.disagrees[taken], name), (_NOTE_ID, ids.replaced, former)):
        added = label + value[mask]
        note[mask] = np.where(note[mask] == "", added, note[mask] + _NOTE_SEPARATOR + added)
    return note


def _tidy(accepted: pd.DataFrame, remarks: list[Remark]) -> None:
    """Dates as YYYYMMDD, states and sources in the words of their lists."""
    for name in _DATES:
        row, texts = pd.factorize(accepted[name])
        times = read_times({name: pd.Series(texts, dtype=object)}, _CHINA_TIME)
        days = pd.Series(times.values[name]).dt.strftime("%Y%m%d").fillna("")
        accepted[name] = days.to_numpy(dtype=object)[row]
        if count := int(times.unreadable[name][row].sum()):
            example = texts[times.unreadable[name]][0]
            remarks.append(Remark("unreadable_date", {"field": name, "count": count, "example": example}))
    for name, words in _LISTS.items():
        stated = accepted[name]
        accepted[name] = stated.map(words).fillna(stated)
        unknown = stated[~stated.isin(words) & (stated != "")].value_counts()
        remarks.extend(
            Remark("unknown_value", {"value": value, "field": name, "count": int(count)})
            for value, count in unknown.head(_EXAMPLES).items()
        )


def _departments(accepted: pd.DataFrame, scheme: Scheme, district: str, remarks: list[Remark]) -> None:
    """Fill DeptName1 where it is empty and one department answers for the class."""
    owners = scheme.owners(COMPONENT, district)
    empty = accepted["DeptName1"] == ""
    if not owners or not empty.any():
        return
    codes = accepted.loc[empty, fields.CLASS_CODE]
    single = {code: names[0] for code, names in owners.items() if len(names) == 1}
    found = codes.map(single)
    accepted.loc[empty, "DeptName1"] = found.fillna("")
    if count := int(found.notna().sum()):
        remarks.append(Remark("departments_filled", {"count": count}))
    if count := int((found.isna() & codes.isin(owners)).sum()):
        remarks.append(Remark("department_unclear", {"count": count}))


# Results


def _attributes(frame: gpd.GeoDataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name != frame.geometry.name]


def _not_taken(records: gpd.GeoDataFrame, reasons: _Reasons) -> gpd.GeoDataFrame:
    rows: Indices = np.flatnonzero(~reasons.open)
    result = records.iloc[rows].reset_index(drop=True)
    own = (fields.ROW, fields.REASON, fields.DETAIL)
    names = {name: f"{name}_source" for name in result.columns if name.casefold() in {o.casefold() for o in own}}
    result = result.rename(columns=names)
    for place, (name, values) in enumerate(zip(own, (rows + 1, reasons.key[rows], reasons.detail[rows]), strict=True)):
        result.insert(place, name, values)
    return result


def _counted(accepted: gpd.GeoDataFrame, scheme: Scheme) -> pd.DataFrame:
    counts = accepted[fields.CLASS_CODE].value_counts().sort_index()
    codes = pd.Series(counts.index, dtype=object)
    return pd.DataFrame(
        {
            fields.CLASS_CODE: codes,
            fields.CLASS_NAME: codes.map(scheme.names(COMPONENT)).fillna(""),
            "status": codes.map(scheme.statuses(COMPONENT)).fillna(""),
            "count": counts.to_numpy(),
        }
    )
