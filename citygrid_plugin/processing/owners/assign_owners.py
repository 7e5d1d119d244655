"""``citygrid:assignowners``: street and community of each unit grid, and who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import POLYGON_SOURCE, SINK_POLYGON
from citygrid_plugin.processing.communities import add_field_parameters, chosen_fields, read_communities
from citygrid_plugin.processing.exchange import attribute_columns
from citygrid_plugin.processing.grid_layers import polygon_type, read_grid, with_area
from citygrid_plugin.processing.problems import say, translated

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
    import pandas as pd

    from citygrid_plugin.core.owners.ownership import Owned
    from citygrid_plugin.core.owners.ownership_table import AppliedTable
    from citygrid_plugin.storage.readers.records import Records

_TABLE, _MAPPING, _OUT = "OWNERS_TABLE", "OWNERS_MAPPING", "OWNERS_OUT"


class AssignOwners(PeopleTableAlgorithm):
    """Gives each unit grid its street, its community and its owner."""

    PEOPLE_TABLE = _TABLE
    NAME = "assignowners"
    TITLE = "Assign owners"
    TAGS = ("街道", "社区", "责任人", "ownership", "overlap")
    HELP = (
        "Gives each unit grid its street and community, and lists what a planner has to look at: grids outside all "
        "communities, grids that no community holds most of, and grids whose code and place disagree. Closed grids "
        "(with an end date) are left out.\n\n"
        "Rule: the largest overlap decides, or a point on the surface of the grid, or its code (the first twelve "
        "digits of BGID, else CommCode); then the place only checks. Rows of the communities with the same code are "
        "one community.\n\n"
        "Fields of the communities that are not chosen are found by name (CommCode, CommName, StrCode, StrName "
        "and common Chinese names). Without a street layer the street follows from the community.\n\n"
        "Ownership table: a CSV, an Excel sheet or a layer says who answers for what. A row goes by its code of a "
        "unit grid (BGID), else the code or the name of a community, else those of a street; a row for a grid goes "
        "before one for its community, and that before one for its street. It gives {people}, and it fills codes and "
        "names that are still empty. Columns are found by their names in Chinese and English; a mapping such as "
        '{{"BGID": "网格", "Owner": "责任人"}} says otherwise.\n'
        "Conflicts are never settled in silence: rows that give one key different values, that name another community "
        "or street than the place, or a name that several places have, are not applied and are among the problems."
        "\n\n"
        "Ownership table with results (.xlsx or .csv): each row as it was read, with all its columns, and in Flag "
        "what became of it: applied, unknown key, conflict or duplicate; in Grids, to how many unit grids it went; in "
        "Detail, why. Corrected, it can be read again. Where no table goes in, it is one to fill in, with a row a "
        "community or a unit grid."
    )
    RULES = ("Largest overlap", "A point on the surface", "The code of the grid")
    ROWS = ("Communities", "Unit grids")

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("GRID", tr("Unit grid"), [POLYGON_SOURCE]))
        self.addParameter(QgsProcessingParameterFeatureSource("COMMUNITIES", tr("Communities"), [POLYGON_SOURCE]))
        add_field_parameters(self)
        self.addParameter(
            QgsProcessingParameterFeatureSource("STREETS", tr("Streets"), [POLYGON_SOURCE], optional=True)
        )
        self.add_advanced(
            QgsProcessingParameterEnum("RULE", tr("Rule"), [tr(name) for name in self.RULES], defaultValue=0)
        )
        add_table(self, _TABLE, tr("Ownership table"), _MAPPING)
        self.add_advanced(
            QgsProcessingParameterEnum(
                "OWNERS_ROWS",
                tr("Rows of an ownership table to fill in"),
                [tr(name) for name in self.ROWS],
                defaultValue=0,
            )
        )
        self.add_sink("OUTPUT", tr("Unit grid with owners"), SINK_POLYGON)
        self.add_sink("PROBLEMS", tr("Problems of ownership"), SINK_POLYGON, optional=True)
        add_table_output(self, _OUT, tr("Ownership table with results, or to fill in"))
        self.add_numbers(
            GRID_COUNT=tr("Unit grids"),
            PROBLEM_COUNT=tr("Problems"),
            OWNED_COUNT=tr("Unit grids with an owner"),
            ROW_COUNT=tr("Rows of the ownership table"),
            APPLIED_COUNT=tr("Rows applied"),
            UNKNOWN_COUNT=tr("Rows with an unknown key"),
            CONFLICT_COUNT=tr("Rows in conflict"),
            DUPLICATE_COUNT=tr("Repeated rows"),
        )

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.owners.ownership import Rule, assign_owners  # noqa: PLC0415
        from citygrid_plugin.core.owners.ownership_table import TARGETS, guessed_rules, owners_of  # noqa: PLC0415

        rule = Rule(self.parameterAsEnum(parameters, "RULE", context))
        target = table_target(self, parameters, _OUT, context, _TABLE)
        words = RowWords(TARGETS, guessed_rules, owners_of)
        records, table = read_rows(self, parameters, (_TABLE, _MAPPING), context, feedback, words)
        grid = with_area(read_grid(self, parameters, context, self.progress(feedback, 0, 0.2), feedback), feedback)
        chosen = chosen_fields(self, parameters, context)
        communities = self._owners("COMMUNITIES", chosen, parameters, context, feedback)
        if rule is Rule.CODE and fields.COMMUNITY_CODE not in communities:
            raise UnknownField(
                layer=self.source(parameters, "COMMUNITIES", context).sourceName(),
                field=fields.COMMUNITY_CODE,
                available=", ".join(attribute_columns(communities)),
            )
        streets = None
        if parameters.get("STREETS"):
            streets = self._owners("STREETS", {}, parameters, context, feedback).to_crs(grid.crs)
        progress = self.progress(feedback, 0.3, 0.9)
        owned = assign_owners(grid, communities.to_crs(grid.crs), streets, progress, rule=rule, table=table)
        problems = translated(owned.problems)
        with self.all_or_none():
            results = {
                "OUTPUT": self.write(owned.grid, parameters, "OUTPUT", context, polygon_type(owned.grid), "owned_grid"),
                "GRID_COUNT": len(owned.grid),
                "PROBLEM_COUNT": len(owned.problems),
                "OWNED_COUNT": with_owner(owned.grid),
            }
            written = self.write(problems, parameters, "PROBLEMS", context, "MultiPolygon", "problems")
        if written:
            results["PROBLEMS"] = written
        if owned.table is not None:
            results |= _account(owned.table, feedback)
            message = tr("{owned} of {count} unit grids have an owner.")
            feedback.pushInfo(message.format(owned=results["OWNED_COUNT"], count=results["GRID_COUNT"]))
        if target is not None:
            from citygrid_plugin.storage.table_files import write_table  # noqa: PLC0415

            write_table(self._table_out(parameters, context, owned, records), target, tr("Ownership"))
            results[_OUT] = str(target)
        say(problems, feedback)
        return results

    def _table_out(
        self, parameters: dict[str, Any], context: QgsProcessingContext, owned: Owned, records: Records | None
    ) -> pd.DataFrame:
        """The rows that were read with what became of them, or a table to fill in."""
        from citygrid_plugin.core.owners.ownership_table import FLAG, GRIDS, blank_table  # noqa: PLC0415

        if records is None or owned.table is None:
            by_grid = self.parameterAsEnum(parameters, "OWNERS_ROWS", context) == 1
            return blank_table(owned.grid, by_grid=by_grid)
        added = {FLAG: map(str, owned.table.flag), GRIDS: owned.table.grids}
        return with_flags(records, added, [worded(detail) for detail in owned.table.detail])

    def _owners(
        self,
        name: str,
        chosen: dict[str, str],
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> gpd.GeoDataFrame:
        """Communities or streets with cleaned text columns; at least a code or a name is needed."""
        from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415

        source = self.source(parameters, name, context)
        frame = read_communities(source, chosen, feedback, self.progress(feedback, 0.2, 0.3)).frame
        known = attribute_columns(frame)
        if not known:
            needed = (
                f"{fields.COMMUNITY_CODE} / {fields.COMMUNITY_NAME}" if name == "COMMUNITIES" else fields.STREET_CODE
            )
            raise UnknownField(layer=source.sourceName(), field=needed, available=", ".join(source.fields().names()))
        return frame.assign(**{column: text(frame[column]) for column in known})


def _account(table: AppliedTable, feedback: QgsProcessingFeedback) -> dict[str, Any]:
    """Tell the log what became of the rows of the table; returns it as number outputs."""
    from citygrid_plugin.core.owners.ownership_table import Flag  # noqa: PLC0415

    sentence = tr(
        "{read} rows of the ownership table: {applied} applied, {unknown} with an unknown key, {conflict} in conflict, "
        "{duplicate} repeated."
    )
    counts = tell_rows(sentence, table.counts(), (Flag.APPLIED, Flag.DUPLICATE), feedback)
    if table.overruled:
        message = tr("{count} unit grids have a row of their own, which went before that of their community or street.")
        feedback.pushInfo(message.format(count=table.overruled))
    return counts
