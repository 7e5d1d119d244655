# ruff: noqa: INP001 - Sphinx runs this file by itself
"""Sphinx settings of the manual, for both languages; ``scripts/manual`` runs it and gives the language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sphinx.search import SearchLanguage

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "CityGrid"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
nitpicky = True
html_theme = "alabaster"
html_theme_options = {"description": "数字城管 · QGIS", "fixed_sidebar": True, "page_width": "1080px"}
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_static_path = ["static"]
html_css_files = ["manual.css"]
html_copy_source = False
html_show_copyright = False
html_show_search_summary = False  # it fetches pages, which a browser refuses to a page opened from a file
html_use_index = False

_WORDS = re.compile(r"[一-鿿]+|[A-Za-z0-9_]+")


class ChineseSearch(SearchLanguage):
    """Chinese by single characters and pairs of them, so that no dictionary of words is needed."""

    lang = "zh_CN"
    language_name = "Chinese"
    js_splitter_code = """
function splitQuery(query) {
    const found = query.toLowerCase().match(/[\\u4e00-\\u9fff]+|[a-z0-9_]+/g) || [];
    return found.flatMap((run) => {
        if (run.length === 1 || run.charCodeAt(0) < 0x4e00) return [run];
        return Array.from({length: run.length - 1}, (_, at) => run.slice(at, at + 2));
    });
}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx names it so
        """Runs of letters, and of Chinese the whole run, its characters and its pairs."""
        result: list[str] = []
        for run in _WORDS.findall(input):
            result.append(run)
            if run[0] >= "一":
                result += [*run, *(run[at : at + 2] for at in range(len(run) - 1))]
        return result

    def word_filter(self, word: str) -> bool:
        """Take single characters, too, which Sphinx would pass over."""
        return bool(word)


def setup(app: Sphinx) -> None:
    """Make the search of the Chinese manual known."""
    app.add_search_language(ChineseSearch)
