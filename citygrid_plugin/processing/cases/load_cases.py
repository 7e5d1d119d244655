"""``citygrid:loadcases``: cases from lists of other systems, with stage, deadline, status and place."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import Qt

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import BadSetting
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import (
    account_results,
    account_rows,
    add_account_numbers,
    explained,
    mapping_rows,
    said,
    say_account,
    worded,
)
from citygrid_plugin.processing.base import (
    ANY_SOURCE,
    POLYGON_SOURCE,
    CityGridAlgorithm,
    destination_of,
    table_of,
    workspace_of,
)
from citygrid_plugin.processing.cases.open311 import add_service, read_service, whole
from citygrid_plugin.processing.grid_layers import read_optional_grid
from citygrid_plugin.processing.problems import counts, translated
from citygrid_plugin.processing.records import (
    add_coordinates,
    add_mapping,
    file_of_source,
    mapping_text,
    read_delivery,
    read_input,
    stated_crs,
    with_readable_files,
)
from citygrid_plugin.processing.schemes import add_scheme, read_scheme

from .case_grids import define_counts, write_counts

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from citygrid_plugin.core.cases.cases import CaseResult, Settings
    from citygrid_plugin.core.cases.limits import Limits, Plain
    from citygrid_plugin.core.cases.work_calendar import WorkCalendar
    from citygrid_plugin.core.records.account import Remark
    from citygrid_plugin.core.records.saved_mappings import SavedMapping
    from citygrid_plugin.core.schemes import Scheme
    from citygrid_plugin.storage.readers.records import Records
    from citygrid_plugin.storage.report import Report

_SINK_POINT = QgsProcessing.SourceType.TypeVectorPoint
_LONGEST_HOURS = 100_000
_LISTED = 20  # overdue cases in the report
TABLES = ("LIMITS", "CALENDAR", "PAUSES", "STAGES", "SOURCES")
"""Parameters of the tables that are read with the list."""
_KNOWN_YEARS = (10, 2)  # years before and after the moment whose holidays are asked for
_FARTHEST, _LONGEST_REPEAT = 10_000, 8_760  # metres and hours within which a report may be a repeated one
_OFFSET = re.compile(r"(?:UTC|GMT)[+-](?:0?\d|1[0-4])")
_ZONE_NAME = re.compile(r"[A-Za-z0-9_+\-][A-Za-z0-9_+\-/]*")  # never the path of a file


class LoadCases(CityGridAlgorithm):
    """Loads cases onto the map."""

    NAME = "loadcases"
    TITLE = "Load cases"
    TAGS = ("案卷", "12319", "311", "complaints", "tickets", "deadline", "overdue")
    HELP = (
        "Loads a list of cases (CSV in any usual encoding, Excel, JSON, JSON lines, GeoPackage, GeoJSON, shapefile, or "
        "a layer of the project, also of PostgreSQL), or the requests of an Open311 service, as one point layer with "
        "the same fields whatever system it comes from.\n\n"
        "Fields are found by their names in Chinese and English. A mapping says otherwise: JSON text, or the path "
        'of a JSON file, such as {"CaseID": "No.", "Stage": {"field": "state", "values": {"7": "挂账"}}, "Kind": '
        '{"value": "event"}}. It can fill CaseID, Kind, ClassCode, ClassName, Stage, Reported, Filed, Deadline, '
        "Finished, Dept, BGID, RGID, StrName, CommName, Source and Text, and ObjID (of a component), CommCode, "
        "FilingCond (立案条件), TimeLimit (such as 4工作时), SuspFrom and SuspTo (a pause), Handled (when the "
        "department was done), Returns (how often it was sent back) and Accurate (whether it was filed rightly: 1 "
        "or 0). Class codes and names are filled up from the code scheme, and in Chongqing the department that "
        "answers for a class.\n\n"
        "An Open311 service (GeoReport v2, JSON or XML) is asked through the network settings of QGIS, with its proxy "
        "and, where one is chosen, an authentication configuration: from SINCE until UNTIL, or the last 90 days. Such "
        "services answer for 90 days and with 1,000 requests at most; so they are asked for shorter times and page by "
        "page, and what they still hold back is said. A failing answer is asked for again three times. If the service "
        "breaks off later, what was read before is loaded, and the log says from when on requests are lacking; but "
        "where the result would replace a layer or file that is there, the run ends and that one stays as it is. "
        "Requests with an address only have no place.\n\n"
        "In a JSON document the first list of objects is read, and objects inside objects become fields such as "
        "place.lat. A line of JSON lines that cannot be read is a row with its text in unreadable_line.\n\n"
        "Stage: the words of many systems become the chain 立案 → 派遣 → 处理 → 反馈 → 核查 → 结案 → 考核 → 归档, "
        "挂账 (suspended) or 作废 (void). Other words are kept as they are, counted in the report, and count as "
        "unfinished. Sources become 12319热线, 公众信箱, 领导批示, 志愿者 or 专业监督员. Tables of your own words "
        "(columns value and stage, or value and source) go before those that come with the plugin.\n\n"
        "Status at the given moment: void; closed (stage 结案 or later, finished by then; with a stage that says "
        "nothing, once there is a finishing time); suspended; overdue (moment after the deadline); due soon "
        "(deadline within the hours given); open. A case without a deadline is never overdue; a suspended one "
        "neither. Outcome says whether a closed case was finished on time or late, OverHours how many hours an "
        "overdue or late one is past its deadline. With a moment given, cases reported after it are left out: the "
        "map is as it was then.\n\n"
        "Deadline: the stated one; else filing (or report) plus the limit that the case states, that of its class "
        "and filing condition, or the hours of the fallback rule (24 in some cities; 0 is off). DueBy says which. "
        "Limits: a table with the columns code, limit, unit (紧急工作时 day and night, 工作时 and 工作日 in work "
        "hours, 自然日) and, where they matter, kind (component or event) and condition (立案条件); the columns "
        "may be named in Chinese. Work hours are 08:00–12:00 and 14:00–18:00, Monday to Friday, 8 hours a "
        "workday; the calendar (columns date, kind: holiday or workday, until) adds holidays and swapped "
        "workdays, and with rows of the kind hours (columns weekday, hours) other hours, always or from date to "
        "until. A Python package (chinesecalendar or holidays) can fill in the holidays of a country.\n\n"
        "Pauses (挂账, 缓办) take no time off a limit: SuspFrom and SuspTo of a case, or a table with the columns "
        "CaseID, from and to, or CaseID, time and event (挂账, 恢复). Stated deadlines stay as they are unless "
        "you say otherwise.\n\n"
        "Times are wall-clock times of the place. Those with an offset (Z, +08:00) are converted to the time zone "
        "given, or that of this computer. 3/4/2025 is read by the order of day and month that the whole column "
        "shows.\n\n"
        "Place: the coordinates, also in columns found by name and with exchanged axes; without them the "
        "component, the grid or the community that the case names, in this order; Placed says which; without any "
        "the case is rejected. A case in a community only belongs to no grid. BGID, street and community come "
        "from the unit grid, RGID from the responsibility grids (or the field RGID of the grid); on a shared edge "
        "the lowest code counts. Cases outside all grids are kept with an empty BGID. Where a case disagrees with "
        "its place, or ends before it begins, it is in the layer of problems.\n\n"
        "Repeated reports: a case of the same class within 50 m and 24 hours of an earlier one has that one's "
        "number in RepeatOf.\n\n"
        "Cases without a number get row-1, row-2 …; of rows with the same number the first is taken. Every row is "
        "accepted, rejected or skipped; the latter two are in the layer of rejected rows with all their fields and "
        "the reason."
    )

    STATUS_TITLES: ClassVar = {
        "open": "Open", "due soon": "Due soon", "overdue": "Overdue",
        "suspended": "Suspended", "closed": "Closed", "void": "Void",
    }  # fmt: skip
    OUTCOME_TITLES: ClassVar = {"on time": "Closed on time", "late": "Closed late"}
    PLACED_TITLES: ClassVar = {
        "coordinates": "Coordinates", "component": "Component", "grid": "Unit grid", "community": "Community",
    }  # fmt: skip
    PRESETS: ClassVar = ("None", "Example of one city (GB/T 30428-2013)")
    UNCLEAR: ClassVar = ("The longest", "The shortest", "None")
    UNITS: ClassVar = ("Work hours and workdays", "Hours and days by the clock")
    MAPPING_PRESETS: ClassVar = (
        "None", "Open311 GeoReport v2", "Record of a vendor's system (rec_id, task_num …)",
    )  # fmt: skip
    """Titles of ``storage.mapping_files.CASE_PRESETS`` in that order, after none."""

    def define(self) -> None:
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "INPUT", tr("List of cases (file or layer)"), [ANY_SOURCE], optional=True
            )
        )
        add_service(self)
        add_mapping(self)
        add_scheme(self)
        layers = {"GRID": tr("Unit grid"), "ZONES": tr("Responsibility grids")}
        for name, label in layers.items():
            self.addParameter(QgsProcessingParameterFeatureSource(name, label, [POLYGON_SOURCE], optional=True))
        self._define_times()
        self._define_more()
        add_coordinates(self)
        self.add_sink("OUTPUT", tr("Cases"), _SINK_POINT)
        # Made by default although it may be left out: what was not taken should be seen.
        self.addParameter(
            QgsProcessingParameterFeatureSink("REJECTED", tr("Rows not taken"), _SINK_POINT, optional=True)
        )
        self.add_sink("PROBLEMS", tr("Problems of cases"), _SINK_POINT, optional=True)
        define_counts(self)
        self.add_report()
        add_account_numbers(self)
        self.add_numbers(
            OPEN_COUNT=tr("Open"),
            DUE_SOON_COUNT=tr("Due soon"),
            OVERDUE_COUNT=tr("Overdue"),
            SUSPENDED_COUNT=tr("Suspended"),
            CLOSED_COUNT=tr("Closed"),
            VOID_COUNT=tr("Void"),
            PROBLEM_COUNT=tr("Problems of cases"),
            REPEAT_COUNT=tr("Repeated reports"),
        )

    def _define_times(self) -> None:
        self.addParameter(
            QgsProcessingParameterDateTime("AT", tr("Moment of the status (now if empty)"), optional=True)
        )
        hours = {
            "DUE_SOON_HOURS": (tr("Due soon: hours before the deadline"), 24),
            "FALLBACK_HOURS": (tr("Hours for a case without any deadline (0: none)"), 0),
        }
        for name, (label, default) in hours.items():
            self.addParameter(_positive(name, label, default, _LONGEST_HOURS))
        tables = {
            "LIMITS": tr("Time limits (columns code, limit, unit)"),
            "CALENDAR": tr("Holidays and swapped workdays (columns date, kind)"),
        }
        for name, label in tables.items():
            self.addParameter(QgsProcessingParameterFeatureSource(name, label, [ANY_SOURCE], optional=True))
        self.add_advanced(
            QgsProcessingParameterString(
                "TIME_ZONE",
                tr("Time zone, such as Asia/Shanghai (that of this computer if empty)"),
                optional=True,
            )
        )

    def _define_more(self) -> None:
        """What few need: folded away."""
        tables = {
            "PAUSES": (tr("Pauses of cases (columns CaseID, from, to)"), ANY_SOURCE),
            "STAGES": (tr("Words for stages (columns value, stage)"), ANY_SOURCE),
            "SOURCES": (tr("Words for sources (columns value, source)"), ANY_SOURCE),
            "COMPONENTS": (tr("Components, for cases without coordinates"), ANY_SOURCE),
            "COMMUNITIES": (tr("Communities, for cases without coordinates"), POLYGON_SOURCE),
        }
        for name, (label, kind) in tables.items():
            self.add_advanced(QgsProcessingParameterFeatureSource(name, label, [kind], optional=True))
        choices = {
            "MAPPING_PRESET": (
                tr("Mapping that comes with the plugin"),
                [tr(each) for each in self.MAPPING_PRESETS],
            ),
            "LIMITS_PRESET": (tr("Time limits that come with the plugin"), [tr(each) for each in self.PRESETS]),
            "UNCLEAR_LIMIT": (
                tr("Of several limits of a class, where the case states no condition"),
                [tr(each) for each in self.UNCLEAR],
            ),
            "PLAIN_UNITS": (
                tr("Limits in “hours” or “days” (小时, 天) without more are"),
                [tr(each) for each in self.UNITS],
            ),
        }
        for name, (label, options) in choices.items():
            self.add_advanced(QgsProcessingParameterEnum(name, label, options, defaultValue=0))
        self.add_advanced(
            QgsProcessingParameterString(
                "HOLIDAYS",
                tr("Country whose holidays a Python package fills in, such as CN (none if empty)"),
                optional=True,
            )
        )
        self.add_advanced(
            QgsProcessingParameterBoolean("PAUSE_STATED", tr("Pauses put off stated deadlines, too"), False)
        )
        numbers = {
            "REPEAT_DISTANCE": (tr("Repeated reports: within so many metres (0: not looked for)"), 50, _FARTHEST),
            "REPEAT_HOURS": (tr("Repeated reports: within so many hours"), 24, _LONGEST_REPEAT),
        }
        for name, (label, default, most) in numbers.items():
            self.add_advanced(_positive(name, label, default, most))

    def checkable(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        return with_readable_files(parameters, ["INPUT", *TABLES], context)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.cases.case_problems import PROBLEM_TEXTS  # noqa: PLC0415
        from citygrid_plugin.core.cases.cases import Status, load_cases  # noqa: PLC0415

        own_remarks: list[Remark] = []
        mapping = self._mapping(parameters, context)
        settings = self.settings(parameters, context, feedback, own_remarks, mapping)
        scheme = read_scheme(self, parameters, context, self._workspace(parameters, context))
        may_lack = not self._replaces(parameters, context)
        records = self.records(parameters, context, feedback, mapping=mapping, may_lack=may_lack)
        rules = {**self._preset_rules(parameters, context, records, scheme), **mapping.rules}
        places = (fields.STREET_NAME, fields.COMMUNITY_NAME, fields.COMMUNITY_CODE)
        grid = self._polygons("GRID", [fields.BGID], (*places, fields.RGID), parameters, context, feedback)
        zones = self._polygons("ZONES", [fields.RGID], (), parameters, context, feedback)
        communities = self._polygons("COMMUNITIES", [], places, parameters, context, feedback)
        reading = self.progress(feedback, 0.45, 0.5)
        components = self.read_optional(parameters, "COMPONENTS", context, reading, [fields.OBJ_ID])
        pauses = read_input(self, parameters, "PAUSES", context, reading)
        result = load_cases(
            records.frame,
            settings,
            rules,
            scheme,
            grid,
            zones,
            self.progress(feedback, 0.5, 0.8),
            records.name,
            components=components,
            communities=communities,
            pauses=None if pauses is None else _attributes(pauses),
        )
        remarks = [*records.remarks, *own_remarks, *result.remarks]
        for remark in remarks:
            feedback.pushWarning(said(remark))
        results = account_results(result.account)
        results["OUTPUT"] = self.write(result.accepted, parameters, "OUTPUT", context, "Point", "cases")
        results |= {f"{status.name}_COUNT": result.count(status) for status in Status}
        results["PROBLEM_COUNT"] = len(result.problems)
        results["REPEAT_COUNT"] = int((result.accepted[fields.REPEAT_OF] != "").sum())
        rejected = self.write(explained(result.rejected), parameters, "REJECTED", context, "Point")
        if rejected:
            results["REJECTED"] = rejected
        told = translated(result.problems, {kind: tr(text) for kind, text in PROBLEM_TEXTS.items()})
        problems = self.write(told, parameters, "PROBLEMS", context, "Point", "problems")
        if problems:
            results["PROBLEMS"] = problems
        counted = {"GRID_COUNTS": grid, "ZONE_COUNTS": zones}
        results |= write_counts(self, result.accepted, counted, settings.at, parameters, context)
        results |= self.save_report(self._report(records, result, settings, remarks), parameters, context)
        say_account(result.account, feedback)
        return results

    # Reading the parameters

    def records(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        most: int | None = None,
        *,
        mapping: SavedMapping | None = None,
        may_lack: bool = True,
    ) -> Records:
        """The list as the parameters say: INPUT, or the requests of SERVICE_URL, read as a saved mapping tells.

        ``mapping``: that of the parameter MAPPING, where it is read already. ``most``: so many requests of a service
        are enough. Where a service breaks off, what came before, unless it may not be lacking anything: then
        ``BrokenOff`` is raised.
        """
        import pyproj  # noqa: PLC0415

        progress = self.progress(feedback, 0, 0.2)
        url = self.parameterAsString(parameters, "SERVICE_URL", context).strip()
        if bool(url) == bool(parameters.get("INPUT")):
            raise QgsProcessingException(
                tr("Choose one: a list of cases in INPUT, or an Open311 service in SERVICE_URL.")
                if url
                else tr(
                    "There is nothing to load: choose a list of cases in INPUT or an Open311 service in SERVICE_URL."
                )
            )
        if url:
            zone = self._zone(parameters, context)
            found = read_service(self, parameters, context, feedback, zone, progress, most)
            return found.records if may_lack else whole(found)
        mapping = mapping or self._mapping(parameters, context)
        crs = pyproj.CRS.from_user_input(mapping.crs) if mapping.crs else stated_crs(self, parameters, context)
        return read_delivery(self, parameters, context, progress, crs, mapping.encoding or None, mapping.xy)

    def _mapping(self, parameters: dict[str, Any], context: QgsProcessingContext) -> SavedMapping:
        """The parameter MAPPING: rules, or a saved mapping that also tells how the list is to be read."""
        from citygrid_plugin.core.cases.cases import TARGETS  # noqa: PLC0415
        from citygrid_plugin.core.records.saved_mappings import mapping_for, parse_all_saved  # noqa: PLC0415

        text = mapping_text(self, parameters, "MAPPING", context)
        return mapping_for(parse_all_saved(text, TARGETS), "")

    def _preset_rules(
        self, parameters: dict[str, Any], context: QgsProcessingContext, records: Records, scheme: Scheme
    ) -> dict[str, Any]:
        """The rules of the preset that is chosen; those of Open311 for a service."""
        from citygrid_plugin.storage.mapping_files import CASE_PRESETS, case_preset  # noqa: PLC0415

        chosen = self.parameterAsEnum(parameters, "MAPPING_PRESET", context)
        if not chosen and not parameters.get("SERVICE_URL"):
            return {}
        name = list(CASE_PRESETS)[max(chosen - 1, 0)]
        return case_preset(name).fitted(map(str, records.frame.columns), scheme).rules

    def _workspace(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Path | None:
        """The GeoPackage whose local classes hold: that of the result, else that of the unit grid."""
        result = workspace_of(parameters.get("OUTPUT"), context)
        if result is not None:
            return result
        grid, _ = file_of_source(parameters.get("GRID"), context)
        return grid if grid is not None and grid.suffix.lower() == ".gpkg" else None

    def _replaces(self, parameters: dict[str, Any], context: QgsProcessingContext) -> bool:
        """Whether the result takes the place of cases that are there; of a database, nobody knows."""
        from citygrid_plugin.storage.layers import has_layer  # noqa: PLC0415

        destination = destination_of(parameters.get("OUTPUT"), context)
        table = table_of(destination)
        if table is not None:
            return has_layer(Path(table[0]), table[1])
        if destination == QgsProcessing.TEMPORARY_OUTPUT or destination.startswith("memory:"):
            return False
        return destination.startswith("postgres") or Path(destination).exists()

    def settings(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        remarks: list[Remark],
        mapping: SavedMapping | None = None,
    ) -> Settings:
        """When and how status and deadlines are computed, as the parameters say; ``remarks`` gets what to say of it.

        The datum is that of ``mapping``, where it states one.
        """
        from citygrid_plugin.core.cases.case_stages import read_source_words, read_stage_words  # noqa: PLC0415
        from citygrid_plugin.core.cases.cases import Settings  # noqa: PLC0415
        from citygrid_plugin.core.cases.limits import Plain, Unclear, Unit  # noqa: PLC0415
        from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415
        from citygrid_plugin.storage.case_tables import source_words, stage_words  # noqa: PLC0415

        zone = self._zone(parameters, context)
        reading = self.progress(feedback, 0, 0)
        tables = {name: read_input(self, parameters, name, context, reading) for name in TABLES if name != "PAUSES"}
        given = {name: _attributes(table) for name, table in tables.items() if table is not None}
        at = self._moment(parameters, context, zone)
        datum = mapping.datum if mapping is not None else Datum.STATED
        by_clock = bool(self.parameterAsEnum(parameters, "PLAIN_UNITS", context))
        plain = Plain(Unit.URGENT_HOURS, Unit.NATURAL_DAYS) if by_clock else Plain()
        stages, sources = stage_words(), source_words()
        return Settings(
            at=at,
            zone=zone,
            due_soon_hours=self.number(parameters, "DUE_SOON_HOURS", context, 0, _LONGEST_HOURS),
            fallback_hours=self.number(parameters, "FALLBACK_HOURS", context, 0, _LONGEST_HOURS),
            calendar=self._calendar(given.get("CALENDAR"), at, parameters, context, remarks),
            limits=self._limits(given.get("LIMITS"), plain, parameters, context),
            datum=datum
            if datum is not Datum.STATED
            else Datum(self.parameterAsEnum(parameters, "SOURCE_DATUM", context)),
            unclear=Unclear(self.parameterAsEnum(parameters, "UNCLEAR_LIMIT", context)),
            plain=plain,
            pause_stated=self.parameterAsBool(parameters, "PAUSE_STATED", context),
            skip_later=bool(parameters.get("AT")),
            stages=stages | read_stage_words(given["STAGES"]) if "STAGES" in given else stages,
            sources=sources | read_source_words(given["SOURCES"]) if "SOURCES" in given else sources,
            repeat_distance=self.number(parameters, "REPEAT_DISTANCE", context, 0, _FARTHEST),
            repeat_hours=self.number(parameters, "REPEAT_HOURS", context, 0, _LONGEST_REPEAT),
        )

    def _limits(
        self, table: pd.DataFrame | None, plain: Plain, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> Limits | None:
        """The table given, else the preset that is chosen."""
        from citygrid_plugin.core.cases.limits import read_limits  # noqa: PLC0415
        from citygrid_plugin.storage.case_tables import CITY_LIMITS, read_table  # noqa: PLC0415

        if table is None and self.parameterAsEnum(parameters, "LIMITS_PRESET", context):
            table = read_table(CITY_LIMITS)
        return None if table is None else read_limits(table, plain)

    def _calendar(
        self,
        table: pd.DataFrame | None,
        at: np.datetime64,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        remarks: list[Remark],
    ) -> WorkCalendar:
        """The calendar given, or the usual week; with the holidays of a country where they are asked for."""
        from citygrid_plugin.core.cases.holiday_library import holidays_of  # noqa: PLC0415
        from citygrid_plugin.core.cases.work_calendar import WorkCalendar, read_calendar  # noqa: PLC0415
        from citygrid_plugin.core.records.account import Remark  # noqa: PLC0415

        calendar = WorkCalendar() if table is None else read_calendar(table)
        country = self.parameterAsString(parameters, "HOLIDAYS", context).strip().upper()
        if not country:
            return calendar
        year = at.astype(object).year
        before, after = _KNOWN_YEARS
        found = holidays_of(range(year - before, year + after), country)
        remarks.append(Remark("holidays_from", {"package": found.source, "country": country}))
        if found.unknown:
            years = ", ".join(map(str, found.unknown))
            remarks.append(Remark("holidays_unknown", {"package": found.source, "years": years}))
        return calendar.with_days(found.holidays, found.workdays)

    def _zone(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tzinfo:
        from dateutil import tz  # noqa: PLC0415 - comes with pandas, and with its own table of zones

        name = self.parameterAsString(parameters, "TIME_ZONE", context).strip()
        if not name:
            return tz.tzlocal()
        zone = tz.gettz(name) if _ZONE_NAME.fullmatch(name) else None
        guessed = isinstance(zone, tz.tzstr) and not _OFFSET.fullmatch(name)  # any word with a digit is one
        if zone is None or guessed:
            raise BadSetting(name="TIME_ZONE", value=name, allowed=tr("a name such as Asia/Shanghai"))
        return zone

    def _moment(self, parameters: dict[str, Any], context: QgsProcessingContext, zone: tzinfo) -> np.datetime64:
        """The parameter AT as a wall-clock time of the zone; now where it is empty."""
        import numpy as np  # noqa: PLC0415
        import pandas as pd  # noqa: PLC0415

        from citygrid_plugin.core.records.times import read_times  # noqa: PLC0415

        if not parameters.get("AT"):
            return np.datetime64(datetime.now(zone).replace(tzinfo=None, microsecond=0))
        value = self.parameterAsDateTime(parameters, "AT", context)
        text = value.toString(Qt.DateFormat.ISODate) if value.isValid() else ""
        moment = read_times({"AT": pd.Series([text], dtype=object)}, zone).values["AT"][0]
        if np.isnat(moment):
            raise BadSetting(name="AT", value=parameters["AT"], allowed=tr("a time such as 2025-06-30T12:00:00"))
        return moment

    def _polygons(
        self,
        name: str,
        codes: list[str],
        optional: tuple[str, ...],
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> gpd.GeoDataFrame | None:
        """The current rows of a polygon layer, with its codes and those of the optional fields that it has."""
        progress = self.progress(feedback, 0.2, 0.5)
        return read_optional_grid(self, parameters, name, context, feedback, progress, codes, optional)

    # Report

    def _report(self, records: Records, result: CaseResult, settings: Settings, remarks: list[Remark]) -> Report:
        from citygrid_plugin.core.cases.case_problems import PROBLEM_TITLES  # noqa: PLC0415
        from citygrid_plugin.core.cases.cases import Status  # noqa: PLC0415
        from citygrid_plugin.storage.report import Report  # noqa: PLC0415

        cases = result.accepted
        report = Report(tr("Cases"))
        for remark in remarks:
            report.warning(said(remark))
        account = result.account
        report.table(
            [
                (tr("Source"), records.name),
                (tr("Encoding"), records.encoding or "–"),
                (tr("Moment of the status"), _clock(settings.at)),
                *account_rows(account),
            ]
        )
        if account.reasons:
            report.heading(tr("Records not taken"))
            rows = [(worded(key), count) for key, count in account.reasons.items()]
            report.table(rows, (tr("Reason"), tr("Records")))
        report.heading(tr("Status"))
        report.table([(tr(title), result.count(Status(key))) for key, title in self.STATUS_TITLES.items()])
        report.heading(tr("Closed cases"))
        outcome = cases[fields.OUTCOME].value_counts()
        report.table([(tr(title), int(outcome.get(key, 0))) for key, title in self.OUTCOME_TITLES.items()])
        report.heading(tr("Stages"))
        stages = cases[fields.STAGE].value_counts()
        report.table([(stage or "–", int(count)) for stage, count in stages.items()])
        report.heading(tr("Sources"))
        sources = cases[fields.SOURCE].value_counts()
        report.table([(source or "–", int(count)) for source, count in sources.items()])
        report.heading(tr("Places from"))
        placed = cases[fields.PLACED].value_counts()
        report.table([(tr(title), int(placed.get(key, 0))) for key, title in self.PLACED_TITLES.items()])
        if len(result.problems):
            report.heading(tr("Problems of cases"))
            titles = {kind: tr(text) for kind, text in PROBLEM_TITLES.items()}
            report.table(counts(result.problems, titles), (tr("Severity"), tr("Kind"), tr("Count")))
        report.heading(tr("Overdue the longest"))
        self._list_overdue(report, cases)
        report.heading(tr("Mapping"))
        report.table(mapping_rows(result.mapping), (tr("Field"), tr("Filled from")))
        return report

    def _list_overdue(self, report: Report, cases: gpd.GeoDataFrame) -> None:
        names = [fields.CASE_ID, fields.CLASS_NAME, fields.DEPARTMENT, fields.DEADLINE, fields.BGID, fields.TEXT]
        overdue = cases[cases[fields.STATUS] == "overdue"].sort_values(fields.DEADLINE).head(_LISTED)
        titles = (tr("Case number"), tr("Class"), tr("Department"), tr("Deadline"), tr("Unit grid"), tr("Text"))
        report.table(overdue[names].astype(object).itertuples(index=False), titles)


def _positive(name: str, label: str, default: float, most: float) -> QgsProcessingParameterNumber:
    """A number from 0 to ``most``."""
    kind = QgsProcessingParameterNumber.Type.Double
    return QgsProcessingParameterNumber(name, label, kind, defaultValue=default, minValue=0, maxValue=most)


def _attributes(records: Records) -> pd.DataFrame:
    """The columns of a table without the place that every record has here."""
    return records.frame.drop(columns=records.frame.geometry.name)


def _clock(moment: np.datetime64) -> str:
    return str(moment.astype("datetime64[m]")).replace("T", " ")
