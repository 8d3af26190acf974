"""`reportgen bundle`: a project's reports side by side for its evaluation committee, in a folder to attach."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.common import FILE, echo_json, now, office_of, working
from reportgen.cli.help import Command
from reportgen.cli.page import say
from reportgen.cli.register import at, desk_options, place, press_of
from reportgen.errors.entry import ExitCode
from reportgen.registry.manifest import Scope

if TYPE_CHECKING:
    from reportgen.bundle import Bundled, Checked

_SOUND, _UNSOUND = "✓", "✗"


@click.command("bundle", cls=Command)
@click.option("--project", required=True, metavar="项目", help="项目编号")
@click.option("--round", "round_", type=click.IntRange(min=1), metavar="轮次", help="默认为库内最近一轮")
@click.option("--lot", metavar="标段", help="只列一个标段；不给则各标段分列")
@click.option("-o", "--out", type=FILE, metavar="文件夹", help="写入的文件夹；不给则按时刻命名")
@desk_options
def command(
    project: str,
    round_: int | None,
    lot: str | None,
    out: Path | None,
    office: Path | None,
    login: str,
    as_json: bool,
) -> None:
    """写出供评标委员会使用的文件夹：比对汇总表、核销清单、各报告的文件，与离线核验的页面、清单、公钥。

    开标之前任何人（包括出具岗位）都不能写出，退出码 11。各报告的文件逐份核验，核验不通过的照样放入，汇总表中标明；
    退出码取最严重的：5 不真实，6 已撤销或过期，3 没有文件。说明见 docs/bundle.md。
    """
    from reportgen.bundle import bundle

    moment, found = now(), office_of(office)
    folder = out or Path(f"比对汇总-{moment:%Y%m%d-%H%M}")
    with press_of(office, login) as press, working("正在核验与排印"):
        done = bundle(Scope(project, round_, lot), found, press, folder, moment)
    if as_json:
        echo_json(_plain(done, folder))
    else:
        _tell(done, folder)
    click.get_current_context().exit(done.exit_code)


def _plain(done: "Bundled", folder: Path) -> dict[str, object]:
    return {
        "folder": str(folder),
        "number": done.number,
        "as_of": done.listed.as_of,
        "summary": done.summary,
        "summary_sha256": done.sha256,
        "pages": done.pages,
        "uses": done.used,
        "uses_number": done.uses.number,
        "uses_sha256": done.uses.sha256,
        "reports": [_report(report) for report in done.reports],
        "page": done.offline.page,
        "page_sha256": done.offline.page_sha256,
        "manifest": done.offline.manifest,
        "key": done.offline.key,
        "fingerprint": done.offline.fingerprint,
        "warnings": list(done.warnings),
        "exit": int(done.exit_code),
    }


def _report(report: "Checked") -> dict[str, object]:
    return {
        "number": report.entered.listed.number,
        "file": report.name or None,
        "sound": report.finding.sound,
        "says": report.finding.says,
        "exit": int(report.exit_code),
    }


def _tell(done: "Bundled", folder: Path) -> None:
    project, lots = done.listed.project, "、".join(done.listed.lots)
    where = place(project.id, project.round, lots)
    say(f"{folder}　{where}　截至 {at(done.listed.as_of)}　{len(done.reports)} 份报告")
    say(f"{done.summary}　{done.number}　{done.pages} 页", 1)
    say(f"{done.used}　{done.uses.number}　{done.uses.pages} 页", 1)
    for report in done.reports:
        _line(report)
    for name in (done.offline.page, done.offline.manifest, done.offline.key):
        say(name, 1)
    say(f"汇总表 SHA-256　{done.sha256}")
    say(f"核销清单 SHA-256　{done.uses.sha256}")
    say(f"页面 SHA-256　{done.offline.page_sha256}")
    say(f"公钥指纹　{done.offline.fingerprint}")
    for warning in done.warnings:
        say(f"注意：{warning}", colour="yellow")
    say("请把汇总表、核销清单与页面的 SHA-256、公钥指纹写在交接单上，与文件夹分开交付；用法见 docs/bundle.md")


def _line(report: "Checked") -> None:
    sound = report.exit_code is ExitCode.DONE
    mark, colour = (_SOUND, "green") if sound else (_UNSOUND, "red")
    name = report.name or report.entered.listed.number
    say(f"{mark} {name}　{report.finding.says}", 1, colour=colour)
