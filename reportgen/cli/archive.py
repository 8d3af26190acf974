"""`reportgen archive refresh`: copies of what was issued that can be verified in many years."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from reportgen.certify.keys import load_signing
from reportgen.certify.longterm import Refreshed
from reportgen.cli.common import echo_json, now, office_of, working
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import at as written
from reportgen.cli.register import desk_options, press_of
from reportgen.errors import ExitCode, Fault, ReportgenError
from reportgen.press import Press
from reportgen.registry.longterm import Archive, Original, originals
from reportgen.registry.retention import kept_since
from reportgen.settings import Office
from reportgen.store.people import Action


@click.group("archive", cls=Group)
def command() -> None:
    """长期保存已出具的报告。"""


@dataclass(frozen=True)
class _Done:
    """What came of one original."""

    number: str
    copy: Refreshed | None = None
    error: ReportgenError | None = None


@command.command("refresh")
@click.argument("numbers", nargs=-1, metavar="[编号…]")
@click.option("--all", "every", is_flag=True, help="全部已签名的报告与更正通知书")
@click.option(
    "--older-than",
    "years",
    type=click.IntRange(min=1),
    metavar="年数",
    help="只更新最近一次时间戳（没有副本的，出具）早于这么多年前的",
)
@desk_options
def refresh(
    numbers: tuple[str, ...], every: bool, years: int | None, office: Path | None, login: str, as_json: bool
) -> None:
    """在原件之外另存长期副本：补上证书与吊销信息，加盖时间戳；已有副本的再加一次。原件不变，核验仍以原件为准。"""
    if bool(numbers) == every:
        raise click.UsageError("给出编号，或给出 --all")
    place = office_of(office)
    with press_of(office, login) as press, working("正在取吊销信息与时间戳"):
        found = press.act(Action.ARCHIVE, lambda session: originals(session, numbers))
        done = list(_refreshed(_archive(place, press), found, years))
    if as_json:
        echo_json([_data(each) for each in done])
    else:
        _say(done)
    failed = [each.error.exit_code for each in done if each.error is not None]
    click.get_current_context().exit(failed[0] if failed else ExitCode.DONE)


def _archive(place: Office, press: Press) -> Archive:
    signing = load_signing(place)
    if signing is None:
        raise ReportgenError("E0807", folder=str(place.folder))
    if signing.stamper is None:
        fault = Fault("E0311", "timestamp.policy", "为 off 时没有时间戳可用，长期副本须有时间戳")
        raise ReportgenError("E0311", path=str(place.folder), faults=[fault])
    return Archive(press.files, signing.trust, signing.stamper)


def _refreshed(archive: Archive, found: list[Original], years: int | None) -> Iterator[_Done]:
    at = now()
    before = kept_since(at.date(), years) if years else None
    for original in found:
        try:
            if before is None or archive.stamped_before(original, before):
                yield _Done(original.number, archive.refresh(original, at))
        except ReportgenError as error:
            # Without a time-stamp server nothing will come of the others either.
            if error.code == "E0804":
                raise
            yield _Done(original.number, error=error)


def _data(each: _Done) -> dict[str, object]:
    data: dict[str, object] = {"number": each.number}
    if each.error is not None:
        return data | {"error": each.error.data()}
    if each.copy is not None:
        copy = each.copy
        data |= {"stamped_at": copy.stamped_at, "bytes": len(copy.pdf), "revocations": copy.revocations}
        data |= {"unnamed": copy.unnamed, "answered": copy.answered}
    return data


def _say(done: list[_Done]) -> None:
    for each in done:
        if each.copy is not None:
            say(
                f"{each.number}　已存　时间戳 {written(each.copy.stamped_at)}　吊销信息 {each.copy.revocations} 项"
            )
        if each.error is not None:
            say(f"{each.number}　未存")
            say(each.error.text(), 1)
    copies = [each.copy for each in done if each.copy is not None]
    say(f"共 {len(copies)} 份" if done else "没有应当更新的")
    unnamed = dict.fromkeys(name for copy in copies for name in copy.unnamed)
    if unnamed:
        say(f"没有注明吊销信息来源的证书，只存证书本身：{'、'.join(unnamed)}")
    if silent := sum(not copy.answered for copy in copies):
        say(f"{silent} 份有吊销信息的来源没有给出可用的回答，下次更新时再取")
