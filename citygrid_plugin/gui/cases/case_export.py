"""Export of the cases that are shown, in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsVectorLayer

from citygrid_plugin.core import fields
from citygrid_plugin.core.progress import Progress, part
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.cases.case_reading import CaseReader, columns_of
from citygrid_plugin.processing.cases.case_styles import due_soon_of
from citygrid_plugin.processing.exchange import own_file
from citygrid_plugin.processing.style_parts import FIELD_TITLES

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import numpy as np

    from citygrid_plugin.core.cases.case_choice import CaseFilter
    from citygrid_plugin.core.cases.case_filter import CaseStates
    from citygrid_plugin.storage.case_exports import Statement

FORMATS = {".xlsx": "Excel (*.xlsx)", ".csv": "CSV (*.csv)", ".gpkg": "GeoPackage (*.gpkg)"}
"""What can be written, by suffix, as a file dialog says it."""


def export_work(
    layer: QgsVectorLayer,
    wanted: CaseFilter,
    states: CaseStates,
    path: Path,
    statement: Statement,
    *,
    as_of: bool,
    workspace: Path | None,
) -> Callable[[Progress], int]:
    """The work of an export for a thread; it tells how many cases were written. Raises ``UnwritableTarget`` at once.

    All fields of the layer are read anew and filtered by the same rules at the same moment, so that what is written is
    of one reading.
    """
    from citygrid_plugin.storage.case_exports import check_case_target, write_cases  # noqa: PLC0415

    own = own_file(layer, "ogr")
    check_case_target(path, [place for place in (workspace, own[0] if own else None) if place is not None])
    reader, at, hours = CaseReader.of(layer), states.at, due_soon_of(layer)
    titles = {name: tr(title) for name, title in FIELD_TITLES.items()}
    title = tr("Cases")

    def work(progress: Progress) -> int:
        cases = _chosen(reader.frame(None, part(progress, 0.0, 0.4)), wanted, at, hours, as_of=as_of)
        write_cases(cases, path, statement, titles, title, part(progress, 0.4, 1.0))
        return len(cases)

    return work


def _chosen(
    table: gpd.GeoDataFrame, wanted: CaseFilter, at: np.datetime64, due_soon_hours: float, *, as_of: bool
) -> gpd.GeoDataFrame:
    """The rows that a filter shows, by urgency, with their state at the moment."""
    from citygrid_plugin.core.cases.case_filter import arranged, matches, states_at  # noqa: PLC0415

    cases = columns_of(table)
    states = states_at(cases, at, due_soon_hours, as_of=as_of)
    rows = arranged(cases, states, matches(cases, wanted, states))
    known = {
        fields.STATUS: states.status.texts,
        fields.OUTCOME: states.outcome,
        fields.OVER_HOURS: states.over_hours,
    }
    return table.assign(**{name: values for name, values in known.items() if name in table}).iloc[rows]
