"""``citygrid:roadsegments``: segments of roads with the people who answer for them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput, UnknownField
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.exchange import column_name
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
    worded,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyproj

    from citygrid_plugin.core.owners.road_axes import RoadNetwork
    from citygrid_plugin.core.owners.road_segments import Segments
    from citygrid_plugin.storage.readers.records import Records

_TABLE, _MAPPING, _OUT = "SEGMENTS_TABLE", "SEGMENTS_MAPPING", "TABLE"
_LINES = QgsProcessing.SourceType.TypeVectorLine
_NAMES = ("name", "道路名称", "路名", "街路名称", "名称", "road name", "street name", "fname")
_BETWEEN_NAMES = re.compile(r"[,，;；、\n]+")
_LEAST, _LONGEST = 50.0, 10_000.0
_CENTIMETRES = 2
_SHOWN = 10


class RoadSegments(PeopleTableAlgorithm):
    """Divides roads into segments, or gives the segments of a table to their lines."""

    PEOPLE_TABLE = _TABLE
    NAME = "roadsegments"
    TITLE = "Road segments"
    TAGS = ("路段", "道路", "路长", "street", "linear referencing", "chainage")
    HELP = (
        "Gives segments of roads, and the people and departments who answer for them, to lines.\n\n"
        "Without a table, the roads are divided where other named roads meet them, and the table of segments (.xlsx or "
        ".csv) lists them with their codes, limits and lengths, to be filled in and read again. Limits nearer together "
        "than the least length are one.\n\n"
        "With a table of segments (CSV, Excel or a layer), each row names a road and where the segment begins and "
        "ends: a chainage (300, 1.2 km, K1+200), a street that crosses there, or an end (起点, 终点, 东端, west end); "
        "empty is the end of the road, and one column may hold both (人民路—解放路). Rows give {people}. Columns are "
        "found by their names in Chinese and English; a mapping says otherwise. The table comes back with all of its "
        "columns and a flag a row: applied, unknown road, unknown crossing, conflict or duplicate.\n\n"
        "Chainage: all lines of a name are one road, whose parts are put in order along one axis, with the other "
        "carriageway beside it. It runs from west to east, or from north to south where the road is longer that way, "
        "and straight across gaps between the lines.\n\n"
        "Problems: rows that cannot be placed, stretches of the roads of the table without a row, overlaps, several "
        "rows for one segment, and interrupted roads. Roads that pass above or below each other count as crossing."
    )

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("ROADS", tr("Roads (lines with a name)"), [_LINES]))
        self.addParameter(
            QgsProcessingParameterField(
                "NAME_FIELD",
                tr("Field with the name of the road (found if empty)"),
                parentLayerParameterName="ROADS",
                optional=True,
            )
        )
        add_table(self, _TABLE, tr("Table of segments"), _MAPPING)
        self.addParameter(
            QgsProcessingParameterString(
                "ROAD_NAMES",
                tr("Without a table: roads to divide (names with commas between; all if empty)"),
                optional=True,
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                "MIN_LENGTH",
                tr("Least length of a segment that is divided off (m)"),
                QgsProcessingParameterNumber.Type.Double,
                _LEAST,
                minValue=0,
                maxValue=_LONGEST,
            )
        )
        self.add_sink("OUTPUT", tr("Road segments"), _LINES)
        self.add_sink("PROBLEMS", tr("Problems of road segments"), _LINES, optional=True)
        add_table_output(self, _OUT, tr("Table of segments with results, or to fill in"))
        self.add_numbers(
            ROAD_COUNT=tr("Roads with segments"),
            SEGMENT_COUNT=tr("Segments"),
            PERSON_COUNT=tr("People"),
            DEPARTMENT_COUNT=tr("Departments"),
            PROBLEM_COUNT=tr("Problems"),
            ROW_COUNT=tr("Rows of the table of segments"),
            APPLIED_COUNT=tr("Rows applied"),
            UNKNOWN_ROAD_COUNT=tr("Rows of an unknown road"),
            UNKNOWN_CROSSING_COUNT=tr("Rows with an unknown crossing"),
            CONFLICT_COUNT=tr("Rows in conflict"),
            DUPLICATE_COUNT=tr("Repeated rows"),
        )

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.owners.road_segments import (  # noqa: PLC0415
            TARGETS,
            assigned,
            divided,
            guessed_rules,
            segments_of_table,
        )

        least = self.number(parameters, "MIN_LENGTH", context, 0, _LONGEST)
        target = table_target(self, parameters, _OUT, context, _TABLE)
        words = RowWords(TARGETS, guessed_rules, segments_of_table)
        records, table = read_rows(self, parameters, (_TABLE, _MAPPING), context, feedback, words)
        network, own, crs = self._roads(parameters, context, feedback)
        progress = self.progress(feedback, 0.3, 0.9)
        if table is None:
            made = divided(network, self._names(parameters, context, network, feedback), least, crs, progress)
        else:
            made = assigned(network, table, crs, progress)
        frame, problems = made.frame, translated(made.problems)
        with self.all_or_none():
            kind = "MultiLineString"
            results: dict[str, Any] = {
                "OUTPUT": self.write(frame.to_crs(own), parameters, "OUTPUT", context, kind, "road_segments")
            }
            written = self.write(problems.to_crs(own), parameters, "PROBLEMS", context, kind, "problems")
        if written:
            results["PROBLEMS"] = written
        results |= {
            "ROAD_COUNT": frame[fields.ROAD].nunique(),
            "SEGMENT_COUNT": frame[fields.SEGMENT_ID].nunique(),
            "PERSON_COUNT": _different(frame[fields.OWNER]),
            "DEPARTMENT_COUNT": _different(frame[fields.DEPARTMENT]),
            "PROBLEM_COUNT": len(problems),
        }
        message = tr("{segments} segments of {roads} roads, {length} km.")
        feedback.pushInfo(
            message.format(
                segments=results["SEGMENT_COUNT"],
                roads=results["ROAD_COUNT"],
                length=f"{frame.drop_duplicates(fields.SEGMENT_ID)[fields.LENGTH].sum() / 1000:.1f}",
            )
        )
        if table is not None:
            results |= _account(made, feedback)
        if target is not None:
            _write_table(made, records, target)
            results[_OUT] = str(target)
        say(problems, feedback)
        return results

    def _roads(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> tuple[RoadNetwork, pyproj.CRS, pyproj.CRS]:
        """The roads in metres, the CRS that they came in, and the one that they are in."""
        import shapely  # noqa: PLC0415

        from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415
        from citygrid_plugin.core.owners.road_axes import RoadNetwork  # noqa: PLC0415
        from citygrid_plugin.core.records.mapping import guess_mapping  # noqa: PLC0415
        from citygrid_plugin.core.spatial.crs import measuring_crs  # noqa: PLC0415
        from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415
        from citygrid_plugin.core.spatial.geometry import unplaced  # noqa: PLC0415
        from citygrid_plugin.core.spatial.place import moved  # noqa: PLC0415

        source = self.source(parameters, "ROADS", context)
        available = source.fields().names()
        chosen = self.parameterAsString(parameters, "NAME_FIELD", context)
        name = chosen or guess_mapping(available, {"name": _NAMES}).get("name", "")
        if name not in available:
            raise UnknownField(layer=source.sourceName(), field=name or "name", available=", ".join(available))
        frame = self.read(parameters, "ROADS", context, self.progress(feedback, 0.05, 0.25), [name])
        placed = frame[~unplaced(frame.geometry.to_numpy())]
        if not len(placed):
            raise EmptyInput(layer=source.sourceName())
        crs = measuring_crs(frame.crs, placed.geometry.to_numpy())
        geometry = moved(placed.geometry.to_numpy(), frame.crs, crs, Datum.STATED).geometry
        names = text(placed[column_name(name)]).to_numpy()
        network = RoadNetwork(names, geometry)
        if not network.names:
            raise EmptyInput(layer=source.sourceName())
        without = int((names == "").sum()) + len(frame) - len(placed)
        if without:
            message = tr("{count} lines have no name or no place and are left out.")
            feedback.pushInfo(message.format(count=without))
        feedback.pushInfo(
            tr("{lines} lines make {roads} roads.").format(
                lines=int((~shapely.is_missing(geometry)).sum()) - int((names == "").sum()), roads=len(network.names)
            )
        )
        return network, frame.crs, crs

    def _names(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        network: RoadNetwork,
        feedback: QgsProcessingFeedback,
    ) -> list[str]:
        """The roads to divide; says which of those asked for are none."""
        asked = [
            name.strip() for name in _BETWEEN_NAMES.split(self.parameterAsString(parameters, "ROAD_NAMES", context))
        ]
        asked = list(dict.fromkeys(filter(None, asked)))
        unknown = [name for name in asked if network.road(name) is None]
        if unknown:
            message = tr("No road is called: {names}.")
            feedback.pushWarning(
                message.format(names="、".join(unknown[:_SHOWN]) + (" …" if len(unknown) > _SHOWN else ""))
            )
        if asked and len(unknown) == len(asked):
            raise EmptyInput(layer="ROAD_NAMES")
        return asked


def _different(values: pd.Series) -> int:
    """How many different names there are; a cell may list several."""
    names = values.str.split(r"[、,，;；/\n]+", regex=True).explode().str.strip()
    return int(names[names.fillna("") != ""].nunique())


def _account(made: Segments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
    """Tell the log what became of the rows of the table; returns it as number outputs."""
    from citygrid_plugin.core.owners.road_segments import Flag  # noqa: PLC0415

    sentence = tr(
        "{read} rows of the table of segments: {applied} applied, {unknown_road} of an unknown road, "
        "{unknown_crossing} with an unknown crossing, {conflict} in conflict, {duplicate} repeated."
    )
    return tell_rows(sentence, made.counts(), (Flag.APPLIED, Flag.DUPLICATE), feedback)


def _write_table(made: Segments, records: Records | None, target: Path) -> None:
    """The rows that were read with what became of them, or a table to fill in."""
    from citygrid_plugin.core.owners.road_segments import SEGMENT  # noqa: PLC0415
    from citygrid_plugin.storage.table_files import write_table  # noqa: PLC0415

    if records is None:
        table = made.frame[list(SEGMENT)]
    else:
        from citygrid_plugin.core.owners.ownership_table import FLAG  # noqa: PLC0415

        added: dict[str, list[object]] = {FLAG: [str(flag) for flag in made.flag]}
        for name in (fields.SEGMENT_ID, fields.FROM_M, fields.TO_M, fields.LENGTH):
            own = records.frame[name].tolist() if name in records.frame else [None] * len(made.flag)
            values = made.frame[name].tolist()
            added[name] = [
                values[segment] if segment >= 0 else said for segment, said in zip(made.segment, own, strict=True)
            ]
        table = with_flags(records, added, [worded(detail) for detail in made.detail])
    write_table(
        table, target, tr("Road segments"), dict.fromkeys((fields.FROM_M, fields.TO_M, fields.LENGTH), _CENTIMETRES)
    )
