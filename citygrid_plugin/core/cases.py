"""Cases (案卷): one table from the lists of many systems, with stage, deadline, status and place.

The chain of stages, the suspended and the void state, and the rule that a case is overdue once the
moment is past its deadline are facts of the trade (domain facts, "Cases"). Which words of a system
mean which stage, and which of its fields hold what, is ours and can be overruled by a mapping.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from . import fields
from .account import Account, Remark
from .datum import Datum
from .errors import EmptyInput, MissingCrs, UnknownField
from .limits import KINDS, Limits, deadlines
from .mapping import Rules, guess_mapping, mapped
from .place import locate, moved
from .progress import Progress, silent
from .schemes import KINDS as CLASS_KINDS
from .schemes import Scheme, name_key
from .times import ReadTimes, read_times
from .worktime import Times, WorkCalendar, add_natural


class Status(StrEnum):
    """What a case is at a moment; the values are the contract of the field Status."""

    OPEN = "open"
    DUE_SOON = "due soon"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    VOID = "void"


STAGES: Final = ("立案", "派遣", "处理", "反馈", "核查", "结案", "考核", "归档")
"""The chain; a case is closed from 结案 on."""
SUSPENDED_STAGE: Final = "挂账"
VOID_STAGE: Final = "作废"
CLOSED_STAGES: Final = STAGES[STAGES.index("结案") :]

_STAGE_WORDS: Final[Mapping[str, Sequence[str]]] = {
    "立案": ("待立案", "已立案", "受理", "已受理", "登记", "open", "new", "received", "submitted", "draft"),
    "派遣": ("待派遣", "已派遣", "任务派遣", "回退", "assigned", "dispatched"),
    # The clock of a "pending" case runs on: taking it for suspended would hide it.
    "处理": ("待处理", "处理中", "处置", "待处置", "处置中", "办理中", "返工", "in progress", "started", "pending"),
    "反馈": ("待反馈", "已反馈"),
    "核查": ("待核查", "核查中", "待结案"),
    "结案": ("已结案", "已办结", "办结", "closed", "resolved", "completed"),
    "考核": ("待考核", "考核中"),
    "归档": ("已归档", "archived"),
    SUSPENDED_STAGE: ("已挂账", "缓办", "suspended", "on hold", "deferred"),
    VOID_STAGE: ("已作废", "不立案", "不予立案", "void", "cancelled", "canceled", "duplicate"),
}  # 核实 is left out on purpose: systems use it in opposite senses.
_STAGE_OF: Final = {word: stage for stage, words in _STAGE_WORDS.items() for word in (stage, *words)}

SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    fields.CASE_ID: (
        "案卷编号", "案件编号", "案卷号", "任务号", "任务编号", "工单编号", "Unique Key", "task_num", "rec_id",
        "service_request_id", "编号",
    ),
    fields.KIND: ("案卷类型", "案件类型", "问题类型"),
    fields.CLASS_CODE: ("小类代码", "小类编码", "sub_type_code", "service_code"),
    fields.CLASS_NAME: ("小类名称", "问题小类", "小类", "sub_type_name", "Complaint Type", "service_name"),
    fields.STAGE: ("当前阶段", "案卷状态", "处理阶段", "阶段", "event_state_name", "状态", "Status"),
    fields.REPORTED: ("上报时间", "登记时间", "create_time", "Created Date", "requested_datetime", "dtTime"),
    fields.FILED: ("立案时间",),
    fields.DEADLINE: ("截止时间", "处置截止时间", "Due Date", "expected_datetime"),
    fields.FINISHED: ("结案时间", "archive_time", "Closed Date"),
    fields.DEPARTMENT: ("主管部门", "处置部门", "责任部门", "Agency Name", "Agency", "agency_responsible"),
    fields.BGID: ("单元网格编码", "单元网格编号", "网格编码", "cell_code"),
    fields.RGID: ("责任网格编码", "责任网格编号"),
    # A plain "Street Name" is a road in most lists, so it is not taken.
    fields.STREET_NAME: ("街道名称", "所属街道", "街道"),
    fields.COMMUNITY_NAME: ("社区名称", "所属社区", "社区"),
    fields.SOURCE: ("来源", "问题来源", "案卷来源", "event_src_name"),
    fields.TEXT: ("问题描述", "案卷描述", "event_desc", "Descriptor", "description"),
}  # fmt: skip
"""Names of source fields that are taken where the mapping names none (ours), the most telling first."""

TARGETS: Final = tuple(name for name in fields.CASE if name != fields.STATUS)
"""What a mapping can fill; the status is computed."""

_EXAMPLES = 5
_TIMES: Final = (fields.REPORTED, fields.FILED, fields.DEADLINE, fields.FINISHED)

TEXTS: Final = {
    "no_coordinates": "no coordinates, and no grid code that the grid knows",
    "repeated_number": "an earlier row has the same case number",
    "unknown_stage": "“{stage}” is no known stage ({count} cases); it is kept as it is and counts as unfinished.",
    "no_number": "{count} cases have no number; they got row numbers (row-1 …).",
    "unreadable_time": "{count} values of {field} are no times and were left empty, such as “{example}”.",
    "day_first": "In {field} the day stands before the month.",
    "month_first": "In {field} the month stands before the day.",
    "unsure_order": "Whether day or month stands first in {field} cannot be told; the month was taken first.",
    "placed_by_grid": "{count} cases without coordinates were placed in the grid that they name: {examples}.",
    "unknown_class": "{count} cases are of a class that is not in {scheme}; they are kept as they are.",
    "class_disagrees": (
        "{count} cases name another class than their code has in {scheme}. Was the right code scheme chosen?"
    ),
    "other_grid": "{count} cases name another grid than the one they lie in; the place decided.",
    "outside": "{count} cases lie outside all unit grids; their BGID is empty.",
    "later": "{count} cases were reported after {at}; their status is that of a new case.",
    "no_deadline": "{count} unfinished cases have no deadline and are never overdue.",
    "no_class_limit": "{count} cases had no deadline and no limit for their class.",
}
"""Reasons and remarks; the interface translates them."""


@dataclass(frozen=True)
class Settings:
    """When and how status and deadlines are computed.

    ``at``: local wall-clock time; ``zone``: what times with an offset are converted to; hours by the clock.
    ``fallback_hours``: limit of a case that has none otherwise, from filing (or report); 0 is none.
    ``datum``: what the coordinates really are.
    """

    at: np.datetime64
    zone: tzinfo
    due_soon_hours: float = 24.0
    fallback_hours: float = 0.0
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    limits: Limits | None = None
    datum: Datum = Datum.STATED


@dataclass(frozen=True)
class CaseResult:
    """Cases and their account; a repeated case number is skipped, a case without a place rejected.

    ``accepted``: columns ``fields.CASE`` (times as timestamps, local) and a point each. ``rejected``: the
    rows that were not taken with all their columns, the point if any, Row (from 1), Reason (key of ``TEXTS``).
    """

    accepted: gpd.GeoDataFrame
    rejected: gpd.GeoDataFrame
    account: Account
    mapping: Rules
    unknown_stages: Mapping[str, int]
    remarks: Sequence[Remark]

    def count(self, status: Status) -> int:
        """Cases of a status."""
        return int((self.accepted[fields.STATUS] == status).sum())


def load_cases(
    records: gpd.GeoDataFrame,
    settings: Settings,
    rules: Rules | None = None,
    scheme: Scheme | None = None,
    grid: gpd.GeoDataFrame | None = None,
    zones: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
    layer: str = "INPUT",
) -> CaseResult:
    """Cases from records: text columns of any names, and geometries (missing where a row has no place).

    ``rules``: mapping, filled up by field names (``SYNONYMS``). ``scheme``: fills up class codes and names.
    ``grid``: unit grids with BGID, and
    StrName and CommName where they have them; ``zones``: responsibility grids with RGID. Of several
    polygons at a place (a point on a shared edge) the one with the lowest code counts (ours).
    The result is in the CRS of the grid, or else of the records.
    """
    if not len(records):
        raise EmptyInput(layer=layer)
    records = records.reset_index(drop=True)
    rules = {**guess_mapping(attribute_names(records), SYNONYMS), **(rules or {})}
    table = mapped(records, rules, TARGETS, layer)
    remarks: list[Remark] = []
    _number_rows(table, remarks)
    repeated = table[fields.CASE_ID].duplicated().to_numpy()
    _standard_words(table)
    progress(0.1)
    points = _place(table, _points(records, grid, settings.datum, layer), grid, zones, ~repeated, remarks)
    progress(0.5)
    nowhere = points.isna().to_numpy() & ~repeated
    taken = ~(repeated | nowhere)
    if scheme is not None:
        _classes(table, scheme, taken, remarks)
    unknown = _stages(table, taken, remarks)
    times = read_times({name: table[name] for name in _TIMES}, settings.zone)
    _time_remarks(times, table, rules, remarks)
    table = table.assign(**times.values)
    progress(0.8)
    table[fields.DEADLINE] = _deadlines(table, settings, taken, remarks)
    table[fields.STATUS] = _status(table, settings)
    _status_remarks(table[taken], settings, remarks)
    accepted = gpd.GeoDataFrame(table[list(fields.CASE)], geometry=points)[taken]
    progress(1.0)
    return CaseResult(
        accepted=accepted.reset_index(drop=True),
        rejected=_rejected(records.set_geometry(points), repeated, nowhere),
        account=_account(repeated, nowhere, taken),
        mapping={target: rules[target] for target in TARGETS if target in rules},
        unknown_stages=unknown,
        remarks=tuple(remarks),
    )


def attribute_names(records: gpd.GeoDataFrame) -> list[str]:
    """Names of the columns that are not the geometry."""
    return [str(name) for name in records.columns if name != records.geometry.name]


def _number_rows(table: pd.DataFrame, remarks: list[Remark]) -> None:
    """Give cases without a number one of their own, which no other case states."""
    number = table[fields.CASE_ID].str.strip()
    missing = number == ""
    stated = set(number[~missing])
    own = pd.Series(
        [_free(f"row-{row}", stated) for row in table.index[missing] + 1], index=table.index[missing], dtype=object
    )
    table[fields.CASE_ID] = pd.concat([number[~missing], own]).reindex(table.index)
    if missing.any():
        remarks.append(Remark("no_number", {"count": int(missing.sum())}))


def _free(number: str, taken: Collection[str]) -> str:
    """The number, or the first of number-2, number-3 … that is free."""
    tries = (f"{number}-{again}" for again in itertools.count(2))
    return number if number not in taken else next(other for other in tries if other not in taken)


def _standard_words(table: pd.DataFrame) -> None:
    """Trim the short texts and write the kind in our words; the long text stays as it came."""
    for name in TARGETS:
        if name not in (*_TIMES, fields.TEXT):
            table[name] = table[name].str.strip()
    kind = table[fields.KIND]
    table[fields.KIND] = kind.str.casefold().map(KINDS).fillna(kind)


def _classes(table: pd.DataFrame, scheme: Scheme, taken: NDArray[np.bool_], remarks: list[Remark]) -> None:
    """Fill up kind, code and name of the classes from one another; what the scheme lacks is kept."""
    names = [fields.KIND, fields.CLASS_CODE, fields.CLASS_NAME]
    row, stated = pd.MultiIndex.from_frame(table[names]).factorize()
    found = [_class(scheme, *value) for value in stated]
    columns = [np.array(column, dtype=object)[row] for column in zip(*found, strict=True)]
    for name, column in zip(names, columns, strict=False):
        table[name] = column
    for key in ("unknown_class", "class_disagrees"):
        count = int(((columns[-1] == key) & taken).sum())
        if count:
            remarks.append(Remark(key, {"count": count, "scheme": scheme.title}))


def _class(scheme: Scheme, kind: str, code: str, name: str) -> tuple[str, str, str, str]:
    """Kind, code and name of a class, and a key of ``TEXTS`` where the scheme does not bear them out.

    Component and event codes overlap, so that a kind is inferred only where one kind alone fits.
    """
    kinds = (kind,) if kind in CLASS_KINDS else CLASS_KINDS
    code = scheme.normal_code(code)
    if code:
        known = [(each, code) for each in kinds if code in scheme.names(each)]
        fitting = [found for found in known if not name or _agree(scheme, *found, name)]
    else:
        known = fitting = [(each, found) for each in kinds if (found := scheme.code_of_name(each, name))]
    if len(fitting) == 1:
        kind, code = fitting[0]
        return kind, code, name or scheme.names(kind)[code], ""
    if fitting or not (code or name):
        return kind, code, name, ""
    return kind, code, name, "class_disagrees" if known else "unknown_class"


def _agree(scheme: Scheme, kind: str, code: str, name: str) -> bool:
    return name_key(scheme.names(kind)[code]) == name_key(name) or scheme.code_of_name(kind, name) == code


def _stages(table: pd.DataFrame, taken: NDArray[np.bool_], remarks: list[Remark]) -> dict[str, int]:
    """Write stages in the words of the chain; counts of the values that are none."""
    stated = table[fields.STAGE]
    plain = stated.str.normalize("NFKC").str.casefold().str.split().str.join(" ")
    stage = plain.map(_STAGE_OF)
    table[fields.STAGE] = stage.fillna(stated)
    unknown = stated[stage.isna() & (stated != "") & taken].value_counts()
    counts = {str(value): int(count) for value, count in unknown.items()}
    remarks.extend(Remark("unknown_stage", {"stage": value, "count": count}) for value, count in counts.items())
    return counts


def _time_remarks(times: ReadTimes, table: pd.DataFrame, rules: Rules, remarks: list[Remark]) -> None:
    for name in _TIMES:
        label = _source_field(rules.get(name), name)
        if name in times.unsure:
            remarks.append(Remark("unsure_order", {"field": label}))
        elif name in times.day_first:
            remarks.append(Remark("day_first" if times.day_first[name] else "month_first", {"field": label}))
        unreadable = times.unreadable[name]
        if unreadable.any():
            example = table[name][unreadable].iloc[0].strip()
            values = {"field": label, "count": int(unreadable.sum()), "example": example}
            remarks.append(Remark("unreadable_time", values))


def _source_field(rule: str | Mapping[str, str] | None, target: str) -> str:
    """Name of the source field of a rule, for a sentence."""
    return rule if isinstance(rule, str) else (rule or {}).get("field", target)


# Deadline and status


def _deadlines(table: pd.DataFrame, settings: Settings, taken: NDArray[np.bool_], remarks: list[Remark]) -> Times:
    """The stated deadline; else filing (or report) plus the limit of the class; else plus the fallback."""
    deadline = _seconds(table[fields.DEADLINE])
    filed, reported = _seconds(table[fields.FILED]), _seconds(table[fields.REPORTED])
    start = np.where(np.isnat(filed), reported, filed)
    if settings.limits is not None:
        kind, code = table[fields.KIND], table[fields.CLASS_CODE]
        computed = deadlines(settings.limits, kind, code, start, settings.calendar)
        deadline = np.where(np.isnat(deadline), computed, deadline)
        missing = int((np.isnat(deadline) & taken).sum())
        if missing:
            remarks.append(Remark("no_class_limit", {"count": missing}))
    if settings.fallback_hours:
        deadline = np.where(np.isnat(deadline), add_natural(start, settings.fallback_hours * 60), deadline)
    return deadline


def _seconds(column: pd.Series) -> Times:
    return column.to_numpy().astype("datetime64[s]")


def _status(table: pd.DataFrame, settings: Settings) -> NDArray[np.object_]:
    """Status at the moment. A case that is finished later than that is still unfinished then.

    A case whose stage says nothing (empty or unknown) is closed once it has a finishing time.
    """
    stage, at = table[fields.STAGE], settings.at.astype("datetime64[s]")
    deadline, finished = _seconds(table[fields.DEADLINE]), _seconds(table[fields.FINISHED])
    silent_stage = ~stage.isin((*STAGES, SUSPENDED_STAGE, VOID_STAGE)).to_numpy()
    closed = stage.isin(CLOSED_STAGES).to_numpy() & ~(finished > at)
    closed |= silent_stage & (finished <= at)
    soon = at + np.timedelta64(round(settings.due_soon_hours * 3600), "s")
    return np.select(
        [
            (stage == VOID_STAGE).to_numpy(),
            closed,
            (stage == SUSPENDED_STAGE).to_numpy(),
            deadline < at,
            deadline <= soon,
        ],
        [str(name) for name in (Status.VOID, Status.CLOSED, Status.SUSPENDED, Status.OVERDUE, Status.DUE_SOON)],
        str(Status.OPEN),
    ).astype(object)


def _status_remarks(table: pd.DataFrame, settings: Settings, remarks: list[Remark]) -> None:
    late = int((_seconds(table[fields.REPORTED]) > settings.at).sum())
    if late:
        at = str(settings.at.astype("datetime64[m]")).replace("T", " ")
        remarks.append(Remark("later", {"count": late, "at": at}))
    endless = int((np.isnat(_seconds(table[fields.DEADLINE])) & (table[fields.STATUS] == Status.OPEN)).sum())
    if endless:
        remarks.append(Remark("no_deadline", {"count": endless}))


# Place


def _points(records: gpd.GeoDataFrame, grid: gpd.GeoDataFrame | None, datum: Datum, layer: str) -> gpd.GeoSeries:
    """A point a record, in the CRS of the grid; missing where it has none. Of lines and polygons, a point on them."""
    shapes = records.geometry.to_numpy(copy=True)
    shapes[shapely.is_empty(shapes)] = None
    other = ~np.isin(shapely.get_type_id(shapes), (-1, 0))
    shapes[other] = shapely.point_on_surface(shapes[other])
    # 0, 0 is how many systems store "no coordinates".
    shapes[(shapely.get_x(shapes) == 0) & (shapely.get_y(shapes) == 0)] = None
    source = records.crs
    target = source if grid is None else grid.crs
    if not shapely.is_missing(shapes).all():
        if source is None:
            raise MissingCrs(layer=layer)
        shapes = moved(shapes, source, target, datum).geometry
    return gpd.GeoSeries(shapes, index=records.index, crs=target)


def _place(
    table: pd.DataFrame,
    points: gpd.GeoSeries,
    grid: gpd.GeoDataFrame | None,
    zones: gpd.GeoDataFrame | None,
    wanted: NDArray[np.bool_],
    remarks: list[Remark],
) -> gpd.GeoSeries:
    """Fill the fields of ``table`` that follow from the place; the points, with those that the grid gave."""
    if grid is not None:
        points = _placed_by_grid(table, points, grid, wanted, remarks)
        _fill_from_grid(table, points, grid, wanted, remarks)
    if zones is not None:
        codes = _codes(zones, fields.RGID, "ZONES")
        zone = locate(points.to_numpy(), zones.geometry.to_crs(points.crs).to_numpy(), codes)
        table[fields.RGID] = np.append(codes, "")[zone]
    return points


def _codes(layer: gpd.GeoDataFrame, name: str, title: str) -> NDArray[np.object_]:
    if name not in layer:
        raise UnknownField(layer=title, field=name, available=", ".join(attribute_names(layer)))
    return _text(layer[name])


def _text(column: pd.Series) -> NDArray[np.object_]:
    column = column.astype(object)
    return column.where(column.notna(), "").astype(str).to_numpy(dtype=object)


def _placed_by_grid(
    table: pd.DataFrame,
    points: gpd.GeoSeries,
    grid: gpd.GeoDataFrame,
    wanted: NDArray[np.bool_],
    remarks: list[Remark],
) -> gpd.GeoSeries:
    """Put cases without coordinates into the grid whose code they state."""
    stated = table[fields.BGID].to_numpy()
    lost = np.flatnonzero(wanted & points.isna().to_numpy() & (stated != ""))
    first = pd.Series(np.arange(len(grid)), index=_codes(grid, fields.BGID, "GRID"))
    cell = first[~first.index.duplicated()].reindex(stated[lost], fill_value=-1).to_numpy()
    lost, cell = lost[cell >= 0], cell[cell >= 0]
    if not len(lost):
        return points
    shapes = points.to_numpy().copy()
    shapes[lost] = shapely.point_on_surface(shapely.force_2d(grid.geometry.to_numpy()[cell]))
    numbers = table[fields.CASE_ID].iloc[lost[:_EXAMPLES]]
    examples = "、".join(numbers) + (" …" if len(lost) > _EXAMPLES else "")
    remarks.append(Remark("placed_by_grid", {"count": len(lost), "examples": examples}))
    return gpd.GeoSeries(shapes, index=points.index, crs=points.crs)


def _fill_from_grid(
    table: pd.DataFrame,
    points: gpd.GeoSeries,
    grid: gpd.GeoDataFrame,
    wanted: NDArray[np.bool_],
    remarks: list[Remark],
) -> None:
    """BGID by location; names, and the responsibility grid where the grid knows it, likewise."""
    codes = _codes(grid, fields.BGID, "GRID")
    cell = locate(points.to_numpy(), grid.geometry.to_numpy(), codes)
    inside = cell >= 0
    stated = table[fields.BGID].to_numpy()
    found = np.append(codes, "")[cell]
    table[fields.BGID] = found
    for name in (fields.STREET_NAME, fields.COMMUNITY_NAME, fields.RGID):
        if name in grid:
            table[name] = np.where(inside, np.append(_text(grid[name]), "")[cell], table[name].to_numpy())
    here = wanted & points.notna().to_numpy()
    other = int((here & inside & (stated != "") & (stated != found)).sum())
    outside = int((here & ~inside).sum())
    if other:
        remarks.append(Remark("other_grid", {"count": other}))
    if outside:
        remarks.append(Remark("outside", {"count": outside}))


# Account


def _account(repeated: NDArray[np.bool_], nowhere: NDArray[np.bool_], taken: NDArray[np.bool_]) -> Account:
    counts = {"repeated_number": int(repeated.sum()), "no_coordinates": int(nowhere.sum())}
    return Account(
        read=len(taken),
        accepted=int(taken.sum()),
        rejected=counts["no_coordinates"],
        skipped=counts["repeated_number"],
        reasons={key: count for key, count in counts.items() if count},
    )


def _rejected(records: gpd.GeoDataFrame, repeated: NDArray[np.bool_], nowhere: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    """Rows that were not taken, in the order of the source; no reason has a value of its own to tell."""
    reason = np.select([repeated, nowhere], ["repeated_number", "no_coordinates"], "")
    left = repeated | nowhere
    return records[left].assign(**{fields.ROW: records.index[left] + 1, fields.REASON: reason[left], fields.DETAIL: ""})
