"""What `doctor` and `key check` say of one thing after another: in order or not, and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from reportgen.cli.common import echo_json
from reportgen.cli.page import say
from reportgen.errors import ReportgenError


@dataclass(frozen=True)
class Check:
    """One thing checked: its name, whether it is in order, what was found, and what to do."""

    name: str
    ok: bool
    found: str
    fix: str = ""


def tried(name: str, work: Callable[[], str | None], found: str = "") -> Check:
    """Return what came of a piece of work: what it says or `found`, or else the error that it met."""
    try:
        return Check(name, True, work() or found)
    except ReportgenError as error:
        faults = "".join(f"；{fault}" for fault in error.faults)
        return Check(
            name,
            False,
            f"[{error.code}] {error.entry.what}：{error.data()['detail']}{faults}",
            error.entry.fix,
        )


def show_checks(checks: Sequence[Check], as_json: bool) -> None:
    """Print checks, a line each and what to do below it."""
    if as_json:
        echo_json([asdict(check) for check in checks])
        return
    for check in checks:
        say(f"{'✓' if check.ok else '✗'} {check.name}：{check.found}", colour=None if check.ok else "red")
        if check.fix:
            say(check.fix, 1)


def failed(checks: Sequence[Check]) -> list[str]:
    """Return the names of what is not in order."""
    return [check.name for check in checks if not check.ok]
