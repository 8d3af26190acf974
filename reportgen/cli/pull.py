"""`reportgen subject pull`: subjects from an agency's own database, by a mapping."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import FILE, echo_json, now, working
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of
from reportgen.errors import ExitCode

if TYPE_CHECKING:
    from sqlmodel import Session

    from reportgen.intake.database.mapping import Mapped
    from reportgen.registry.lifecycle import Desk
    from reportgen.registry.pulls import Pull

_SHOWN = 20
"""So many codes are listed in a line."""


@click.command("pull", cls=Command)
@click.argument("mapping", type=FILE, metavar="映射文件")
@click.option("--whole", is_flag=True, help="全部重读：也发现来源删去的，采集日期更新为今日")
@click.option("--dry-run", is_flag=True, help="只检查与计数，不导入")
@click.option("--continue-on-error", "going_on", is_flag=True, help="有误的主体逐处列出，其余照常导入")
@desk_options
def command(
    mapping: Path, whole: bool, dry_run: bool, going_on: bool, office: Path | None, login: str, as_json: bool
) -> None:
    """按映射文件从机构自己的数据库拉取主体，只读，只拉取上次以来有变化的；任一处有误则一概不导入。

    拉取的各主体是同一来源的报送：只替换该来源此前所述，其余来源照旧。说明见 docs/database-source.md。
    """
    from reportgen.intake.database.mapping import load_mapping
    from reportgen.store.people import Action

    mapped = load_mapping(mapping)
    with press_of(office, login) as press, working("正在拉取"):
        desk = press.desk(now())

        def work(session: "Session") -> "Pull":
            return _pulled(session, mapped, mapping.parent, desk, (whole, going_on, dry_run))

        done = press.act(Action.IMPORT, work)
    _show(done, dry_run, as_json)
    if done.faulty:
        raise SystemExit(ExitCode.BATCH_PARTLY_FAILED)


def _pulled(
    session: "Session", mapped: "Mapped", folder: Path, desk: "Desk", asked: tuple[bool, bool, bool]
) -> "Pull":
    from reportgen.intake.database.reading import opened
    from reportgen.registry.pulls import pull

    whole, going_on, dry_run = asked
    with opened(mapped, folder) as database:
        if not dry_run:
            return pull(session, database, desk, whole=whole, going_on=going_on)
        with session.begin_nested() as trial:
            done = pull(session, database, desk, whole=whole, going_on=going_on)
            trial.rollback()
            return done


def _show(done: "Pull", dry_run: bool, as_json: bool) -> None:
    from reportgen.registry.pulls import data

    if as_json:
        echo_json({**data(done), "dry_run": dry_run})
        return
    how = "全部重读" if done.whole else "上次以来的变化"
    say(f"来源 {done.source}：{how}，读取 {done.read} 个主体{'（只检查，没有导入）' if dry_run else ''}")
    for line in _lines(done):
        say(line, 1)
    for fault in done.faults:
        click.echo(f"  · {fault}", err=True)
    if done.unnamed:
        click.echo(f"  · 另有 {done.unnamed} 处没有列出", err=True)


def _lines(done: "Pull") -> Iterator[str]:
    yield from (f"{outcome} {count} 个" for outcome, count in done.counts.items() if count)
    yield from (f"报告 {number} 标为需更新" for number in done.marked)
    for what, codes in (("来源不一致", done.conflicts), ("有提示", done.cautions), ("未撤回", done.kept)):
        if codes:
            yield f"{what}：{'、'.join(codes[:_SHOWN])}{' 等' if len(codes) > _SHOWN else ''}"
