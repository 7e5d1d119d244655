"""The evaluation as a page (HTML): the summary, charts, the map, tables and definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citygrid_plugin.i18n import tr

from .evaluation_words import (
    MAKE_COLORS,
    MAKE_TITLES,
    Matter,
    column_titles,
    definitions,
    named,
    percent,
    period_names,
    some,
    status_sentence,
    summary,
    whole,
)

if TYPE_CHECKING:
    import pandas as pd

    from citygrid_plugin.core.cases.evaluation_bulletin import Bulletin
    from citygrid_plugin.storage.charts import Bars, Lines
    from citygrid_plugin.storage.report import Report

_MOST_BARS: Final = 24  # of a chart on one page; beyond it the first and the last of a ranking are shown
_MOST_POINTS: Final = 26  # of a trend: half a year of weeks
_MOST_ROWS: Final = 3_000  # of the tables of other periods: a browser shows no more in good time
_CLOSE_COLOR, _ON_TIME_COLOR, _HANDLED_COLOR = "#b0b7c3", "#2b6cb0", "#2f8f4e"
_FIRST_FIGURE: Final = 2  # columns of the table before the figures


def evaluation_report(matter: Matter) -> Report:
    """The page, ready for the bulletin."""
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(matter.title)
    for remark in matter.remarks:
        report.warning(remark)
    report.heading(tr("Summary"))
    for line in summary(matter):
        report.paragraph(line)
    _charts(report, matter)
    if matter.picture is not None:
        report.picture(*matter.picture)
    _tables(report, matter)
    report.heading(tr("Definitions"))
    for text in definitions(matter):
        report.paragraph(text)
    return report


# Charts


def _charts(report: Report, matter: Matter) -> None:
    bulletin = matter.bulletin
    report.heading(tr("Ranking"))
    if len(bulletin.ranked):
        chart, left_out = _ranking(bulletin)
        title = tr("On-time rate and closing rate by {group}, {period}; the last places are framed.")
        report.chart(chart, title.format(group=matter.group, period=matter.period))
        if left_out:
            report.paragraph(
                tr("{count} places in the middle are left out here; the table has them.").format(count=left_out)
            )
    else:
        report.paragraph(tr("Nothing was due in the period, so nobody is ranked."))
    if len(bulletin.trend) > 1:
        report.heading(tr("Trend"))
        trend = bulletin.trend.iloc[-_MOST_POINTS:]
        report.chart(_rates(trend), tr("Rates by period, all together."))
        report.chart(_counts(trend), tr("Cases by period, all together."))
    report.heading(tr("What the cases are now") if matter.moment else tr("What the cases were when they were loaded"))
    chart, left_out = _make_up(matter)
    title = tr("All cases by {group} and status, whatever their period. {moment}")
    report.chart(chart, title.format(group=matter.group, moment=status_sentence(matter.moment)))
    if left_out:
        report.paragraph(tr("{count} more with fewer cases are left out here.").format(count=left_out))


def _ranking(bulletin: Bulletin) -> tuple[Bars, int]:
    """Bars of the ranking, and how many places in the middle are left out."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
    from citygrid_plugin.storage.charts import Bars, Series  # noqa: PLC0415

    ranked, half = bulletin.ranked, _MOST_BARS // 2
    left_out = max(len(ranked) - _MOST_BARS, 0)
    if left_out:
        import pandas as pd  # noqa: PLC0415

        ranked = pd.concat([ranked.iloc[:half], ranked.iloc[-half:]], ignore_index=True)
    names = [f"{rank}. {named(group)}" for rank, group in zip(ranked[core.RANK], ranked[core.GROUP], strict=True)]
    called_out = set(bulletin.last)
    series = [
        Series(tr("On-time rate 按期结案率"), _values(ranked[core.ON_TIME_RATE]), _ON_TIME_COLOR),
        Series(tr("Closing rate 结案率"), _values(ranked[core.CLOSE_RATE]), _CLOSE_COLOR),
    ]
    rows = [number for number, group in enumerate(ranked[core.GROUP]) if group in called_out]
    return Bars(names, series, percent, 1.0, called_out=rows, gap=half if left_out else None), left_out


def _rates(trend: pd.DataFrame) -> Lines:
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
    from citygrid_plugin.storage.charts import Lines, Series  # noqa: PLC0415

    series = [
        Series(tr("On-time rate 按期结案率"), _values(trend[core.ON_TIME_RATE]), _ON_TIME_COLOR),
        Series(tr("Closing rate 结案率"), _values(trend[core.CLOSE_RATE]), "#606266"),
        Series(tr("Handled on time 按时处置率"), _values(trend[core.HANDLED_RATE]), _HANDLED_COLOR),
    ]
    return Lines(trend[core.PERIOD].tolist(), series, percent, 1.0)


