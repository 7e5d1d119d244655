"""An import killed at any moment: the workspace opens and holds the last good state, and the import runs again."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from headless import Headless

from citygrid_plugin.storage.workspace import (
    contents,
    destination,
    free_layer,
    source,
)

pytestmark = [
    pytest.mark.real_qgis,
    pytest.mark.skipif(shutil.which("qgis_process") is None, reason="qgis_process is not installed"),
]
IMPORT = "citygrid:importcomponents"
SEED, RECORDS, EARLIER = 4, 20_000, 2_000
JOURNAL = bytes.fromhex("d9d505f920a163d7")  # how a journal that has to be rolled back begins
STRAYS = (".citygrid-*", "*-journal")


def write_delivery(path: Path, start: int, count: int) -> None:
    """Records ``start`` to ``start + count``, of which one of a hundred has no class."""
    number = np.arange(start, start + count)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["ObjName", "小类代码", "状态", "经度", "纬度"])
        for n, east, north in zip(number.tolist(), 106 + number % 500 / 1e4, 29 + number // 500 / 1e4, strict=True):
            table.writerow([f"路灯{n}", "" if n % 100 == 7 else "0118", "完好", f"{east:.4f}", f"{north:.4f}"])


def state(workspace: Path) -> dict[str, int]:
    """Every table of the workspace and its rows, after a look at the whole file."""
    with contextlib.closing(sqlite3.connect(workspace)) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = [name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")]
    return {name: len(gpd.read_file(workspace, layer=name)) for name in names}


def request(folder: Path, delivery: Path) -> dict[str, Any]:
    """The parameters of an import into the workspace of a folder, as the dock gives them."""
    workspace = folder / "workspace.gpkg"
    parameters = {
        "INPUT": str(delivery),
        "DISTRICT_CODE": "500103",
        "OUTPUT": destination(workspace, "components"),
        "REJECTED": destination(workspace, free_layer(workspace, "rejected_components")),
    }
    return parameters | ({"EXISTING": source(workspace, "components")} if "components" in contents(workspace) else {})


@dataclass(frozen=True)
class Scene:
    """A workspace with one import (``folder``), the delivery of the next one, its states, and how long that takes."""

    folder: Path
    delivery: Path
    before: dict[str, int]
    after: dict[str, int]
    seconds: float


@pytest.fixture(scope="module")
def scene(headless: Headless, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    root = tmp_path_factory.mktemp("crash")
    folder, whole = root / "before", root / "after"
    folder.mkdir()
    write_delivery(root / "first.csv", 0, EARLIER)
    write_delivery(root / "second.csv", EARLIER - 500, RECORDS)  # 500 of them again
    headless.run(IMPORT, **request(folder, root / "first.csv"))
    shutil.copytree(folder, whole)
    step = headless.run(IMPORT, **request(whole, root / "second.csv"))
    before, after = state(folder / "workspace.gpkg"), state(whole / "workspace.gpkg")
    assert before["components"] == EARLIER * 99 // 100
    assert after["components"] == before["components"] + step.results["ACCEPTED_COUNT"]
    return Scene(folder, root / "second.csv", before, after, step.seconds)


def kill_during_import(headless: Headless, parameters: dict[str, Any], wait: Callable[[], None]) -> int:
    """Start an import, wait, and kill it with all that it has started; its return code."""
    process = subprocess.Popen(
        ["qgis_process", "--json", "run", IMPORT, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=headless.environment,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"inputs": parameters}).encode())
    process.stdin.close()
    wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def moment(number: int, folder: Path, seconds: float) -> Callable[[], None]:
    """A random moment: any of the run, or (every other one) soon after the workspace began to change."""
    share = float(np.random.default_rng([SEED, number]).random())

    def until_writing() -> None:
        end = time.monotonic() + 3 * seconds
        while not any(folder.glob(STRAYS[number // 2 % 2])) and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(0.3 * share**2)

    return until_writing if number % 2 else lambda: time.sleep(seconds * (0.3 + 0.7 * share))


@pytest.mark.parametrize("number", range(10))
def test_a_killed_import_leaves_the_last_good_state(
    headless: Headless, scene: Scene, tmp_path: Path, number: int
) -> None:
    folder = tmp_path / "workspace"
    shutil.copytree(scene.folder, folder)
    workspace = folder / "workspace.gpkg"
    kill_during_import(headless, request(folder, scene.delivery), moment(number, folder, scene.seconds))

    told = {name: content.count for name, content in contents(workspace).items()}
    found = state(workspace)
    assert found in (scene.before, scene.after)
    assert told.items() <= found.items()
    assert not any(path.read_bytes().startswith(JOURNAL) for path in folder.glob("*-journal"))

    step = headless.run(IMPORT, **request(folder, scene.delivery))
    assert step.results["READ_COUNT"] == RECORDS
    components = gpd.read_file(workspace, layer="components")
    assert len(components) == scene.after["components"]
    assert components["ObjID"].is_unique
    assert components["ObjName"].is_unique
    left = {path.name for path in folder.iterdir()}
    assert left <= {"workspace.gpkg", "workspace.gpkg-journal", "workspace.gpkg-wal", "workspace.gpkg-shm"}
