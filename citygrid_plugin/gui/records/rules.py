"""What rules of a mapping make of lists of records, for the pages that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    import pandas as pd

    from citygrid_plugin.core.records.mapping import Known
    from citygrid_plugin.core.records.saved_mappings import SavedMapping
    from citygrid_plugin.storage.readers.records import Records

_SAMPLES, _SAMPLE_ROWS = 4, 1000


def columns_of(records: Records) -> list[str]:
    """The columns of records that a rule may name."""
    return [str(name) for name in records.frame.columns if name != "geometry"]


def rule_of(rules: Mapping[str, Any], target: str) -> dict[str, Any]:
    """A rule in its long form; empty where there is none."""
    rule = rules.get(target)
    if rule is None:
        return {}
    return {"field": rule} if isinstance(rule, str) else dict(rule)


def lacking_column(rules: Mapping[str, Any], columns: Sequence[str], table: str) -> str:
    """What to say where the rules name a column that the table lacks; empty where they name none."""
    from citygrid_plugin.core.records.mapping import rule_columns  # noqa: PLC0415

    there = set(columns)
    missing = next((name for rule in rules.values() for name in rule_columns(rule) if name not in there), None)
    if missing is None:
        return ""
    text = tr("The mapping takes “{field}”, a column that “{table}” lacks. Choose another one.")
    return text.format(field=missing, table=table)


def recalled(memory: Path, columns: Sequence[str], targets: Sequence[str]) -> SavedMapping | None:
    """The mapping that such tables had before, for columns as they are called now."""
    from citygrid_plugin.core.records.mapping import by_plain_name, plain_name, renamed_rule  # noqa: PLC0415
    from citygrid_plugin.storage.mapping_files import recall  # noqa: PLC0415

    before = recall(memory, columns, targets)
    if before is None:
        return None
    names = by_plain_name(columns)
    rules = {
        target: renamed_rule(rule, lambda column: names.get(plain_name(column), column))
        for target, rule in before.rules.items()
    }
    return replace(before, rules=rules)


def samples(frame: pd.DataFrame, rules: Mapping[str, Any], target: str) -> str:
    """The first different values that a field gets."""
    from citygrid_plugin.core.records.mapping import mapped  # noqa: PLC0415

    if target not in rules:
        return ""
    try:
        values = mapped(frame.head(_SAMPLE_ROWS), rules, [target], "")[target]
    except CityGridError:  # the page says so
        return ""
    return ", ".join(values[values != ""].astype(str).unique()[:_SAMPLES])


def value_counts(
    tables: Sequence[Records], rules: Mapping[str, Any], target: str, known: Known
) -> list[tuple[str, int, bool]]:
    """Values before it is told what they mean: how many records have each, and whether we know what that is.

    Unknown ones come first, then the most frequent. Raises ``UnknownField``.
    """
    import pandas as pd  # noqa: PLC0415

    from citygrid_plugin.core.records.mapping import mapped  # noqa: PLC0415

    rule = rule_of(rules, target)
    source = {target: {name: rule[name] for name in ("field", "expression") if name in rule}}
    texts = [mapped(records.frame, source, [target], records.name)[target] for records in tables]
    counts = pd.concat(texts).astype(str).str.strip().value_counts()
    counts = counts[counts.index != ""]
    meant = pd.Series(counts.index, dtype=object).replace(rule.get("values", {})).to_numpy(dtype=object)
    if not len(meant):
        return []
    ordered = sorted(zip(known(meant), counts.index, counts, strict=True), key=lambda each: (bool(each[0]), -each[2]))
    return [(str(value), int(count), bool(is_known)) for is_known, value, count in ordered]
