"""Readers that share nothing with the code under test, nor with QGIS in the same process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_FIONA = """
import json, sys, fiona
with fiona.open(sys.argv[1]) as layer:
    rows = [dict(row["properties"]) for row in layer]
    print(json.dumps({"crs": layer.crs.to_epsg(), "rows": rows}))
"""


def read_with_fiona(path: Path) -> dict[str, Any]:
    """EPSG code and attribute rows, by fiona in a process of its own.

    QGIS switches the recoding of shapefiles off for its whole process, and so for fiona beside it.
    """
    command = [sys.executable, "-c", _FIONA, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
