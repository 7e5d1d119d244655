"""Cases (案卷): one table from the lists of many systems, with stage, deadline, status and place.

The chain of stages, the suspended and the void state, and the rule that a case is overdue once the
moment is past its deadline are facts of the trade (domain facts, "Cases"). Which words of a system
mean which stage, and which of its fields hold what, is ours and can be overruled by a mapping.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import each, each_text
from citygrid_plugin.core.errors import EmptyInput
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.records.account import Account, Remark
from citygrid_plugin.core.records.mapping import Rules, guess_mapping, mapped
from citygrid_plugin.core.records.times import ReadTimes, read_times
from citygrid_plugin.core.records.zone_time import hours_between
from citygrid_plugin.core.schemes import KINDS as CLASS_KINDS
from citygrid_plugin.core.schemes import Scheme, name_key
from citygrid_plugin.core.spatial.datum import Datum
from citygrid_plugin.core.spatial.place import attribute_names

from . import case_places
from .case_places import (
    EXACT,
    Placed,
    Places,
    Placing,
    in_metres,
    stated_points,
)
from .case_problems import CaseProblem, problem_frame
from .case_repeats import DISTANCE, HOURS, first_reports
from .case_stages import (
    SOURCE_WORDS,
    STAGE_WORDS,
    STAGES,
    SUSPENDED_STAGE,
    VOID_STAGE,
    YES,
    Words,
)
from .case_status import (
    Course,
    Outcome,
    Status,
    state_at,
)
from .limits import (
    KINDS,
    PLAIN,
    Limits,
    Plain,
    Unclear,
    class_deadlines,
    each_deadline,
    in_words,
    own_limits,
)
from .pauses import (
    Pauses,
    StatedPauses,
    read_pauses,
    stated,
)
from .worktime import (
    Times,
    Unit,
    WorkCalendar,
    add_limit,
)

__all__ = [
    "STAGES", "SUSPENDED_STAGE", "SYNONYMS", "TARGETS", "TEXTS", "VOID_STAGE", "CaseResult", "Outcome", "Placed",
    "Settings", "Status", "load_cases",
]  # fmt: skip

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
    fields.COMMUNITY_NAME: ("社区名称", "所属社区", "社区", "community_name"),
    fields.SOURCE: ("来源", "问题来源", "案卷来源", "event_src_name"),
    fields.OBJ_ID: ("部件编码", "部件编号", "部件标识码", "part_code"),
    fields.COMMUNITY_CODE: ("社区编码", "社区代码", "community_code"),
    fields.FILING_CONDITION: ("立案条件", "立案标准"),
    fields.TIME_LIMIT: ("处置时限", "处理时限", "办理时限"),
    fields.SUSPENDED_FROM: ("挂账时间", "挂账开始时间", "缓办时间", "缓办开始时间"),
    fields.SUSPENDED_TO: ("恢复时间", "挂账结束时间", "缓办结束时间"),
    fields.HANDLED: ("处置完成时间", "处置结束时间", "处理完成时间", "反馈时间"),
    fields.RETURNS: ("返工次数", "返工数", "rework_num"),
    fields.ACCURATE: ("准确立案", "是否准确立案"),
    fields.TEXT: ("问题描述", "案卷描述", "event_desc", "Descriptor", "description"),
}  # fmt: skip
"""Names of source fields that are taken where the mapping names none (ours), the most telling first."""

TARGETS: Final = (*(name for name in fields.CASE if name != fields.STATUS), *fields.CASE_STATED)
"""What a mapping can fill; the status is computed."""

_TIMES: Final = (
    fields.REPORTED, fields.FILED, fields.DEADLINE, fields.FINISHED,
    fields.SUSPENDED_FROM, fields.SUSPENDED_TO, fields.HANDLED,
)  # fmt: skip
_LONG: Final = (*_TIMES, fields.TEXT)
_NO: Final = frozenset({"0", "否", "no", "false", "n"})
_DISTRICT_DIGITS: Final = 6
_LISTED: Final = 20  # unknown values that are named; a list may have free text there
_LAST_TIME: Final = np.datetime64("9999-12-31T23:59:59")  # no format holds a later one
_MOST: Final = 10_000  # ours: no case is sent back so often

TEXTS: Final = {
    **case_places.TEXTS,
    "no_coordinates": "no coordinates, and no component, grid or community that is known",
    "repeated_number": "an earlier row has the same case number",
    "not_yet_reported": "reported after the moment of the status",
    "unknown_stage": "“{stage}” is no known stage ({count} cases); it is kept as it is and counts as unfinished.",
    "unknown_source": "“{source}” is no known source ({count} cases); it is kept as it is.",
    "unknown_more": "{count} more values of {field} are not known; they are kept as they are.",
    "no_number": "{count} cases have no number; they got row numbers (row-1 …).",
    "unreadable_time": "{count} values of {field} are no times and were left empty, such as “{example}”.",
    "day_first": "In {field} the day stands before the month.",
    "month_first": "In {field} the month stands before the day.",
    "unsure_order": "Whether day or month stands first in {field} cannot be told; the month was taken first.",
    "unknown_class": "{count} cases are of a class that is not in {scheme}; they are kept as they are.",
    "class_disagrees": (
        "{count} cases name another class than their code has in {scheme}. Was the right code scheme chosen?"
    ),
    "later": "{count} cases were reported after {at}; their status is that of a new case.",
    "no_deadline": "{count} unfinished cases have no deadline and are never overdue.",
    "no_class_limit": "{count} cases had no deadline and no limit for their class.",
    "limit_longest": (
        "{count} cases do not say under which condition they were filed, and their class has several limits; the "
        "longest holds."
    ),
    "limit_shortest": (
        "{count} cases do not say under which condition they were filed, and their class has several limits; the "
        "shortest holds."
    ),
    "limit_none": (
        "{count} cases do not say under which condition they were filed, and their class has several limits; none "
        "was taken."
    ),
    "plain_units": (
        "{count} rows of the table of time limits say hours or days only; they were read as {hours} and {days}."
    ),
    "unreadable_limit": "{count} values of {field} are no time limits, such as “{example}”.",
    "pause_reversed": "{count} pauses end before they begin; they were left out.",
    "pause_unknown": "{count} pauses are of cases that are not in the list.",
    "finished_first": "{count} cases were finished before they began; they count in no handling time.",
    "deadline_first": "{count} cases have a deadline before their beginning; it was taken as it is.",
    "holidays_from": "The holidays of {country} come from the Python package {package}.",
    "holidays_unknown": (
        "The Python package {package} does not know the holidays of {years} yet; there, only weekends are off, and "
        "what the calendar says."
    ),
    "repeats": "{count} cases repeat an earlier report of the same class within {distance} m and {hours} hours.",
    "case_departments": "{count} cases got the department that answers for their class.",
    "case_department_unclear": ("{count} cases are of classes that two departments answer for; none was filled in."),
}
"""Reasons and remarks; the interface translates them."""


@dataclass(frozen=True)
class Settings:
    """When and how status and deadlines are computed.

    ``at``: local wall-clock time; ``zone``: what times with an offset are converted to, and whose changes of the clock
    count. ``fallback_hours``: limit of a case that has none otherwise, from filing (or report); 0 is none.
    ``datum``: what the coordinates really are. ``unclear`` and ``plain``: how a table of limits is understood.
    ``pause_stated``: pauses put off stated deadlines, too (otherwise whoever stated one knew of them).
    ``skip_later``: leave out cases reported after the moment, which the map did not show then.
    ``stages`` and ``sources``: what words of the list mean. ``repeat_distance`` (metres), ``repeat_hours``: what
    is the same report again; 0 is off.
    """

    at: np.datetime64
    zone: tzinfo
    due_soon_hours: float = 24.0
    fallback_hours: float = 0.0
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    limits: Limits | None = None
    datum: Datum = Datum.STATED
    unclear: Unclear = Unclear.LONGEST
    plain: Plain = PLAIN
    pause_stated: bool = False
    skip_later: bool = False
    stages: Words = STAGE_WORDS
    sources: Words = SOURCE_WORDS
    repeat_distance: float = DISTANCE
    repeat_hours: float = HOURS


@dataclass(frozen=True)
class CaseResult:
    """Cases and their account; a repeated case number is skipped, a case without a place rejected.

    ``accepted``: columns ``fields.CASE_LAYER`` (times as timestamps, local) and a point each. ``rejected``: the
    rows that were not taken with all their columns, the point if any, Row (from 1), Reason (key of ``TEXTS``).
    ``problems``: what does not fit about accepted cases (``case_problems.problem_frame``).
    """

    accepted: gpd.GeoDataFrame
    rejected: gpd.GeoDataFrame
    account: Account
    mapping: Rules
    unknown_stages: Mapping[str, int]
    unknown_sources: Mapping[str, int]
    remarks: Sequence[Remark]
    problems: gpd.GeoDataFrame

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
    *,
    components: gpd.GeoDataFrame | None = None,
    communities: gpd.GeoDataFrame | None = None,
    pauses: pd.DataFrame | None = None,
) -> CaseResult:
    """Cases from records: text columns of any names, and geometries (missing where a row has no place).

    ``rules``: mapping, filled up by field names (``SYNONYMS``). ``scheme``: fills up class codes and names, and the
    departments where it has some. ``grid``, ``zones``, ``components``, ``communities``: as in ``case_places.Places``.
    ``pauses``: a text table (``pauses.read_pauses``), beside those that the cases state. Of several
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
    _standard_words(table)
    times = read_times({name: table[name] for name in _TIMES}, settings.zone)
    left = _left_out(table, times, settings)
    progress(0.1)
    layers = Places(grid, zones, components, communities)
    points = stated_points(records, layers.crs(records), settings.datum, layer)
    placing = Placing.of(table, points, left == "", remarks)
    placing.place(layers)
    points = gpd.GeoSeries(placing.points, index=points.index, crs=points.crs)
    progress(0.5)
    left[(left == "") & (placing.how == "")] = "no_coordinates"
    taken = left == ""
    if scheme is not None:
        if settings.limits is not None:
            settings = replace(settings, limits=settings.limits.with_codes(scheme.normal_code))
        _classes(table, scheme, taken, remarks)
        _departments(table, scheme, taken, remarks)
    unknown = _words(table, settings, taken, remarks)
    _time_remarks(times, table, rules, remarks)
    own_limit = table[fields.TIME_LIMIT].to_numpy(dtype=object)
    table = table.assign(**times.values)
    progress(0.7)
    stated_pauses = _pauses(table, pauses, settings, remarks)
    _deadlines(table, own_limit, stated_pauses.as_of(settings.at), settings, taken, remarks)
    _states(table, stated_pauses, settings)
    problems = [*placing.problems, *_time_problems(table, taken, remarks)]
    _status_remarks(table[taken], settings, remarks)
    table[fields.PLACED] = placing.how
    table[fields.REPEAT_OF] = _repeats(table, points, taken, settings, remarks)
    for name, number in fields.TIME_NUMBERS.items():
        table[number] = _as_number(table[name])
    accepted = gpd.GeoDataFrame(table[list(fields.CASE_LAYER)], geometry=points)[taken]
    progress(1.0)
    return CaseResult(
        accepted=accepted.reset_index(drop=True),
        rejected=_rejected(records.set_geometry(points), left),
        account=_account(left),
        mapping={target: rules[target] for target in TARGETS if target in rules},
        unknown_stages=unknown[0],
        unknown_sources=unknown[1],
        remarks=tuple(remarks),
        problems=problem_frame(problems, table, points, taken),
    )


