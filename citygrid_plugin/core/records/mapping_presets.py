"""Presets: mappings for deliveries of a known make, fitted to the table and the code scheme at hand.

A preset is a saved mapping with two freedoms. A rule may be a list of rules: the first whose columns the table
has is taken. And ``tags`` may give, by key and value of OpenStreetMap, the names that a class has in the
generations of the standards: it becomes the rule of ClassName, with the name that the scheme knows; so a preset
holds no code and fits every scheme.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from citygrid_plugin.core import fields
from citygrid_plugin.core.schemes import COMPONENT, SAME, Scheme

from .mapping import (
    BadMapping,
    by_plain_name,
    checked_rules,
    plain_name,
    renamed_rule,
    rule_columns,
)

Tags = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Fitted:
    """Rules of a preset for one table.

    ``missing``: fields for which the table has no column. ``left_out``: tags with the class that the scheme does
    not have, such as ``("barrier=bollard", "便道桩")``.
    """

    rules: dict[str, Any]
    missing: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Preset:
    """A mapping that the plugin brings along; ``rules``: target -> the rules to choose from."""

    name: str
    rules: Mapping[str, Sequence[Any]]
    tags: Tags = field(default_factory=dict)

    @classmethod
    def of(cls, parsed: object, targets: Sequence[str]) -> Preset:
        """A preset from JSON. Raises ``BadMapping``, ``BadExpression``."""
        if not isinstance(parsed, dict) or not isinstance(parsed.get("rules"), dict):
            raise BadMapping(why="it is no preset")
        rules = {
            target: [
                checked_rules({target: rule}, targets)[target]
                for rule in (given if isinstance(given, list) else [given])
            ]
            for target, given in parsed["rules"].items()
        }
        return cls(str(parsed.get("name", "")), rules, parsed.get("tags", {}))

    def fitted(self, columns: Iterable[str], scheme: Scheme) -> Fitted:
        """The rules for a table with these columns; case, blanks and underscores of names do not count."""
        names = by_plain_name(columns)
        found = {target: _first_fitting(options, names) for target, options in self.rules.items()}
        rules = {target: rule for target, rule in found.items() if rule is not None}
        known, left_out = _classes_of_tags(self.tags, scheme)
        if self.tags:
            rules[fields.CLASS_NAME] = {"expression": _tag_expression(known)}
        return Fitted(rules, tuple(target for target in found if target not in rules), left_out)


def _first_fitting(options: Sequence[Any], names: Mapping[str, str]) -> Any:  # noqa: ANN401 - a rule
    for rule in options:
        if all(plain_name(column) in names for column in rule_columns(rule)):
            return renamed_rule(rule, lambda column: names[plain_name(column)])
    return None


def _classes_of_tags(tags: Tags, scheme: Scheme) -> tuple[dict[str, dict[str, str]], tuple[tuple[str, str], ...]]:
    """Class names of the scheme by key and value, and the tags that it has no class for."""
    known: dict[str, dict[str, str]] = {}
    left_out = []
    for key, values in tags.items():
        known[key] = {}
        for value, names in values.items():
            if name := _name_in(scheme, names):
                known[key][value] = name
            else:
                left_out.append((f"{key}={value}", names[0]))
    return known, tuple(left_out)


def _name_in(scheme: Scheme, names: Sequence[str]) -> str:
    """The scheme's name of a class that has these names; only the same thing counts, nothing near it."""
    for name in names:
        found = [code for code, relation in scheme.codes_of_name(COMPONENT, name).items() if relation == SAME]
        if len(found) == 1:
            return scheme.names(COMPONENT)[found[0]]
    return ""


def _tag_expression(known: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The class of the first key that names one; else the tag itself, so that the account says what was left."""
    classes = [{"lookup": [{"tag": key}, dict(values)]} for key, values in known.items() if values]
    others = [{"when": [{"tag": key}, {"concat": [f"{key}=", {"tag": key}]}]} for key in known]
    return {"coalesce": [*classes, *others]}
