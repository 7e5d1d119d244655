"""Problems of a check: what is wrong, how bad, where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd

from . import fields
from .coverage import Geometries, Indices
from .divisions import text


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"


TEXTS = {
    "no_owner": "This grid lies in no community.",
    "owner_without_code": "The community that holds this grid has no code; the grid keeps what it had.",
    "unclear_owner": "No community holds most of this grid; the largest part decided.",
    "code_disagrees": "The code of this grid begins with another community's code.",
    "no_street": "This grid lies in no street.",
    "street_disagrees": "The street at this place is not the one that the community code names.",
    "invalid": "The outline of this grid crosses itself.",
    "empty": "This grid has no area.",
    "multipart": "This grid consists of several parts.",
    "overlap": "This place belongs to more than one grid.",
    "gap": "This place of a community belongs to no grid.",
    "outside": "This grid reaches beyond all communities.",
    "across": "This grid reaches into another community.",
    "bad_code": "The code of this grid is not of 14 or 15 digits, or ends in zeros only.",
    "duplicate_code": "Another grid has the same code.",
    "no_grid": "This community has no grid.",
    "small": "This grid is smaller than 5,000 m².",
    "large": "This grid is larger than 40,000 m².",
}
"""Plain text of each kind of problem; the interface translates it."""


@dataclass(frozen=True)
class Problem:
    """One kind of problem and the rows that have it; ``places`` where it is not the row's own outline."""

    kind: str
    severity: Severity
    rows: Indices
    places: Geometries | None = None


def problem_frame(problems: Sequence[Problem], frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Problems as a table (``fields.PROBLEM`` and the geometry); BGID is that of the row, where known.

    A problem with ``places`` and no ``rows`` belongs to no grid.
    """
    codes = text(frame[fields.BGID]).to_numpy() if fields.BGID in frame else None
    parts = []
    for problem in problems:
        places = frame.geometry.to_numpy()[problem.rows] if problem.places is None else problem.places
        parts.append(
            gpd.GeoDataFrame(
                {
                    fields.PROBLEM_KIND: problem.kind,
                    fields.SEVERITY: str(problem.severity),
                    fields.BGID: "" if codes is None or len(problem.rows) != len(places) else codes[problem.rows],
                    fields.TEXT: TEXTS[problem.kind],
                },
                geometry=np.asarray(places, dtype=object),
                index=range(len(places)),
                crs=frame.crs,
            )
        )
    filled = [part for part in parts if len(part)]
    if not filled:
        return gpd.GeoDataFrame({name: pd.Series(dtype=object) for name in fields.PROBLEM}, geometry=[], crs=frame.crs)
    return pd.concat(filled, ignore_index=True)
