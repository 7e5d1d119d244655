"""The translation holds every text of the code, and every text is translated."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from .conftest import ROOT

SCRIPT = ROOT / "scripts" / "translations"


def load() -> ModuleType:
    """scripts/translations as a module."""
    loader = importlib.machinery.SourceFileLoader("translations_script", str(SCRIPT))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[loader.name] = module
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


script = load()
TRANSLATIONS: dict[str, str] = script.read_ts(script.ts_file("zh_CN"))


def places(text: str) -> tuple[set[str], int, int]:
    """The named places that str.format fills, and how many braces there are in all."""
    return set(re.findall(r"\{(\w+)\}", text)), text.count("{"), text.count("}")


def test_up_to_date_with_the_code() -> None:
    result = subprocess.run([sys.executable, SCRIPT, "--check"], check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_nothing_is_unfinished() -> None:
    assert TRANSLATIONS
    assert not [source for source, target in TRANSLATIONS.items() if not target]


def test_same_places_in_both_languages() -> None:
    differing = [source for source, target in TRANSLATIONS.items() if target and places(source) != places(target)]
    assert not differing


def test_translations_are_chinese() -> None:
    """A text with a word in it has a Chinese character in its translation, unless it is all names."""
    names = re.compile(r"\{.*?\}|CityGrid|Shapefile")
    plain = [
        source
        for source, target in TRANSLATIONS.items()
        if re.search(r"[a-z]{3,}", names.sub("", source)) and not re.search(r"[\u4e00-\u9fff]", target)
    ]
    assert not plain


def test_standard_terms() -> None:
    terms = {
        "unit grid": "单元网格", "responsibility grid": "责任网格", "communit": "社区", "component": "部件",
        "barrier": "阻隔", "compound": "院落", "crosswalk": "对照表", "dead end": "断头",
    }  # fmt: skip
    for source, target in TRANSLATIONS.items():
        for english, chinese in terms.items():
            if english in source.lower():
                assert chinese in target, source


def test_texts_are_followed_to_where_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "citygrid_plugin"
    package.mkdir()
    (package / "texts.py").write_text('TEXTS = {"key": "from a table"}\n', encoding="utf-8")
    (package / "i18n.py").write_text("", encoding="utf-8")
    code = """
        class Wrong(Exception):
            template = "of an error"

        class Algorithm:
            TITLE = "a title"
            KINDS = ("first", "second")
            NAME = "not translated"

            def run(self, many, key):
                tr("literal" if many else "other literal")
                [tr(kind) for kind in self.KINDS]
                labels = {"NAME": tr("label")}
                for name, label in labels.items():
                    use(name, label)
                tr(self.TITLE), tr(TEXTS.get(key, "fallback"))
                tr(step.heading)

        STEPS = (Step(name="unseen", heading="of a step"),)
    """
    (package / "code.py").write_text(textwrap.dedent(code), encoding="utf-8")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "PACKAGE", package)
    texts, problems = script.collect()
    assert texts == {
        "from a table", "of an error", "a title", "first", "second", "literal", "other literal", "label",
        "fallback", "of a step",
    }  # fmt: skip
    assert not problems
    (package / "code.py").write_text("def say(self):\n    tr(compute())\n    tr(self.unknown)\n", encoding="utf-8")
    _, problems = script.collect()
    assert [problem.partition(":")[2] for problem in problems if "code.py" in problem] == [
        "2: cannot follow compute() to its texts",
        "3: no text is known under the name unknown",
    ]
