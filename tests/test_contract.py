"""The contract that other people script against: ids, parameters, outputs and field names."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from qgis.core import Qgis, QgsProcessing

from citygrid_plugin.core import fields
from citygrid_plugin.processing.provider import CityGridProvider

CONTRACT = {
    "createunitgrid": (
        (
            "COMMUNITIES COMMUNITY_CODE_FIELD COMMUNITY_NAME_FIELD STREET_CODE_FIELD STREET_NAME_FIELD DISTRICT_CODE "
            "DIVISION_CODES METHOD BARRIERS STRONG_BARRIERS COMPOUNDS COMPOUND_LIMIT STRENGTH_FIELD CELL_AREA SIDE "
            "MIN_RATIO MAX_RATIO ROTATION ROTATE_TO_STREETS CODE_TEMPLATE PREVIOUS_GRID DATE"
        ),
        "OUTPUT CODED_COMMUNITIES CROSSWALK REPORT GRID_COUNT COMMUNITY_COUNT STREET_COUNT CLOSED_COUNT",
    ),
    "checkunitgrid": (
        (
            "GRID COMMUNITIES COMMUNITY_CODE_FIELD COMMUNITY_NAME_FIELD STREET_CODE_FIELD STREET_NAME_FIELD CELL_AREA "
            "MIN_RATIO MAX_RATIO BARRIERS STRONG_BARRIERS COMPOUNDS STRENGTH_FIELD"
        ),
        "OUTPUT REPORT PROBLEM_COUNT ERROR_COUNT WARNING_COUNT NOTE_COUNT",
    ),
    "importcomponents": (
        (
            "INPUT FILES SCHEME EXTENSION MAPPING GRID DISTRICT_CODE EXISTING UPDATE SOURCE_DATUM LEVELS DRY_RUN "
            "COVERED MOVE_DISTANCE"
        ),
        "OUTPUT REJECTED PROBLEMS CHANGES REPORT",
    ),
    "surveypackage": (
        "WORKSPACE GRID COMMUNITIES COMPONENTS BASE_LAYERS SCHEME EXTENSION CLASSES PLACES EXTENT SURVEYOR",
        "OUTPUT GRID_COUNT COMPONENT_COUNT CLASS_COUNT",
    ),
    "assignowners": (
        "GRID COMMUNITIES STREETS RULE OWNERS_TABLE OWNERS_MAPPING OWNERS_ROWS",
        (
            "OUTPUT PROBLEMS OWNERS_OUT GRID_COUNT PROBLEM_COUNT OWNED_COUNT ROW_COUNT APPLIED_COUNT UNKNOWN_COUNT "
            "CONFLICT_COUNT DUPLICATE_COUNT"
        ),
    ),
    "assignpeople": (
        "LAYER TABLE MAPPING DATE",
        (
            "OUTPUT TABLE_OUT PLACE_COUNT OWNED_COUNT ROW_COUNT APPLIED_COUNT UNKNOWN_COUNT CONFLICT_COUNT "
            "DUPLICATE_COUNT OTHER_PERIOD_COUNT"
        ),
    ),
    "responsibilitylist": (
        "ZONES GRID COMMUNITIES STREETS COMPONENTS CASES ONLY FILTER DATE",
        "FILE ZONE_COUNT STREET_COUNT NO_OWNER_COUNT",
    ),
    "responsibilityatlas": (
        "ZONES GRID COMMUNITIES STREETS COMPONENTS ONLY FILTER DATE ROADS BASEMAP PAPER ORIENTATION SCALE CLASSES",
        "FILE ZONE_COUNT PAGE_COUNT",
    ),
    "compareplans": ("WORKSPACE BEFORE AFTER", "OUTPUT TABLE REPORT CHANGED_COUNT"),
    "checksetback": (
        "INPUT WATER NATIONAL CITY NAVIGABLE DEFAULT_RULE GRID RIVER_CLASS_FIELD CLASSES NAME_FIELD WIDTH_FIELD",
        "OUTPUT REPORT FEATURE_COUNT WITHIN_COUNT IN_WATER_COUNT UNPLACED_COUNT WATER_COUNT",
    ),
    "roadsegments": (
        "ROADS NAME_FIELD SEGMENTS_TABLE SEGMENTS_MAPPING ROAD_NAMES MIN_LENGTH",
        (
            "OUTPUT PROBLEMS TABLE ROAD_COUNT SEGMENT_COUNT PERSON_COUNT DEPARTMENT_COUNT PROBLEM_COUNT ROW_COUNT "
            "APPLIED_COUNT UNKNOWN_ROAD_COUNT UNKNOWN_CROSSING_COUNT CONFLICT_COUNT DUPLICATE_COUNT"
        ),
    ),
    "responsibilitygrids": (
        (
            "GRID COUNT MEAN_CELLS WORKLOAD WORKLOAD_LAYERS WEIGHTS COMMUNITIES COUNT_FIELD COUNTS RULE BARRIERS "
            "STRONG_BARRIERS STRENGTH_FIELD LOCKED_FIELD PREVIOUS SEED DRY_RUN"
        ),
        "OUTPUT ZONES ALLOCATION REPORT ZONE_COUNT COMMUNITY_COUNT",
    ),
    "loadcases": (
        (
            "INPUT SERVICE_URL JURISDICTION AUTH SINCE UNTIL MAPPING MAPPING_PRESET SCHEME GRID ZONES COMMUNITIES "
            "COMPONENTS SOURCE_DATUM CALENDAR LIMITS FALLBACK_HOURS AT"
        ),
        "OUTPUT REJECTED PROBLEMS GRID_COUNTS ZONE_COUNTS REPORT",
    ),
    "evaluatecases": (
        "CASES BY PERIOD FROM TO AT AREAS MAP DUE_SOON_HOURS LIST_CASES",
        (
            "OUTPUT REPORT WORKBOOK FILED_COUNT DUE_COUNT CLOSED_COUNT ON_TIME_COUNT OVERDUE_COUNT OPEN_NOW "
            "DUE_SOON_NOW OVERDUE_NOW SUSPENDED_NOW CLOSED_NOW VOID_NOW"
        ),
    ),
    "exportshapefiles": (
        "LAYERS FOLDER ENCODING NAME_SCHEME CRS BELT STATE DATE FIELD_NAMES FORMATS DICTIONARY ZIP",
        "FOLDER REPORT FILE_COUNT ROW_COUNT CUT_COUNT DIFFERENCE_COUNT",
    ),
    "checkdelivery": (
        "FOLDER FILE SCHEME EXTENSION DICTIONARY COUNT_TABLE",
        "OUTPUT REPORT FILE_COUNT ROW_COUNT ERROR_COUNT WARNING_COUNT NOTE_COUNT",
    ),
}


pytestmark = pytest.mark.usefixtures("provider")


def test_ids_are_those_of_the_contract(provider: CityGridProvider) -> None:
    assert provider.id() == "citygrid"
    assert {algorithm.name() for algorithm in provider.algorithms()} == set(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_parameters_and_outputs_are_those_of_the_contract(provider: CityGridProvider, name: str) -> None:
    algorithm = provider.algorithm(name)
    parameters, outputs = (set(names.split()) for names in CONTRACT[name])
    assert parameters <= {definition.name() for definition in algorithm.parameterDefinitions()}
    assert outputs <= {definition.name() for definition in algorithm.outputDefinitions()}


def test_only_the_communities_are_asked_for(provider: CityGridProvider) -> None:
    """Whoever scripted createunitgrid before it followed streets need not change a call."""
    optional = Qgis.ProcessingParameterFlag.Optional
    for definition in provider.algorithm("createunitgrid").parameterDefinitions():
        needed = not (definition.flags() & optional) and definition.defaultValue() is None
        assert needed == (definition.name() in {"COMMUNITIES", "OUTPUT"}), definition.name()


@pytest.mark.parametrize("name", CONTRACT)
def test_each_algorithm_explains_itself(provider: CityGridProvider, name: str) -> None:
    algorithm = provider.algorithm(name)
    assert len(algorithm.shortHelpString()) > 200
    assert not re.search(r"\{\{|\{\w+\}", algorithm.shortHelpString()), "a place that was not filled in"
    assert all(definition.description().strip() for definition in algorithm.parameterDefinitions())


def test_python_scripts_run_it_as_any_algorithm(tmp_path: Path) -> None:
    import processing  # noqa: PLC0415 - QGIS puts it on the path
    from processing.core.Processing import Processing  # noqa: PLC0415

    Processing.initialize()
    frame = gpd.GeoDataFrame({"CommName": ["甲"]}, geometry=[shapely.box(4e5, 3.8e6, 4e5 + 300, 3.8e6 + 200)], crs=4549)
    frame.to_file(tmp_path / "communities.gpkg")
    inputs = {
        "COMMUNITIES": str(tmp_path / "communities.gpkg"),
        "DISTRICT_CODE": "320706",
        "OUTPUT": QgsProcessing.TEMPORARY_OUTPUT,
    }
    layer = processing.run("citygrid:createunitgrid", inputs)["OUTPUT"]
    assert layer.fields().names() == list(fields.UNIT_GRID)
    assert layer.featureCount() == 6