def _left_out(table: pd.DataFrame, times: ReadTimes, settings: Settings) -> NDArray[np.object_]:
    """Why each row is left out whatever its place (key of ``TEXTS``); empty for the others."""
    left = np.full(len(table), "", dtype=object)
    if settings.skip_later:
        left[times.values[fields.REPORTED] > settings.at] = "not_yet_reported"
    left[table[fields.CASE_ID].duplicated().to_numpy()] = "repeated_number"
    return left


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
        if name not in _LONG:
            table[name] = each(table[name], str.strip)
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


def _departments(table: pd.DataFrame, scheme: Scheme, taken: NDArray[np.bool_], remarks: list[Remark]) -> None:
    """Fill the department where it is empty and one answers for the class in this district."""
    district = table[fields.BGID].str[:_DISTRICT_DIGITS]
    row, cases = pd.MultiIndex.from_arrays([table[fields.KIND], table[fields.CLASS_CODE], district]).factorize()
    owners = [scheme.owners(kind, place).get(code, []) if kind in CLASS_KINDS else [] for kind, code, place in cases]
    empty = (table[fields.DEPARTMENT] == "").to_numpy() & taken
    single = np.array([names[0] if len(names) == 1 else "" for names in owners], dtype=object)[row]
    several = np.array([len(names) > 1 for names in owners], dtype=bool)[row]
    table[fields.DEPARTMENT] = np.where(empty, single, table[fields.DEPARTMENT].to_numpy())
    counts = {
        "case_departments": int((empty & (single != "")).sum()),
        "case_department_unclear": int((empty & several).sum()),
    }
    remarks.extend(Remark(key, {"count": count}) for key, count in counts.items() if count)


