"""Mappings: which field of a source fills which of ours.

A mapping is a dictionary {target: rule}. A rule is one of

- ``"column"``: the name of a source field;
- ``{"field": "column", "values": {theirs: ours}, "default": text}``: values that ``values`` does not list are
  kept as they are; ``default`` fills what is blank then; both may be left out;
- ``{"expression": …, "values": …, "default": …}``: the same from an expression (module ``expressions``);
- ``{"value": text}``: a constant;
- ``{"skip": true}``: nothing fills it, and nobody guesses what might.

Numbers stand for their text. A saved mapping (module ``saved_mappings``) holds such rules under ``rules``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import Texts, each_text, factorized
from citygrid_plugin.core.errors import CityGridError

from .expressions import (
    STEP,
    Columns,
    columns_in,
    compiled,
    is_blank,
    shown,
    with_columns,
)

Rules = Mapping[str, Any]
Known = Callable[[Texts], NDArray[np.bool_]]
"""Which of some different texts (without blanks around) are values that a field knows."""

RULES: Final = "rules"
VALUES: Final = "values"
SKIP: Final = "skip"
UNMATCHED: Final = ("Target", "Value", "Count")

_SHOWN = 80  # characters of a wrong name that a message shows


class BadMapping(CityGridError):
    """A mapping that cannot be understood."""

    template = (
        "The mapping cannot be used: {why}. Write it as "
        '{{"target": "source field"}}, '
        '{{"target": {{"field": "source field", "values": {{"theirs": "ours"}}}}}}, '
        '{{"target": {{"expression": …}}}}, {{"target": {{"value": "constant"}}}} or {{"target": {{"skip": true}}}}.'
    )


def parse_mapping(text: str, targets: Sequence[str]) -> dict[str, Any]:
    """The rules of JSON text: the bare rules, or a saved mapping; empty text has none.

    Raises ``BadMapping``, ``BadExpression``.
    """
    parsed = json_of(text)
    if isinstance(parsed, dict) and isinstance(parsed.get(RULES), dict) and RULES not in targets:
        parsed = parsed[RULES]
    return checked_rules(parsed, targets)


def json_of(text: str) -> Any:  # noqa: ANN401 - JSON
    """What JSON text holds, numbers as they are written; empty text is the empty object. Raises ``BadMapping``."""
    if not text.strip():
        return {}
    try:
        parsed = json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_no_number)
        json.dumps(parsed, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadMapping(why="it holds half a character (a lone surrogate such as \\ud800)") from error
    except ValueError as error:
        raise BadMapping(why=str(error)) from error
    except RecursionError as error:
        raise BadMapping(why="it is nested too deeply") from error
    return parsed


def checked_rules(rules: object, targets: Sequence[str]) -> dict[str, Any]:
    """Rules whose parts have the right types, numbers as plain text. Raises ``BadMapping``, ``BadExpression``."""
    if not isinstance(rules, dict):
        raise BadMapping(why="it is not a JSON object")
    for target in rules:
        if target not in targets:
            raise BadMapping(why=f"“{str(target)[:_SHOWN]}” is none of {', '.join(targets)}")
    return {target: _checked(target, rule) for target, rule in rules.items()}


class _Number(str):
    """A number of a mapping, as it is written there: it stands for a value, but not for a field."""

    __slots__ = ()


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")  # noqa: TRY003 - json_of makes it a user's error


def _checked(target: str, rule: object) -> str | dict[str, Any]:
    if _is_name(rule):
        return str(rule)
    if isinstance(rule, dict):
        if rule == {SKIP: True} and rule[SKIP] is True:
            return rule
        if rule.keys() == {"value"} and isinstance(rule["value"], str):
            return {"value": str(rule["value"])}
        if _is_source(rule) and _are_words(rule):
            return _plain_rule(target, rule)
    raise BadMapping(why=f"“{target}” has the rule {shown(rule)}")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, _Number)


def _is_source(rule: Mapping[str, Any]) -> bool:
    """Whether a rule says from where: a field or an expression, and nothing else than what to make of it."""
    sources = rule.keys() - {VALUES, "default"}
    return sources == {"expression"} or (sources == {"field"} and _is_name(rule["field"]))


def _are_words(rule: Mapping[str, Any]) -> bool:
    words = rule.get(VALUES, {})
    return (
        isinstance(words, dict)
        and all(isinstance(word, str) for word in words.values())
        and isinstance(rule.get("default", ""), str)
    )


def _plain_rule(target: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(rule)
    if "expression" in rule:
        compiled(rule["expression"], f"{target}{STEP}expression")
        result["expression"] = _plain(rule["expression"])
    if rule.get(VALUES):
        result[VALUES] = {theirs: str(ours) for theirs, ours in rule[VALUES].items()}
    if "default" in rule:
        result["default"] = str(rule["default"])
    return result


def _plain(part: Any) -> Any:  # noqa: ANN401 - JSON
    """An expression with whole numbers as such, others as plain text."""
    if isinstance(part, dict):
        return {name: _plain(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [_plain(inner) for inner in part]
    if isinstance(part, _Number):
        return int(part) if re.fullmatch("0|-?[1-9][0-9]{0,8}", part) else str(part)
    return part


# What rules say


def long_form(rule: str | Mapping[str, Any] | None) -> dict[str, Any]:
    """A rule as a dictionary; empty where there is none or it says to leave the field out."""
    if isinstance(rule, str):
        return {"field": rule}
    return {} if rule is None or rule.get(SKIP) else dict(rule)


def fills(rules: Rules, target: str) -> bool:
    """Whether anything fills a field."""
    return bool(long_form(rules.get(target)))


def rule_columns(rule: str | Mapping[str, Any] | None) -> list[str]:
    """The source fields that a rule needs."""
    parts = long_form(rule)
    return [parts["field"]] if "field" in parts else columns_in(parts.get("expression"))


def renamed_rule(rule: str | Mapping[str, Any], rename: Callable[[str], str]) -> str | dict[str, Any]:
    """A rule with other names of source fields."""
    if isinstance(rule, str):
        return rename(rule)
    result = dict(rule)
    if "field" in result:
        result["field"] = rename(result["field"])
    if "expression" in result:
        result["expression"] = with_columns(result["expression"], rename)
    return result


def with_values(rule: str | Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """A rule that also knows what these values mean; a constant stays as it is."""
    parts = long_form(rule)
    return parts if not words or "value" in parts else {**parts, VALUES: {**parts.get(VALUES, {}), **words}}


# Names


def guess_mapping(columns: Iterable[str], synonyms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A mapping by the names of the source fields.

    ``synonyms``: target -> names, the most telling first; case, spaces and underscores do not count.
    """
    names = by_plain_name(columns)
    found = {
        target: next((names[plain_name(word)] for word in (target, *words) if plain_name(word) in names), None)
        for target, words in synonyms.items()
    }
    return {target: name for target, name in found.items() if name is not None}


