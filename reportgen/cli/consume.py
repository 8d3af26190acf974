"""`reportgen consume`: the one use of a report."""

import hashlib
from pathlib import Path
from typing import Any

import click

from reportgen.cli.common import echo_json, now, whole_project_of
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import at, desk_options, place, press_of
from reportgen.files import unreadable
from reportgen.press import Press
from reportgen.registry import lifecycle, queries, uses
from reportgen.registry.lifecycle import Consumption, Outcome, Use

_PROJECTS = {".yaml", ".yml", ".json"}


@click.command("consume", cls=Command)
@click.argument("report", metavar="文件或编号")
@click.option("--project", required=True, metavar="项目", help="项目编号，或项目文件")
@click.option("--round", "round_", type=click.IntRange(min=1), metavar="轮次", help="默认为库内最近一轮")
@click.option("--lot", default="", metavar="标段", help="标段编号；分标段的项目必须给出")
@click.option("--by", required=True, metavar="代码", help="使用单位的统一社会信用代码")
@desk_options
def command(report: str, office: Path | None, login: str, as_json: bool, **words: Any) -> None:  # noqa: ANN401 - click's own values
    """核销一份报告：只为所载项目、由所载使用单位使用一次；同一使用单位再次核销，得知已用于本项目。

    项目、轮次、标段或使用单位不符的，拒绝并记录，退出码 6；文件或编号不在登记簿的，退出码 5。
    """
    project, round_ = _project(words["project"], words["round_"], office)
    with press_of(office, login) as press:
        number, desk = _number(press, report), press.desk(now())
        use = press.store.read(
            lambda session: uses.meant(session, project, round_, words["lot"], words["by"])
        )
        done = press.store.write(lambda session: lifecycle.consume(session, number, use, desk))
    refused = uses.refusal(done, use)
    if refused is not None:
        raise refused
    _tell(done, use, as_json)


def _project(word: str, round_: int | None, office: Path | None) -> tuple[str, int | None]:
    if Path(word).suffix not in _PROJECTS:
        return word, round_
    named = whole_project_of(word, office)
    return named.id, round_ or named.round


def _tell(done: Consumption, use: Use, as_json: bool) -> None:
    number, when = done.report.number, done.report.consumed_at
    if as_json:
        echo_json({"number": number, "outcome": done.outcome, "consumed_at": when, "consumed_by": use.by})
        return
    first = done.outcome is Outcome.USED
    where = place(use.project, use.round, use.lot)
    say(f"{number}　{'已核销，用于' if first else '真实，已用于本项目'}　{where}")
    say(f"使用单位 {use.by}　{'核销' if first else '首次核销'}时间 {at(when)}", 1)


def _number(press: Press, report: str) -> str:
    """Return the number of a report given by its file or by its number; raises E0302, E0503."""
    path = Path(report)
    if not path.is_file() and path.suffix.lower() != ".pdf":
        return report.strip().upper()
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error
    return str(press.store.read(lambda session: queries.by_file_hash(session, sha256)).number)
