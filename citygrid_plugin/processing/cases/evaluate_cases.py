"""``citygrid:evaluatecases``: how many cases were due, closed, and closed on time, by who answers for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
)
from qgis.PyQt.QtCore import Qt

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import BadSetting
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import ANY_SOURCE, SINK_TABLE, CityGridAlgorithm

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from citygrid_plugin.core.cases.evaluation import By, Evaluation
    from citygrid_plugin.storage.report import Report


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
        "The status is that of the moment at which the cases were loaded."
    )

    GROUPS = ("Department", "Street", "Community", "Responsibility grid", "Source")
    PERIODS = ("Whole range", "Week", "Month", "Quarter", "Half month", "Half year")

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("CASES", tr("Cases"), [ANY_SOURCE]))
        self.addParameter(
            QgsProcessingParameterEnum("BY", tr("By"), [tr(name) for name in self.GROUPS], defaultValue=0)
        )
        self.addParameter(
            QgsProcessingParameterEnum("PERIOD", tr("Period"), [tr(name) for name in self.PERIODS], defaultValue=0)
        )
        for name, label in {"FROM": tr("First day"), "TO": tr("Last day")}.items():
            self.addParameter(
                QgsProcessingParameterDateTime(name, label, QgsProcessingParameterDateTime.Type.Date, optional=True)
            )
        self.add_sink("OUTPUT", tr("Evaluation"), SINK_TABLE)
        self.add_report()
        self.add_numbers(
            FILED_COUNT=tr("Filed"),
            DUE_COUNT=tr("Due"),
            CLOSED_COUNT=tr("Closed"),
            ON_TIME_COUNT=tr("Closed on time"),
            OVERDUE_COUNT=tr("Overdue"),
        )

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

        by = core.By(self.parameterAsEnum(parameters, "BY", context))
        period = core.Period(self.parameterAsEnum(parameters, "PERIOD", context))
        first, last = (self._day(name, parameters, context) for name in ("FROM", "TO"))
        if first is not None and last is not None and first > last:
            raise BadSetting(name="TO", value=last, allowed=f"≥ FROM ({first})")
        available = self.source(parameters, "CASES", context).fields().names()
        needed = [*core.columns(by), *(name for name in core.OPTIONAL if name in available)]
        cases = self.read(parameters, "CASES", context, self.progress(feedback, 0, 0.8), needed)
        evaluation = core.evaluate(cases, by, period, first, last, self._departments(cases, by))
        remarks = self._remarks(evaluation)
        for remark in remarks:
            feedback.pushWarning(remark)
        table = evaluation.table
        results: dict[str, Any] = {
            "OUTPUT": self.write(table, parameters, "OUTPUT", context, "NoGeometry"),
            "FILED_COUNT": int(table[core.FILED].sum()),
            "DUE_COUNT": int(table[core.DUE].sum()),
            "CLOSED_COUNT": int(table[core.CLOSED].sum()),
            "ON_TIME_COUNT": int(table[core.ON_TIME].sum()),
            "OVERDUE_COUNT": int(table[core.OVERDUE].sum()),
        }
        report = self._report(evaluation, tr(self.GROUPS[by]), remarks)
        results |= self.save_report(report, parameters, context)
        return results

    def _day(self, name: str, parameters: dict[str, Any], context: QgsProcessingContext) -> np.datetime64 | None:
        import numpy as np  # noqa: PLC0415

        if not parameters.get(name):
            return None
        value = self.parameterAsDateTime(parameters, name, context)
        if not value.isValid():
            raise BadSetting(name=name, value=parameters[name], allowed=tr("a day such as 2025-06-30"))
        return np.datetime64(value.date().toString(Qt.DateFormat.ISODate))

    def _departments(self, cases: pd.DataFrame, by: By) -> list[str]:
        """The departments of Chongqing, where the cases belong to any of them."""
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
        from citygrid_plugin.storage.scheme_files import CQSZ10_2007, load_scheme  # noqa: PLC0415

        if by is not core.By.DEPARTMENT:
            return []
        departments = load_scheme(CQSZ10_2007).departments["department"]
        return core.listed_departments(departments, cases[fields.DEPARTMENT])

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

    def _report(self, evaluation: Evaluation, group: str, remarks: list[str]) -> Report:
        from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
        from citygrid_plugin.storage.report import Report  # noqa: PLC0415

        report = Report(tr("Evaluation of cases"))
        for remark in remarks:
            report.warning(remark)
        header = (
            tr("Rank"), group, tr("Filed"), tr("Due"), tr("Closed"), tr("Closed on time"), tr("Overdue"),
            tr("Closing rate 结案率"), tr("On-time rate 按期结案率"), tr("Handled on time 按时处置率"),
            tr("Return rate 返工率"), tr("Accurate filing 准确立案率"), tr("Mean hours 平均处理时长"),
            tr("90th percentile 90%分位"), tr("Change of the on-time rate 环比"), tr("Change of rank"),
        )  # fmt: skip
        totals = evaluation.totals.set_index(core.PERIOD)
        last = evaluation.last()
        for period, rows in evaluation.table.groupby(core.PERIOD, sort=False):
            report.heading(str(period))
            if period in last:
                report.warning(tr("Last places: {names}").format(names="、".join(last[period])))
            lines = [*map(_row, rows.to_dict("records")), _row(totals.loc[str(period)].to_dict(), tr("All together"))]
            report.table(lines, header)
        report.heading(tr("Definitions"))
        for text in core.DEFINITIONS.values():
            report.paragraph(tr(text))
        report.paragraph(tr("The status is that of the moment at which the cases were loaded."))
        return report


def _row(row: Mapping[str, Any], name: str = "") -> tuple[object, ...]:
    """A row of the report; ``name`` stands for the group in the row of totals."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    counts = (core.FILED, core.DUE, core.CLOSED, core.ON_TIME, core.OVERDUE)
    rates = (core.CLOSE_RATE, core.ON_TIME_RATE, core.HANDLED_RATE, core.RETURN_RATE, core.ACCURATE_RATE)
    return (
        _shown(row.get(core.RANK), "d"), name or row[core.GROUP] or tr("(not stated)"),
        *(row[each] for each in counts), *(_shown(row[each], ".1%") for each in rates),
        *(_shown(row[each], ".1f") for each in (core.MEAN_HOURS, core.P90_HOURS)),
        _shown(row[core.ON_TIME_CHANGE], "+.1%"), _shown(row.get(core.RANK_CHANGE), "+d"),
    )  # fmt: skip


def _shown(value: Any, form: str) -> str:  # noqa: ANN401 - a number of a pandas table, or missing
    import pandas as pd  # noqa: PLC0415

    return "–" if pd.isna(value) else format(int(value) if form.endswith("d") else value, form)
