"""Benchmarks: whole commands as a user runs them, wall time and memory, one after the other in one run."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench_cases import CASES, bench_cases
from bench_census import RECORDS, bench_census
from bench_grid import bench_grid
from bench_partition import bench_partition
from bench_streets import bench_streets
from headless import StepError

BENCHMARKS = {
    "grid": bench_grid, "streets": bench_streets, "census": bench_census, "partition": bench_partition,
    "cases": bench_cases,
}  # fmt: skip
SIZES = {"census": ("records",), "cases": ("cases",)}
"""What else a benchmark takes from the command line."""


def main() -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("benchmark", choices=BENCHMARKS, nargs="?", default="grid")
    parser.add_argument("--rounds", type=int, default=1, help="how often each side is run (default 1)")
    parser.add_argument("--records", type=int, default=RECORDS, help="points of the census (default 1,000,000)")
    parser.add_argument("--cases", type=int, default=CASES, help="cases that are loaded (default 200,000)")
    options = parser.parse_args()
    more = {name: getattr(options, name) for name in SIZES.get(options.benchmark, ())}
    with tempfile.TemporaryDirectory() as scratch:
        try:
            BENCHMARKS[options.benchmark](Path(scratch), options.rounds, **more)
        except StepError as error:
            print(f"Stopped: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
