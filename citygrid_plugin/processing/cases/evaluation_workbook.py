"""The evaluation as a workbook (.xlsx): summary with Excel's own charts, ranking, all periods, status, definitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.styles import CASE_LOOKS, FIELD_TITLES

from .evaluation_words import (
    MAKE_COLORS,
    MAKE_TITLES,
    Matter,
    column_titles,
    definitions,
    named,
    period_names,
    summary,
)

if TYPE_CHECKING:
    import pandas as pd

    from citygrid_plugin.storage.workbooks import NewChart, NewSheet

_RATE, _CHANGE, _HOURS, _SIGNED = "0.0%", "+0.0%;-0.0%;0.0%", "#,##0.0", "+0;-0;0"
_MOST_BARS, _MOST_POINTS = 60, 52  # of a chart of Excel; a year of weeks
_MOST_FRAMED: Final = 5_000  # rows with lines around their cells
_TEXT_WIDTH: Final = 100  # characters of a column of sentences: as wide as a page, also where Calibri is not there
_ON_TIME_COLOR, _CLOSE_COLOR, _HANDLED_COLOR = "2B6CB0", "A0A7B3", "2F8F4E"
_LISTED: Final = (
    fields.CASE_ID, fields.KIND, fields.CLASS_CODE, fields.CLASS_NAME, fields.STAGE, fields.STATUS, fields.REPORTED,
    fields.FILED, fields.DEADLINE, fields.HANDLED, fields.FINISHED, fields.PAUSED_HOURS, fields.RETURNS,
    fields.ACCURATE, fields.BGID,
)  # fmt: skip
LISTED_MORE: Final = (fields.CASE_ID, fields.KIND, fields.CLASS_CODE, fields.CLASS_NAME, fields.BGID)
"""Columns of cases that the sheet of cases shows and an evaluation does not need."""


def evaluation_sheets(matter: Matter, cases: pd.DataFrame | None) -> list[NewSheet]:
    """The sheets in their order; with ``cases`` (columns of the layer and of ``counted_cases``) one that lists them."""
    sheets = [_ranking(matter), _periods(matter), _totals(matter), _status(matter), _definitions(matter)]
    if cases is not None:
        sheets.append(_cases(matter, cases))
    return [_summary(matter), *sheets]


def _summary(matter: Matter) -> NewSheet:
    import pandas as pd  # noqa: PLC0415

    from citygrid_plugin.storage.workbooks import NewSheet  # noqa: PLC0415

    lines = [*summary(matter), *matter.remarks]
    return NewSheet(
        tr("Summary"),
        pd.DataFrame({matter.period: lines}, dtype=object),
        matter.title,
        charts=_charts(matter),
        pictures=[] if matter.picture is None else [matter.picture[0]],
        widest=_TEXT_WIDTH,
    )


def _charts(matter: Matter) -> list[NewChart]:
    """Ranking, trend and make-up, over the columns of the other sheets."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
    from citygrid_plugin.storage.workbooks import ChartKind, NewChart  # noqa: PLC0415

    bulletin, titles = matter.bulletin, column_titles(matter.group)
    rates = {titles[core.ON_TIME_RATE]: _ON_TIME_COLOR, titles[core.CLOSE_RATE]: _CLOSE_COLOR}
    charts = []
    if ranked := min(len(bulletin.ranked), _MOST_BARS):
        called_out = set(bulletin.last)
        marked = [row for row, group in enumerate(bulletin.ranked[core.GROUP][:ranked]) if group in called_out]
        title = f"{tr('Ranking')} – {matter.period}"
        charts.append(NewChart(ChartKind.BARS, title, tr("Ranking"), matter.group, rates, ranked, "0%", 1.0, marked))
    points = len(matter.evaluation.totals)
    if points > 1:
        lines = rates | {titles[core.HANDLED_RATE]: _HANDLED_COLOR}
        skipped = max(len(bulletin.trend) - _MOST_POINTS, 0)
        shown = len(bulletin.trend) - skipped
        charts.append(
            NewChart(ChartKind.LINES, tr("Trend"), tr("Trend"), tr("Period"), lines, shown, "0%", 1.0, start=skipped)
        )
    made = {tr(title): MAKE_COLORS[key].lstrip("#") for key, title in MAKE_TITLES.items() if matter.made_up[key].any()}
    groups = min(len(matter.made_up), _MOST_BARS)
    if made and groups:
        title = tr("Status at {moment}").format(moment=matter.moment) if matter.moment else tr("Status")
        charts.append(NewChart(ChartKind.STACKS, title, tr("Status"), matter.group, made, groups))
    return charts


def _ranking(matter: Matter) -> NewSheet:
    """The groups of the period, with the row of all together."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
    from citygrid_plugin.storage.workbooks import NewSheet  # noqa: PLC0415

    bulletin = matter.bulletin
    titles = column_titles(matter.group)
    rows = _table(bulletin.rows, titles)
    called_out = set(bulletin.last)
    total = [bulletin.total.get(column, "") for column in titles]
    total[list(titles).index(core.GROUP)] = tr("All together")
    heading = f"{tr('Ranking')} – {matter.group} – {matter.period}"
    marked = [group in called_out for group in bulletin.rows[core.GROUP]]
    return NewSheet(tr("Ranking"), rows, heading, total, marked, formats=_formats(titles))


def _periods(matter: Matter) -> NewSheet:
    """All groups in all periods; the last places marked."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
    from citygrid_plugin.storage.workbooks import NewSheet  # noqa: PLC0415

    table = matter.evaluation.table
    titles = _period_titles() | column_titles(matter.group)
    called_out = {(period, group) for period, groups in matter.evaluation.last().items() for group in groups}
    marked = [key in called_out for key in zip(table[core.PERIOD], table[core.GROUP], strict=True)]
    heading = f"{tr('All periods')} – {matter.group}"
    plain = len(table) > _MOST_FRAMED
    rows = _table(table, titles)
    return NewSheet(tr("All periods"), rows, heading, (), marked, formats=_formats(titles), plain=plain)


