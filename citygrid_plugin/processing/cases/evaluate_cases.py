"""``citygrid:evaluatecases``: how many cases were due, closed, and closed on time, by who answers for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)
from qgis.PyQt.QtCore import Qt

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import BadSetting, UnwritableTarget
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import ANY_SOURCE, POLYGON_SOURCE, SINK_TABLE, CityGridAlgorithm
from citygrid_plugin.processing.grid_layers import read_optional_grid

from .case_reading import CaseReader
from .evaluation_words import FIGURES, GROUPS, Matter

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from citygrid_plugin.core.cases.evaluation import By, Evaluation, Period
    from citygrid_plugin.core.cases.evaluation_bulletin import Bulletin

_LONGEST_HOURS = 100_000


@dataclass(frozen=True)
class _Asked:
    """What is to be evaluated: ``first`` and ``last`` day, ``at`` the moment; ``is_stated``: it was given."""

    by: By
    period: Period
    first: np.datetime64 | None
    last: np.datetime64 | None
    at: np.datetime64
    is_stated: bool
    due_soon_hours: float


class EvaluateCases(CityGridAlgorithm):
    """Counts and ranks cases."""

    NAME = "evaluatecases"
    TITLE = "Evaluate cases"
    TAGS = ("案卷", "考核", "结案率", "按期结案率", "ranking", "bulletin")
    HELP = (
        "Counts the cases of a layer made by “Load cases” by department, street, community, responsibility grid "
        "or source, in the whole range or by week, half month, month, quarter or half year, ranks them, and "
        "compares each period with the one before.\n\n"
        "Filed (FiledCnt): filed in the period; where there is no filing time, reported.\n"
        "Due (DueCnt): the deadline lies in the period, and the case is closed or overdue. A case that is still "
        "inside its limit, suspended or without a deadline is not due.\n"
        "Closed (ClosedCnt), closed on time (OnTimeCnt: finished no later than the deadline) and overdue "
        "(OverdueCnt): of the due ones.\n"
        "Closing rate 结案率 (CloseRate) = closed / due; on-time rate 按期结案率 (OnTimeRate) = closed on time / "
        "due; shares from 0 to 1, empty where nothing was due.\n"
        "Handled on time 按时处置率 (HandleRate), return rate 返工率 (ReturnRate), accurate filing 准确立案率 "
        "(AccurRate), mean and 90th percentile of the handling time in hours (MeanHours, P90Hours) and the "
        "changes against the period before (FiledDiff, CloseDiff, OnTimeDiff, RankDiff: places gained) are "
        "defined under the table of the report.\n"
        "Void cases count as filed wrongly only. Weeks run from Monday to Sunday (ISO 8601), the first half of a "
        "month to the 15th.\n\n"
        "Rank goes by the on-time rate; equal rates share a place. The report calls out the last two places of "
        "each period. Cases that belong to nobody are counted but not ranked. Where the cases belong to the "
        "departments of Chongqing (CQSZ10-2007), all of them are listed.\n\n"
        "Status: told anew, for now or for the moment given, so that the figures agree with the map, which follows "
        "the clock. With a moment given, what was reported, filed, handled or finished later does not count: the "
        "figures are as they would have been then. Of a layer without the field Stage the status counts as it is.\n\n"
        "The report holds a summary in sentences for the bulletin, charts, tables and definitions; of several periods "
        "it speaks of the last one that is over. With areas (streets, communities, responsibility grids, or unit "
        "grids with these fields) it has a map, and areas without a case are listed as well. By department and "
        "source, the map shows the unfinished cases by status. The workbook (.xlsx) holds the same with charts of "
        "Excel's own, all periods and, if wanted, the cases that count. No text is ever a formula there."
    )

    PERIODS = ("Whole range", "Week", "Month", "Quarter", "Half month", "Half year")

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("CASES", tr("Cases"), [ANY_SOURCE]))
        self.addParameter(QgsProcessingParameterEnum("BY", tr("By"), [tr(name) for name in GROUPS], defaultValue=0))
        self.addParameter(
            QgsProcessingParameterEnum("PERIOD", tr("Period"), [tr(name) for name in self.PERIODS], defaultValue=0)
        )
        for name, label in {"FROM": tr("First day"), "TO": tr("Last day")}.items():
            self.addParameter(
                QgsProcessingParameterDateTime(name, label, QgsProcessingParameterDateTime.Type.Date, optional=True)
            )
        self.addParameter(
            QgsProcessingParameterDateTime("AT", tr("Moment of the status (now if empty)"), optional=True)
        )
        self._define_more()
        self.add_sink("OUTPUT", tr("Evaluation"), SINK_TABLE)
        self.add_report()
        self.addParameter(
            QgsProcessingParameterFileDestination(
                "WORKBOOK", tr("Workbook"), tr("Excel workbooks (*.xlsx)"), optional=True, createByDefault=False
            )
        )
        self.add_numbers(
            FILED_COUNT=tr("Filed"),
            DUE_COUNT=tr("Due"),
            CLOSED_COUNT=tr("Closed"),
            ON_TIME_COUNT=tr("Closed on time"),
            OVERDUE_COUNT=tr("Overdue"),
            OPEN_NOW=tr("Open at the moment"),
            DUE_SOON_NOW=tr("Due soon at the moment"),
            OVERDUE_NOW=tr("Overdue at the moment"),
            SUSPENDED_NOW=tr("Suspended at the moment"),
            CLOSED_NOW=tr("Closed at the moment"),
            VOID_NOW=tr("Void at the moment"),
        )

    def _define_more(self) -> None:
        """The map, and what few need."""
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "AREAS", tr("Areas of the map: streets, communities or grids"), [POLYGON_SOURCE], optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterEnum(
                "MAP", tr("The map shows"), [tr(name) for name in FIGURES], defaultValue=0, optional=True
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                "DUE_SOON_HOURS", tr("Due soon: hours before the deadline"), QgsProcessingParameterNumber.Type.Double,
                defaultValue=24, minValue=0, maxValue=_LONGEST_HOURS,
            )
        )  # fmt: skip
        self.add_advanced(
            QgsProcessingParameterBoolean("LIST_CASES", tr("The workbook lists the cases that count"), False)
        )

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
        from citygrid_plugin.core.cases.evaluation_bulletin import Bulletin  # noqa: PLC0415
        from citygrid_plugin.core.cases.evaluation_moment import made_up  # noqa: PLC0415

        asked = self._asked(parameters, context)
        workbook = self._workbook(parameters, context)
        cases, moment = self._cases(asked, parameters, context, feedback, workbook is not None)
        areas = self._areas(asked.by, parameters, context, feedback)
        groups = self._groups(cases, areas, asked.by)
        evaluation = core.evaluate(cases, asked.by, asked.period, asked.first, asked.last, groups)
        remarks = self._remarks(evaluation)
        if not moment:
            remarks.append(tr("The cases have no field Stage, so their status is that of the moment of loading."))
        for remark in remarks:
            feedback.pushWarning(remark)
        table = evaluation.table
        bulletin = Bulletin.of(evaluation, asked.at, asked.first, asked.last)
        made = made_up(cases, asked.by)
        self._go_on(0.0)
        picture = self._picture(areas, cases, bulletin, asked, parameters, context, feedback)
        matter = Matter(bulletin, asked.by, made, moment, remarks, picture)
        results: dict[str, Any] = {
            "OUTPUT": self.write(table, parameters, "OUTPUT", context, "NoGeometry"),
            "FILED_COUNT": int(table[core.FILED].sum()),
            "DUE_COUNT": int(table[core.DUE].sum()),
            "CLOSED_COUNT": int(table[core.CLOSED].sum()),
            "ON_TIME_COUNT": int(table[core.ON_TIME].sum()),
            "OVERDUE_COUNT": int(table[core.OVERDUE].sum()),
            **_now_counts(made),
        }
        self._tell(matter, feedback)
        if parameters.get("REPORT"):
            from .evaluation_report import evaluation_report  # noqa: PLC0415

            results |= self.save_report(evaluation_report(matter), parameters, context)
        if workbook is not None:
            listed = self.parameterAsBool(parameters, "LIST_CASES", context)
            counted = core.counted_cases(cases, asked.by, asked.first, asked.last) if listed else None
            self._write_workbook(matter, cases, counted, workbook, feedback)
            results["WORKBOOK"] = str(workbook)
        return results

    # Reading the parameters

    def _asked(self, parameters: dict[str, Any], context: QgsProcessingContext) -> _Asked:
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

        first, last = (self._day(name, parameters, context) for name in ("FROM", "TO"))
        if first is not None and last is not None and first > last:
            raise BadSetting(name="TO", value=last, allowed=f"≥ FROM ({first})")
        return _Asked(
            by=core.By(self.parameterAsEnum(parameters, "BY", context)),
            period=core.Period(self.parameterAsEnum(parameters, "PERIOD", context)),
            first=first,
            last=last,
            at=self._moment(parameters, context),
            is_stated=bool(parameters.get("AT")),
            due_soon_hours=self.number(parameters, "DUE_SOON_HOURS", context, 0, _LONGEST_HOURS),
        )

    def _day(self, name: str, parameters: dict[str, Any], context: QgsProcessingContext) -> np.datetime64 | None:
        import numpy as np  # noqa: PLC0415

        if not parameters.get(name):
            return None
        value = self.parameterAsDateTime(parameters, name, context)
        if not value.isValid():
            raise BadSetting(name=name, value=parameters[name], allowed=tr("a day such as 2025-06-30"))
        return np.datetime64(value.date().toString(Qt.DateFormat.ISODate))

    def _moment(self, parameters: dict[str, Any], context: QgsProcessingContext) -> np.datetime64:
        """The parameter AT as a wall-clock time of this computer; now, as the map's, where it is empty."""
        import numpy as np  # noqa: PLC0415

        if not parameters.get("AT"):
            return np.datetime64(datetime.now().replace(microsecond=0))  # noqa: DTZ005 - the clock that QGIS's now() shows
        value = self.parameterAsDateTime(parameters, "AT", context)
        if not value.isValid():
            raise BadSetting(name="AT", value=parameters["AT"], allowed=tr("a time such as 2025-06-30T12:00:00"))
        return np.datetime64(value.toLocalTime().toString("yyyy-MM-ddTHH:mm:ss"))

    def _workbook(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Path | None:
        """The file of the workbook; None where none is wanted. Raises ``UnwritableTarget``, ``NoWorkbooks``."""
        if not parameters.get("WORKBOOK"):
            return None
        from citygrid_plugin.storage.readers.workbooks import xlsx_package  # noqa: PLC0415
        from citygrid_plugin.storage.workbooks import NoWorkbooks  # noqa: PLC0415

        path = Path(self.parameterAsFileOutput(parameters, "WORKBOOK", context))
        if path.suffix.lower() != ".xlsx":
            raise UnwritableTarget(path=str(path), why="its name must end in .xlsx")
        xlsx_package(NoWorkbooks)
        return path

    def _cases(
        self,
        asked: _Asked,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        listed: bool,
    ) -> tuple[gpd.GeoDataFrame, str]:
        """The cases with the status that counts, and of what moment it is (empty: that of loading)."""
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
        from citygrid_plugin.core.cases.evaluation_moment import COURSE, as_of  # noqa: PLC0415

        from .evaluation_workbook import LISTED_MORE  # noqa: PLC0415

        available = self.source(parameters, "CASES", context).fields().names()
        optional = dict.fromkeys((*core.OPTIONAL, *COURSE, *(LISTED_MORE if listed else ())))
        needed = dict.fromkeys((*core.columns(asked.by), *(name for name in optional if name in available)))
        cases = self._read_cases(parameters, context, feedback, list(needed), available)
        if fields.STAGE not in cases and not asked.is_stated:
            return cases, ""
        moment = str(asked.at.astype("datetime64[m]")).replace("T", " ")
        return as_of(cases, asked.at, asked.due_soon_hours, known_only=asked.is_stated), moment

    def _read_cases(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        needed: list[str],
        available: list[str],
    ) -> gpd.GeoDataFrame:
        """The columns of the cases, in bulk where they are a table of a GeoPackage as it is."""
        reading = self.progress(feedback, 0, 0.6)
        chosen = isinstance(parameters["CASES"], QgsProcessingFeatureSourceDefinition)  # it may select or filter
        layer = None if chosen else self.parameterAsVectorLayer(parameters, "CASES", context)
        if layer is not None and set(needed) <= set(available):
            reader = CaseReader.of(layer)
            cases = reader.frame(needed, reading) if reader.own is not None else None
            if cases is not None and len(cases):
                return cases
        return self.read(parameters, "CASES", context, reading, needed)

    def _areas(
        self, by: By, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> gpd.GeoDataFrame | None:
        """The areas of the map, one a group where the cases are grouped by area."""
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

        from .evaluation_map import areas_of  # noqa: PLC0415

        by_area = by in (core.By.STREET, core.By.COMMUNITY, core.By.RESPONSIBILITY_GRID)
        needed = core.group_columns(by) if by_area else ()
        names = (fields.STREET_NAME,) if not by_area else ()
        progress = self.progress(feedback, 0.6, 0.7)
        areas = read_optional_grid(self, parameters, "AREAS", context, feedback, progress, needed, names)
        return None if areas is None else areas_of(areas, by)

    def _groups(self, cases: pd.DataFrame, areas: gpd.GeoDataFrame | None, by: By) -> list[str]:
        """Groups that are listed even without a case: the areas; the departments of Chongqing where cases have any."""
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
        from citygrid_plugin.storage.scheme_files import CQSZ10_2007, load_scheme  # noqa: PLC0415

        if by is core.By.DEPARTMENT:
            departments = load_scheme(CQSZ10_2007).departments["department"]
            return core.listed_departments(departments, cases[fields.DEPARTMENT])
        if areas is None or by is core.By.SOURCE:
            return []
        return [name for name in areas["group"] if name]

    # Writing

    def _picture(
        self,
        areas: gpd.GeoDataFrame | None,
        cases: gpd.GeoDataFrame,
        bulletin: Bulletin,
        asked: _Asked,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> tuple[bytes, str] | None:
        """The map and its title, where there are areas and somebody looks at it."""
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

        from .evaluation_map import area_map, case_map  # noqa: PLC0415
        from .evaluation_words import period_name  # noqa: PLC0415

        if areas is None or not (parameters.get("REPORT") or parameters.get("WORKBOOK")):
            return None
        progress = self.progress(feedback, 0.7, 0.8)
        if asked.by in (core.By.DEPARTMENT, core.By.SOURCE):
            if getattr(cases, "crs", None) is None or cases.geometry.isna().all():
                return None
            return case_map(areas, cases, progress), tr("Unfinished cases by status")
        figure = self.parameterAsEnum(parameters, "MAP", context)
        period = period_name(asked.period, *bulletin.days)
        return area_map(areas, bulletin.rows, figure, progress), f"{tr(FIGURES[figure])} – {period}"

    def _write_workbook(
        self,
        matter: Matter,
        cases: pd.DataFrame,
        counted: pd.DataFrame | None,
        path: Path,
        feedback: QgsProcessingFeedback,
    ) -> None:
        from citygrid_plugin.storage.workbooks import write_workbook  # noqa: PLC0415

        from .evaluation_workbook import evaluation_sheets  # noqa: PLC0415

        if counted is not None:
            counted = cases.loc[counted.index].assign(**{name: counted[name] for name in counted})
        write_workbook(evaluation_sheets(matter, counted), path, self.progress(feedback, 0.8, 1.0))

    def _tell(self, matter: Matter, feedback: QgsProcessingFeedback) -> None:
        """The summary in the log, too."""
        from .evaluation_words import summary  # noqa: PLC0415

        for line in summary(matter):
            feedback.pushInfo(line)

    def _remarks(self, evaluation: Evaluation) -> list[str]:
        from citygrid_plugin.core.cases.case_status import Status  # noqa: PLC0415

        remarks = []
        if evaluation.endless:
            text = tr("{count} cases have no deadline; they are never due and count in no rate.")
            remarks.append(text.format(count=evaluation.endless))
        if evaluation.undated:
            text = tr("{count} closed cases have no finishing time; they do not count as closed on time.")
            remarks.append(text.format(count=evaluation.undated))
        if evaluation.unknown:
            text = tr("{count} cases have no known status ({known}); they are never due and count as filed only.")
            remarks.append(text.format(count=evaluation.unknown, known=", ".join(Status)))
        if evaluation.backwards:
            text = tr("{count} closed cases were finished before they began; they count in no handling time.")
            remarks.append(text.format(count=evaluation.backwards))
        return remarks


def _now_counts(made: pd.DataFrame) -> dict[str, int]:
    """How many cases are what at the moment; closed ones however they ended."""
    from citygrid_plugin.core.cases.case_status import Status  # noqa: PLC0415
    from citygrid_plugin.core.cases.evaluation_moment import CLOSED  # noqa: PLC0415

    counts = made.sum()
    parts = {status: CLOSED if status is Status.CLOSED else (status,) for status in Status}
    return {f"{status.name}_NOW": int(counts[list(map(str, part))].sum()) for status, part in parts.items()}
