"""What reports and workbooks of an evaluation say: titles of columns, names of periods, a summary in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from citygrid_plugin.core.cases.evaluation import By, Evaluation
    from citygrid_plugin.core.cases.evaluation_bulletin import Bulletin
    from citygrid_plugin.core.cases.evaluation_periods import Period

GROUPS = ("Department", "Street", "Community", "Responsibility grid", "Source")
"""What cases are grouped by, in the order of ``evaluation.By``."""

FIGURES = ("On-time rate", "Closing rate", "Overdue cases")
"""What areas of the map may be coloured by."""

MAKE_TITLES = {
    "on time": "Closed on time",
    "late": "Closed late",
    "closed": "Closed, no deadline or time known",
    "open": "Open",
    "due soon": "Due soon",
    "overdue": "Overdue",
    "suspended": "Suspended",
    "void": "Void",
    "": "Other",
}
"""What cases are made up of at a moment (``evaluation_moment.Make``)."""

MAKE_COLORS: Final = {
    "on time": "#2f8f4e", "late": "#a8c99b", "closed": "#909399", "open": "#1f78d1", "due soon": "#f59a23",
    "overdue": "#d9001b", "suspended": "#8e44ad", "void": "#d5d7da", "": "#7f8c8d",
}  # fmt: skip
"""Their colours, those of the map where it has one."""

PART_LIMIT: Final = 10  # names in a sentence; the table has all


@dataclass(frozen=True)
class Matter:
    """What a report and a workbook tell of.

    ``made_up``: ``evaluation_moment.made_up``. ``moment``: of the status as text, empty where it is the one at which
    the cases were loaded. ``remarks``: sentences on what does not count. ``picture``: the map (PNG) and its title.
    """

    bulletin: Bulletin
    by: By
    made_up: pd.DataFrame
    moment: str
    remarks: Sequence[str]
    picture: tuple[bytes, str] | None = None

    @property
    def evaluation(self) -> Evaluation:
        """All its figures."""
        return self.bulletin.evaluation

    @property
    def largest_first(self) -> pd.DataFrame:
        """``made_up``, the groups with most cases first."""
        made = self.made_up
        return made.loc[made.sum(axis=1).sort_values(ascending=False, kind="stable").index]

    @property
    def group(self) -> str:
        """What the cases are grouped by, in the language of the interface."""
        return tr(GROUPS[self.by])

    @property
    def title(self) -> str:
        """The title of the report: what, by whom, when."""
        return f"{tr('Evaluation of cases')} – {self.group} – {self.period}"

    @property
    def period(self) -> str:
        """The period that the summary speaks of."""
        return period_name(self.evaluation.period, *self.bulletin.days)


# Names


def period_name(period: Period, first: np.datetime64, last: np.datetime64) -> str:
    """A period by its days, in words."""
    from citygrid_plugin.core.cases.evaluation_periods import Period  # noqa: PLC0415

    year, month, day = first.item().year, first.item().month, first.item().day
    if period is Period.WEEK:
        year, week, _ = first.item().isocalendar()
        return tr("week {week} of {year}").format(week=week, year=year)
    if period is Period.MONTH:
        return tr("month {month} of {year}").format(month=month, year=year)
    if period is Period.QUARTER:
        return tr("quarter {quarter} of {year}").format(quarter=(month + 2) // 3, year=year)
    if period is Period.HALF_MONTH:
        text = tr("first half of month {month} of {year}") if day == 1 else tr("second half of month {month} of {year}")
        return text.format(month=month, year=year)
    if period is Period.HALF_YEAR:
        return (tr("first half of {year}") if month == 1 else tr("second half of {year}")).format(year=year)
    return tr("{first} to {last}").format(first=first, last=last)


def period_names(period: Period, rows: pd.DataFrame) -> list[str]:
    """The periods of rows of an evaluation, in words."""
    import numpy as np  # noqa: PLC0415

    days = zip(rows[fields.FROM_DATE], rows[fields.TO_DATE], strict=True)
    return [period_name(period, np.datetime64(first), np.datetime64(last)) for first, last in days]


def named(group: str) -> str:
    """A group as it is shown."""
    return group or tr("(not stated)")


def some(names: Sequence[str]) -> str:
    """Names in a sentence, not more than can be read."""
    shown = "、".join(map(named, names[:PART_LIMIT]))
    rest = len(names) - PART_LIMIT
    return shown if rest <= 0 else tr("{names} and {count} more").format(names=shown, count=rest)


def column_titles(group: str) -> dict[str, str]:
    """The columns of the table in a report, and their titles, in their order."""
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    return {
        core.RANK: tr("Rank"), core.GROUP: group, core.FILED: tr("Filed"), core.DUE: tr("Due"),
        core.CLOSED: tr("Closed"), core.ON_TIME: tr("Closed on time"), core.OVERDUE: tr("Overdue"),
        core.CLOSE_RATE: tr("Closing rate 结案率"), core.ON_TIME_RATE: tr("On-time rate 按期结案率"),
        core.HANDLED_RATE: tr("Handled on time 按时处置率"), core.RETURN_RATE: tr("Return rate 返工率"),
        core.ACCURATE_RATE: tr("Accurate filing 准确立案率"), core.MEAN_HOURS: tr("Mean hours 平均处理时长"),
        core.P90_HOURS: tr("90th percentile 90%分位"), core.ON_TIME_CHANGE: tr("Change of the on-time rate 环比"),
        core.RANK_CHANGE: tr("Change of rank"),
    }  # fmt: skip


def definitions(matter: Matter) -> list[str]:
    """What each figure means, and of what moment the status is."""
    from citygrid_plugin.core.cases.evaluation import DEFINITIONS  # noqa: PLC0415

    return [*(tr(text) for text in DEFINITIONS.values()), status_sentence(matter.moment)]


def status_sentence(moment: str) -> str:
    """Of what moment the status is; of the one of loading where ``moment`` is empty."""
    if not moment:
        return tr("The status is that of the moment at which the cases were loaded.")
    return tr("The status is that of {moment}, told anew from stage, deadline and times.").format(moment=moment)


def _large(text: str) -> str:
    """A text as it stands at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