def _counts(trend: pd.DataFrame) -> Lines:
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
    from citygrid_plugin.storage.charts import Lines, Series  # noqa: PLC0415

    series = [
        Series(tr("Filed"), _values(trend[core.FILED]), _ON_TIME_COLOR),
        Series(tr("Due"), _values(trend[core.DUE]), "#606266"),
        Series(tr("Closed"), _values(trend[core.CLOSED]), _HANDLED_COLOR),
        Series(tr("Overdue"), _values(trend[core.OVERDUE]), "#d9001b"),
    ]
    return Lines(trend[core.PERIOD].tolist(), series, whole)


def _make_up(matter: Matter) -> tuple[Bars, int]:
    """Bars in parts, those with most cases first, and how many are left out."""
    from citygrid_plugin.storage.charts import Bars, Series  # noqa: PLC0415

    made = matter.largest_first
    left_out = max(len(made) - _MOST_BARS, 0)
    made = made.iloc[:_MOST_BARS]
    series = [
        Series(tr(title), _values(made[key]), MAKE_COLORS[key])
        for key, title in MAKE_TITLES.items()
        if matter.made_up[key].any()
    ]
    return Bars([named(group) for group in made.index], series, whole, stacked=True), left_out


def _values(column: pd.Series) -> list[float | None]:
    return [None if missing else float(value) for value, missing in zip(column, column.isna(), strict=True)]


# Tables


def _tables(report: Report, matter: Matter) -> None:
    """The period of the summary, then the others, the latest first, as many as a page holds."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    bulletin, evaluation = matter.bulletin, matter.evaluation
    called_out = evaluation.last()
    report.heading(matter.period)
    _table(report, matter, bulletin.rows, bulletin.total, called_out.get(bulletin.name, []))
    if len(evaluation.totals) == 1:
        return
    report.heading(tr("All periods"))
    names, totals = period_names(evaluation.period, evaluation.totals), evaluation.totals.to_dict("records")
    report.table(
        [(name, *_figures(total)) for name, total in zip(names, totals, strict=True)],
        (tr("Period"), *list(column_titles(matter.group).values())[_FIRST_FIGURE:]),
        right=range(1, len(column_titles(""))),
    )
    groups = dict(tuple(evaluation.table.groupby(core.PERIOD, sort=False)))
    shown, left_out = 0, 0
    for name, total in zip(reversed(names), reversed(totals), strict=True):
        period = total[core.PERIOD]
        if period == bulletin.name:
            continue
        rows = groups.get(period, bulletin.rows.iloc[:0])
        if shown + len(rows) > _MOST_ROWS:
            left_out += 1
            continue
        shown += len(rows)
        report.subheading(name)
        _table(report, matter, rows, total, called_out.get(period, []))
    if left_out:
        text = tr("The tables of {count} more periods are in the layer and in the workbook.")
        report.paragraph(text.format(count=left_out))


def _table(report: Report, matter: Matter, rows: pd.DataFrame, total: Mapping[str, Any], last: list[str]) -> None:
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    titles = column_titles(matter.group)
    if last:
        report.warning(tr("Last places: {names}").format(names=some(last)))
    lines = [(_shown(row[core.RANK], "d"), named(row[core.GROUP]), *_figures(row)) for row in rows.to_dict("records")]
    lines.append(("", tr("All together"), *_figures(total)))
    called_out = set(last)
    marked = [number for number, group in enumerate(rows[core.GROUP]) if group in called_out]
    right = [0, *range(_FIRST_FIGURE, len(titles))]
    report.table(lines, tuple(titles.values()), marked, right)


def _figures(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The figures of a row of an evaluation as text, in the order of ``column_titles``."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    counts = (core.FILED, core.DUE, core.CLOSED, core.ON_TIME, core.OVERDUE)
    rates = (core.CLOSE_RATE, core.ON_TIME_RATE, core.HANDLED_RATE, core.RETURN_RATE, core.ACCURATE_RATE)
    return (
        *(_shown(row[each], ",d") for each in counts), *(_shown(row[each], ".1%") for each in rates),
        *(_shown(row[each], ",.1f") for each in (core.MEAN_HOURS, core.P90_HOURS)),
        _shown(row[core.ON_TIME_CHANGE], "+.1%"), _shown(row.get(core.RANK_CHANGE), "+d"),
    )  # fmt: skip


def _shown(value: Any, form: str) -> str:  # noqa: ANN401 - a number of a pandas table, or missing
    import pandas as pd  # noqa: PLC0415

    return "–" if pd.isna(value) else format(int(value) if form.endswith("d") else value, form)
