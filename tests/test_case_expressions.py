"""What a style asks of QGIS is what the rules say, at any moment."""

from __future__ import annotations

import re

import numpy as np
import pytest
from qgis.core import QgsExpression, QgsExpressionContext, QgsFeature, QgsField, QgsFields
from qgis.PyQt.QtCore import QDateTime, QMetaType, Qt

from citygrid_plugin.core.cases.case_stages import ALL_STAGES, CLOSED_STAGES
from citygrid_plugin.core.cases.case_status import Course, state_at
from citygrid_plugin.processing.cases import case_expressions
from citygrid_plugin.processing.cases.case_expressions import over_hours_expression, status_expression

pytestmark = pytest.mark.usefixtures("qgis_app")
NUMBERS = ("DueNo", "DoneNo", "SuspFromNo", "SuspToNo")
TIMES = ("Deadline", "Finished", "SuspFrom", "SuspTo")
COUNT = 600


def some_times(random: np.random.Generator) -> np.ndarray:
    hours = (random.integers(0, 5 * 24, COUNT) * 3600).astype("timedelta64[s]")
    return np.where(random.random(COUNT) < 0.3, np.datetime64("NaT"), np.datetime64("2025-06-28T00:00:00") + hours)


def qt(time: np.datetime64) -> QDateTime | None:
    return None if np.isnat(time) else QDateTime.fromString(str(time), Qt.DateFormat.ISODate)


def number(time: np.datetime64) -> int | None:
    return None if np.isnat(time) else int(re.sub(r"\D", "", str(time)))


@pytest.mark.parametrize("numbers", [False, True], ids=["times", "numbers"])
@pytest.mark.parametrize("at", ["2025-06-29T07:00:00", "2025-06-30T12:00:00"])
def test_status_and_hours(at: str, *, numbers: bool) -> None:
    random = np.random.default_rng(7)
    stage = random.choice([*ALL_STAGES, "", "核实"], COUNT).astype(object)
    deadline, finished, begin = (some_times(random) for _ in range(3))
    end = np.where(random.random(COUNT) < 0.3, np.datetime64("NaT"), begin + np.timedelta64(30, "h"))
    state = state_at(Course(stage, deadline, finished, begin, end), np.datetime64(at), 24, None)
    attributes = QgsFields()
    attributes.append(QgsField("Stage", QMetaType.Type.QString))
    for name in TIMES:
        attributes.append(QgsField(name, QMetaType.Type.QDateTime))
    for name in NUMBERS:
        attributes.append(QgsField(name, QMetaType.Type.LongLong))
    context = QgsExpressionContext()
    context.setFields(attributes)
    moment = f"to_datetime('{at}')"
    names = ("Stage", *TIMES, *NUMBERS) if numbers else ("Stage", *TIMES)
    texts = (status_expression(moment, 24, names), over_hours_expression(moment))
    status, over = (QgsExpression(text) for text in texts)
    assert status.prepare(context), status.parserErrorString()
    assert over.prepare(context), over.parserErrorString()
    for row in range(COUNT):
        feature = QgsFeature(attributes)
        course = [times[row] for times in (deadline, finished, begin, end)]
        feature.setAttributes([stage[row] or None, *map(qt, course), *map(number, course)])
        context.setFeature(feature)
        assert status.evaluate(context) == state.status[row], row
        if state.status[row] == "overdue" and not finished[row] <= np.datetime64(at):
            assert over.evaluate(context) == pytest.approx(state.over_hours[row])
        if state.outcome[row] == "late":
            assert over.evaluate(context) == pytest.approx(state.over_hours[row])


def test_the_stages_are_those_of_the_rules() -> None:
    for stages, text in ((ALL_STAGES, case_expressions._STAGES), (CLOSED_STAGES, case_expressions._CLOSED)):
        assert ", ".join(f"'{stage}'" for stage in stages) == text
