"""Ask whether a package of a lock has a known vulnerability: `make audit`.

pip-audit asks a service on the network, and takes a package that the service does not know for one without faults:
behind a mirror that answers nothing it says that all is well. So what counts here is how many it was told about.
Leaves with 0 where none is known, and where no service answered, which is said; with 1 where one is known or the
lock cannot be read. What is given besides goes to pip-audit, such as `-s osv --osv-url ADDRESS` for an own source.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
_SERVICES = (("-s", "pypi"), ("-s", "osv"))
"""Asked in this order until one answers, where no other is named."""

_LINE = 160


@dataclass(frozen=True)
class Audited:
    """What a service said: of how many packages, of which it knew nothing, and what is wrong with the others."""

    packages: int
    unknown: tuple[str, ...]
    vulnerable: tuple[str, ...]

    @property
    def answered(self) -> bool:
        """Say whether the service knew any package at all."""
        return len(self.unknown) < self.packages


def main(lock: Path, given: Sequence[str]) -> int:
    """Audit a lock and say what came of it; return the exit code."""
    for service in [given] if given else _SERVICES:
        done = _run(lock, ["-f", "json", "--desc", "off", *service])
        found = _audited(done.stdout)
        if found is not None and found.answered:
            return _told(found)
        why = _reason(done) if found is None else f"{found.packages} 个包它一个也不认识"
        print(f"— 漏洞数据库（{' '.join(service)}）没有回答：{why}")
    collected = _run(lock, ["--dry-run"])
    if collected.returncode:
        print(f"✗ {lock.name} 读不出来：{_reason(collected)}")
        return 1
    print(f"— {lock.name} 没有核查：连不上漏洞数据库。请在能连上的机器上再运行 make audit")
    return 0


def _run(lock: Path, given: Sequence[str]) -> subprocess.CompletedProcess[str]:
    asked = ["-r", str(lock), "--require-hashes", "--disable-pip", "--progress-spinner", "off", *given]
    command = [sys.executable, "-m", "pip_audit", *asked]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return how the last line of what pip-audit said begins, which names its error."""
    last = next(iter(done.stderr.strip().splitlines()[::-1]), f"退出码 {done.returncode}")
    return last if len(last) <= _LINE else f"{last[:_LINE]}…"


def _audited(text: str) -> Audited | None:
    """Return what pip-audit printed; None where it did not come so far."""
    try:
        told: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except ValueError:
        return None
    return Audited(
        packages=len(told),
        unknown=tuple(item["name"] for item in told if "skip_reason" in item),
        vulnerable=tuple(_line(item, found) for item in told for found in item.get("vulns", ())),
    )


def _line(item: dict[str, Any], found: dict[str, Any]) -> str:
    fixed = "、".join(found["fix_versions"]) or "还没有"
    return f"{item['name']} {item['version']}　{found['id']}　修复的版本：{fixed}"


def _told(found: Audited) -> int:
    for line in found.vulnerable:
        print(f"✗ {line}")
    if found.unknown:
        print(f"— 漏洞数据库不认识 {len(found.unknown)} 个包，没有核查：{'、'.join(found.unknown)}")
    checked = found.packages - len(found.unknown)
    print(f"{'✗' if found.vulnerable else '✓'} 核查 {checked} 个包，已知的漏洞 {len(found.vulnerable)} 处")
    return 1 if found.vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(_LOCK, sys.argv[1:]))
