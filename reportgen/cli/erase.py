"""`reportgen erase`: what the office may keep no longer, once a day."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from reportgen.cli.common import echo_json, now, office_of, working
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of, say_signed
from reportgen.document.issuer import issuer_of
from reportgen.registry.retention import Erased, Keeper, kept_since


@click.command("erase", cls=Command)
@click.option("--dry-run", is_flag=True, help="只列出将要删除的，不作改动")
@desk_options
def command(dry_run: bool, office: Path | None, login: str, as_json: bool) -> None:
    """删除依法或按本机构保存年数不再保存的信息、评价与文件，只留校验值；每日一次，先核查登记簿。"""
    at, place = now(), office_of(office)
    issuer = issuer_of(place)
    before = kept_since(at.date(), issuer.report.keep_years)
    with press_of(office, login) as press, working("正在核查并删除"):
        keeper = Keeper(press.store, press.files, before, press.desk(at), dry_run, issuer.received)
        day = None if dry_run else keeper.daily(place.folder)
        done = day.erased if day else keeper.erase()
    if as_json:
        signed = day.signed.model_dump(mode="json") if day and day.signed else None
        echo_json(
            {"dry_run": dry_run, **asdict(done), "checkpoint": signed, "scrubbed": bool(day and day.scrubbed)}
        )
        return
    for depth, line in _lines(done, "将删除" if dry_run else "已删除"):
        say(line, depth)
    if day is not None and not day.scrubbed:
        say("数据库的日志仍有人在用，没有清空；下次运行时再清")
    if day is not None:
        say_signed(day.signed)


def _lines(done: Erased, what: str) -> Iterator[tuple[int, str]]:
    went = {
        f"以前各版中的信息 {done.records} 条": done.records,
        f"{done.before} 以前获知的旧版 {done.versions} 版": done.versions,
        f"{done.before} 以后再无新信息的主体 {done.subjects} 个": done.subjects,
        f"早已移出名单的条目 {done.entries} 条": done.entries,
        f"没有给号的草稿 {done.drafts} 份的评价": done.drafts,
        f"文件 {len(done.files)} 个": len(done.files),
        f"收到的授权书与工作簿 {len(done.received)} 个": len(done.received),
        f"报告 {len(done.reports)} 份的文件与评价，只留校验值": len(done.reports),
    }
    yield from ((0, f"{what}　{text}") for text, count in went.items() if count)
    yield from ((1, number) for number in done.reports)
    if not any(went.values()):
        yield 0, "没有应当删除的"
    if done.unknown:
        yield 0, f"登记簿没有的文件 {len(done.unknown)} 个，没有删除，请查明来历"
        yield from ((1, name) for name in done.unknown)
