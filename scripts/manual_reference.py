"""What the manual takes from the plugin itself: the reference of the algorithms, the tables of codes and of fields.

Runs in QGIS's Python, once a language: ``manual_reference.py LANGUAGE FOLDER`` writes Markdown into the folder of the
sources: ``reference/`` with a page an algorithm, and ``tables/``.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgorithm,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
)
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from citygrid_plugin.core import fields
from citygrid_plugin.gui.steps import STEPS
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.provider import ALGORITHMS, CityGridProvider
from citygrid_plugin.storage.workspace import BY_NAME, kind_of

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "citygrid_plugin" / "resources"
WORDS = {
    "en": {
        "reference": "Reference of the algorithms", "parameters": "Parameters", "outputs": "Outputs",
        "name": "Name", "title": "Label", "type": "Type", "default": "Default", "needed": "Required", "yes": "yes",
        "no": "no", "from": "from {}", "to": "up to {}", "fields": "Fields of {}", "field": "Field",
        "meaning": "Meaning", "status": "Status", "source": "Source", "count": "Classes", "code": "Code",
        "class": "Class", "english": "English (ours)", "several": "several at once", "width": "Width",
        "layer": "Layer", "model": "Number or text for models and scripts", "advanced": "advanced", "major": "Major",
        "intro": "Made from the plugin itself. Names in capitals are what models, scripts and `qgis_process` use.",
    },
    "zh_CN": {
        "reference": "算法参考", "parameters": "参数", "outputs": "输出",
        "name": "名称", "title": "界面文字", "type": "类型", "default": "默认值", "needed": "必填", "yes": "是",
        "no": "否", "from": "不小于 {}", "to": "不大于 {}", "fields": "“{}”的字段", "field": "字段",
        "meaning": "含义", "status": "状况", "source": "来源", "count": "类数", "code": "代码",
        "class": "小类", "english": "英文（本项目译）", "several": "可多选", "width": "宽度",
        "layer": "图层", "model": "供模型和脚本使用的数值或文本", "advanced": "高级", "major": "大类",
        "intro": "本部分由插件自身生成。大写名称用于模型、脚本和 `qgis_process`。",
    },
}  # fmt: skip
SCHEMES = (
    "cqsz10_2007_components", "cqsz10_2007_events", "gbt47678_2026_components", "gbt47678_2026_events",
    "gbt30428_2013_components", "gbt30428_2013_events",
)  # fmt: skip
OTHER_FIELDS = {"crosswalk": fields.CROSSWALK, "grid_problems": fields.PROBLEM}  # layers that no dictionary describes


def plain(text: object) -> str:
    """A text that Markdown shows as it is, in one line."""
    escaped = re.sub(r"([\\`*_{}\[\]<>|$~#])", r"\\\1", str(text))
    return " ".join(escaped.split())


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; cells are Markdown already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n\n"


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of one of the plugin's tables."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Reference:
    """Writes the pages of one language."""

    def __init__(self, language: str, folder: Path) -> None:
        self.words = WORDS[language]
        self.meaning = "meaning" if language == "en" else "meaning_zh"
        self.folder = folder
        self.dictionary = rows_of(RESOURCES / "delivery" / "fields.csv")
        for name in ("reference", "tables"):
            (folder / name).mkdir()

    def write(self) -> None:
        """All of it."""
        names = [algorithm.NAME for algorithm in ALGORITHMS]
        for algorithm in ALGORITHMS:
            self._page(algorithm)
        toc = "\n".join(names)
        text = f"# {self.words['reference']}\n\n{self.words['intro']}\n\n```{{toctree}}\n:maxdepth: 1\n\n{toc}\n```\n"
        (self.folder / "reference" / "index.md").write_text(text, encoding="utf-8")
        self._schemes()
        self._layers()

    def _page(self, kind: type) -> None:
        """One algorithm."""
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(f"citygrid:{kind.NAME}")
        help_text = "\n\n".join(plain(part) for part in algorithm.shortHelpString().split("\n") if part.strip())
        inputs = [each for each in algorithm.parameterDefinitions() if not each.isDestination()]
        text = f"# {plain(algorithm.displayName())}\n\n`{algorithm.id()}`\n\n{help_text}\n\n"
        text += f"## {self.words['parameters']}\n\n" + self._parameters(inputs)
        text += f"## {self.words['outputs']}\n\n" + self._outputs(algorithm) + self._fields_of_outputs(kind.NAME)
        (self.folder / "reference" / f"{kind.NAME}.md").write_text(text, encoding="utf-8")

    def _parameters(self, definitions: Iterable[QgsProcessingParameterDefinition]) -> str:
        w = self.words
        rows = []
        for each in definitions:
            optional = bool(each.flags() & each.Flag.FlagOptional)
            title = plain(each.description()) + (f" ({w['advanced']})" if each.flags() & each.Flag.FlagAdvanced else "")
            needed = w["no"] if optional or each.defaultValue() is not None else w["yes"]
            rows.append((f"`{each.name()}`", title, self._type(each), self._default(each), needed))
        return table((w["name"], w["title"], w["type"], w["default"], w["needed"]), rows)

    def _type(self, each: QgsProcessingParameterDefinition) -> str:
        """The type in QGIS's words, with the choices or the range."""
        known = QgsApplication.processingRegistry().parameterType(each.type())
        parts = [plain(known.name() if known else each.type())]
        if isinstance(each, QgsProcessingParameterEnum):
            parts += [f"{number}: {plain(option)}" for number, option in enumerate(each.options())]
            parts += [self.words["several"]] if each.allowMultiple() else []
        if isinstance(each, QgsProcessingParameterNumber):
            beyond = 1e300
            parts += [self.words["from"].format(f"{each.minimum():g}")] if each.minimum() > -beyond else []
            parts += [self.words["to"].format(f"{each.maximum():g}")] if each.maximum() < beyond else []
        return "<br>".join(parts)

    @staticmethod
    def _default(each: QgsProcessingParameterDefinition) -> str:
        value: Any = each.defaultValue()
        return "" if value is None or value == "" else f"`{value}`"

    def _outputs(self, algorithm: QgsProcessingAlgorithm) -> str:
        w = self.words
        sinks = {each.name(): each for each in algorithm.parameterDefinitions() if each.isDestination()}
        rows = [
            (f"`{each.name()}`", plain(each.description()), self._type(each), w["no"] if optional else w["yes"])
            for each in sinks.values()
            for optional in [bool(each.flags() & each.Flag.FlagOptional)]
        ]
        rows += [
            (f"`{each.name()}`", plain(each.description()), w["model"], "")
            for each in algorithm.outputDefinitions()
            if each.name() not in sinks
        ]
        return table((w["name"], w["title"], w["type"], w["needed"]), rows)

    def _fields_of_outputs(self, name: str) -> str:
        """The fields of the layers of the workspace that the algorithm makes, as far as they are described."""
        made = next((dict(step.outputs) for step in STEPS if step.algorithm == name), {})
        text = ""
        for output, layer in made.items():
            described = self._fields(layer)
            if described:
                title = self.words["fields"].format(plain(tr(BY_NAME[layer].title)))
                text += f"### {title} (`{output}`)\n\n{described}"
        return text

    def _fields(self, layer: str) -> str:
        w = self.words
        rows = [row for row in self.dictionary if row["layer"] == layer]
        if rows:
            cells = [
                (f"`{r['field']}`", f"{r['type']} {r['width']}", plain(r[self.meaning]), r["status"]) for r in rows
            ]
            return table((w["field"], w["width"], w["meaning"], w["status"]), cells)
        if layer in OTHER_FIELDS:
            return ", ".join(f"`{field}`" for field in OTHER_FIELDS[layer]) + "\n\n"
        return ""

    def _schemes(self) -> None:
        """Tables of the code schemes: how many classes have which status, and all classes."""
        w = self.words
        english = {row["name"]: row["name_en"] for row in rows_of(RESOURCES / "schemes" / "english_names.csv")}
        counts, lists = [], ""
        for scheme in SCHEMES:
            rows = rows_of(RESOURCES / "schemes" / f"{scheme}.csv")
            statuses = Counter(row["code_status"] for row in rows)
            counts += [(f"`{scheme}`", number, plain(status)) for status, number in sorted(statuses.items())]
            cells = [
                (r["code"], plain(r["major_name"]), plain(r["name"]), plain(english.get(r["name"], "")),
                 plain(r["code_status"]))
                for r in rows
            ]  # fmt: skip
            lists += f"## {scheme}\n\n"
            lists += table((w["code"], w["major"], w["class"], w["english"], w["status"]), cells)
        tables = self.folder / "tables"
        (tables / "schemes.txt").write_text(table(("CSV", w["count"], w["status"]), counts), encoding="utf-8")
        (tables / "classes.txt").write_text(lists, encoding="utf-8")

    def _layers(self) -> None:
        """Table of the layers of a workspace, and the field dictionary of deliveries."""
        w = self.words
        layers = [(f"`{name}`", plain(tr(layer.title))) for name, layer in BY_NAME.items()]
        text = table((w["layer"], w["title"]), layers)
        (self.folder / "tables" / "layers.txt").write_text(text, encoding="utf-8")
        text = ""
        for name in dict.fromkeys(row["layer"] for row in self.dictionary):
            kind = kind_of(name)
            text += f"## {plain(tr(kind.title)) if kind else name} (`{name}`)\n\n" + self._fields(name)
        (self.folder / "tables" / "fields.txt").write_text(text, encoding="utf-8")


def _translate(scratch: Path) -> list[QTranslator]:
    """Chinese for the plugin's texts and for QGIS's own names of types; the translators have to be kept."""
    command = [sys.executable, str(ROOT / "scripts" / "translations"), "--compile", str(scratch)]
    subprocess.run(command, check=True)
    translators = []
    i18n = Path(QgsApplication.i18nPath())
    for path in (i18n / "qgis_zh-Hans.qm", scratch / "citygrid_zh_CN.qm"):
        translator = QTranslator()
        if not translator.load(str(path)):
            sys.exit(f"{path.name} cannot be read.")
        QCoreApplication.installTranslator(translator)
        translators.append(translator)
    return translators


def main() -> int:
    """Write the pages of the language that the command line names."""
    language, folder = sys.argv[1], Path(sys.argv[2])
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    with tempfile.TemporaryDirectory() as scratch:
        translators = _translate(Path(scratch)) if language != "en" else []
        provider = CityGridProvider()
        QgsApplication.processingRegistry().addProvider(provider)
        Reference(language, folder).write()
        QgsApplication.processingRegistry().removeProvider(provider)
        del translators
    application.exitQgis()
    return 0


if __name__ == "__main__":
    sys.exit(main())
