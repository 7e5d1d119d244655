"""The zip is what the plugin repository takes: its rules as a local check."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from .conftest import ROOT

NAME = "citygrid_plugin"
REQUIRED = (
    "name", "qgisMinimumVersion", "description", "about", "version", "author", "email", "repository",
    "tracker", "homepage", "tags", "icon", "license",
)  # fmt: skip
MEGABYTE = 1024 * 1024


def build(target: Path) -> Path:
    """Run scripts/package."""
    subprocess.run([sys.executable, ROOT / "scripts" / "package", "--zip", target], check=True)
    return target


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("package") / "citygrid_plugin.zip")


@pytest.fixture(scope="module")
def names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as content:
        return content.namelist()


@pytest.fixture(scope="module")
def folder(archive: Path) -> Path:
    """The plugin as QGIS unpacks it."""
    with zipfile.ZipFile(archive) as content:
        content.extractall(archive.parent / "unpacked")
    return archive.parent / "unpacked" / NAME


@pytest.fixture(scope="module")
def metadata(folder: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(folder / "metadata.txt", encoding="utf-8")
    return parser["general"]


def test_same_sources_same_bytes(archive: Path, tmp_path: Path) -> None:
    assert build(tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_small(archive: Path) -> None:
    assert archive.stat().st_size < 20 * MEGABYTE


def test_one_folder_with_a_valid_name(names: list[str]) -> None:
    assert {PurePosixPath(name).parts[0] for name in names} == {NAME}
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", NAME)


def test_has_what_it_must_have(names: list[str]) -> None:
    for wanted in ("__init__.py", "metadata.txt", "LICENSE", "i18n/citygrid_zh_CN.qm"):
        assert f"{NAME}/{wanted}" in names


def test_has_nothing_hidden_generated_or_for_developers(names: list[str]) -> None:
    for name in names:
        path = PurePosixPath(name)
        assert not any(part.startswith(".") or part in {"__pycache__", "__MACOSX"} for part in path.parts), name
        assert path.suffix not in {".pyc", ".pyo", ".so", ".pyd", ".dll", ".exe", ".zip", ".ts"}, name
        assert not re.match(r"(ui_.*|resources_rc|test_.*|conftest)\.py$", path.name), name
        assert "tests" not in path.parts, name


def test_every_source_file_is_inside(names: list[str]) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("only a checkout tells which files are its source")
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", NAME],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    assert {name for name in tracked if (ROOT / name).exists()} <= set(names)


@pytest.mark.parametrize("key", REQUIRED)
def test_metadata_is_complete(metadata: configparser.SectionProxy, key: str) -> None:
    assert metadata.get(key, "").strip()


def test_no_metadata_key_is_empty(metadata: configparser.SectionProxy) -> None:
    """An empty ``plugin_dependencies`` makes QGIS ask for a plugin without a name on every installation."""
    assert not [key for key, value in metadata.items() if not value.strip()]


def test_metadata_fits_the_rules(metadata: configparser.SectionProxy, folder: Path) -> None:
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", metadata["version"])
    assert metadata["qgisMinimumVersion"] == "3.40"
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert metadata["hasProcessingProvider"] == "yes"
    assert metadata["license"] == "GPL-2.0-or-later"
    assert re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", metadata["email"])
    for key in ("homepage", "repository", "tracker"):
        assert re.fullmatch(r"https://[^\s/]+\.[^\s/]+/\S+", metadata[key]), key
    # The repository turns away names that say what is plain, and fields that hold markup.
    assert not re.search(r"plugin|qgis", metadata["name"], re.IGNORECASE)
    assert not re.search(r"<[a-z/]", metadata["about"] + metadata["description"])
    assert (folder / metadata["icon"]).is_file()
    assert (folder / "LICENSE").read_text(encoding="utf-8").lstrip().startswith("GNU GENERAL PUBLIC LICENSE")


def test_version_is_the_project_s(metadata: configparser.SectionProxy) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{metadata["version"]}"' in project


def test_bandit_finds_nothing(folder: Path) -> None:
    """Any finding, low severity included, blocks an upload."""
    result = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-r", folder, "-f", "json"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    report = json.loads(result.stdout)
    assert not report["errors"]
    assert not [
        f"{Path(each['filename']).name}:{each['line_number']} {each['test_id']} {each['issue_text']}"
        for each in report["results"]
    ]
    assert report["metrics"]["_totals"]["skipped_tests"] == 0


def test_detect_secrets_finds_nothing(folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "detect_secrets", "scan", "--all-files"],
        check=True, capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    assert json.loads(result.stdout)["results"] == {}