# Figures


def percent(share: float) -> str:
    """A share as a rate of a sentence or chart."""
    return f"{share:.1%}"


def whole(count: float) -> str:
    """A count."""
    return f"{count:,.0f}"


# The summary


def summary(matter: Matter) -> list[str]:
    """The bulletin in sentences, ready to be pasted."""
    from citygrid_plugin.core.cases.evaluation_periods import Period  # noqa: PLC0415

    bulletin = matter.bulletin
    first, last = bulletin.days
    clauses = tr("; ").join(_clauses(bulletin.total))
    if matter.evaluation.period is Period.WHOLE:
        lines = [tr("{period}: {figures}.").format(period=_large(matter.period), figures=clauses)]
    else:
        text = tr("{period} ({first} to {last}): {figures}.")
        lines = [text.format(period=_large(matter.period), first=first, last=last, figures=clauses)]
    if not bulletin.is_whole:
        text = tr(
            "The period is not over, or only a part of it was counted ({first} to {last}); its figures will change."
        )
        lines.append(text.format(first=bulletin.counted[0], last=bulletin.counted[1]))
    lines += _ranking(bulletin)
    lines.append(stock(matter))
    return lines


def _clauses(total: Mapping[str, Any]) -> list[str]:
    from citygrid_plugin.core.cases import evaluation as core  # noqa: PLC0415

    count = {name: whole(total[name]) for name in (core.FILED, core.DUE, core.CLOSED, core.OVERDUE)}
    rates = {
        core.CLOSE_RATE: (tr("closing rate"), core.CLOSE_CHANGE),
        core.ON_TIME_RATE: (tr("on-time rate"), core.ON_TIME_CHANGE),
        core.HANDLED_RATE: (tr("handled on time"), ""),
        core.RETURN_RATE: (tr("return rate"), ""),
        core.ACCURATE_RATE: (tr("accurate filing"), ""),
    }
    told = [_rate(title, total[rate], total.get(change)) for rate, (title, change) in rates.items() if _is(total[rate])]
    clauses = [
        _filed(count[core.FILED], total[core.FILED_CHANGE]),
        tr("{due} due to close, {closed} of them closed").format(due=count[core.DUE], closed=count[core.CLOSED]),
        *told,
        tr("{count} overdue and not closed").format(count=count[core.OVERDUE]),
    ]
    if _is(total[core.MEAN_HOURS]):
        text = tr("mean handling time {mean} hours, nine of ten within {most} hours")
        clauses.append(text.format(mean=f"{total[core.MEAN_HOURS]:,.1f}", most=f"{total[core.P90_HOURS]:,.1f}"))
    return clauses


def _filed(count: str, change: Any) -> str:  # noqa: ANN401 - a number of a pandas table, or missing
    if not _is(change):
        return tr("{count} cases filed").format(count=count)
    if not change:
        return tr("{count} cases filed (as many as in the period before)").format(count=count)
    text = (
        tr("{count} cases filed ({change} more than in the period before)")
        if change > 0
        else tr("{count} cases filed ({change} fewer than in the period before)")
    )
    return text.format(count=count, change=whole(abs(change)))


def _rate(title: str, rate: float, change: Any) -> str:  # noqa: ANN401 - a number of a pandas table, or missing
    if not _is(change):
        return tr("{title} {rate}").format(title=title, rate=percent(rate))
    points = f"{abs(100 * change):.1f}"
    if not float(points):
        text = tr("{title} {rate} (as in the period before)")
    else:
        text = (
            tr("{title} {rate} (up {points} percentage points on the period before)")
            if change > 0
            else tr("{title} {rate} (down {points} percentage points on the period before)")
        )
    return text.format(title=title, rate=percent(rate), points=points)


def _ranking(bulletin: Bulletin) -> list[str]:
    """Who is first and who is called out; nothing where nobody is ranked, or all share a place."""
    if not bulletin.first:
        return []
    first, place = bulletin.first, tr("{name} ({rate})")
    last = [place.format(name=name, rate=percent(bulletin.rate(name))) for name in bulletin.last]
    text = tr("First place by the on-time rate: {names} ({rate}). Last places: {last}.")
    return [text.format(names=some(first), rate=percent(bulletin.rate(first[0])), last=some(last))]


def stock(matter: Matter) -> str:
    """How many cases are what at the moment, whatever their period: the counts of the map's legend."""
    from citygrid_plugin.core.cases.evaluation_moment import CLOSED  # noqa: PLC0415

    made = matter.made_up.sum()
    parts = {
        tr("open"): made["open"], tr("due soon"): made["due soon"], tr("overdue"): made["overdue"],
        tr("suspended"): made["suspended"], tr("closed"): made[list(CLOSED)].sum(),
        tr("void"): made["void"], tr("other"): made[""],
    }  # fmt: skip
    each = tr("{title} {count}")
    told = tr(", ").join(each.format(title=title, count=whole(count)) for title, count in parts.items() if count)
    moment = matter.moment or tr("when they were loaded")
    return tr("All {count} cases ({moment}): {parts}.").format(count=whole(made.sum()), moment=moment, parts=told)


def _is(value: Any) -> bool:  # noqa: ANN401 - a number of a pandas table, or missing
    import pandas as pd  # noqa: PLC0415

    return not pd.isna(value)
