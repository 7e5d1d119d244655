"""``citygrid:assignowners``: street and community of each unit grid."""

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

from .base import POLYGON_SOURCE, SINK_POLYGON, CityGridAlgorithm
from .communities import add_field_parameters, chosen_fields, read_communities
from .exchange import attribute_columns
from .grids import polygon_type, read_grid, with_area
from .problems import say, translated

if TYPE_CHECKING:
    import geopandas as gpd


class AssignOwners(CityGridAlgorithm):
    """Gives each unit grid its street and community."""

    NAME = "assignowners"
    TITLE = "Assign owners"
    TAGS = ("街道", "社区", "ownership", "overlap")
    HELP = (
        "Gives each unit grid the street and the community that hold the largest part of it, and lists what a "
        "planner has to look at: grids outside all communities, grids that no community holds most of, and grids "
        "whose code or street disagrees with their place. Closed grids (with an end date) are left out.\n\n"
        "Fields of the communities that are not chosen are found by name (CommCode, CommName, StrCode, StrName "
        "and common Chinese names). Without a street layer the street follows from the community."
    )
    RULES = ("Largest overlap",)

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
        self.add_sink("OUTPUT", tr("Unit grid with owners"), SINK_POLYGON)
        self.add_sink("PROBLEMS", tr("Problems of ownership"), SINK_POLYGON, optional=True)
        self.add_numbers(GRID_COUNT=tr("Unit grids"), PROBLEM_COUNT=tr("Problems"))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.ownership import assign_owners  # noqa: PLC0415

        grid = with_area(read_grid(self, parameters, context, self.progress(feedback, 0, 0.2), feedback), feedback)
        communities = self._owners(
            "COMMUNITIES", chosen_fields(self, parameters, context), parameters, context, feedback
        )
        streets = None
        if parameters.get("STREETS"):
            streets = self._owners("STREETS", {}, parameters, context, feedback).to_crs(grid.crs)
        owned = assign_owners(grid, communities.to_crs(grid.crs), streets, self.progress(feedback, 0.3, 0.9))
        results = {
            "OUTPUT": self.write(owned.grid, parameters, "OUTPUT", context, polygon_type(owned.grid), "owned_grid"),
            "GRID_COUNT": len(owned.grid),
            "PROBLEM_COUNT": len(owned.problems),
        }
        problems = translated(owned.problems)
        written = self.write(problems, parameters, "PROBLEMS", context, "MultiPolygon", "problems")
        if written:
            results["PROBLEMS"] = written
        say(problems, feedback)
        return results

    def _owners(
        self,
        name: str,
        chosen: dict[str, str],
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> gpd.GeoDataFrame:
        """Communities or streets with cleaned text columns; at least a code or a name is needed."""
        from citygrid_plugin.core.divisions import text  # noqa: PLC0415

        source = self.source(parameters, name, context)
        frame = read_communities(source, chosen, feedback, self.progress(feedback, 0.2, 0.3)).frame
        known = attribute_columns(frame)
        if not known:
            needed = (
                f"{fields.COMMUNITY_CODE} / {fields.COMMUNITY_NAME}" if name == "COMMUNITIES" else fields.STREET_CODE
            )
            raise UnknownField(layer=source.sourceName(), field=needed, available=", ".join(source.fields().names()))
        return frame.assign(**{column: text(frame[column]) for column in known})
