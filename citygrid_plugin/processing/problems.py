"""Problem layers: their text in the language of the interface, and their counts in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingFeedback

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    import geopandas as gpd

SEVERITIES = {"error": "error", "warning": "warning", "note": "note"}
"""Severities as the reports name them, the worst first."""


def translated(problems: gpd.GeoDataFrame, sentences: Mapping[str, str] | None = None) -> gpd.GeoDataFrame:
    """The problems with their plain text in the language of the interface; the columns are those of the layer.

    ``sentences``: of each kind of problem in that language; those of grids and segments by default.
    """
    from citygrid_plugin.core.problems import TEXTS, VALUES  # noqa: PLC0415

    sentence = {kind: tr(text) for kind, text in TEXTS.items()} if sentences is None else sentences
    rows = zip(problems[fields.PROBLEM_KIND], problems[VALUES], strict=True)
    text = [sentence[kind].format(**values) for kind, values in rows]
    return problems.assign(**{fields.TEXT: text}).drop(columns=VALUES)


def by_severity(problems: gpd.GeoDataFrame) -> dict[str, int]:
    """How many there are of each severity."""
    return {severity: int((problems[fields.SEVERITY] == severity).sum()) for severity in SEVERITIES}


def counts(problems: gpd.GeoDataFrame, titles: Mapping[str, str] | None = None) -> list[tuple[str, str, int]]:
    """Rows (severity, heading of the kind, count) in words of the interface, errors first, the most frequent first.

    ``titles``: headings of each kind of problem in that language; those of grids and segments by default.
    """
    from citygrid_plugin.core.problems import TITLES  # noqa: PLC0415

    title = {kind: tr(text) for kind, text in TITLES.items()} if titles is None else titles
    severity = {key: tr(text) for key, text in SEVERITIES.items()}
    rank = list(severity)
    groups = problems.groupby([fields.SEVERITY, fields.PROBLEM_KIND]).size()
    rows = sorted(groups.items(), key=lambda row: (rank.index(row[0][0]), -row[1], row[0][1]))
    return [(severity[key], title[kind], int(number)) for (key, kind), number in rows]


def say(problems: gpd.GeoDataFrame, feedback: QgsProcessingFeedback) -> None:
    """Tell the log how many problems of each kind there are; notes are no warnings."""
    for severity, title, count in counts(problems):
        tell = feedback.pushInfo if severity == tr(SEVERITIES["note"]) else feedback.pushWarning
        tell(f"{title}: {count}")
