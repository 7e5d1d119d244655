"""Problems of cases: their text in the language of the interface, and their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr

from .problems import SEVERITIES

if TYPE_CHECKING:
    import geopandas as gpd


def translated(problems: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The problems with their plain text in the language of the interface; the columns are those of the layer."""
    from citygrid_plugin.core.case_problems import PROBLEM_TEXTS  # noqa: PLC0415
    from citygrid_plugin.core.problems import VALUES  # noqa: PLC0415

    sentence = {kind: tr(text) for kind, text in PROBLEM_TEXTS.items()}
    rows = zip(problems[fields.PROBLEM_KIND], problems[VALUES], strict=True)
    text = [sentence[kind].format(**values) for kind, values in rows]
    return problems.assign(**{fields.TEXT: text}).drop(columns=VALUES)


def counts(problems: gpd.GeoDataFrame) -> list[tuple[str, str, int]]:
    """Rows (severity, heading of the kind, count) in words of the interface, errors first, the most frequent first."""
    from citygrid_plugin.core.case_problems import PROBLEM_TITLES  # noqa: PLC0415

    title = {kind: tr(text) for kind, text in PROBLEM_TITLES.items()}
    severity = {key: tr(text) for key, text in SEVERITIES.items()}
    rank = list(severity)
    groups = problems.groupby([fields.SEVERITY, fields.PROBLEM_KIND]).size()
    rows = sorted(groups.items(), key=lambda row: (rank.index(row[0][0]), -row[1], row[0][1]))
    return [(severity[key], title[kind], int(number)) for (key, kind), number in rows]
