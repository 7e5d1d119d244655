"""Words for cases: statuses, times that are left or over, and filters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from qgis.PyQt.QtCore import QDate, QLocale

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_choice import LISTS, CaseFilter
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.cases.case_styles import CASE_LOOKS
from citygrid_plugin.processing.style_parts import FIELD_TITLES

if TYPE_CHECKING:
    import numpy as np

    from citygrid_plugin.core.cases.case_filter import CaseStates

_FIELDS: Final = {
    "statuses": fields.STATUS,
    "classes": fields.CLASS_NAME,
    "departments": fields.DEPARTMENT,
    "streets": fields.STREET_NAME,
    "zones": fields.RG_NAME,
    "sources": fields.SOURCE,
}

NO_TIME: Final = "–"
_NAMED: Final = 4  # values of a list that are named one by one
_HOURS, _MINUTES = 24, 60


def list_title(name: str) -> str:
    """What one of the lists of a filter is called."""
    return tr(FIELD_TITLES[_FIELDS[name]])


def status_title(status: str) -> str:
    """What a status is called."""
    return next((tr(look.title) for look in CASE_LOOKS if status in look.values), status)


def value_title(name: str, value: str) -> str:
    """What a value of one of the lists is called."""
    if name == "statuses":
        return status_title(value)
    return value or tr("(not stated)")


def duration(hours: float) -> str:
    """A time span in its two largest units."""
    minutes = math.floor(abs(hours) * _MINUTES + 0.5)
    days, rest = divmod(minutes, _HOURS * _MINUTES)
    if days:
        return tr("{days} d {hours} h").format(days=f"{days:,}", hours=rest // _MINUTES)
    if rest >= _MINUTES:
        return tr("{hours} h {minutes} min").format(hours=rest // _MINUTES, minutes=rest % _MINUTES)
    return tr("{minutes} min").format(minutes=rest)


def time_words(states: CaseStates, row: int) -> str:
    """How much time a case has left, or is over; how a closed one ended."""
    over, left = states.over_hours[row], states.left_hours[row]
    if not math.isnan(over):
        late = states.outcome[row] == "late"
        return (tr("{time} late") if late else tr("{time} over")).format(time=duration(over))
    if states.outcome[row] == "on time":
        return tr("on time")
    if math.isnan(left):
        return NO_TIME
    return (tr("{time} left") if left >= 0 else tr("{time} over")).format(time=duration(left))


def clock(time: np.datetime64) -> str:
    """A time to the minute; empty where there is none."""
    text = str(time.astype("datetime64[m]"))
    return "" if text == "NaT" else text.replace("T", " ")


def filter_words(wanted: CaseFilter, *, whole: bool = False) -> str:
    """A filter in words, empty where it shows all; ``whole``: with all values, not only the first ones."""
    parts = [
        tr("{name}: {values}").format(name=list_title(name), values=_listed(name, getattr(wanted, name), whole=whole))
        for name in LISTS
        if getattr(wanted, name)
    ]
    if wanted.first or wanted.last:
        parts.append(tr("{name}: {values}").format(name=tr(FIELD_TITLES[fields.REPORTED]), values=period_words(wanted)))
    if wanted.words:
        parts.append(tr("{name}: {values}").format(name=tr("Text"), values=f"“{wanted.text.strip()}”"))
    return " · ".join(parts)


def period_words(wanted: CaseFilter) -> str:
    """The period of a filter in words."""
    first, last = (_day(day) if day else "" for day in (wanted.first, wanted.last))
    if first and last:
        return f"{first} – {last}"
    return tr("from {day}").format(day=first) if first else tr("until {day}").format(day=last)


def _day(day: date) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)


def _listed(name: str, values: Sequence[str], *, whole: bool) -> str:
    shown = len(values) if whole or len(values) <= _NAMED + 1 else _NAMED
    text = ", ".join(value_title(name, value) for value in values[:shown])
    more = len(values) - shown
    return tr("{values} and {count} more").format(values=text, count=more) if more else text