def _words(
    table: pd.DataFrame, settings: Settings, taken: NDArray[np.bool_], remarks: list[Remark]
) -> tuple[dict[str, int], dict[str, int]]:
    """Write stages and sources in our words; counts of the values that are none."""
    stages = settings.stages.read(table[fields.STAGE].to_numpy(dtype=object))
    sources = settings.sources.read(table[fields.SOURCE].to_numpy(dtype=object))
    table[fields.STAGE], table[fields.SOURCE] = stages.words, sources.words
    returns = pd.to_numeric(table[fields.RETURNS], errors="coerce").to_numpy(dtype=np.float64)
    table[fields.RETURNS] = _whole(np.where(stages.returned, np.fmax(returns, 1.0), returns))
    accurate = each_text(table[fields.ACCURATE].to_numpy(dtype=object), _yes_or_no)
    table[fields.ACCURATE] = _whole(accurate.astype(np.float64))
    unknown = stages.counts(taken), sources.counts(taken)
    for name, label, counts in (("stage", fields.STAGE, unknown[0]), ("source", fields.SOURCE, unknown[1])):
        listed = list(counts.items())[:_LISTED]
        remarks.extend(Remark(f"unknown_{name}", {name: value, "count": count}) for value, count in listed)
        if len(counts) > _LISTED:
            remarks.append(Remark("unknown_more", {"count": len(counts) - _LISTED, "field": label}))
    return unknown


