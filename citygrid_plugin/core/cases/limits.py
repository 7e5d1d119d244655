"""Time limits of cases by class and filing condition (立案条件).

That a limit belongs to a minor class and the condition under which a case is filed is a fact of the trade (domain
facts, "Cases"). How a case without a condition is treated, and what hours and days that are called neither work nor
natural stand for, are settings with defaults of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import IntEnum
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import each_text
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.records.named_columns import named_columns, plain_texts
from citygrid_plugin.core.records.zone_time import NOT_A_TIME, Times
from citygrid_plugin.core.schemes import name_key

from .pauses import NO_PAUSES, Pauses
from .work_calendar import WorkCalendar
from .worktime import Unit, add_limit

PLAIN_HOURS, PLAIN_DAYS = "小时", "天"
_WORDS: Final = {
    **{unit.value: unit for unit in Unit},
    "紧急小时": Unit.URGENT_HOURS,
    "自然小时": Unit.URGENT_HOURS,
    "工作小时": Unit.WORK_HOURS,
    "自然天": Unit.NATURAL_DAYS,
    "日历日": Unit.NATURAL_DAYS,
    # A city's table has it beside 紧急工作时: a day that runs day and night (ours).
    "紧急工作日": Unit.NATURAL_DAYS,
    **dict.fromkeys(("urgent hour", "urgent hours", "natural hour", "natural hours"), Unit.URGENT_HOURS),
    **dict.fromkeys(("work hour", "work hours", "working hours"), Unit.WORK_HOURS),
    **dict.fromkeys(("workday", "workdays", "working days"), Unit.WORKDAYS),
    **dict.fromkeys(("natural day", "natural days", "calendar days"), Unit.NATURAL_DAYS),
}
_PLAIN: Final = {
    **dict.fromkeys((PLAIN_HOURS, "时", "个小时", "hour", "hours", "h"), PLAIN_HOURS),
    **dict.fromkeys((PLAIN_DAYS, "日", "day", "days", "d"), PLAIN_DAYS),
}
_NAMES: Final = {
    "code": ("code", "class code", "classcode", "小类代码", "小类编码", "class_code"),
    "kind": ("kind", "类型"),
    "condition": ("condition", "filing condition", "filingcond", "立案条件", "filing_condition"),
    "limit": ("limit", "时限", "处置时限", "处理时限"),
    "unit": ("unit", "单位", "时限单位"),
}
KINDS: Final = {
    "component": "component", "components": "component", "部件": "component",
    "event": "event", "events": "event", "事件": "event",
}  # fmt: skip
"""Words for the kind of a case or class."""

_LONGEST = 100_000  # ours: a limit beyond that is a slip of the pen
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*个?\s*(\D*)")


class BadLimits(CityGridError):
    """A table of time limits that cannot be understood."""

    template = (
        "The table of time limits has “{value}” in row {row}. It needs the columns code, limit (a number) and "
        "unit (紧急工作时, 工作时, 工作日 or 自然日), and may have kind (component or event) and condition (立案条件); "
        "a class and condition once."
    )


class Unclear(IntEnum):
    """Which limit holds for a case whose class has several, and that states none of their conditions.

    The longest by default: then a case that is shown as overdue is so for certain (ours).
    """

    LONGEST = 0
    SHORTEST = 1
    NONE = 2


@dataclass(frozen=True)
class Plain:
    """What units mean that are called hours and days only.

    Work hours and workdays by default (ours): tables that have 4小时 beside 2紧急工作时 tell the two apart.
    """

    hours: Unit = Unit.WORK_HOURS
    days: Unit = Unit.WORKDAYS

    def unit(self, word: str) -> Unit | None:
        """The unit that a word names; None for another word."""
        word = word.strip().casefold()
        plain = _PLAIN.get(word)
        return _WORDS.get(word) if plain is None else (self.hours if plain == PLAIN_HOURS else self.days)


PLAIN: Final = Plain()


@dataclass(frozen=True)
class Limits:
    """A limit a class and condition: ``amount`` of ``unit``.

    ``kind`` is component, event, or empty for both; ``condition`` is empty where the limit is for all. ``plain``: how
    many rows say hours or days only.
    """

    kind: NDArray[np.object_]
    code: NDArray[np.object_]
    condition: NDArray[np.object_]
    amount: NDArray[np.float64]
    unit: NDArray[np.object_]
    plain: int = 0

    def with_codes(self, change: Callable[[str], str]) -> Limits:
        """The limits with codes written in another way, such as with the zeros that a spreadsheet took."""
        return replace(self, code=each_text(self.code, change))


@dataclass(frozen=True)
class Found:
    """What limits say of cases.

    ``deadline``: not-a-time where nothing says one; ``words``: the limit that holds, such as 4工作时, empty where none;
    ``unclear``: cases of a class with several limits that state none of their conditions.
    """

    deadline: Times
    words: NDArray[np.object_]
    unclear: NDArray[np.bool_]


def read_limits(table: pd.DataFrame, plain: Plain = PLAIN) -> Limits:
    """Limits from a text table: code, limit and unit (or both in one, such as 2紧急工作时); kind, condition optionally.

    Columns may be named in English or Chinese. A class that stands twice with one condition is refused: which of two
    limits holds would be a guess. Raises ``BadLimits``.
    """
    columns = named_columns(table, _NAMES)
    if columns["code"] is None or columns["limit"] is None:
        raise BadLimits(value=", ".join(map(str, table.columns)), row=1)
    text = plain_texts(table, columns)
    joined = (text["limit"] + text["unit"]).to_numpy(dtype=object)
    limit = [stated_limit(each, plain) for each in joined]
    amount = np.array([np.nan if each is None else each[0] for each in limit], dtype=np.float64)
    unit = np.array([None if each is None else each[1] for each in limit], dtype=object)
    kind = text["kind"].str.casefold().map({**KINDS, "": ""})
    condition = text["condition"].map(name_key)
    wrong = np.isnan(amount) | kind.isna() | (text["code"] == "")
    wrong |= pd.DataFrame({"kind": kind, "code": text["code"], "condition": condition}).duplicated()
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadLimits(value=", ".join(text.iloc[row]), row=row + 2)
    return Limits(
        kind=kind.to_numpy(dtype=object),
        code=text["code"].to_numpy(dtype=object),
        condition=condition.to_numpy(dtype=object),
        amount=amount,
        unit=unit,
        plain=sum(_is_plain(each) for each in joined),
    )


def stated_limit(text: str, plain: Plain = PLAIN) -> tuple[float, Unit] | None:
    """Amount and unit of a limit such as 4工作时, 2 workdays or 3天; None for what is none."""
    found = _AMOUNT.fullmatch(text.strip())
    unit = plain.unit(found.group(2)) if found else None
    amount = float(found.group(1)) if found else 0.0
    return (amount, unit) if unit is not None and 0 < amount <= _LONGEST else None


def _is_plain(text: str) -> bool:
    found = _AMOUNT.fullmatch(text)
    return found is not None and found.group(2).strip().casefold() in _PLAIN


def in_words(amount: float, unit: Unit) -> str:
    """A limit as a text: 4工作时."""
    return f"{amount:g}{unit.value}"


def class_deadlines(
    limits: Limits,
    classes: pd.DataFrame,
    start: Times,
    calendar: WorkCalendar,
    pauses: Pauses = NO_PAUSES,
    zone: tzinfo | None = None,
    unclear: Unclear = Unclear.LONGEST,
) -> Found:
    """When the limit of each case's class and condition runs out.

    ``classes``: text columns kind, code and condition, a row a case. A limit for the case's kind goes before one for
    both kinds, one for its condition before one for all; a class with a single limit needs no condition.
    """
    row, stated = pd.MultiIndex.from_frame(classes).factorize()
    by_class = _by_class(limits)
    choices = [_choices(by_class, *case) for case in stated]
    several = np.array([len(choice) > 1 for choice in choices], dtype=bool)[row]
    if unclear is Unclear.NONE:
        choices = [choice if len(choice) == 1 else [] for choice in choices]
    nothing = np.full(len(classes), "", dtype=object)
    result = Found(np.full(len(classes), NOT_A_TIME), nothing, several & ~np.isnat(start))
    words = np.array([*map(in_words, limits.amount, limits.unit), None], dtype=object)
    for turn in range(max(map(len, choices), default=0)):
        limit = np.array([choice[turn] if turn < len(choice) else -1 for choice in choices], dtype=np.intp)[row]
        mine = limit >= 0
        rows, limit = np.flatnonzero(mine), limit[mine]
        found = each_deadline(limits.amount[limit], limits.unit[limit], start[rows], calendar, pauses.of(mine), zone)
        before = result.deadline[rows]
        better = np.isnat(before) | (found < before if unclear is Unclear.SHORTEST else found > before)
        better &= ~np.isnat(found)
        result.deadline[rows[better]] = found[better]
        result.words[rows[better]] = words[limit[better]]
    return result


def each_deadline(
    amount: NDArray[np.float64],
    unit: NDArray[np.object_],
    start: Times,
    calendar: WorkCalendar,
    pauses: Pauses = NO_PAUSES,
    zone: tzinfo | None = None,
) -> Times:
    """When a limit a case runs out; ``unit`` may be None where there is none."""
    result = np.full(len(start), NOT_A_TIME)
    for each in Unit:
        mine = unit == each
        result[mine] = add_limit(start[mine], amount[mine], each, calendar, pauses.of(mine), zone)
    return result


_ByClass = Mapping[tuple[str, str], Mapping[str, int]]


def _by_class(limits: Limits) -> _ByClass:
    """Rows of the limits by condition, by kind and code."""
    result: dict[tuple[str, str], dict[str, int]] = {}
    for row, (kind, code, condition) in enumerate(zip(limits.kind, limits.code, limits.condition, strict=True)):
        result.setdefault((kind, code), {}).setdefault(condition, row)
    return result


def _choices(by_class: _ByClass, kind: str, code: str, condition: str) -> list[int]:
    """The limits that may hold for a case: one, unless its class has several and it states no condition of theirs."""
    own, both = by_class.get((kind, code), {}), by_class.get(("", code), {})
    for wanted in dict.fromkeys((name_key(condition), "")):
        for known in (own, both):
            if wanted in known:
                return [known[wanted]]
    return list((own or both).values())


def own_limits(texts: NDArray[np.object_], plain: Plain = PLAIN) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Amounts and units of the limits that cases state themselves; not-a-number and None where a text is none."""
    found = each_text(texts, lambda text: stated_limit(text, plain))
    known = np.array([each is not None for each in found], dtype=bool)
    amount, unit = np.full(len(texts), np.nan), np.full(len(texts), None, dtype=object)
    amount[known] = [each[0] for each in found[known]]
    unit[known] = [each[1] for each in found[known]]
    return amount, unit
