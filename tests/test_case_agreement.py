"""Panel, legend, evaluation and a plain SQL query over the workspace count the same cases, on every real list."""

from __future__ import annotations

import json
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorLayer,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_columns import CaseColumns
from citygrid_plugin.core.cases.case_filter import STATUSES, CaseFilter, select, states_at
from citygrid_plugin.processing.cases.case_filter_expression import filter_expression, moment_literal
from citygrid_plugin.processing.cases.case_reading import CaseReader
from citygrid_plugin.processing.cases.case_styles import set_due_soon, set_renderer
from citygrid_plugin.processing.cases.evaluate_cases import EvaluateCases
from citygrid_plugin.processing.cases.load_cases import LoadCases
from citygrid_plugin.storage.workspace import destination, source

from .conftest import SAMPLE

pytestmark = pytest.mark.usefixtures("qgis_app", "qgis_processing")
DUE_SOON_HOURS = 48  # not the default, which a part that forgets the setting would take
OPEN311, VENDOR = 1, 2  # MAPPING_PRESET


@dataclass(frozen=True)
class City:
    """A real list: its file below the data, how it is loaded, when, and at what other moments it is looked at."""

    file: str
    at: str
    others: tuple[str, ...]
    zone: str
    more: Mapping[str, Any] = field(default_factory=dict)


CITIES = {
    "sample": City("", "2025-06-30T12:00:00", ("2025-05-11T08:30:00", "2026-02-01T00:00:00"), "Asia/Shanghai"),
    "new york": City(
        "nyc_311_animals_plotly.csv", "2025-03-15T00:00:00", ("2025-03-02T13:00:00", "2025-03-15T20:00:00"),
        "America/New_York", {"FALLBACK_HOURS": 24},
    ),
    "syracuse": City(
        "syracuse_potholes.csv", "2016-06-01T12:00:00", ("2016-04-13T09:00:00", "2016-08-30T00:00:00"),
        "America/New_York", {"FALLBACK_HOURS": 72, "PLAIN_UNITS": 1},
    ),
    "open311": City(
        "open311/cfa_service_requests.xml", "2010-04-15T00:00:00", ("2010-04-14T10:00:00", "2010-05-01T00:00:00"),
        "America/Los_Angeles", {"MAPPING_PRESET": OPEN311, "FALLBACK_HOURS": 24},
    ),
    "vendor": City(
        "vendor_case_record.json", "2019-08-30T12:30:00", ("2019-08-30T10:00:00", "2020-01-01T00:00:00"),
        "Asia/Shanghai", {"MAPPING_PRESET": VENDOR, "FALLBACK_HOURS": 24},
    ),
}  # fmt: skip
MOMENTS = [(name, moment) for name, city in CITIES.items() for moment in (city.at, *city.others)]


def run(algorithm: QgsProcessingAlgorithm, **values: object) -> dict[str, Any]:
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback(False)
    context.setProject(QgsProject.instance())
    results, ok = algorithm.create().run(values, context, feedback, {}, False)
    assert ok, feedback.textLog()
    return results


@pytest.fixture(scope="module")
def workspaces() -> dict[str, Path]:
    return {}


