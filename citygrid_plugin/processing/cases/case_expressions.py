"""QGIS expressions that tell the state of a case at any moment, so that a map follows the clock without loading again.

They say in QGIS's words what ``core.case_status.state_at`` says; a test holds the two together.
"""

from __future__ import annotations

from citygrid_plugin.core import fields

NOW = "now()"

_STAGES = (
    "'立案', '派遣', '处理', '反馈', '核查', '结案', '考核', '归档', '挂账', '作废'"  # core.case_stages.ALL_STAGES
)
_CLOSED = "'结案', '考核', '归档'"


def status_expression(moment: str = NOW, due_soon_hours: float = 24) -> str:
    """The status (as in the field Status) at a moment: an expression, such as ``@map_start_time``.

    ``due_soon_hours``: as the cases were loaded with. The times of the layer are wall-clock times of the place, and so
    must the moment be.
    """
    return f"""with_variable('at', {moment}, CASE
WHEN coalesce("Stage", '') = '作废' THEN 'void'
WHEN ("Stage" IN ({_CLOSED}) AND ("Finished" IS NULL OR "Finished" <= @at))
  OR (coalesce("Stage", '') NOT IN ({_STAGES}) AND "Finished" <= @at) THEN 'closed'
WHEN ("SuspFrom" <= @at AND ("SuspTo" IS NULL OR "SuspTo" > @at))
  OR ("Stage" = '挂账' AND ("SuspFrom" IS NULL OR "SuspFrom" <= @at)) THEN 'suspended'
WHEN "{fields.DEADLINE}" < @at THEN 'overdue'
WHEN "{fields.DEADLINE}" <= @at + to_interval('{round(due_soon_hours * 60)} minutes') THEN 'due soon'
ELSE 'open' END)"""


def over_hours_expression(moment: str = NOW) -> str:
    """Hours from the deadline to a moment (negative before it), or to the end of a case that is finished by then."""
    return (
        f'with_variable(\'at\', {moment}, hour(if("{fields.FINISHED}" <= @at, "{fields.FINISHED}", @at) '
        f'- "{fields.DEADLINE}"))'
    )