def _totals(matter: Matter) -> NewSheet:
    """All groups together, a row a period; that of the summary marked."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
    from citygrid_plugin.storage.workbooks import NewSheet  # noqa: PLC0415

    totals = matter.evaluation.totals
    titles = {
        column: title for column, title in (_period_titles() | column_titles(matter.group)).items() if column in totals
    }
    rows = _table(totals, titles)
    rows[tr("Period")] = period_names(matter.evaluation.period, totals)
    marked = (totals[core.PERIOD] == matter.bulletin.name).tolist()
    heading = f"{tr('Trend')} – {tr('All together')}"
    return NewSheet(tr("Trend"), rows, heading, (), marked, formats=_formats(titles))


def _status(matter: Matter) -> NewSheet:
    """What the cases of each group are at the moment."""
    from citygrid_plugin.storage.workbooks import NewSheet  # noqa: PLC0415

    made = matter.largest_first
    rows = made.rename(columns={key: tr(title) for key, title in MAKE_TITLES.items()})
    rows[tr("Cases")] = made.sum(axis=1)
    rows.insert(0, matter.group, [named(group) for group in made.index])
    total = [tr("All together"), *rows.iloc[:, 1:].sum().tolist()]
    heading = tr("Status at {moment}").format(moment=matter.moment) if matter.moment else tr("Status")
    return NewSheet(tr("Status"), rows, heading, total)


def _definitions(matter: Matter) -> NewSheet:
    import pandas as pd  # noqa: PLC0415

    from citygrid_plugin.storage.workbooks import NewSheet  # noqa: PLC0415

    title = tr("Definitions")
    return NewSheet(title, pd.DataFrame({title: definitions(matter)}, dtype=object), widest=_TEXT_WIDTH)


def _cases(matter: Matter, cases: pd.DataFrame) -> NewSheet:
    """The cases that count, with a 1 in each column of counts that they are in."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415
    from citygrid_plugin.storage.workbooks import NewSheet  # noqa: PLC0415

    titles = column_titles(matter.group)
    counts = {
        core.FILED: tr("Filed: counts"), core.DUE: tr("Due: counts"), core.CLOSED: tr("Closed: counts"),
        core.ON_TIME: tr("Closed on time: counts"), core.OVERDUE: tr("Overdue: counts"),
        core.HANDLED: tr("Handled on time: counts"), core.RETURNED: tr("Sent back: counts"),
        core.FINISHED: tr("Handling time: counts"),
    }  # fmt: skip
    columns = {core.GROUP: titles[core.GROUP]}
    columns |= {name: tr(FIELD_TITLES[name]) for name in _LISTED if name in cases and name not in columns}
    rows = cases[[*columns, *counts]]
    statuses = {value: tr(look.title) for look in CASE_LOOKS for value in look.values}
    if fields.STATUS in rows:
        rows = rows.assign(**{fields.STATUS: rows[fields.STATUS].map(lambda value: statuses.get(value, value))})
    columns |= counts
    formats = {columns[fields.PAUSED_HOURS]: _HOURS} if fields.PAUSED_HOURS in columns else {}
    heading = tr("Cases that count – {period}").format(period=_range(matter))
    return NewSheet(tr("Cases"), rows.set_axis(_once(columns.values()), axis=1), heading, formats=formats, plain=True)


def _range(matter: Matter) -> str:
    """The days of all periods."""
    totals = matter.evaluation.totals
    return f"{totals[fields.FROM_DATE].iloc[0]} – {totals[fields.TO_DATE].iloc[-1]}"


def _once(titles: Iterable[str]) -> list[str]:
    """Titles of columns, each once."""
    from citygrid_plugin.storage.files import free_name  # noqa: PLC0415

    taken: set[str] = set()
    return [free_name(title, taken) for title in titles]


def _period_titles() -> dict[str, str]:
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    return {core.PERIOD: tr("Period"), fields.FROM_DATE: tr("First day"), fields.TO_DATE: tr("Last day")}


def _table(rows: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
    """The columns under their titles; who is not stated is said."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    table = rows[list(titles)]
    if core.GROUP in titles:
        table = table.assign(**{core.GROUP: [named(group) for group in rows[core.GROUP]]})
    return table.rename(columns=titles)


def _formats(titles: dict[str, str]) -> dict[str, str]:
    """Excel's number formats of the columns."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    rates = (core.CLOSE_RATE, core.ON_TIME_RATE, core.HANDLED_RATE, core.RETURN_RATE, core.ACCURATE_RATE)
    by_column = dict.fromkeys(rates, _RATE) | {
        core.MEAN_HOURS: _HOURS, core.P90_HOURS: _HOURS, core.ON_TIME_CHANGE: _CHANGE, core.RANK_CHANGE: _SIGNED,
    }  # fmt: skip
    return {titles[column]: form for column, form in by_column.items() if column in titles}
