"""One row of the error table, and the exit codes of its classes."""

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Process exit codes; with several files the gravest wins."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    BAD_INPUT = 3
    INSUFFICIENT = 4
    NOT_GENUINE = 5
    REFUSED_BY_STATE = 6
    NOT_TYPESETTABLE = 7
    CANNOT_SIGN = 8
    STORAGE = 9
    UNCHECKED = 10
    NOT_PERMITTED = 11
    BATCH_PARTLY_FAILED = 12
    INTERRUPTED = 130


OPERATOR = "请稍后再试；仍不成的，把错误代码与请求编号告诉本机构的系统管理员"
"""What to do on a page about what only whoever runs the office's machine can mend."""


@dataclass(frozen=True)
class Entry:
    """One row of the error table; the texts may name facts in braces.

    `on_page`: what to do for somebody at a page of the portal, where `fix` speaks to somebody at a terminal.
    """

    exit: ExitCode
    http: int
    what: str
    why: str
    fix: str
    on_page: str = ""
