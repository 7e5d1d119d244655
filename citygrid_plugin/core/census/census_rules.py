"""The rules that a component record is checked by: each with its key, its usual level and its sentence.

A level says what becomes of a record that a rule speaks against: it is rejected, skipped (it is there already), taken
with a warning, or taken without a word. Levels can be set, within what a rule allows: a record without a class cannot
become a component, and no component is taken twice.

What is checked comes from the domain facts ("Component census"); the usual levels are ours. Geometry types of classes
are recalled, not published, so they never reject unless somebody says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.spatial.coverage import Indices

from .component_ids import Mask


class Level(StrEnum):
    """What becomes of a record that a rule speaks against."""

    REJECT = "reject"
    SKIP = "skip"
    WARN = "warn"
    OFF = "off"


TEXTS: Final = {
    # Class
    "no_class": "The record names no class.",
    "bad_code": "“{value}” has not the shape of a class code.",
    "unknown_code": "The class code “{value}” is not in the scheme.",
    "unknown_name": "The class name “{value}” is not in the scheme.",
    "code_not_assigned": "The code of the local class “{value}” is not published. Load the city's extension table.",
    "class_unnamed": "No table names the local class {value}.",
    "name_mismatch": "The record states another name than its class code has: {value}.",
    # Identity
    "id_missing": "The record has no id.",
    "id_damaged": "The id “{value}” is damaged.",
    "id_spreadsheet": "The last digit of the id “{value}” cannot be trusted: it went through a spreadsheet.",
    "id_mismatch": "The id {value} names another district or class than the record.",
    "id_repeated": "The id {value} is another component's already.",
    # Attributes
    "state_unknown": "“{value}” is no known state.",
    "source_unknown": "“{value}” is no known data source.",
    "date_unreadable": "“{value}” is no date.",
    "dates_reversed": "The component ends before it begins: {value}.",
    "two_departments": "More than one department answers for this class: {value}.",
    # Place
    "no_geometry": "The record has no place.",
    "geometry_invalid": "The outline crosses or touches itself.",
    "geometry_type": "Components of the class {value} usually are of another geometry type.",
    "outside_district": "The place lies outside the district.",
    "outside_grid": "The place lies outside the unit grid.",
    "grid_mismatch": "The record names the unit grid {value}, but lies in another one.",
    # Twice
    "duplicate": "Same class and place as row {value}.",
    "near_duplicate": "Same class and almost the same place as {value}.",
    "already_imported": "The component is there already as {value}.",
    "id_elsewhere": "The component {value} is there already, at another place.",
}
"""What a rule says about one record; the interface translates it and fills in the value."""

_REJECT, _SKIP, _WARN, _OFF = Level
_ALWAYS: Final = (_REJECT,)
_ANY: Final = (_REJECT, _WARN, _OFF)
_TWICE: Final = (_SKIP, _REJECT)
_ALIKE: Final = (_SKIP, _REJECT, _WARN, _OFF)


@dataclass(frozen=True)
class Rule:
    """A rule: its key (of ``TEXTS``), its usual level and the levels that it may have."""

    key: str
    level: Level
    allowed: tuple[Level, ...] = _ANY


RULES: Final[Mapping[str, Rule]] = {
    rule.key: rule
    for rule in (
        Rule("no_class", _REJECT, _ALWAYS),
        Rule("bad_code", _REJECT, _ALWAYS),
        Rule("unknown_code", _REJECT),
        Rule("unknown_name", _REJECT, _ALWAYS),
        Rule("code_not_assigned", _REJECT, _ALWAYS),
        Rule("class_unnamed", _WARN),
        Rule("name_mismatch", _WARN),
        Rule("id_missing", _OFF),
        Rule("id_damaged", _WARN),
        Rule("id_spreadsheet", _WARN),
        Rule("id_mismatch", _WARN),
        Rule("id_repeated", _WARN),
        Rule("state_unknown", _WARN),
        Rule("source_unknown", _WARN),
        Rule("date_unreadable", _WARN),
        Rule("dates_reversed", _WARN),
        Rule("two_departments", _WARN),
        Rule("no_geometry", _REJECT),
        Rule("geometry_invalid", _WARN),
        Rule("geometry_type", _WARN),
        Rule("outside_district", _REJECT),
        Rule("outside_grid", _REJECT),
        Rule("grid_mismatch", _WARN),
        Rule("duplicate", _SKIP, _ALIKE),
        Rule("near_duplicate", _WARN, _ALIKE),
        Rule("already_imported", _SKIP, _TWICE),
        Rule("id_elsewhere", _SKIP, _TWICE),
    )
}
"""All rules by key, in the order in which reports list them."""


class BadLevels(CityGridError):
    """Levels that cannot be understood, or that a rule does not allow."""

    template = (
        'The levels cannot be used: {why}. Write them as {{"near_duplicate": "reject"}}. '
        "Rules: {rules}. Levels: {levels}."
    )

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why, rules=", ".join(RULES), levels=", ".join(Level))


def parse_levels(text: str) -> dict[str, Level]:
    """Levels from JSON text ``{rule: level}``; empty text sets none. Raises ``BadLevels``."""
    if not text.strip():
        return {}
    try:
        stated = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadLevels(why=str(error)) from error
    if not isinstance(stated, dict):
        raise BadLevels(why="it is not a JSON object")
    return levels_of(stated)


def levels_of(stated: Mapping[str, object]) -> dict[str, Level]:
    """Levels as stated, checked. Raises ``BadLevels``."""
    for key, level in stated.items():
        if key not in RULES:
            raise BadLevels(why=f"“{key}” is no rule")
        if level not in RULES[key].allowed:
            raise BadLevels(why=f"“{key}” can be {' or '.join(RULES[key].allowed)}, not “{level}”")
    return {key: Level(str(level)) for key, level in stated.items()}


class Findings:
    """What the rules found: per finding a record, a rule and the value that it is about.

    ``rejected`` and ``skipped`` mark the records that are not taken; ``open`` the others.
    """

    def __init__(self, count: int, levels: Mapping[str, Level]) -> None:
        self.levels = {key: rule.level for key, rule in RULES.items()} | levels_of(levels)
        self.rejected: Mask = np.zeros(count, dtype=bool)
        self.skipped: Mask = np.zeros(count, dtype=bool)
        self._parts: list[tuple[str, Indices, NDArray[Any] | str]] = []

    @property
    def open(self) -> Mask:
        """Records that nothing keeps from being taken so far."""
        return ~(self.rejected | self.skipped)

    def rejects(self, key: str) -> bool:
        """Whether a rule keeps records out, so that nothing needs to be said of what becomes of their values."""
        return self.levels[key] is Level.REJECT

    def add(self, key: str, mask: Mask, value: NDArray[Any] | str = "", start: int = 0) -> None:
        """Note what a rule found.

        ``mask`` and ``value`` are of consecutive records from ``start``; a single ``value`` is that of all.
        """
        rows = np.flatnonzero(mask)
        self.tell(key, rows + start, value if isinstance(value, str) else value[rows])

    def tell(self, key: str, rows: Indices, value: NDArray[Any] | str) -> None:
        """Note what a rule found about some records, with a value for each of them."""
        level = self.levels[key]
        if level is Level.OFF or not len(rows):
            return
        if level is Level.REJECT:
            self.rejected[rows] = True
        elif level is Level.SKIP:
            self.skipped[rows] = True
        self._parts.append((key, rows, value))

    def table(self) -> pd.DataFrame:
        """All findings in the order of the records: Record (its index), Rule, Level (categories), Value (text).

        Of a record that is skipped only the reason for that is told: the rest was told when it was imported.
        """
        keys = list(RULES)
        record = np.concatenate([rows for _, rows, _ in self._parts] or [np.array([], dtype=np.intp)])
        code = np.concatenate([np.full(len(rows), keys.index(key)) for key, rows, _ in self._parts] or [record])
        value = np.concatenate(
            [np.full(len(rows), value) if isinstance(value, str) else value for _, rows, value in self._parts]
            or [np.array([])]
        ).astype(object)
        skips = np.array([self.levels[key] is Level.SKIP for key in keys])
        told = np.flatnonzero(~(self.skipped & ~self.rejected)[record] | skips[code.astype(np.intp)])
        order = told[np.argsort(record[told], kind="stable")]
        rule = pd.Categorical.from_codes(code[order].astype(np.intp), categories=keys)
        level = np.array([list(Level).index(self.levels[key]) for key in keys], dtype=np.intp)
        return pd.DataFrame(
            {
                "Record": record[order],
                "Rule": rule,
                "Level": pd.Categorical.from_codes(level[rule.codes], categories=[str(level) for level in Level]),
                "Value": value[order],
            }
        )
