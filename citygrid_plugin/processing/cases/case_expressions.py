"""QGIS expressions that tell the state of a case at any moment, so that a map follows the clock without loading again.

They say in QGIS's words what ``core.cases.case_status.state_at`` says; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from citygrid_plugin.core import fields

NOW: Final = "now()"
STEP: Final = "@map_end_time"
"""The end of the step that the temporal controller shows; NULL where it is off."""

_STAGES = (
    "'立案', '派遣', '处理', '反馈', '核查', '结案', '考核', '归档', '挂账', '作废'"  # core.case_stages.ALL_STAGES
)
_CLOSED = "'结案', '考核', '归档'"
_USED: Final = (
    fields.STAGE, fields.DEADLINE, fields.FINISHED, fields.SUSPENDED_FROM, fields.SUSPENDED_TO,
)  # fmt: skip


def status_expression(moment: str = NOW, due_soon_hours: float = 24, names: Collection[str] = _USED) -> str:
    """The status (as in the field Status) at a moment: an expression, such as ``@map_start_time``.

    ``due_soon_hours``: as the cases were loaded with. ``names``: the fields of the layer; what it lacks is unknown of
    all. The times of the layer are wall-clock times of the place, and so must the moment be.
    """
    stage = f'"{fields.STAGE}"' if fields.STAGE in names else "NULL"
    deadline, finished, begin, end = (_number(name, names) for name in _USED[1:])
    # Written out in each comparison, the moment is computed once a map; as a variable, once a case.
    at = time_number(moment)
    soon = time_number(f"{moment} + to_interval('{round(due_soon_hours * 60)} minutes')")
    # What most cases are is asked first: each comparison is one more for each case on the map.
    return f"""CASE
WHEN coalesce({stage}, '') = '作废' THEN 'void'
WHEN ({stage} IN ({_CLOSED}) AND ({finished} IS NULL OR {finished} <= {at}))
  OR ({finished} <= {at} AND coalesce({stage}, '') NOT IN ({_STAGES})) THEN 'closed'
WHEN ({begin} <= {at} AND ({end} IS NULL OR {end} > {at}))
  OR ({stage} = '挂账' AND ({begin} IS NULL OR {begin} <= {at})) THEN 'suspended'
WHEN {deadline} < {at} THEN 'overdue'
WHEN {deadline} <= {soon} THEN 'due soon'
ELSE 'open' END"""


def _number(name: str, names: Collection[str]) -> str:
    """A time of a case as a whole number: its own field (``fields.TIME_NUMBERS``), or made of the time."""
    if fields.TIME_NUMBERS[name] in names:
        return f'"{fields.TIME_NUMBERS[name]}"'
    return time_number(f'"{name}"') if name in names else "NULL"


def time_number(time: str) -> str:
    """A time as a whole number, as in ``fields.TIME_NUMBERS``."""
    return f"to_int(format_date({time}, 'yyyyMMddHHmmss'))"


def live_status_expression(due_soon_hours: float = 24, names: Collection[str] = (*_USED, fields.STATUS)) -> str:
    """The status at the end of the temporal controller's step where it is on, else now.

    A case that was closed or void when it was loaded is so now, and that is asked first: it saves the comparison of
    times for all those that are done.
    """
    status = status_expression(moment_expression(), due_soon_hours, names)
    if fields.STATUS not in names:
        return status
    return (
        f"CASE WHEN \"{fields.STATUS}\" IN ('closed', 'void') AND {STEP} IS NULL THEN \"{fields.STATUS}\" "
        f"ELSE {status} END"
    )


def over_hours_expression(moment: str = NOW) -> str:
    """Hours from the deadline to a moment (negative before it), or to the end of a case that is finished by then."""
    return (
        f'with_variable(\'at\', {moment}, hour(if("{fields.FINISHED}" <= @at, "{fields.FINISHED}", @at) '
        f'- "{fields.DEADLINE}"))'
    )


def moment_expression(moment: str = "") -> str:
    """The moment at which a style tells the status: the one given, else the end of the step that the temporal
    controller shows, else now.
    """
    return moment or f"coalesce({STEP}, {NOW})"
