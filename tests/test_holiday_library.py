"""Holidays from a library: which one is asked, what it does not know, and that none is needed."""

from __future__ import annotations

import importlib
import sys
from datetime import date
from types import ModuleType

import numpy as np
import pytest

from citygrid_plugin.core.cases.holiday_library import UnknownHolidays, holidays_of
from citygrid_plugin.core.cases.work_calendar import WorkCalendar
from citygrid_plugin.core.errors import MissingPackage

GOLDEN_WEEK = {date(2025, 10, day) for day in range(1, 9)}
SWAPPED = {date(2025, 9, 28), date(2025, 10, 11)}


def chinese_calendar() -> ModuleType:
    """Speaks as chinese_calendar does: every day of a year that it knows."""
    module = ModuleType("chinese_calendar")

    def is_workday(day: date) -> bool:
        if day.year != 2025:
            raise NotImplementedError(day)
        return day in SWAPPED or (day.weekday() < 5 and day not in GOLDEN_WEEK)

    module.is_workday = is_workday  # type: ignore[attr-defined]
    return module


def holidays_package() -> ModuleType:
    """Speaks as holidays does: days with names, and the swapped workdays of all years that it has."""
    module = ModuleType("holidays")

    class Days(dict):
        weekend_workdays = SWAPPED | {date(2001, 12, 29)}

    def country_holidays(country: str, years: list[int]) -> Days:
        if country != "CN":
            raise NotImplementedError(country)
        return Days(dict.fromkeys(GOLDEN_WEEK if 2025 in years else [], "National Day"))

    module.country_holidays = country_holidays  # type: ignore[attr-defined]
    return module


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No library is installed, whatever this Python has."""
    for name in ("chinese_calendar", "holidays"):
        monkeypatch.setitem(sys.modules, name, None)
    return monkeypatch


def test_without_a_library_the_remedy_is_told(libraries: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingPackage, match="pip install chinesecalendar"):
        holidays_of([2025])
    with pytest.raises(MissingPackage, match="pip install holidays"):
        holidays_of([2025], "DE")
    libraries.setitem(sys.modules, "holidays", holidays_package())
    with pytest.raises(UnknownHolidays, match="XX"):
        holidays_of([2025], "XX")


@pytest.mark.parametrize("make", [chinese_calendar, holidays_package])
def test_holidays_and_swapped_workdays(libraries: pytest.MonkeyPatch, make: type) -> None:
    module = make()
    libraries.setitem(sys.modules, module.__name__, module)
    found = holidays_of([2025, 2026])
    assert set(found.holidays.tolist()) == {day for day in GOLDEN_WEEK if day.weekday() < 5}
    assert set(found.workdays.tolist()) == SWAPPED
    assert found.unknown == (2026,)
    # What the city's table says of a day goes before.
    own = WorkCalendar(holidays=np.array(["2025-10-11"], dtype="datetime64[D]"))
    both = own.with_days(found.holidays, found.workdays)
    days = np.array(["2025-10-11", "2025-10-01", "2025-09-28", "2025-10-09"], dtype="datetime64[D]")
    assert both.works(days).tolist() == [False, False, True, True]


@pytest.mark.parametrize("name", ["chinese_calendar", "holidays"])
def test_the_real_library_where_it_is_installed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    pytest.importorskip(name)
    for other in {"chinese_calendar", "holidays"} - {name}:
        monkeypatch.setitem(sys.modules, other, None)
    importlib.import_module(name)
    found = holidays_of([2025])
    assert {date(2025, 10, 1), date(2025, 10, 8)} <= set(found.holidays.tolist())
    assert set(found.workdays.tolist()) >= SWAPPED
    assert not found.unknown
