"""A GeoPackage as a killed writer leaves it: half of a transaction in the file, and the journal that undoes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import os, sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute("PRAGMA cache_size = 1")
base.execute("BEGIN")
base.execute("CREATE TABLE big (x)")
base.executemany("INSERT INTO big VALUES (?)", [("x" * 4000,)] * 500)
os.kill(os.getpid(), 9)
"""


def kill_writer(path: Path) -> Path:
    """Write to a GeoPackage, and be killed half-way. Returns the journal."""
    subprocess.run([sys.executable, "-c", _SCRIPT, str(path)], check=False)
    journal = path.with_name(f"{path.name}-journal")
    assert journal.stat().st_size
    return journal
