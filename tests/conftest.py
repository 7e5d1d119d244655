"""Shared fixtures: the folder of real data, and QGIS without a window."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from qgis.core import QgsApplication

    from citygrid_plugin.processing.provider import CityGridProvider

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PROJ_DATA", "/usr/share/proj")

# How fast examples are made depends on what else the machine does.
settings.register_profile("citygrid", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("citygrid")

ROOT = Path(__file__).parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"
SAMPLE = ROOT / "sample" / "xinpu"

sys.path.insert(0, str(ROOT / "scripts"))
from headless import Headless  # noqa: E402 - the path comes first


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; tests that need it are skipped where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip("the folder ../shared/data is not beside the checkout")
    return REAL_DATA


@pytest.fixture(scope="session")
def headless(tmp_path_factory: pytest.TempPathFactory) -> Headless:
    """``qgis_process`` with the plugin as packaged, in a profile of its own."""
    return Headless(tmp_path_factory.mktemp("profile") / "qgis")


@pytest.fixture(scope="session")
def jiangdong(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 73 real communities of 江东区, Ningbo, as a GeoPackage: no codes, two of them without a name."""
    communities = gpd.read_file(real_data / "boundaries" / "ningbo_shequ.geojson")
    path = tmp_path_factory.mktemp("jiangdong") / "jiangdong.gpkg"
    communities[communities["县市区"] == "江东区"].to_file(path)
    return path


@pytest.fixture(scope="module")
def provider(qgis_app: QgsApplication) -> Iterator[CityGridProvider]:
    """The provider in the registry of a QGIS in this process."""
    from citygrid_plugin.processing.provider import CityGridProvider  # noqa: PLC0415 - needs QGIS

    provider = CityGridProvider()
    registry = qgis_app.processingRegistry()
    registry.addProvider(provider)
    yield provider
    registry.removeProvider(provider)


@pytest.fixture(scope="module", autouse=True)
def _no_run_is_left_behind() -> Iterator[None]:
    """Cancel what a window of this module began and left, and wait for it: it would work on beside other tests."""
    yield
    core = sys.modules.get("qgis.core")
    application = core and core.QgsApplication.instance()
    if not application:
        return
    tasks = application.taskManager()
    tasks.cancelAll()
    deadline = time.monotonic() + 60
    while tasks.countActiveTasks(True) and time.monotonic() < deadline:
        application.processEvents()
        time.sleep(0.01)
    assert not tasks.countActiveTasks(True), "a background run does not end when it is cancelled"
