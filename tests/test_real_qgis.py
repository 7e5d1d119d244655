"""Real QGIS in a window: the zip installs, loads without a word, speaks Chinese, and leaves nothing behind."""

from __future__ import annotations

import configparser
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import desktop

from .conftest import ROOT

pytestmark = [
    pytest.mark.real_qgis,
    pytest.mark.skipif(
        not all(map(shutil.which, ("qgis", "Xvfb", "openbox", "import"))),
        reason="a program is missing that scripts/setup installs",
    ),
]
PICTURES = ROOT / "build" / "screenshots"
PROBE = ROOT / "tests" / "qgis_probe.py"
PLUGIN = desktop.PLUGIN
ENGLISH = {"LANG": "C.UTF-8"}


def visit(screen: str, folder: Path, picture: Path, **variables: str) -> dict[str, Any]:
    """Start QGIS with the profile under ``folder``; what the probe saw, and a picture."""
    result = folder / "probe.json"
    known = {name: value for name, value in desktop.environment(screen).items() if not name.startswith("LC_")}
    known.pop("LANGUAGE", None)
    known |= ENGLISH | variables | {"PYQGIS_STARTUP": str(PROBE), "CITYGRID_PROBE": str(result)}
    log = folder / "qgis.log"
    with desktop.qgis(folder, [], known, log) as process:
        try:
            desktop.wait_for(result, process)
            seen = json.loads(result.read_text(encoding="utf-8"))
        finally:
            desktop.picture(screen, picture)
        result.unlink()
        desktop.wait_for(result.with_suffix(".after"), process)
        process.wait(desktop.STOP_SECONDS)
    assert "traceback" not in seen, seen["traceback"]
    assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace")
    return seen


def assert_at_home(seen: dict[str, Any]) -> None:
    """The plugin is there with all it brings, and nothing asks for attention."""
    assert seen["dialogs"] == []
    assert seen["messages"] == []
    assert seen["bar"] == []
    assert seen["active"]
    assert "createunitgrid" in seen["algorithms"]
    assert seen["dock"]


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with desktop.display() as name:
        yield name


@pytest.fixture(scope="module")
def installed(screen: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A fresh profile into which real QGIS has installed the zip, and what was seen on the way."""
    folder = tmp_path_factory.mktemp("qgis")
    archive = folder / "citygrid_plugin.zip"
    subprocess.run([sys.executable, ROOT / "scripts" / "package", "--zip", archive], check=True)
    desktop.make_profile(folder, with_plugin=False)
    seen = visit(screen, folder, PICTURES / "installed.png", CITYGRID_ZIP=str(archive))
    for moment in ("before", "after"):
        path = folder / f"probe.{moment}"
        seen[moment] = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
    return folder, seen


def test_installs_from_zip(installed: tuple[Path, dict[str, Any]]) -> None:
    _, seen = installed
    assert_at_home(seen)


def test_unloading_leaves_nothing_behind(installed: tuple[Path, dict[str, Any]]) -> None:
    _, seen = installed
    assert seen["furniture"] != seen["before"]["furniture"]
    assert seen["after"]["furniture"] == seen["before"]["furniture"]
    assert seen["after"]["messages"] == []


def enabled_copy(profile: Path, target: Path, locale: str) -> None:
    """A copy of the profile with the plugin ticked, in the language that the user has chosen in QGIS."""
    shutil.copytree(profile / "profiles", target / "profiles")
    path = target / "profiles" / desktop.PROFILE / "QGIS" / "QGIS3.ini"
    settings = configparser.RawConfigParser(strict=False)
    settings.optionxform = str  # type: ignore[assignment,method-assign]
    settings.read(path, encoding="utf-8")
    settings["PythonPlugins"][PLUGIN] = "true"
    settings["locale"] = {"overrideFlag": str(bool(locale)).lower(), "userLocale": locale}
    with path.open("w", encoding="utf-8") as file:
        settings.write(file, space_around_delimiters=False)


# QGIS names simplified Chinese zh-Hans in its options; a Chinese system calls itself zh_CN.
@pytest.mark.parametrize(
    ("locale", "lang"),
    [("", "C.UTF-8"), ("zh-Hans", "C.UTF-8"), ("", "zh_CN.UTF-8")],
    ids=["english", "chinese_by_option", "chinese_system"],
)
def test_starts_with_the_plugin(
    request: pytest.FixtureRequest,
    installed: tuple[Path, dict[str, Any]],
    screen: str,
    tmp_path: Path,
    locale: str,
    lang: str,
) -> None:
    profile, first = installed
    enabled_copy(profile, tmp_path, locale)
    picture = PICTURES / f"start_{request.node.callspec.id}.png"
    seen = visit(screen, tmp_path, picture, LANG=lang)
    assert_at_home(seen)
    assert seen["algorithms"].keys() == first["algorithms"].keys()
    chinese = "zh" in locale + lang
    assert seen["algorithms"]["createunitgrid"] == ("创建单元网格" if chinese else "Create unit grid")
