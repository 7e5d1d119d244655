"""Mappings: which field of a source fills which of ours.

A mapping is a dictionary {target: rule}. A rule is the name of a source field, or ``{"field": name,
"values": {source value: our value}}``, or ``{"value": constant}``. Values that ``values`` does not list
are kept as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from .errors import CityGridError, UnknownField

Rules = Mapping[str, Any]
_KEYS: Final = ({"field"}, {"field", "values"}, {"value"})


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
        rules = json.loads(text)
    except ValueError as error:
        raise BadMapping(why=str(error)) from error
    if not isinstance(rules, dict):
        raise BadMapping(why="it is not a JSON object")
    for target, rule in rules.items():
        if target not in targets:
            raise BadMapping(why=f"“{target}” is none of {', '.join(targets)}")
        if not (isinstance(rule, str) or (isinstance(rule, dict) and set(rule) in _KEYS)):
            raise BadMapping(why=f"“{target}” has the rule {json.dumps(rule, ensure_ascii=False)}")
    return rules


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
