"""The manual as its one command builds it: nothing missing, nothing that leads nowhere, in both languages."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from citygrid_plugin.processing.provider import ALGORITHMS, CityGridProvider

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "zh_CN")
sys.path.insert(0, str(ROOT / "scripts"))

import manual_labels  # noqa: E402 - of the folder named above
import manual_links  # noqa: E402 - as above

pytestmark = pytest.mark.skipif(importlib.util.find_spec("sphinx") is None, reason="Sphinx is not installed")


@pytest.fixture(scope="module")
def manual() -> Path:
    command = [str(ROOT / "scripts" / "manual"), "--again"]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return Path(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_algorithm_has_a_page_that_names_every_parameter(
    manual: Path, provider: CityGridProvider, language: str
) -> None:
    pages = {path.stem for path in (manual / language / "reference").glob("*.html")} - {"index"}
    assert pages == {algorithm.NAME for algorithm in ALGORITHMS}
    for algorithm in provider.algorithms():
        text = unescape((manual / language / "reference" / f"{algorithm.name()}.html").read_text(encoding="utf-8"))
        for each in (*algorithm.parameterDefinitions(), *algorithm.outputDefinitions()):
            assert f">{each.name()}<" in text, (algorithm.name(), each.name())
        title = text.partition("<h1>")[2].partition("<a")[0]
        assert any("一" <= sign <= "鿿" for sign in title) == (language == "zh_CN")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_the_same_pages(language: str) -> None:
    def pages(name: str) -> set[str]:
        folder = ROOT / "docs" / "manual" / name
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")}

    assert pages(language) == pages("en")


def test_a_dead_link_and_a_label_of_nobody_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<p id="x"><a href="b.html#y">1</a><a href="a.html#x">2</a>', encoding="utf-8")
    (tmp_path / "b.html").write_text('<a href="c.html">3</a><a href="https://qgis.org">4</a>', encoding="utf-8")
    outside, dead = manual_links.check(tmp_path)
    assert outside == {"https://qgis.org"}
    assert [line.split(":")[0] for line in dead] == ["a.html", "b.html"]
    (tmp_path / "page.md").write_text("{guilabel}`Check delivery`, {guilabel}`No such button`", encoding="utf-8")
    assert [line for line in manual_labels.check(tmp_path, "en") if "No such button" in line]
    assert len(manual_labels.check(tmp_path, "en")) == 1