def _whole(numbers: NDArray[np.float64]) -> pd.Series:
    """Whole numbers that may be missing; what is no sensible count is missing."""
    good = np.isfinite(numbers) & (numbers >= 0) & (numbers < _MOST)
    return pd.Series(np.where(good, np.floor(numbers), np.nan)).astype("Int64")


def _as_number(times: pd.Series) -> pd.Series:
    """Times as whole numbers: year, month, day, hour, minute and second in a row; missing where there is none."""
    parts = times.dt
    number = pd.Series(0.0, times.index)
    for part in (parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second):
        number = number * 100 + part
    return number.astype("Int64")


def _yes_or_no(text: str) -> float:
    word = text.strip().casefold()
    return 1.0 if word in YES else 0.0 if word in _NO else np.nan


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


def _seconds(column: pd.Series) -> Times:
    return column.to_numpy().astype("datetime64[s]")


def _begin(table: pd.DataFrame) -> Times:
    """When the clock of each case begins: its filing, else its report."""
    filed, reported = _seconds(table[fields.FILED]), _seconds(table[fields.REPORTED])
    return np.where(np.isnat(filed), reported, filed)


def _pauses(
    table: pd.DataFrame, events: pd.DataFrame | None, settings: Settings, remarks: list[Remark]
) -> StatedPauses:
    """The pauses that the cases state themselves and those of a table."""
    begin, end = (_seconds(table[name]) for name in (fields.SUSPENDED_FROM, fields.SUSPENDED_TO))
    result = stated(np.arange(len(table)), begin, end)
    if events is not None:
        result += read_pauses(events, table[fields.CASE_ID], settings.zone)
    for key, count in (("pause_reversed", result.reversed), ("pause_unknown", result.unknown)):
        if count:
            remarks.append(Remark(key, {"count": count}))
    return result


