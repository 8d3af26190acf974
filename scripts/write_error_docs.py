"""Write docs/errors.md from the one error table; `--check` only says whether the file is current."""

import sys
from pathlib import Path

from reportgen.errors import TABLE, Entry, ExitCode

_TARGET = Path(__file__).resolve().parent.parent / "docs" / "errors.md"


def page() -> str:
    """Return the page: the exit codes, then every error with what, why and what to do."""
    lines = [
        "# Errors",
        "",
        "Written by `python -m scripts.write_error_docs` from `reportgen/errors/`. Do not edit by hand.",
        "",
        "The first two digits of a code are the exit code. Names in braces are filled in when it happens.",
        "",
        "| exit code | meaning |",
        "|---|---|",
        *(f"| {int(code)} | {code.name.lower().replace('_', ' ')} |" for code in ExitCode),
        "",
        "| code | HTTP | 何事 | 何因 | 如何处理 |",
        "|---|---|---|---|---|",
        *(f"| {code} | {e.http} | {e.what} | {e.why} | {_fix(e)} |" for code, e in sorted(TABLE.items())),
    ]
    return "\n".join(lines) + "\n"


def _fix(entry: Entry) -> str:
    return f"{entry.fix}。在门户：{entry.on_page}" if entry.on_page else entry.fix


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` return 1 where it is out of date."""
    if "--check" in arguments:
        return 0 if _TARGET.read_text("utf-8") == page() else 1
    _TARGET.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
