"""Links of built pages: those inside must lead to a file and an anchor that are there; those outside are listed."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LINKS = {"a": "href", "link": "href", "img": "src", "script": "src"}


class _Page(HTMLParser):
    """Anchors and links of one page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {""}
        self.links: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what the tag names."""
        values = dict(attrs)
        self.anchors.add(values.get("id") or "")
        link = values.get(_LINKS.get(tag, ""))
        if link is not None:
            self.links.append(link)


def check(folder: Path) -> tuple[set[str], list[str]]:
    """Links that lead out of the folder, and a sentence for each that leads nowhere."""
    pages = {path.resolve(): _Page(path) for path in sorted(folder.rglob("*.html"))}
    outside: set[str] = set()
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                outside.add(link)
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = pages[target].anchors if target in pages else {""}
            if not target.is_file() or unquote(parts.fragment) not in anchors:
                dead.append(f"{path.relative_to(folder.resolve())}: the link {link} leads nowhere.")
    return outside, dead
