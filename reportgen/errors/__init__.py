"""Every user-facing error, once: code, exit code, HTTP status, and what, why and what to do.

The first two digits of a code are the exit code of ARCHITECTURE ("Exit codes"), so a shell script
can branch on the class and a person can look up the case. A front translates nothing: it prints
`ReportgenError.text()` or `ReportgenError.data()`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.errors.entry import Entry as Entry
from reportgen.errors.entry import ExitCode as ExitCode
from reportgen.errors.handed_in import HANDED_IN
from reportgen.errors.inputs import INPUTS
from reportgen.errors.outcomes import OUTCOMES
from reportgen.errors.refusals import REFUSALS
from reportgen.errors.usage import USAGE

TABLE: dict[str, Entry] = {**USAGE, **INPUTS, **HANDED_IN, **REFUSALS, **OUTCOMES}


def printable(text: str) -> str:
    """Return a text with line ends, control and direction characters as escapes.

    What is echoed comes from files of strangers: a terminal would obey it, and a line end forge a line.
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


@dataclass(frozen=True)
class Fault:
    """One thing wrong at one place of the input: a code, the field's path and what is wrong."""

    code: str
    path: str
    what: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        return printable(f"{self.path or '（全文）'}：{self.what}")


class ReportgenError(Exception):
    """An error of the table, with the path it concerns, all its faults, and the facts its texts name."""

    def __init__(self, code: str, *, path: str = "", faults: Sequence[Fault] = (), **facts: object) -> None:
        self.code = code
        self.entry = TABLE[code]
        self.path = path
        self.faults = tuple(faults)
        self.facts: dict[str, object] = {"count": len(self.faults), **facts}
        super().__init__(self.text())

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Let the error reach another process: an exception is made anew from its message otherwise."""
        return _again, (self.code, self.path, self.faults, self.facts)

    @property
    def exit_code(self) -> ExitCode:
        """Return the exit code of this error's class."""
        return self.entry.exit

    def text(self) -> str:
        """Return what, why and what to do in Chinese, then every fault on a line of its own."""
        head = f"[{self.code}] {self.entry.what}" + (f"（{printable(self.path)}）" if self.path else "")
        lines = [head, f"  原因：{self._why()}", f"  处理：{self.entry.fix}"]
        return "\n".join(lines + [f"  · {fault}" for fault in self.faults])

    def data(self) -> dict[str, object]:
        """Return the same as a mapping for `--json`."""
        return {
            "code": self.code,
            "exit": int(self.entry.exit),
            "status": self.entry.http,
            "title": self.entry.what,
            "detail": self._why(),
            "fix": self.entry.fix,
            "path": printable(self.path),
            "faults": [
                {"code": f.code, "path": printable(f.path), "what": printable(f.what)} for f in self.faults
            ],
        }

    def shown(self) -> dict[str, object]:
        """Return the same as a mapping for somebody at a page or a program of the portal, who has no terminal."""
        return {**self.data(), "fix": self.entry.on_page or self.entry.fix}

    def _why(self) -> str:
        return printable(self.entry.why.format_map(self.facts))


def _again(code: str, path: str, faults: Sequence[Fault], facts: dict[str, object]) -> ReportgenError:
    return ReportgenError(code, path=path, faults=faults, **facts)
