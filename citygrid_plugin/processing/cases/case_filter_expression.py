"""A filter of cases in QGIS's words, so that the map shows what the panel lists.

It says what ``core.cases.case_filter.matches`` says; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from qgis.core import QgsExpression

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_choice import CaseFilter
from citygrid_plugin.core.cases.case_columns import SEARCHED
from citygrid_plugin.core.cases.case_filter import FIELD_OF_LIST

from .case_expressions import live_status_expression, moment_expression, status_expression


def filter_expression(
    wanted: CaseFilter, names: Collection[str], moment: str = "", due_soon_hours: float = 24.0, *, as_of: bool = False
) -> str:
    """The expression that is true for the cases that a filter shows; empty where it shows all.

    ``names``: the fields of the layer. ``moment``: an expression (``case_expressions.moment_expression``). ``as_of``:
    cases reported after the moment are not known yet.
    """
    status = (
        status_expression(moment, due_soon_hours, names) if moment else live_status_expression(due_soon_hours, names)
    )
    return " AND ".join(_conditions(wanted, names, moment_expression(moment), status, as_of=as_of))


def moment_literal(iso: str) -> str:
    """The expression of a wall-clock time, given as ISO writes it."""
    return f"to_datetime({QgsExpression.quotedString(iso)})"


def _conditions(wanted: CaseFilter, names: Collection[str], moment: str, status: str, *, as_of: bool) -> Iterator[str]:
    reported = QgsExpression.quotedColumnRef(fields.REPORTED) if fields.REPORTED in names else "NULL"
    if as_of:
        yield f"({reported} IS NULL OR {reported} <= {moment})"
    if wanted.first:
        yield f"{reported} >= {_midnight(wanted.first)}"
    if wanted.last:
        yield f"{reported} < {_midnight(wanted.last + timedelta(days=1))}"
    for name, field in FIELD_OF_LIST.items():
        if getattr(wanted, name):
            yield f"{_text(field, names)} IN ({_values(getattr(wanted, name))})"
    if wanted.classes:
        name, code = (_text(field, names) for field in (fields.CLASS_NAME, fields.CLASS_CODE))
        yield f"if({name} = '', {code}, {name}) IN ({_values(wanted.classes)})"
    if wanted.statuses:
        yield f"{status} IN ({_values(wanted.statuses)})"
    if wanted.words:
        # A word holds no blank, so none is found across two fields.
        searched = ", ' ', ".join(QgsExpression.quotedColumnRef(name) for name in SEARCHED if name in names)
        for word in wanted.words:
            yield f"strpos(lower(concat({searched})), {QgsExpression.quotedString(word)}) > 0"


def _midnight(day: date) -> str:
    return moment_literal(f"{day.isoformat()}T00:00:00")


def _text(field: str, names: Collection[str]) -> str:
    return f"coalesce({QgsExpression.quotedColumnRef(field)}, '')" if field in names else "''"


def _values(texts: Collection[str]) -> str:
    return ", ".join(QgsExpression.quotedString(text) for text in texts)
