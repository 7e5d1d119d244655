"""``citygrid:assignpeople``: who answers for each responsibility grid, community or street, from a table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput, UnknownField
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import POLYGON_SOURCE, SINK_POLYGON
from citygrid_plugin.processing.days import read_date
from citygrid_plugin.processing.exchange import attribute_columns, frame_from_source, require_polygons
from citygrid_plugin.processing.grid_layers import polygon_type

from .owner_tables import (
    PeopleTableAlgorithm,
    RowWords,
    add_table,
    add_table_output,
    read_rows,
    table_target,
    tell_rows,
    with_flags,
    with_owner,
    worded,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.core.owners.ownership_table import Detail
    from citygrid_plugin.core.owners.people import Assigned

_TABLE, _MAPPING, _OUT = "TABLE", "MAPPING", "TABLE_OUT"
_TOLD = 10  # rows that the log names
_KEYS = (fields.RGID, fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, fields.STREET_CODE, fields.STREET_NAME)
_ROLES = {fields.RGID: "zones", fields.COMMUNITY_CODE: "communities", fields.STREET_CODE: "streets"}


class AssignPeople(PeopleTableAlgorithm):
    """Gives responsibility grids, communities or streets the people of a table."""

    PEOPLE_TABLE = _TABLE
    NAME = "assignpeople"
    TITLE = "Assign people"
    TAGS = ("责任人", "网格员", "网格长", "people", "owner", "phone")
    KEPT = ("LAYER",)
    HELP = (
        "Gives each responsibility grid, community or street who answers for it: {people}.\n\n"
        "The table is a CSV, an Excel sheet or a layer; the responsibility list that CityGrid writes is one. A row "
        "goes by the code (RGID) or the name of a responsibility grid, else by the code or the name of a community, "
        "else by those of a street; a row for a responsibility grid goes before one for its community, and that "
        "before one for its street. Columns are found by their names in Chinese and English; a mapping such as "
        '{{"RGID": "网格", "Owner": "姓名"}} says otherwise.\n\n'
        "A row counts only where the day lies in its period, so the table may hold who was there before and who comes "
        "next. What no row speaks of keeps its people.\n\n"
        "Table with results (.xlsx or .csv): each row as it was read, and in Flag what became of it: applied, unknown "
        "key, conflict, duplicate or other period; in Grids, to how many places it went; in Detail, why. Corrected, it "
        "can be read again."
    )

    def define(self) -> None:
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "LAYER", tr("Responsibility grids, communities or streets"), [POLYGON_SOURCE]
            )
        )
        add_table(self, _TABLE, tr("Table of people"), _MAPPING)
        self.add_advanced(QgsProcessingParameterString("DATE", tr("Day, YYYYMMDD (today if empty)"), optional=True))
        self.add_sink("OUTPUT", tr("With people"), SINK_POLYGON)
        add_table_output(self, _OUT, tr("Table of people with results"))
        self.add_numbers(
            PLACE_COUNT=tr("Places"),
            OWNED_COUNT=tr("Places with a person"),
            ROW_COUNT=tr("Rows of the table"),
            APPLIED_COUNT=tr("Rows applied"),
            UNKNOWN_COUNT=tr("Rows with an unknown key"),
            CONFLICT_COUNT=tr("Rows in conflict"),
            DUPLICATE_COUNT=tr("Repeated rows"),
            OTHER_PERIOD_COUNT=tr("Rows of another period"),
        )

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.owners.ownership_table import guessed_rules, owners_of  # noqa: PLC0415
        from citygrid_plugin.core.owners.people import (  # noqa: PLC0415
            KEYS,
            SYNONYMS,
            TARGETS,
            NoPlaceColumn,
            assign_people,
        )

        day = read_date(self, parameters, context)
        target = table_target(self, parameters, _OUT, context, _TABLE)
        guess = partial(guessed_rules, synonyms=SYNONYMS, keys=KEYS, missing=NoPlaceColumn)
        words = RowWords(TARGETS, guess, partial(owners_of, targets=TARGETS))
        records, table = read_rows(self, parameters, (_TABLE, _MAPPING), context, feedback, words)
        if records is None or table is None:
            raise EmptyInput(layer=_TABLE)
        layer = self._layer(parameters, context, feedback)
        assigned = assign_people(layer, table, day)
        role = next((role for key, role in _ROLES.items() if key in layer), None)
        kind = polygon_type(assigned.layer)
        results = {
            "OUTPUT": self.write(assigned.layer, parameters, "OUTPUT", context, kind, role),
            "PLACE_COUNT": len(layer),
            "OWNED_COUNT": with_owner(assigned.layer),
        }
        _tell_lost(assigned, feedback)
        if target is not None:
            from citygrid_plugin.core.owners.ownership_table import FLAG, GRIDS  # noqa: PLC0415
            from citygrid_plugin.storage.table_files import write_table  # noqa: PLC0415

            added = {FLAG: map(str, assigned.fate), GRIDS: assigned.places}
            write_table(with_flags(records, added, [_why(some) for some in assigned.detail]), target, tr("People"))
            results[_OUT] = str(target)
        return results | _account(assigned, feedback)

    def _layer(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> gpd.GeoDataFrame:
        source = self.source(parameters, "LAYER", context)
        require_polygons(source)
        layer = frame_from_source(source, None, self.progress(feedback, 0.2, 0.6))
        if not any(key in layer for key in _KEYS):
            available = ", ".join(attribute_columns(layer))
            raise UnknownField(layer=source.sourceName(), field=" / ".join(_KEYS), available=available)
        return layer


def _why(detail: Detail | None) -> str:
    from citygrid_plugin.core.owners.people import TEXTS  # noqa: PLC0415

    if detail is not None and detail.key in TEXTS:
        return tr(TEXTS[detail.key]).format(**detail.values)
    return worded(detail)


def _tell_lost(assigned: Assigned, feedback: QgsProcessingFeedback) -> None:
    """Tell the log of the first rows that were not taken."""
    from citygrid_plugin.core.owners.people import Fate  # noqa: PLC0415

    lost = [row for row, fate in enumerate(assigned.fate) if fate in (Fate.UNKNOWN, Fate.CONFLICT)]
    for row in lost[:_TOLD]:
        why = _why(assigned.detail[row])
        feedback.pushWarning(tr("Row {row} of the table: {why}").format(row=row + 1, why=why))
    if len(lost) > _TOLD:
        text = tr("… and {count} more; choose “Table of people with results” to see them all.")
        feedback.pushWarning(text.format(count=len(lost) - _TOLD))


def _account(assigned: Assigned, feedback: QgsProcessingFeedback) -> dict[str, Any]:
    """Tell the log what became of the rows; returns it as number outputs."""
    from citygrid_plugin.core.owners.people import Fate  # noqa: PLC0415

    sentence = tr(
        "{read} rows of the table: {applied} applied, {unknown} with an unknown key, {conflict} in conflict, "
        "{duplicate} repeated, {other_period} of another period."
    )
    return tell_rows(sentence, assigned.counts(), (Fate.APPLIED, Fate.DUPLICATE, Fate.OTHER_PERIOD), feedback)
