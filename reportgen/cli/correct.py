"""`reportgen correct`: the signed notice that a report was wrong, for its subject and its recipient."""

from pathlib import Path
from typing import Any

import click

from reportgen.cli.common import FILE, echo_json, now, office_of, working
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import desk_options, press_of
from reportgen.files import write_whole


@click.command("correct", cls=Command)
@click.argument("number", metavar="编号")
@click.option("--wrong", multiple=True, required=True, metavar="文字", help="原报告所载，可重复")
@click.option("--right", multiple=True, required=True, metavar="文字", help="更正为什么，逐项对应")
@click.option("--found", multiple=True, required=True, metavar="文字", help="怎样查明，逐项对应")
@click.option("-o", "--out", type=FILE, metavar="文件", help="另存一份；机构文件夹里总有一份")
@desk_options
def command(
    number: str,
    out: Path | None,
    office: Path | None,
    login: str,
    as_json: bool,
    **words: Any,  # noqa: ANN401 - click's own values
) -> None:
    """出具更正通知书，当日发给主体与使用单位；报告的状态不变，核验时一并说明。

    每处错误给出 --wrong、--right、--found 各一次；有替代报告的，通知书写明其编号。
    """
    from reportgen.document.correction import Correction
    from reportgen.pipeline import correct

    parts = (words["wrong"], words["right"], words["found"])
    if len({len(given) for given in parts}) > 1:
        raise click.UsageError("--wrong、--right、--found 须逐项对应，各给出相同的次数")
    corrections = [Correction(*each) for each in zip(*parts, strict=True)]
    with press_of(office, login) as press, working("正在排印"):
        done = correct(number, corrections, office_of(office), press, now())
    if out is not None:
        write_whole(out, done.pdf)
    if as_json:
        echo_json({"number": number, "notice": done.number, "file": done.path, "copy": out and str(out)})
        return
    say(f"更正通知书 {done.number}　{out or done.path}")
    say("请于今日送达报告所载主体与使用单位", 1)
