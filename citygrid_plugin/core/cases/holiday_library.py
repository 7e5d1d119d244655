"""Holidays and swapped workdays from a maintained library, where this Python has one.

``chinese_calendar`` (PyPI: chinesecalendar) knows those that the State Council announces for mainland China, and
refuses years that are not announced yet; ``holidays`` knows many countries. Neither is needed: a table does as well.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from citygrid_plugin.core.errors import CityGridError, MissingPackage
from citygrid_plugin.core.records.zone_time import Times

CHINA: Final = "CN"
_COMMAND: Final = "python -m pip install {package}"


class UnknownHolidays(CityGridError):
    """A country that the library does not know."""

    template = "The package {package} does not know the holidays of {country}. Give a calendar as a table."


@dataclass(frozen=True)
class Holidays:
    """Days off and swapped workdays of some years (``datetime64[D]``).

    ``source``: the library that told them; ``unknown``: years that it does not know, such as those not announced yet.
    """

    holidays: Times
    workdays: Times
    source: str
    unknown: tuple[int, ...] = ()


def holidays_of(years: Iterable[int], country: str = CHINA) -> Holidays:
    """Holidays and swapped workdays of some years, from the first library that is installed.

    Raises ``MissingPackage`` where none is, ``UnknownHolidays`` for a country that it lacks.
    """
    wanted = sorted(set(years))
    readers: list[tuple[str, str, Callable[[Any, list[int], str], Holidays]]] = [("holidays", "holidays", _holidays)]
    if country == CHINA:
        readers.insert(0, ("chinese_calendar", "chinesecalendar", _chinese_calendar))
    for module, _, read in readers:
        try:
            library = importlib.import_module(module)
        except ImportError:
            continue
        return read(library, wanted, country)
    package = readers[0][1]
    raise MissingPackage(package=package, command=_COMMAND.format(package=package))


def _chinese_calendar(library: Any, years: list[int], _country: str) -> Holidays:  # noqa: ANN401 - a module
    off: list[date] = []
    on: list[date] = []
    unknown = []
    for year in years:
        try:
            working = [(day, library.is_workday(day)) for day in _days_of(year)]
        except NotImplementedError:
            unknown.append(year)
            continue
        off += [day for day, works in working if not works and _is_weekday(day)]
        on += [day for day, works in working if works and not _is_weekday(day)]
    return Holidays(_array(off), _array(on), "chinesecalendar", tuple(unknown))


def _holidays(library: Any, years: list[int], country: str) -> Holidays:  # noqa: ANN401 - a module
    try:
        known = library.country_holidays(country, years=years)
    except NotImplementedError as error:
        raise UnknownHolidays(package="holidays", country=country) from error
    found = {day.year for day in known}
    off = [day for day in known if day.year in years and _is_weekday(day)]
    # It gives all that it knows of swapped workdays, not only those of the years asked for.
    on = sorted(day for day in getattr(known, "weekend_workdays", ()) if day.year in years)
    return Holidays(_array(off), _array(on), "holidays", tuple(year for year in years if year not in found))


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


def _is_weekday(day: date) -> bool:
    return day.weekday() < 5  # noqa: PLR2004 - Saturday


def _array(days: list[date]) -> Times:
    return np.array(days, dtype="datetime64[D]")
