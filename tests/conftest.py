"""Shared fixtures: the folder of real data, and the environment that QGIS needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PROJ_DATA", "/usr/share/proj")

ROOT = Path(__file__).parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"
SAMPLE = ROOT / "sample" / "xinpu"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; tests that need it are skipped where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip("the folder ../shared/data is not beside the checkout")
    return REAL_DATA
