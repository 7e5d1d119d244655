"""Problems of cases: those that are taken, but about which something does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.problems import Severity, joined, told
from citygrid_plugin.core.spatial.coverage import Indices

PROBLEM_TEXTS: Final = {
    "other_grid": "This case names the grid {stated}, but lies in {found}, {distance} m away from it.",
    "unknown_grid": "This case names the grid {stated}, which is not among the unit grids; it lies in {found}.",
    "outside": "This case lies outside all unit grids.",
    "other_community": "This case names the community {stated}, but lies in {found}.",
    "unknown_component": "This case names the component {stated}, which is not among the components.",
    "finished_first": "This case was finished ({finished}) before it began ({begun}).",
    "deadline_first": "The deadline of this case ({deadline}) lies before its beginning ({begun}).",
}
"""Plain text of each kind of problem, with named places; the interface translates it, then fills it in."""

PROBLEM_TITLES: Final = {
    "other_grid": "Cases in another grid than they name",
    "unknown_grid": "Cases that name an unknown grid",
    "outside": "Cases outside all unit grids",
    "other_community": "Cases in another community than they name",
    "unknown_component": "Cases that name an unknown component",
    "finished_first": "Cases finished before they began",
    "deadline_first": "Cases with a deadline before their beginning",
}
"""Heading of each kind of problem, for counts; the interface translates it."""

SEVERITIES: Final = {
    "other_grid": Severity.WARNING,
    "unknown_grid": Severity.WARNING,
    "outside": Severity.WARNING,
    "other_community": Severity.NOTE,  # names are written in many ways
    "unknown_component": Severity.NOTE,
    "finished_first": Severity.ERROR,
    "deadline_first": Severity.ERROR,
}

CASE_PROBLEM: Final = (fields.PROBLEM_KIND, fields.SEVERITY, fields.CASE_ID, fields.BGID, fields.TEXT)
"""Fields of a layer of problems of cases."""


@dataclass(frozen=True)
class CaseProblem:
    """One kind of problem and the cases (by row) that have it; ``values`` fill the places of its text, one a row."""

    kind: str
    rows: Indices
    values: Mapping[str, Sequence[object] | NDArray[np.object_]] = field(default_factory=dict)


def problem_frame(
    problems: Sequence[CaseProblem], table: pd.DataFrame, points: gpd.GeoSeries, taken: NDArray[np.bool_]
) -> gpd.GeoDataFrame:
    """Problems of the taken cases: ``CASE_PROBLEM``, ``problems.VALUES`` and the place; the text is English."""
    parts = []
    for problem in problems:
        keep = taken[problem.rows]
        rows = problem.rows[keep]
        if not len(rows):
            continue
        columns = {name: np.asarray(values, dtype=object)[keep] for name, values in problem.values.items()}
        head = {
            fields.PROBLEM_KIND: problem.kind,
            fields.SEVERITY: str(SEVERITIES[problem.kind]),
            fields.CASE_ID: table[fields.CASE_ID].to_numpy()[rows],
            fields.BGID: table[fields.BGID].to_numpy()[rows],
        }
        parts.append(told(head, PROBLEM_TEXTS[problem.kind], columns, points.to_numpy()[rows], points.crs))
    return joined(parts, CASE_PROBLEM, points.crs)
