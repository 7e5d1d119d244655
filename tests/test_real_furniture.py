"""Every file of real furniture, and of hard encodings, becomes the class it stands for; its account is known.

The mappings are saved ones, as a surveyor would keep them (``tests/mappings``); the bins of Paris take the preset.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject

from citygrid_plugin.core.census.component_mapping import TARGETS, known_values
from citygrid_plugin.core.records.mapping import unmatched
from citygrid_plugin.processing.census.import_components import ImportComponents
from citygrid_plugin.storage.mapping_files import load_mapping, preset
from citygrid_plugin.storage.readers.records import read_records
from citygrid_plugin.storage.scheme_files import load_scheme

from .conftest import REAL_DATA

pytestmark = [pytest.mark.real_data, pytest.mark.usefixtures("qgis_app", "qgis_processing")]
MAPPINGS = Path(__file__).parent / "mappings"
SCHEME = load_scheme("cqsz10_2007")
DISTRICT = "500103"


@dataclass(frozen=True)
class Case:
    """A file, its mapping (none: the preset for OpenStreetMap), the class, and what becomes of its records."""

    file: str
    mapping: str
    code: str
    read: int
    skipped: int  # the same place twice
    crs: str = ""

    @property
    def path(self) -> Path:
        return REAL_DATA / self.file


CASES = (
    Case("furniture/rtsai_hydrants.geojson", "rtsai_hydrants", "0113", 6328, 86),
    Case("furniture/savannah_drains.csv", "savannah_drains", "0104", 14095, 2),
    Case("furniture/shanghai_bus_poi.csv", "shanghai_bus_poi", "0203", 10186, 26),
    Case("furniture/leaflettest_manholes.geojson", "leaflettest_manholes", "0102", 3673, 0),
    Case("furniture/paris_osm_waste_baskets.csv", "", "0305", 5622, 0),
    Case("furniture/stellenbosch_street_lights.geojson", "stellenbosch_street_lights", "0118", 13287, 233),
    Case("encodings/gbk_ldid_no_cpg/区县界_area.shp", "chongqing_districts", "0405", 38, 0),
    Case("encodings/derived/chongqing_gbk_cpg936.shp", "chongqing_districts", "0405", 38, 0),
    Case("encodings/derived/chongqing_gbk_noldid_nocpg.shp", "chongqing_districts", "0405", 38, 0),
    Case("encodings/utf8_cpg_no_prj/sz.shp", "shenzhen_districts", "0405", 10, 0, "EPSG:4326"),
)


@dataclass(frozen=True)
class Import:
    """What one run gave."""

    case: Case
    rules: dict[str, Any]
    results: dict[str, Any]
    taken: gpd.GeoDataFrame
    rejected: gpd.GeoDataFrame


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.path.stem)
def run(request: pytest.FixtureRequest, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Import:
    assert real_data.is_dir()
    folder = tmp_path_factory.mktemp("import")
    case = request.param
    mapping = MAPPINGS / f"{case.mapping}.json"
    if not case.mapping:
        mapping = folder / "preset.json"
        columns = read_records(case.path).frame.columns
        mapping.write_text(json.dumps(preset("openstreetmap").fitted(columns, SCHEME).rules), encoding="utf-8")
    results = imported(case, mapping, folder)
    return Import(
        case,
        dict(load_mapping(mapping).rules),
        results,
        gpd.read_file(results["OUTPUT"]),
        gpd.read_file(results["REJECTED"]) if "REJECTED" in results else gpd.GeoDataFrame(),
    )


def imported(case: Case, mapping: Path, folder: Path) -> dict[str, Any]:
    project, context = QgsProject(), QgsProcessingContext()
    context.setProject(project)
    values = {
        "INPUT": str(case.path), "MAPPING": str(mapping), "DISTRICT_CODE": DISTRICT,
        "OUTPUT": str(folder / "components.gpkg"), "REJECTED": str(folder / "rejected.gpkg"),
        "REPORT": str(folder / "report.html"),
    }  # fmt: skip
    if case.crs:
        values["SOURCE_CRS"] = case.crs
    results, done = ImportComponents().create().run(values, context, QgsProcessingFeedback(), {}, False)
    assert done
    return results


def test_the_account_is_known(run: Import) -> None:
    counts = [run.results[f"{name}_COUNT"] for name in ("READ", "ACCEPTED", "REJECTED", "SKIPPED")]
    expected = [run.case.read, run.case.read - run.case.skipped, 0, run.case.skipped]
    assert counts == expected
    assert (len(run.taken), len(run.rejected)) == (counts[1], counts[2] + counts[3])


def test_every_record_is_of_its_class(run: Import) -> None:
    assert set(run.taken["ClassCode"]) == {run.case.code}
    assert set(run.taken["ClassName"]) == {SCHEME.names("component")[run.case.code]}
    assert run.taken["ObjID"].str.fullmatch(rf"{DISTRICT}{run.case.code}\d{{6}}").all()
    assert run.taken["ObjID"].is_unique


def test_no_value_is_left_unmatched(run: Import) -> None:
    frame = read_records(run.case.path, crs=run.case.crs or None).frame  # type: ignore[arg-type]
    left = unmatched(frame, run.rules, known_values(SCHEME, run.rules), run.case.path.name)
    assert left.to_numpy().tolist() == []


def test_every_place_is_kept(run: Import) -> None:
    """Against the file as geopandas reads it: each place is taken once, and to a centimetre where it was."""
    source = gpd.read_file(run.case.path)
    if run.case.path.suffix == ".csv":
        source = source.set_geometry(gpd.points_from_xy(source["lon"].astype(float), source["lat"].astype(float)))
    if source.crs is None:
        source = source.set_crs(run.case.crs or 4326)
    there = source.to_crs(run.taken.crs).geometry.force_2d().to_numpy()
    tree = shapely.STRtree(run.taken.geometry.force_2d().to_numpy())
    near, _ = tree.query(there, predicate="dwithin", distance=0.02)
    assert set(near) == set(range(len(source)))


def test_names_and_notes_say_what_the_file_says(run: Import) -> None:
    expected = {
        "rtsai_hydrants": ("ObjName", "A019"), "savannah_drains": ("ObjName", "curb-grate inlet"),
        "shanghai_bus_poi": ("ObjName", "张家宅"), "leaflettest_manholes": ("ORDate", "20090727"),
        "": ("Note", "OSM 340394524"), "stellenbosch_street_lights": ("ObjName", "0001-0025"),
        "chongqing_districts": ("Note", "500236 FJX"), "shenzhen_districts": ("ObjName", "罗湖区"),
    }  # fmt: skip
    field, value = expected[run.case.mapping]
    assert value in set(run.taken[field])
    if run.case.mapping == "chongqing_districts":
        assert {"奉节县", "万州区", "渝中区"} <= set(run.taken["ObjName"])


def test_no_geometry_is_cut(run: Import) -> None:
    assert shapely.is_valid(run.taken.geometry.to_numpy()).mean() > 0.8  # the outlines of the sources are not all valid
    assert not np.any(shapely.is_empty(run.taken.geometry.to_numpy()))


def test_mappings_are_saved_ones() -> None:
    assert {path.stem for path in MAPPINGS.glob("*.json")} == {case.mapping for case in CASES} - {""}
    for path in MAPPINGS.glob("*.json"):
        mapping = load_mapping(path)
        assert mapping.scheme == SCHEME.id
        assert mapping.rules.keys() <= set(TARGETS)


def test_every_file_of_the_folders_has_its_case(real_data: Path) -> None:
    files = {path for path in (real_data / "furniture").iterdir() if path.is_file()}
    files |= set((real_data / "encodings").rglob("*.shp"))
    assert files == {case.path for case in CASES}
