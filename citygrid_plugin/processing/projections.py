"""Projections in threads that come and go, as QGIS's pool of threads makes them.

pyproj 3.7 keeps what it computes with once a thread of the system, but frees it with Python's state of that thread,
which lasts no longer than one task of QGIS. The next task in the same thread would then crash QGIS (pyproj issues
1509 and 1622, mended after 3.7). Nothing is freed as long as somebody holds it: that costs a few kilobytes a thread.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_held: list[object] = []


@contextmanager
def projections_kept() -> Iterator[None]:
    """Around whatever may compute with pyproj in a thread of QGIS."""
    try:
        yield
    finally:
        module = sys.modules.get("pyproj._context")
        manager = getattr(getattr(module, "_CONTEXT_MANAGER_LOCAL", None), "context_manager", None)
        if manager is not None and not any(manager is other for other in _held):
            _held.append(manager)
