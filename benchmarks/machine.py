"""What was measured on, and what with: enough to compare figures, and nothing that names a machine or its owner."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.peers.chromium import CHROMIUM

_PACKAGES = (
    "reportgen",
    "weasyprint",
    "pydyf",
    "typst",
    "fpdf2",
    "playwright",
    "pyhanko",
    "psycopg",
    "sqlmodel",
)


def described() -> dict[str, object]:
    """Return processor, cores, memory, system and the versions of everything measured."""
    return {
        "processor": _found(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8")),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(psutil.virtual_memory().total / (1 << 30)),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
        "versions": {**{name: version(name) for name in _PACKAGES}, "chromium": _chromium()},
    }


def _chromium() -> str:
    said = subprocess.run([CHROMIUM, "--version"], capture_output=True, check=True, text=True).stdout
    return _found(r"([\d.]+)", said)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match[1].strip() if match else ""
