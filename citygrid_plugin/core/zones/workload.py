"""The workload of unit grids: one measure, or the weighted sum of several (rule: ours).

Measures have different units, so each is first divided by its mean over the unit grids: in a weighted sum a weight
of 2 means that this measure makes twice as much of the whole workload as one with the weight 1. The sum is scaled so
that a mean unit grid has 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.spatial.coverage import Floats

OTHER: Final = "*"  # the weight of classes that are not named
_DAYS_A_MONTH = 365.2425 / 12


class BadWeights(CityGridError):
    """A text of weights that cannot be read."""

    template = (
        'WEIGHTS cannot be read: {why}. Write the weight of each part as JSON, such as {{"area": 1, "components": 2}}; '
        "parts are area, fields of the unit grid, and the names of the layers that are counted."
    )


class UnknownPart(CityGridError):
    """A weighted part that is neither area, nor a field, nor a layer."""

    template = "WEIGHTS names “{name}”, which is none of the parts of a workload here: {available}."


@dataclass(frozen=True)
class Part:
    """A part of the workload: its weight, and for counted objects how much each counts.

    ``classes``: weight by the beginning of the class code in the column ``class_field`` (the longest counts; "*" for
    all others, 1 by default). ``date_field``: objects are counted a month of the time that these dates span.
    """

    weight: float = 1.0
    classes: Mapping[str, float] = field(default_factory=dict)
    class_field: str = "ClassCode"
    date_field: str = ""


def parse_weights(text: str) -> dict[str, Part]:
    """Weights from JSON: an object of parts, each a number, or an object with weight, classes, field and per_month.

    Raises ``BadWeights``.
    """
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadWeights(why=f"{error.msg} (line {error.lineno}, column {error.colno})") from error
    if not isinstance(given, dict) or not given:
        raise BadWeights(why="it is no JSON object with parts")
    parts = {str(name): _part(str(name), value) for name, value in given.items()}
    if not any(part.weight for part in parts.values()):
        raise BadWeights(why="all weights are 0")
    return parts


def _part(name: str, value: Any) -> Part:  # noqa: ANN401 - anything may stand in JSON
    if not isinstance(value, dict):
        return Part(_weight(name, value))
    unknown = sorted(set(value) - {"weight", "classes", "field", "per_month"})
    if unknown:
        raise BadWeights(why=f"“{name}” has “{unknown[0]}”, which is none of weight, classes, field, per_month")
    classes = value.get("classes", {})
    if not isinstance(classes, dict):
        raise BadWeights(why=f"the classes of “{name}” are no JSON object")
    return Part(
        _weight(name, value.get("weight", 1)),
        {str(code): _weight(f"{name}: {code}", weight) for code, weight in classes.items()},
        str(value.get("field", "ClassCode")),
        str(value.get("per_month", "")),
    )


def _weight(name: str, value: Any) -> float:  # noqa: ANN401 - anything may stand in JSON
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else np.nan
    if not np.isfinite(number) or number < 0:
        raise BadWeights(why=f"the weight of “{name}” is “{value}”, and must be a number of 0 or more")
    return number


def class_weights(codes: pd.Series, classes: Mapping[str, float]) -> Floats:
    """The weight (n,) of each class code (text): that of the longest beginning named, else that of "*", else 1."""
    row, distinct = pd.factorize(codes.astype("string").fillna(""), use_na_sentinel=False)
    known = sorted((code for code in classes if code != OTHER), key=len, reverse=True)
    default = classes.get(OTHER, 1.0)
    weights = [
        next((classes[code] for code in known if str(value).startswith(code)), default) for value in distinct.tolist()
    ]
    return np.array(weights, dtype=float)[row] if weights else np.zeros(len(codes))


def months(dates: pd.Series) -> float:
    """The months that dates span, at least one; what is no date is left out."""
    days = pd.to_datetime(dates.astype("string"), errors="coerce", format="mixed", utc=True)
    span = (days.max() - days.min()).total_seconds() / 86400 if days.notna().any() else 0.0
    return max(span / _DAYS_A_MONTH, 1.0)


def weighted_sum(parts: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The weighted sum (n,) of measures, each against its mean; a measure that is nowhere adds nothing."""
    total = np.zeros(len(next(iter(parts.values()))))
    whole = 0.0
    for name, values in parts.items():
        mean = float(np.mean(values)) if len(values) else 0.0
        if mean > 0 and weights[name] > 0:
            total += weights[name] * values / mean
            whole += weights[name]
    return total / whole if whole else total
