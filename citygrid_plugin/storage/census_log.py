"""The log of imports in a workspace: a row an import in the table ``census_log``, and the numbers given so far.

A number that was ever given stays given, also where its component was deleted: the log keeps the highest.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from .layers import NewLayer, stored_table

CENSUS_LOG: Final = "census_log"
COLUMNS: Final = (
    "Time", "Files", "Scheme", "District", "Read", "Accepted", "Rejected", "Skipped", "Levels", "Mapping", "Highest",
)  # fmt: skip
"""Time: UTC, ISO 8601. Files: one a line. Levels, Mapping, Highest (number by district and class): JSON."""


def logged(workspace: Path, row: Mapping[str, Any]) -> NewLayer:
    """The log of a workspace with one more row (``COLUMNS``), to be written with the layers that it tells of."""
    new = pd.DataFrame([row], columns=list(COLUMNS))
    before = stored_table(workspace, CENSUS_LOG)
    rows = new if before is None else pd.concat([before, new], ignore_index=True)
    return NewLayer(CENSUS_LOG, rows, "NoGeometry")


def highest_numbers(workspace: Path | None) -> dict[int, int]:
    """The highest number ever given by district and class (as a number); empty without a log.

    What cannot be read in it is left out: somebody may have edited the table.
    """
    table = stored_table(workspace, CENSUS_LOG) if workspace is not None else None
    return together(map(_numbers, table["Highest"].dropna() if table is not None and "Highest" in table else ()))


def together(parts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """The highest of several."""
    result: dict[int, int] = {}
    for part in parts:
        for prefix, number in part.items():
            result[prefix] = max(number, result.get(prefix, 0))
    return result


def _numbers(text: object) -> dict[int, int]:
    with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):
        return {int(prefix): int(number) for prefix, number in json.loads(str(text)).items()}
    return {}
