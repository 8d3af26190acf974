"""What a command takes from start to end in a process of its own: `python -m benchmarks.startup [--runs N]`.

Pinned to one core, files in the page cache, byte code compiled as an installation compiles it on its first start (here
in a folder of its own, whatever the environment says of writing byte code). Wall-clock and processor time, and the ratio to a
Python that does nothing.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import machine_cores, spread
from reportgen.settings import asset_dir

RUNS = 7
NOTHING = "python -c pass"
_REPORTGEN = str(Path(sys.executable).with_name("reportgen"))
_SUBJECT, _PROJECT, _RECIPIENT = "02-small-housing-builder", "housing-small", "129901024KH7058200"
TARGETS = {"reportgen --help": 0.2, "reportgen verify": 1.0, "reportgen issue, the first report": 3.0}
"""What is required, in seconds by the wall clock."""


def measured(runs: int, core: int) -> list[dict[str, object]]:
    """Return a row for each command: seconds by the wall clock and of the processor, and the ratio to doing nothing."""
    taken: dict[str, list[tuple[float, float]]] = {}
    with TemporaryDirectory() as name:
        work = _prepared(Path(name))
        for turn in range(runs + 1):
            for what, line in _lines(work):
                took = _run(line, work, core)
                if turn:
                    taken.setdefault(what, []).append(took)
    return [_row(what, took, taken[NOTHING]) for what, took in taken.items()]


def _prepared(folder: Path) -> Path:
    """Make an office, and a report in it to be verified; a copy of the office is issued from each time."""
    _run([_REPORTGEN, "init", "office"], folder, None)
    shutil.copytree(folder / "office", folder / "new")
    _run(_issue("office", "report.pdf"), folder, None)
    return folder


def _lines(folder: Path) -> Iterator[tuple[str, list[str]]]:
    yield NOTHING, [sys.executable, "-c", "pass"]
    yield "reportgen --help", [_REPORTGEN, "--help"]
    yield "reportgen verify", [_REPORTGEN, "verify", "report.pdf", "--office", "office"]
    # A request is issued once: each run has an office that has issued nothing.
    shutil.rmtree(folder / "fresh", ignore_errors=True)
    shutil.copytree(folder / "new", folder / "fresh")
    yield "reportgen issue, the first report", _issue("fresh", "first.pdf")


def _issue(office: str, file: str) -> list[str]:
    samples = asset_dir("sample_subjects")
    given = {
        "--project": samples / "projects" / f"{_PROJECT}.yaml",
        "--recipient": _RECIPIENT,
        "--authorisation": "样例",
        "--office": office,
        "-o": file,
    }
    options = [str(word) for pair in given.items() for word in pair]
    return [_REPORTGEN, "issue", str(samples / "subjects" / f"{_SUBJECT}.yaml"), *options]


def _run(line: list[str], folder: Path, core: int | None) -> tuple[float, float]:
    pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "REPORTGEN_"))
    }
    variables = {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    before, started = _spent(), time.perf_counter()
    subprocess.run([*pinned, *line], cwd=folder, env=variables, capture_output=True, check=True)
    return time.perf_counter() - started, _spent() - before


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _row(what: str, took: list[tuple[float, float]], nothing: list[tuple[float, float]]) -> dict[str, object]:
    wall, cpu, least = _median(took, 0), _median(took, 1), _median(nothing, 0)
    return {
        "name": what,
        "seconds": round(wall, 3),
        "cpu": round(cpu, 3),
        "to_nothing": round(wall / least, 1),
        "required": TARGETS.get(what),
        "rounds": len(took),
    }


def _median(took: list[tuple[float, float]], place: int) -> float:
    return spread([each[place] for each in took])[0]


def table(found: list[dict[str, Any]]) -> str:
    """Return rows as text for a terminal."""
    lines = [f"{'':<34} {'wall s':>7} {'cpu s':>6} {'x nothing':>9} {'required':>8}"]
    for row in found:
        required = "" if row["required"] is None else f"{row['required']:.1f}"
        lines.append(
            f"{row['name']:<34} {row['seconds']:7.3f} {row['cpu']:6.3f} {row['to_nothing']:9.1f} {required:>8}"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--core", type=int, default=machine_cores()[-1], help="the core all are pinned to")
    given = parser.parse_args()
    print(table(measured(given.runs, given.core)))


if __name__ == "__main__":
    main()