@pytest.fixture
def workspace(
    request: pytest.FixtureRequest, workspaces: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The workspace of the city that a test asks for, loaded once; skipped where its list is not there."""
    name = request.getfixturevalue("name")
    if name not in workspaces:
        city = CITIES[name]
        file = request.getfixturevalue("real_data") / "cases" / city.file if city.file else SAMPLE / "cases.csv"
        path = tmp_path_factory.mktemp("agreement") / "workspace.gpkg"
        run(
            LoadCases(),
            INPUT=str(as_json(file, path.with_name("requests.json")) if file.suffix == ".xml" else file),
            AT=city.at, TIME_ZONE=city.zone, DUE_SOON_HOURS=DUE_SOON_HOURS, OUTPUT=destination(path, "cases"),
            **city.more,
        )  # fmt: skip
        workspaces[name] = path
    return workspaces[name]


def as_json(file: Path, target: Path) -> Path:
    """The requests of an XML answer as those of a JSON answer."""
    requests = ET.parse(file).getroot().iter("request")  # noqa: S314 - a file of the project's data
    target.write_text(json.dumps([{each.tag: each.text for each in request} for request in requests]), encoding="utf-8")
    return target


# What a user can ask of the table itself: written from the rules of the trade, nothing of ours is called.
STATUS = """CASE
    WHEN stage = '作废' THEN 'void'
    WHEN stage IN ('结案', '考核', '归档') AND coalesce(finished, '') <= :at THEN 'closed'
    WHEN stage NOT IN ('立案', '派遣', '处理', '反馈', '核查', '结案', '考核', '归档', '挂账') AND finished <= :at
        THEN 'closed'
    WHEN begin <= :at AND coalesce(until, '9999') > :at THEN 'suspended'
    WHEN stage = '挂账' AND coalesce(begin, '') <= :at THEN 'suspended'
    WHEN deadline < :at THEN 'overdue'
    WHEN deadline <= strftime('%Y-%m-%dT%H:%M:%S', :at, '+' || :hours || ' hours') THEN 'due soon'
    ELSE 'open' END"""
QUESTION = f"""
    SELECT {STATUS} AS status, count(*) FROM (
        SELECT coalesce(Stage, '') AS stage, substr(Finished, 1, 19) AS finished, substr(Deadline, 1, 19) AS deadline,
            substr(SuspFrom, 1, 19) AS begin, substr(SuspTo, 1, 19) AS until, substr(Reported, 1, 19) AS reported,
            coalesce(Dept, '') AS department, coalesce(ClassName, '') AS class, coalesce(Source, '') AS source
        FROM cases)
    WHERE coalesce(reported, '') <= :at AND (:department IS NULL OR department = :department)
        AND (:class IS NULL OR class = :class) AND coalesce(reported, '0') >= :first
    GROUP BY status"""  # noqa: S608 - two constants


def by_sql(workspace: Path, at: str, **where: str) -> dict[str, int]:
    values = {"department": None, "class": None, "first": "", "at": at, "hours": DUE_SOON_HOURS, **where}
    with sqlite3.connect(workspace) as base:
        return dict(base.execute(QUESTION, values).fetchall())


def layer_of(workspace: Path) -> QgsVectorLayer:
    layer = QgsVectorLayer(source(workspace, "cases"), "cases", "ogr")
    assert layer.isValid()
    set_due_soon(layer, DUE_SOON_HOURS)
    return layer


def by_panel(cases: CaseColumns, at: str, wanted: CaseFilter) -> dict[str, int]:
    states = states_at(cases, np.datetime64(at), DUE_SOON_HOURS, as_of=True)
    shown = select(cases, wanted, states).shown.tolist()
    return {str(status): count for status, count in zip(STATUSES, shown, strict=True) if count}


def by_legend(layer: QgsVectorLayer, at: str, wanted: CaseFilter) -> dict[str, int]:
    """The numbers that QGIS shows in the legend, each a category's."""
    moment = moment_literal(at)
    only = filter_expression(wanted, layer.fields().names(), moment, DUE_SOON_HOURS, as_of=True)
    set_renderer(layer, "status", only, moment)
    counter = layer.countSymbolFeatures()
    assert counter is None or counter.waitForFinished(60_000)
    categories = {item.label(): item.value() for item in layer.renderer().categories()}
    items = {item.ruleKey(): categories[item.label()] for item in layer.renderer().legendSymbolItems()}
    counts = {value: layer.featureCount(key) for key, value in items.items()}
    return {value: count for value, count in counts.items() if count}


def by_evaluation(workspace: Path, at: str, folder: Path) -> dict[str, int]:
    results = run(
        EvaluateCases(), CASES=source(workspace, "cases"), AT=at, DUE_SOON_HOURS=DUE_SOON_HOURS,
        OUTPUT=str(folder / "evaluation.gpkg"),
    )  # fmt: skip
    counts = {str(status): results[f"{status.name}_NOW"] for status in STATUSES}
    return {status: count for status, count in counts.items() if count}


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "at"), MOMENTS)
def test_all_count_the_same(name: str, at: str, workspace: Path, tmp_path: Path) -> None:
    """At the moment of loading, at an earlier and at a later one."""
    asked = by_sql(workspace, at)
    assert asked or at < CITIES[name].at
    layer = layer_of(workspace)
    assert by_panel(CaseReader.of(layer).columns(), at, CaseFilter()) == asked
    assert by_legend(layer, at, CaseFilter()) == asked
    if asked:
        assert by_evaluation(workspace, at, tmp_path) == asked
    if at == CITIES[name].at:
        with sqlite3.connect(workspace) as base:
            loaded = dict(base.execute("SELECT Status, count(*) FROM cases WHERE Reported <= ? GROUP BY 1", [f"{at}~"]))
            assert loaded == asked


@pytest.mark.real_data
@pytest.mark.parametrize("name", CITIES)
def test_filters_leave_the_same(name: str, workspace: Path) -> None:
    """The most frequent department and class, and the days from the middle of the list on."""
    layer, at = layer_of(workspace), CITIES[name].at
    cases = CaseReader.of(layer).columns()

    def most(column: str) -> str:
        texts, counts = np.unique(cases.texts[column].texts.astype(str), return_counts=True)
        return str(texts[counts.argmax()])

    department, kind = most(fields.DEPARTMENT), most(fields.CLASS_NAME)
    reported = np.sort(cases.times[fields.REPORTED][~np.isnat(cases.times[fields.REPORTED])])
    middle: date = reported[len(reported) // 2].astype("datetime64[D]").item()
    for wanted, where in (
        (CaseFilter(departments=(department,)), {"department": department}),
        (CaseFilter(first=middle), {"first": middle.isoformat()}),
        (CaseFilter(departments=(department,), classes=(kind,)), {"department": department, "class": kind}),
    ):
        asked = by_sql(workspace, at, **where)
        assert by_panel(cases, at, wanted) == asked
        assert by_legend(layer, at, wanted) == asked
    for status, count in by_sql(workspace, at).items():
        assert by_legend(layer, at, CaseFilter(statuses=(status,))) == {status: count}
