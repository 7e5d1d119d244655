"""Labels that pages quote as {guilabel}: they must be the plugin's own, in the language of the page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LABEL = re.compile(r"\{guilabel\}`([^`]+)`")
QGIS = {
    "en": {"Plugins", "Manage and Install Plugins", "Install from ZIP", "Run", "Help", "Processing", "OK", "Advanced"},
    "zh_CN": {"插件", "管理并安装插件", "从 ZIP 安装", "运行", "帮助", "处理", "高级"},
}
"""What belongs to QGIS itself."""


def known(language: str) -> set[str]:
    """All short texts of the plugin in a language, without the dots of those that open a window."""
    part = "source" if language == "en" else "translation"
    messages = ET.parse(ROOT / "i18n" / "citygrid_zh_CN.ts").iter("message")  # noqa: S314 - our own file
    texts = {message.findtext(part) or "" for message in messages}
    return {text.removesuffix("…") for text in texts} | texts | QGIS[language]


def check(folder: Path, language: str) -> list[str]:
    """A sentence for each label in the pages of ``folder`` that neither the plugin nor QGIS shows."""
    labels = known(language)
    return [
        f"{path.name}: the label “{label}” is none of the plugin's."
        for path in sorted(folder.rglob("*.md"))
        for label in _LABEL.findall(path.read_text(encoding="utf-8"))
        if label not in labels
    ]
