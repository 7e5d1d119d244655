"""Problem layers: their text in the language of the interface, and their counts in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProcessingFeedback

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    import geopandas as gpd


def translated(problems: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The problems with their plain text in the language of the interface."""
    from citygrid_plugin.core.problems import TEXTS  # noqa: PLC0415

    text = {kind: tr(sentence) for kind, sentence in TEXTS.items()}
    return problems.assign(**{fields.TEXT: problems[fields.PROBLEM_KIND].map(text)})


def counts(problems: gpd.GeoDataFrame) -> list[tuple[str, str, int]]:
    """Rows (severity, text, count), errors first, the most frequent first."""
    groups = problems.groupby([fields.SEVERITY, fields.TEXT]).size().reset_index(name="number")
    groups = groups.sort_values([fields.SEVERITY, "number"], ascending=[True, False])
    return [(row.Severity, row.Text, int(row.number)) for row in groups.itertuples(index=False)]


def say(problems: gpd.GeoDataFrame, feedback: QgsProcessingFeedback) -> None:
    """Tell the log how many problems of each kind there are."""
    for _, text, count in counts(problems):
        feedback.pushWarning(f"{count} × {text}")
