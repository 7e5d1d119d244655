"""The manual: pages of ``docs/manual``, the reference from the registry, and a check of all links and labels."""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import manual_labels
import manual_links
from headless import ROOT, VENV, environment

SOURCES = ROOT / "docs" / "manual"
TARGET = ROOT / "build" / "manual"
LANGUAGES = ("en", "zh_CN")
_DIGEST = "sources.sha256"


def digest() -> str:
    """What the manual is made from, as one number: its pages, the plugin's texts and tables, and these scripts."""
    package, scripts = ROOT / "citygrid_plugin", ROOT / "scripts"
    files = [path for path in SOURCES.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    files += [*(package / "processing").rglob("*.py"), package / "gui" / "steps.py", *(package / "core").glob("*.py")]
    files += [*(package / "resources").rglob("*.csv"), *(ROOT / "i18n").glob("*.ts"), *scripts.glob("manual*")]
    total = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def build(again: bool = False) -> Path:
    """Build both languages unless they are up to date; returns their folder. Ends the program where one fails."""
    wanted = digest()
    noted = TARGET / _DIGEST
    if not again and noted.is_file() and noted.read_text(encoding="ascii") == wanted:
        return TARGET
    TARGET.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".manual-", dir=TARGET.parent) as scratch:
        fresh = Path(scratch) / "manual"
        for language in LANGUAGES:
            _build_language(language, Path(scratch) / "sources" / language, fresh / language)
        (fresh / _DIGEST).write_text(wanted, encoding="ascii")
        shutil.rmtree(TARGET, ignore_errors=True)
        fresh.rename(TARGET)
    return TARGET


def _build_language(language: str, sources: Path, target: Path) -> None:
    """One language: put the sources together, run Sphinx, check what came out."""
    shutil.copytree(SOURCES / language, sources)
    python = str(VENV / "bin" / "python")
    generated = [python, str(ROOT / "scripts" / "manual_reference.py"), language, str(sources)]
    _run(generated, environment() | {"PYTHONPATH": str(ROOT)})
    sphinx = [python, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-c", str(SOURCES)]
    doctrees = sources.with_name(f"{language}.doctrees")
    _run([*sphinx, "-D", f"language={language}", "-d", str(doctrees), str(sources), str(target)])
    for name in (".buildinfo", "objects.inv"):
        (target / name).unlink()
    outside, dead = manual_links.check(target)
    wrong = manual_labels.check(SOURCES / language, language)
    if dead or wrong:
        sys.exit("\n".join([*dead, *wrong]))
    print(f"{language}: {sum(1 for _ in target.rglob('*.html'))} pages; links to elsewhere, not followed:")
    print("\n".join(f"    {link}" for link in sorted(outside)))


def _run(command: list[str], variables: dict[str, str] | None = None) -> None:
    """Run a step; where it fails its own words have been said, and the build ends."""
    if subprocess.run(command, check=False, env=variables).returncode:
        sys.exit(f"The manual was not built: {Path(command[1]).name} failed.")


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="scripts/manual", description=__doc__)
    parser.add_argument("--again", action="store_true", help="build it even where nothing has changed")
    options = parser.parse_args()
    print(build(options.again))
    return 0


if __name__ == "__main__":
    sys.exit(main())
