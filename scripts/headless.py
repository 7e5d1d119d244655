"""QGIS without a window: a throw-away profile with the plugin built from this checkout, and ``qgis_process`` in it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("CITYGRID_VENV", ROOT / ".venv"))


class StepError(Exception):
    """A step that ``qgis_process`` refused or that failed; the message is the algorithm's sentence."""


@dataclass(frozen=True)
class Step:
    """What a run gave: its outputs, its log (information and warnings) and the wall time in seconds."""

    results: dict[str, Any]
    info: list[str]
    warnings: list[str]
    seconds: float


class Headless:
    """``qgis_process`` with the plugin, in a profile of its own."""

    def __init__(self, profile: Path) -> None:
        """Build the plugin into the profile and switch it on. ``profile`` is a new or empty folder."""
        home = profile / "profiles" / "default"
        plugins = home / "python" / "plugins"
        plugins.mkdir(parents=True)
        package = [str(VENV / "bin" / "python"), str(ROOT / "scripts" / "package"), "--folder", str(plugins)]
        subprocess.run(package, check=True, stdout=subprocess.DEVNULL)
        (home / "QGIS").mkdir()
        (home / "QGIS" / "QGIS3.ini").write_text(
            "[PythonPlugins]\ncitygrid_plugin=true\nprocessing=true\n", encoding="utf-8"
        )
        self.environment = environment() | {"QGIS_CUSTOM_CONFIG_PATH": str(profile)}

    def run(self, algorithm: str, **parameters: object) -> Step:
        """Run one algorithm; raises ``StepError`` with its sentence where it fails."""
        inputs = {name: _plain(value) for name, value in parameters.items() if value is not None}
        start = time.monotonic()
        done = subprocess.run(
            ["qgis_process", "--json", "run", algorithm, "-"],
            input=json.dumps({"inputs": inputs}),
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
        )
        seconds = time.monotonic() - start
        if done.returncode != 0:
            said = [line for line in done.stderr.splitlines() if line.strip()]
            raise StepError(said[-1] if said else f"{algorithm} failed without a word")
        answer = json.loads(done.stdout[done.stdout.index("{") :])
        log = answer.get("log", {})
        return Step(answer["results"], log.get("info", []), log.get("warning", []), seconds)


def environment() -> dict[str, str]:
    """The environment in which QGIS, without a window, finds its own Python and the packages of ``scripts/setup``."""
    packages = next((VENV / "lib").glob("python3*/site-packages"))
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/tmp/runtime-{os.getuid()}")  # noqa: S108 - Qt's own default
    runtime.mkdir(mode=0o700, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    return inherited | {
        # QGIS looks for its Python by the path; another one that comes first there keeps it from starting.
        "PATH": os.pathsep.join(["/usr/bin", inherited.get("PATH", "")]),
        "PYTHONPATH": str(packages),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
        "PROJ_DATA": "/usr/share/proj",
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(runtime),
    }


def _plain(value: object) -> object:
    """A parameter as JSON takes it."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value