def _deadlines(
    table: pd.DataFrame,
    own_limit: NDArray[np.object_],
    pauses: Pauses,
    settings: Settings,
    taken: NDArray[np.bool_],
    remarks: list[Remark],
) -> None:
    """The stated deadline; else filing (or report) plus the limit of the case, of its class, of the fallback.

    Fills ``Deadline``, ``DueBy`` and ``Limit``. Pauses put it off, a stated one only where the settings say so.
    """
    begin, calendar, zone = _begin(table), settings.calendar, settings.zone
    deadline = _seconds(table[fields.DEADLINE])
    due_by = np.where(np.isnat(deadline), "", "stated").astype(object)
    words = np.full(len(table), "", dtype=object)
    if settings.pause_stated:
        hours = hours_between(begin, deadline, zone)
        later = add_limit(begin, np.where(hours > 0, hours, np.nan), Unit.URGENT_HOURS, calendar, pauses, zone)
        deadline = np.where(np.isnat(later), deadline, later)

    def fill(found: Times, limits: NDArray[np.object_], reason: str) -> None:
        new = np.isnat(deadline) & ~np.isnat(found)
        deadline[new], words[new], due_by[new] = found[new], limits[new], reason

    amount, unit = own_limits(own_limit, settings.plain)
    unreadable = (own_limit != "") & np.isnan(amount) & taken
    if unreadable.any():
        values = {"field": fields.TIME_LIMIT, "count": int(unreadable.sum()), "example": own_limit[unreadable][0]}
        remarks.append(Remark("unreadable_limit", values))
    if (~np.isnan(amount)).any():
        fill(each_deadline(amount, unit, begin, calendar, pauses, zone), own_limit, "limit")
    if settings.limits is not None:
        classes = table[[fields.KIND, fields.CLASS_CODE, fields.FILING_CONDITION]]
        found = class_deadlines(settings.limits, classes, begin, calendar, pauses, zone, settings.unclear)
        _limit_remarks(settings, settings.limits, found.unclear & taken & np.isnat(deadline), remarks)
        fill(found.deadline, found.words, "class")
        missing = int((np.isnat(deadline) & taken).sum())
        if missing:
            remarks.append(Remark("no_class_limit", {"count": missing}))
    if settings.fallback_hours:
        hours = np.full(len(table), settings.fallback_hours)
        text = np.full(len(table), in_words(settings.fallback_hours, Unit.URGENT_HOURS), dtype=object)
        fill(add_limit(begin, hours, Unit.URGENT_HOURS, calendar, pauses, zone), text, "fallback")
    deadline[deadline > _LAST_TIME] = np.datetime64("NaT")
    table[fields.DEADLINE], table[fields.DUE_BY], table[fields.TIME_LIMIT] = deadline, due_by, words


def _limit_remarks(settings: Settings, limits: Limits, unclear: NDArray[np.bool_], remarks: list[Remark]) -> None:
    if unclear.any():
        remarks.append(Remark(f"limit_{settings.unclear.name.lower()}", {"count": int(unclear.sum())}))
    if limits.plain:
        units = {"hours": settings.plain.hours.value, "days": settings.plain.days.value}
        remarks.append(Remark("plain_units", {"count": limits.plain, **units}))


def _states(table: pd.DataFrame, pauses: StatedPauses, settings: Settings) -> None:
    """Fill status, outcome, hours past the deadline, and what of the pauses is shown."""
    at, zone = settings.at.astype("datetime64[s]"), settings.zone
    begin, end = pauses.current(len(table), at)
    table[fields.SUSPENDED_FROM], table[fields.SUSPENDED_TO] = begin, end
    stage = table[fields.STAGE].to_numpy(dtype=object)
    finished = _seconds(table[fields.FINISHED])
    state = state_at(
        Course(stage, _seconds(table[fields.DEADLINE]), finished, begin, end), at, settings.due_soon_hours, zone
    )
    table[fields.STATUS], table[fields.OUTCOME] = state.status, state.outcome
    table[fields.OVER_HOURS] = state.over_hours
    over = (state.status == Status.CLOSED) & ~np.isnat(finished)
    until = np.where(over, finished, at)
    table[fields.PAUSED_HOURS] = pauses.as_of(at).hours(len(table), zone, until)


