"""What the register's commands share: who acts in which office, and how reports are written in a line."""

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reportgen.cli.common import json_option, office_option
from reportgen.cli.page import say
from reportgen.errors import ReportgenError
from reportgen.files import unreadable
from reportgen.settings import find_office

if TYPE_CHECKING:
    from reportgen.press import Press
    from reportgen.registry.tables import CheckpointRow
    from reportgen.registry.view import Summary

F = TypeVar("F", bound=Callable[..., Any])
_ENTRY = "office"
"""The login of whoever's own name in the system can be none."""


def _login(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    from reportgen.registry.event_data import login

    if value is None:
        try:
            value = getpass.getuser()
        except (OSError, KeyError, ImportError):
            value = _ENTRY
        return value if login(value) else _ENTRY
    if not login(value):
        raise click.BadParameter("登录名只用字母、数字、点、横线与下划线", ctx, param)
    return value


def login_option(function: F) -> F:
    """Add --login."""
    text = "经办人的登录名；不给则用 REPORTGEN_LOGIN 或系统用户名"
    return click.option("--login", envvar="REPORTGEN_LOGIN", metavar="登录名", callback=_login, help=text)(
        function
    )


def desk_options(function: F) -> F:
    """Add --office, --login and --json."""
    return office_option(login_option(json_option(function)))


@contextmanager
def press_of(folder: Path | None, login: str = _ENTRY) -> Iterator["Press"]:
    """Open the press of the office in `folder`, REPORTGEN_OFFICE or the working folder; raises E0357."""
    from reportgen.press import open_press

    office = find_office(folder)
    if office is None:
        raise ReportgenError("E0357", folder=folder or "REPORTGEN_OFFICE 或当前文件夹")
    press = open_press(office, login)
    try:
        yield press
    finally:
        press.store.close()


def say_signed(row: "CheckpointRow | None") -> None:
    """Print a checkpoint that was signed, with the digest to be kept elsewhere; nothing where there is none."""
    if row is None:
        return
    say(f"检查点 {row.id} 已签署：{row.streams} 条链，{row.events} 个事件")
    say(f"摘要 {row.digest}，请保存在登记簿之外，供日后用 --known 核对")


def at(when: datetime | None) -> str:
    """Return a moment as written for a person."""
    return f"{when:%Y-%m-%d %H:%M}" if when else ""


def text_of(word: str) -> str:
    """Return the text that a word gives: of a file of that name, or the word itself; raises E0302, E0304."""
    path = Path(word)
    if not _is_file(path):
        return word.strip()
    try:
        return path.read_text("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ReportgenError("E0304", path=str(path), file=path.name, offset=error.start + 1) from error
    except OSError as error:
        raise unreadable(path, error) from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # A text too long for a name is no file.
        return False


def place(project: str, round_: int, lot: str) -> str:
    """Return a project with its round and lot."""
    again = f" 第 {round_} 轮" if round_ > 1 else ""
    return f"{project}{again}" + (f" {lot} 标段" if lot else "")


def names(summary: "Summary") -> str:
    """Return an applicant's members by name."""
    return "、".join(f"{party.name or '（名称已删除）'}（{party.uscc}）" for party in summary.applicant)


def changes(summary: "Summary") -> str:
    """Return what happened after issue, each with its day."""
    return "、".join(f"{change.word}（{change.at:%Y-%m-%d}）" for change in summary.changes)


def plain(summary: "Summary") -> Mapping[str, object]:
    """Return a report as data for --json."""
    return asdict(summary)