def by_plain_name(columns: Iterable[str]) -> dict[str, str]:
    """The first of the source fields with each plain name."""
    names: dict[str, str] = {}
    for column in columns:
        names.setdefault(plain_name(str(column)), str(column))
    return names


def plain_name(name: str) -> str:
    """What of the name of a field is compared."""
    return "".join(name.replace("_", " ").split()).casefold()


# Values


def mapped(frame: pd.DataFrame, rules: Rules, targets: Sequence[str], layer: str) -> pd.DataFrame:
    """The target columns as text (empty where nothing fills them), with the index of ``frame``.

    Raises ``UnknownField`` for a source field that ``frame`` lacks (``layer`` names it in that sentence),
    ``BadExpression`` for rules that ``parse_mapping`` has not seen.
    """
    columns = Columns(frame, layer)
    return pd.DataFrame(
        {target: _filled(columns, target, rules.get(target)) for target in targets}, index=frame.index, dtype=object
    )


def _filled(columns: Columns, target: str, rule: str | Mapping[str, Any] | None) -> Texts:
    parts = long_form(rule)
    if not parts or "value" in parts:
        return columns.constant(str(parts.get("value", "")))
    if "field" in parts:
        texts = columns.text(parts["field"])
    else:
        texts = compiled(parts.get("expression"), f"{target}{STEP}expression")(columns)
    if words := parts.get(VALUES):
        words = {theirs.strip(): ours for theirs, ours in words.items()}
        texts = each_text(texts, lambda text: words.get(text.strip(), text))
    if default := str(parts.get("default", "")):
        texts = np.where(is_blank(texts), columns.constant(default), texts)
    return texts


def unmatched(frame: pd.DataFrame, rules: Rules, known: Mapping[str, Known], layer: str = "INPUT") -> pd.DataFrame:
    """The values that the rules give and that a field does not know, with how many records have each.

    ``known``: target -> what tells known values; blank ones are never asked about. Columns Target, Value,
    Count: targets in the order of ``known``, the most frequent value first. Raises as ``mapped``.
    """
    targets = [target for target in known if fills(rules, target)]
    table = mapped(frame, rules, targets, layer)
    return pd.DataFrame(
        [
            (target, value, int(count))
            for target in targets
            for value, count in _unknown_counts(table[target].to_numpy(dtype=object), known[target])
        ],
        columns=list(UNMATCHED),
    )


def _unknown_counts(texts: Texts, is_known: Known) -> list[tuple[str, int]]:
    row, values = factorized(each_text(texts, str.strip))
    counts = np.bincount(row, minlength=len(values))
    wanted = np.flatnonzero((values != "") & ~is_known(values)) if len(values) else np.array([], dtype=int)
    return [(str(values[index]), int(counts[index])) for index in wanted[np.argsort(-counts[wanted], kind="stable")]]