def _time_problems(table: pd.DataFrame, taken: NDArray[np.bool_], remarks: list[Remark]) -> list[CaseProblem]:
    """Cases that end, or are due, before they begin."""
    begun = np.fmin(_seconds(table[fields.REPORTED]), _seconds(table[fields.FILED]))
    problems = []
    checks = (("finished_first", "finished", fields.FINISHED), ("deadline_first", "deadline", fields.DEADLINE))
    for kind, name, column in checks:
        times = _seconds(table[column])
        rows = np.flatnonzero(taken & (times < begun))
        if len(rows):
            values = {name: _clocks(times[rows]), "begun": _clocks(begun[rows])}
            problems.append(CaseProblem(kind, rows, values))
            remarks.append(Remark(kind, {"count": len(rows)}))
    return problems


def _clocks(times: Times) -> list[str]:
    return [str(time).replace("T", " ") for time in times.astype("datetime64[m]")]


def _status_remarks(table: pd.DataFrame, settings: Settings, remarks: list[Remark]) -> None:
    late = int((_seconds(table[fields.REPORTED]) > settings.at).sum())
    if late:
        remarks.append(Remark("later", {"count": late, "at": _clocks(np.array([settings.at]))[0]}))
    endless = int((np.isnat(_seconds(table[fields.DEADLINE])) & (table[fields.STATUS] == Status.OPEN)).sum())
    if endless:
        remarks.append(Remark("no_deadline", {"count": endless}))


# Repeated reports


def _repeats(
    table: pd.DataFrame, points: gpd.GeoSeries, taken: NDArray[np.bool_], settings: Settings, remarks: list[Remark]
) -> NDArray[np.object_]:
    """The number of the first report that each case repeats; empty for others.

    Compared are cases of a known class at an exact place; void ones may well be repeats.
    """
    result = np.full(len(table), "", dtype=object)
    classes = table[fields.CLASS_CODE].where(table[fields.CLASS_CODE] != "", table[fields.CLASS_NAME])
    exact = table[fields.PLACED].isin(EXACT).to_numpy() & (classes != "").to_numpy() & taken
    rows = np.flatnonzero(exact)
    if not len(rows) or settings.repeat_distance <= 0 or settings.repeat_hours <= 0:
        return result
    group = pd.MultiIndex.from_arrays([table[fields.KIND].iloc[rows], classes.iloc[rows]]).factorize()[0]
    reported = _seconds(table[fields.REPORTED])
    reported = np.where(np.isnat(reported), _seconds(table[fields.FILED]), reported)[rows]
    xy = shapely.get_coordinates(in_metres(points.iloc[rows]).to_numpy())
    first = first_reports(xy, group, reported, settings.repeat_distance, settings.repeat_hours)
    repeats = first != np.arange(len(rows))
    result[rows[repeats]] = table[fields.CASE_ID].to_numpy()[rows[first[repeats]]]
    if repeats.any():
        values = {"distance": f"{settings.repeat_distance:g}", "hours": f"{settings.repeat_hours:g}"}
        remarks.append(Remark("repeats", {"count": int(repeats.sum()), **values}))
    return result


# Account


def _account(left: NDArray[np.object_]) -> Account:
    """Rows without a place are rejected: they could be mended; the others that were left out are skipped."""
    reasons = ("not_yet_reported", "repeated_number", "no_coordinates")
    counts = {key: int((left == key).sum()) for key in reasons}
    return Account(
        read=len(left),
        accepted=int((left == "").sum()),
        rejected=counts["no_coordinates"],
        skipped=counts["repeated_number"] + counts["not_yet_reported"],
        reasons={key: count for key, count in counts.items() if count},
    )


def _rejected(records: gpd.GeoDataFrame, left: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Rows that were not taken, in the order of the source; no reason has a value of its own to tell."""
    rows = left != ""
    return records[rows].assign(**{fields.ROW: records.index[rows] + 1, fields.REASON: left[rows], fields.DETAIL: ""})
