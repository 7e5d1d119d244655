"""Mappings: which field of a source fills which of ours.

A mapping is a dictionary {target: rule}. A rule is the name of a source field, or ``{"field": name,
"values": {source value: our value}}``, or ``{"value": constant}``. Values that ``values`` does not list
are kept as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from .errors import CityGridError, UnknownField

Rules = Mapping[str, Any]
_SHOWN = 80  # characters of a wrong rule that a message shows


class BadMapping(CityGridError):
    """A mapping that cannot be understood."""

    template = (
        "The mapping cannot be used: {why}. Write it as "
        '{{"target": "source field"}}, '
        '{{"target": {{"field": "source field", "values": {{"theirs": "ours"}}}}}} '
        'or {{"target": {{"value": "constant"}}}}.'
    )


def parse_mapping(text: str, targets: Sequence[str]) -> dict[str, Any]:
    """A mapping from JSON text; empty text is the empty mapping. Raises ``BadMapping``."""
    if not text.strip():
        return {}
    try:
        rules = json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_no_number)
    except ValueError as error:
        raise BadMapping(why=str(error)) from error
    except RecursionError as error:
        raise BadMapping(why="it is nested too deeply") from error
    if not isinstance(rules, dict):
        raise BadMapping(why="it is not a JSON object")
    for target in rules:
        if target not in targets:
            raise BadMapping(why=f"“{target[:_SHOWN]}” is none of {', '.join(targets)}")
    return {target: _checked(target, rule) for target, rule in rules.items()}


class _Number(str):
    """A number of a mapping, as it is written there: it stands for a value, but not for a field."""

    __slots__ = ()


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")  # noqa: TRY003 - parse_mapping makes it a user's error


def _checked(target: str, rule: object) -> str | dict[str, Any]:
    """A rule whose parts have the right types, numbers as plain text. Raises ``BadMapping``."""
    if _is_name(rule):
        return str(rule)
    if isinstance(rule, dict):
        values = rule.get("values", {})
        if rule.keys() == {"value"} and isinstance(rule["value"], str):
            return {"value": str(rule["value"])}
        if (
            rule.keys() in ({"field"}, {"field", "values"})
            and _is_name(rule["field"])
            and isinstance(values, dict)
            and all(isinstance(value, str) for value in values.values())
        ):
            return {**rule, "values": {theirs: str(ours) for theirs, ours in values.items()}} if values else rule
    raise BadMapping(why=f"“{target}” has the rule {_shown(rule)}")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, _Number)


def _shown(rule: object) -> str:
    try:
        text = json.dumps(rule, ensure_ascii=False)
    except RecursionError:
        text = str(type(rule).__name__)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


def guess_mapping(columns: Iterable[str], synonyms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A mapping by the names of the source fields.

    ``synonyms``: target -> names, the most telling first; case, spaces and underscores do not count.
    """
    names: dict[str, str] = {}
    for column in columns:
        names.setdefault(_plain(str(column)), str(column))
    found = {
        target: next((names[_plain(word)] for word in (target, *words) if _plain(word) in names), None)
        for target, words in synonyms.items()
    }
    return {target: name for target, name in found.items() if name is not None}


def _plain(name: str) -> str:
    return "".join(name.replace("_", " ").split()).casefold()


def mapped(frame: pd.DataFrame, rules: Rules, targets: Sequence[str], layer: str) -> pd.DataFrame:
    """The target columns as text (empty where nothing fills them), with the index of ``frame``.

    Raises ``UnknownField`` for a source field that ``frame`` lacks; ``layer`` names it in that sentence.
    """
    return pd.DataFrame(
        {target: _filled(frame, rules.get(target), layer) for target in targets},
        index=frame.index,
        dtype=object,
    )


def _filled(frame: pd.DataFrame, rule: str | Mapping[str, Any] | None, layer: str) -> pd.Series:
    if rule is None:
        return pd.Series("", index=frame.index, dtype=object)
    if isinstance(rule, str):
        rule = {"field": rule}
    if "value" in rule:
        return pd.Series(str(rule["value"]), index=frame.index, dtype=object)
    name = rule["field"]
    if name not in frame:
        available = ", ".join(str(column) for column in frame.columns if column != "geometry")
        raise UnknownField(layer=layer, field=name, available=available)
    text = frame[name].astype(object).where(frame[name].notna(), "").astype(str).astype(object)
    values = rule.get("values", {})
    return text.where(~text.str.strip().isin(values), text.str.strip().map(values)) if values else text
