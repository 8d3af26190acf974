"""`reportgen screen …`: subjects and those one step from them beside the lists, and the hits to be decided."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import echo_json, now
from reportgen.cli.help import Group
from reportgen.cli.page import say
from reportgen.cli.register import at, desk_options, press_of, text_of
from reportgen.store.people import Action

if TYPE_CHECKING:
    from sqlmodel import Session

    from reportgen.registry.lifecycle import Desk
    from reportgen.registry.screening import Hit, Screened

STATES = {"OPEN": "待人工确认", "PROVEN": "证实（代码相同）", "CONFIRMED": "已确认", "REJECTED": "已排除"}
_COLOURS = {"OPEN": "yellow", "PROVEN": "red", "CONFIRMED": "red", "REJECTED": None}


class _Screen(Group):
    """A group whose first word may be a subject: to compare is what it is for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words as those of the comparison where they name no other command."""
        own = args[:1] and args[0] not in self.commands and args[0] not in ctx.help_option_names
        return super().parse_args(ctx, ["run", *args] if own else args)


@click.group("screen", cls=_Screen)
def command() -> None:
    """将主体及其关联方与全部名单比对：reportgen screen 主体…，或 reportgen screen --project 项目。"""


@command.command("run")
@click.argument("subjects", nargs=-1, metavar="主体…")
@click.option(
    "--project",
    default="",
    metavar="项目",
    help="为该项目申请过报告的全部主体，联合体的各成员、缺件而未出具的都在内",
)
@desk_options
def run(subjects: tuple[str, ...], project: str, office: Path | None, login: str, as_json: bool) -> None:
    """比对库内的主体（统一社会信用代码），列出命中，待人工确认的在前；代码相同的即为证实，记入主体的信息。"""
    from reportgen.registry import screening

    if bool(subjects) is bool(project):
        raise click.UsageError("给出主体的代码，或用 --project 给出项目，二者择一")
    with press_of(office, login) as press:
        desk = press.desk(now())

        def work(session: "Session") -> "tuple[list[Screened], list[str]]":
            usccs, gone = (subjects, []) if subjects else screening.bidders(session, project)
            return screening.screen(session, usccs, desk), gone

        found, gone = press.act(Action.SCREEN, work)
    if gone:
        click.echo(f"注意：{'、'.join(gone)} 的信息已依规删除，没有比对", err=True)
    if as_json:
        echo_json([asdict(item) for item in found])
        return
    for item in found:
        _say(item)
    waiting = sum(hit.state == "OPEN" for item in found for hit in item.hits)
    say(
        f"共比对 {len(found)} 个主体，命中 {sum(len(item.hits) for item in found)} 项，待人工确认 {waiting} 项"
    )


@command.command("confirm")
@click.argument("hit", type=int, metavar="命中")
@click.option("--how", required=True, metavar="文件或文字", help="怎样查明名单所列即该单位或该人")
@desk_options
def confirm(hit: int, how: str, office: Path | None, login: str, as_json: bool) -> None:
    """确认一项只有名称相同的命中：记明何人何时怎样查明，记入主体的信息。"""
    from reportgen.registry.screening import confirm as work

    _decide(
        office, login, as_json, hit, "已确认", lambda session, desk: work(session, hit, text_of(how), desk)
    )


@command.command("reject")
@click.argument("hit", type=int, metavar="命中")
@click.option("--why", required=True, metavar="文件或文字", help="怎样查明名单所列不是该单位或该人")
@desk_options
def reject(hit: int, why: str, office: Path | None, login: str, as_json: bool) -> None:
    """排除一项只有名称相同的命中；名单的这一条不变，不再提出。"""
    from reportgen.registry.screening import reject as work

    _decide(
        office, login, as_json, hit, "已排除", lambda session, desk: work(session, hit, text_of(why), desk)
    )


def _decide(
    office: Path | None,
    login: str,
    as_json: bool,
    hit: int,
    done: str,
    work: "Callable[[Session, Desk], list[str]]",
) -> None:
    with press_of(office, login) as press:
        desk = press.desk(now())
        marked = press.act(Action.HIT, lambda session: work(session, desk))
    if as_json:
        echo_json({"hit": hit, "state": done, "marked": marked})
        return
    say(f"命中 {hit}　{done}")
    _say_marked(marked)


def _say(item: "Screened") -> None:
    say(
        f"{item.name}（{item.uscc}）　" + (f"命中 {len(item.hits)} 项" if item.hits else "没有命中"),
        bold=True,
    )
    for hit in item.hits:
        _say_hit(hit)
    _say_marked(item.marked)


def _say_hit(hit: "Hit") -> None:
    entry = hit.entry
    code = f"（{hit.party_uscc}）" if hit.party_uscc else ""
    say(
        f"命中 {hit.id}　【{STATES[hit.state]}】{hit.relation}　{hit.party}{code}",
        1,
        colour=_COLOURS[hit.state],
    )
    called = "" if entry.name == hit.party else f"名单所列名称 {entry.name}，"
    until = f" 至 {entry.until}" if entry.until else " 起"
    say(
        f"{entry.list}（{entry.kind}）　{called}{entry.listed_on}{until}　{entry.authority}　{entry.basis}", 2
    )
    say(f"{entry.collected_on} 采集自{entry.source}", 2, dim=True)
    if hit.decided_by:
        say(f"{at(hit.decided_at)} {hit.decided_by}：{hit.reason}", 2)


def _say_marked(numbers: "tuple[str, ...] | list[str]") -> None:
    if numbers:
        say(f"已出具的报告标为需更新：{'、'.join(numbers)}", 1)
