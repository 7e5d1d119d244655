"""What the benchmarks share: made communities, and commands run with their wall time and peak memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from headless import ROOT, VENV, Headless, StepError, environment

ORIGIN = (500_000.0, 3_250_000.0)
CRS = "EPSG:4546"
PYTHON = VENV / "bin" / "python"


def made_communities(path: Path, side: float, a_side: int, streets_a_side: int) -> int:
    """Write a made square city of ``a_side``² communities with winding limits; returns their count."""
    rng = np.random.default_rng(1)
    column, row = np.meshgrid(np.arange(a_side), np.arange(a_side))
    cell = np.column_stack([column.ravel(), row.ravel()])
    seeds = (cell + 0.5 + rng.uniform(-0.35, 0.35, cell.shape)) * side / a_side + ORIGIN
    outline = shapely.box(*ORIGIN, ORIGIN[0] + side, ORIGIN[1] + side)
    pieces = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=outline))
    pieces = shapely.segmentize(shapely.intersection(pieces, outline), 60)
    pieces = shapely.transform(pieces, _wind)
    centre = shapely.get_coordinates(shapely.centroid(pieces)) - ORIGIN
    street = np.clip((centre / side * streets_a_side).astype(int), 0, streets_a_side - 1)
    table = {
        "CommName": [f"community {n}" for n in range(len(pieces))],
        "StrName": [f"street {x} {y}" for x, y in street],
    }
    gpd.GeoDataFrame(table, geometry=pieces, crs=CRS).to_file(path)
    return len(pieces)


def _wind(points: np.ndarray) -> np.ndarray:
    """Bend limits by a few metres, the same for both sides of a limit."""
    return np.round(points + 6 * np.sin(points[:, ::-1] / [70, 90]), 3)


@dataclass(frozen=True)
class Run:
    """What a command took: wall time (s), peak memory (bytes), processor time (s); ``results`` of an algorithm."""

    seconds: float
    peak: int
    processor: float
    results: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.peak / 1e9:.2f} GB"

    def __add__(self, other: Run) -> Run:
        """One after the other."""
        processor = self.processor + other.processor
        return Run(self.seconds + other.seconds, max(self.peak, other.peak), processor, other.results)


def ratio(ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    """The median over the rounds of what our time is of theirs."""
    return statistics.median(our.seconds / their.seconds for our, their in zip(ours, theirs, strict=True))


def run_algorithm(qgis: Headless, algorithm: str, **parameters: object) -> Run:
    """Run an algorithm as a process of its own; raises ``StepError`` with the last line of its log where it fails."""
    inputs = {
        name: [str(item) for item in value] if isinstance(value, list) else str(value)
        for name, value in parameters.items()
    }
    command = ["qgis_process", "--json", "run", algorithm, "-"]
    run, said = _measured(command, json.dumps({"inputs": inputs}), qgis.environment, algorithm)
    return replace(run, results=json.loads(said[said.index("{") :])["results"])


def run_script(script: Path, *arguments: Path) -> Run:
    """Run a Python script as a process of its own."""
    return _run_script(script, *arguments)[0]


def script_says(script: Path, *arguments: Path) -> str:
    """What a Python script prints, run as a process of its own that can import the plugin."""
    return _run_script(script, *arguments)[1]


def _run_script(script: Path, *arguments: Path) -> tuple[Run, str]:
    command = [str(PYTHON), str(script), *map(str, arguments)]
    env = environment()
    return _measured(command, "", env | {"PYTHONPATH": os.pathsep.join([str(ROOT), env["PYTHONPATH"]])}, script.name)


def _measured(command: Sequence[str], said_in: str, env: Mapping[str, str], name: str) -> tuple[Run, str]:
    """What one command takes, and what it prints."""
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as log,
    ):
        given.write(said_in)
        given.seek(0)
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=given, stdout=out, stderr=log, env=env)
        _, status, usage = os.wait4(process.pid, 0)  # knows the memory of this one command
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        log.seek(0)
        if process.returncode != 0:
            lines = [line for line in log.read().splitlines() if line.strip()]
            raise StepError(lines[-1] if lines else f"{name} failed without a word")
        return Run(seconds, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime, {}), out.read()
