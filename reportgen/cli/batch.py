"""`reportgen batch`: every request of a list, each a report of its own, with a manifest of what came of them."""

import shlex
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from reportgen.cli.common import FILE, echo_json, json_option, now, office_option
from reportgen.cli.help import Command
from reportgen.cli.interrupt import Stop
from reportgen.cli.page import say
from reportgen.cli.register import login_option
from reportgen.errors import ExitCode, ReportgenError, printable
from reportgen.settings import find_office

if TYPE_CHECKING:
    from reportgen.batch.checking import Checked
    from reportgen.batch.job import Item, Outcome, Place
    from reportgen.batch.night import Night
    from reportgen.batch.reading import Row
    from reportgen.cli.batch_page import Pace, Shown

_MANIFEST, _RESULTS = ".manifest.jsonl", ".results.xlsx"
"""What the names of both files end with, beside the list's own."""
_SPARE = 64
"""So many jobs are in hand that nobody works on; they are taken back when the batch is to stop."""


@click.command("batch", cls=Command)
@click.argument("requests", type=FILE, metavar="申请表", required=False)
@click.option("--template", type=FILE, metavar="文件", help="写出申请表的样表（.xlsx 或 .csv）后结束")
@click.option("--manifest", type=FILE, metavar="文件", help="批次清单；默认在申请表旁")
@click.option("--resume", is_flag=True, help="接着办理中断的批次，办完的各行不再办理")
@click.option("--retry-failed", is_flag=True, help="未出具与缺件的各行再办一次（须与 --resume 同用）")
@click.option("--continue-on-error", is_flag=True, help="有误的行记为未出具，其余照常办理")
@click.option("--limit", type=click.IntRange(min=1), metavar="份数", help="本次至多办理几份")
@click.option("--dry-run", is_flag=True, help="只核对申请表，不评价，不出具")
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="个数", help="办理的进程数；默认为可用的处理器核数"
)
@click.option(
    "--cluster", metavar="地址", help="交给 Dask 集群办理，如 tcp://调度器:8786；见 docs/cluster.md"
)
@click.option("-o", "--output", type=FILE, metavar="文件夹", help="报告另存一份到哪里，缺件清单也写到那里")
@click.option("--xlsx", type=FILE, metavar="文件", help="逐行结果的工作簿；默认在申请表旁")
@office_option
@login_option
@json_option
def command(requests: Path | None, template: Path | None, **words: Any) -> None:  # noqa: ANN401 - click's own
    """按申请表逐份出具信用报告：先核对全部各行，列出每一处错误，再分给几个进程办理，结果逐份记入批次清单。

    申请表是 CSV、XLSX 或 JSON Lines，一行一份申请。任何时候中断（包括断电）都可用 --resume 接着办理，不会重复出具。
    按 Ctrl-C 办完手上的几份后停下，再按一次立即停下。退出码：0 全部出具，3 申请表有误，4 有缺件的，12 有未出具的，
    130 中断。说明见 docs/batch.md。
    """
    if template is not None:
        from reportgen.batch.template import write_template

        write_template(template)
        say(f"{template}　照样填写后：reportgen batch {template}")
        return
    if requests is None:
        raise click.UsageError("缺少申请表")
    if words["retry_failed"] and not words["resume"]:
        raise click.UsageError("--retry-failed 须与 --resume 同用")
    if words["cluster"] and words["workers"]:
        raise click.UsageError("--workers 只用于本机的进程；集群有几个工作进程就用几个")
    if words["cluster"] and words["output"]:
        raise click.UsageError("-o 不与 --cluster 同用：工作进程在别的机器上，报告都在机构的文件存储里")
    _run(requests, words)


def _run(requests: Path, words: dict[str, Any]) -> None:
    from reportgen.batch.job import close
    from reportgen.batch.reading import read_requests

    rows, place = read_requests(requests), _place(words)
    try:
        _begin(rows, place, requests, words)
    finally:
        close()


def _begin(rows: "list[Row]", place: "Place", requests: Path, words: dict[str, Any]) -> None:
    from reportgen.batch import manifest
    from reportgen.batch.job import opened
    from reportgen.batch.night import Night

    header = manifest.header_of(requests, len(rows), opened(place).means.issuer.agency.uscc, now())
    path = words["manifest"] or _beside(requests, _MANIFEST)
    with manifest.opened(path, header, resume=words["resume"]) as kept:
        night = Night(rows, kept, place)
        rest = night.to_do(retry_failed=words["retry_failed"])
        checked = _checked(rest, night, requests, words)
        if words["dry_run"]:
            _tell_dry(checked, night, words)
        else:
            _work(checked, night, requests, words)


def _place(words: dict[str, Any]) -> "Place":
    from reportgen.batch.job import Place

    office = find_office(words["office"])
    if office is None:
        raise ReportgenError("E0357", folder=words["office"] or "REPORTGEN_OFFICE 或当前文件夹")
    copies = words["output"]
    return Place(str(office.folder.absolute()), words["login"], str(copies.absolute()) if copies else "")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportgenError("E0901", file=str(folder), detail=error.strerror or str(error)) from error


def _beside(requests: Path, ending: str) -> Path:
    return requests.with_name(requests.name + ending)


def _checked(rest: "list[Row]", night: "Night", requests: Path, words: dict[str, Any]) -> "Checked":
    """Return the rows as checked; raises E0360 with every fault, unless those rows are to be left out."""
    from reportgen.batch.checking import check_rows
    from reportgen.batch.job import opened
    from reportgen.batch.night import refused
    from reportgen.cli.batch_page import checking

    with checking(len(rest)) as seen:
        checked = check_rows(rest, opened(night.place), night.uses(), seen)
    if not checked.faults:
        return checked
    error = refused(requests, checked.faults)
    if not words["continue_on_error"]:
        raise error
    click.echo(error.text(), err=True)
    return checked


def _work(checked: "Checked", night: "Night", requests: Path, words: dict[str, Any]) -> None:
    from reportgen.batch.results import write_results
    from reportgen.cli.batch_page import Pace

    if words["output"] is not None:
        _make(words["output"])
    night.refuse(checked.faults)
    items = checked.items[: words["limit"]]
    pace, results = Pace(len(items)), words["xlsx"] or _beside(requests, _RESULTS)
    how_to_go_on = f"批次清单完整，接着办理：{_again(requests, words)}"
    with Stop() as stop:
        try:
            _issue(night, items, pace, stop, words)
        except KeyboardInterrupt:
            click.echo(f"已立即停下；{how_to_go_on}", err=True)
            click.get_current_context().exit(ExitCode.INTERRUPTED)
    write_results(results, night)
    if stop.asked or night.tally().left:
        click.echo(how_to_go_on, err=True)
    _tell(night, pace, results, as_json=words["as_json"])
    click.get_current_context().exit(ExitCode.INTERRUPTED if stop.asked else night.tally().exit_code)


def _issue(night: "Night", items: "list[Item]", pace: "Pace", stop: Stop, words: dict[str, Any]) -> None:
    from reportgen.cli.batch_page import shown

    if not items:
        return
    halt = _Halt(stop, go_on=words["continue_on_error"])
    with _executor(night.place, len(items), words) as (executor, workers), shown(pace) as show:
        show.tell(f"办理 {len(items)} 份，{workers} 个进程")
        # More in hand than are worked on: nobody waits for the manifest, and a worker that joins finds work.
        for ended in night.issue(items, executor, 2 * workers + _SPARE, halt):
            halt.see(ended, show)
            show.ended(ended)


@contextmanager
def _executor(place: "Place", items: int, words: dict[str, Any]) -> Iterator[tuple[Executor, int]]:
    """Yield who does the jobs, and how many they are."""
    if words["cluster"]:
        from reportgen.batch.cluster import clustered

        with clustered(words["cluster"], place) as cluster:
            yield cluster, cluster.workers
        return
    from reportgen.batch.executors import spawned, usable_cores

    workers = min(words["workers"] or usable_cores(), items)
    with spawned(place, workers) as processes:
        yield processes, workers


@dataclass
class _Halt:
    """Whether no more is to be handed out: somebody said so, or a row failed and the rest is not to go on."""

    stop: Stop
    go_on: bool
    failed: bool = False
    _told: bool = False

    def __call__(self) -> bool:
        return self.stop.asked or self.failed

    def see(self, ended: "list[Outcome]", show: "Shown") -> None:
        """Tell what failed, and once that no more is handed out."""
        for outcome in ended:
            if outcome.state == "failed":
                show.tell(f"第 {outcome.row} 行未出具：[{outcome.error}] {printable(outcome.detail)}")
                self.failed = not self.go_on
        if self() and not self._told:
            self._told = True
            why = "" if self.stop.asked else "有一份没有办成，又没有加 --continue-on-error："
            show.tell(f"{why}不再分派，正在办完手上的几份；按 Ctrl-C 立即停下")


def _again(requests: Path, words: dict[str, Any]) -> str:
    """Return the command that goes on with this batch, as it was given."""
    names = ("manifest", "workers", "cluster", "output", "xlsx", "office", "login")
    source = click.get_current_context().get_parameter_source
    wanted = [name for name in names if source(name) is ParameterSource.COMMANDLINE]
    given = [part for name in wanted for part in (f"--{name}", str(words[name]))]
    flags = ["--continue-on-error"] if words["continue_on_error"] else []
    return shlex.join(["reportgen", "batch", str(requests), "--resume", *flags, *given])


def _tell(night: "Night", pace: "Pace", results: Path, *, as_json: bool) -> None:
    from reportgen.cli.batch_page import say_sum

    tally = night.tally()
    if as_json:
        told = {"seconds": round(pace.seconds, 1), "done": pace.done, "a_minute": round(pace.a_minute(), 1)}
        files = {"manifest": str(night.manifest.path), "results": str(results)}
        echo_json({**asdict(tally), "left": tally.left, **told, **files})
        return
    say_sum(tally, pace)
    say(f"批次清单　{night.manifest.path}")
    say(f"逐行结果　{results}")


def _tell_dry(checked: "Checked", night: "Night", words: dict[str, Any]) -> None:
    """Say what would be issued; nothing was judged."""
    items = checked.items[: words["limit"]]
    faulty = len({fault.row for fault in checked.faults})
    if words["as_json"]:
        wanted = [{"row": item.row, "key": item.key} for item in items]
        echo_json({"rows": len(night.rows), "faulty": faulty, "would_issue": wanted})
    else:
        done = len(night.rows) - len(checked.items) - faulty
        already = f"，已经办过 {done} 行" if done else ""
        say(f"核对 {len(night.rows)} 行：可以办理 {len(checked.items)} 行，有误 {faulty} 行{already}")
        say(f"本次会办理 {len(items)} 份；没有评价，没有出具")
    click.get_current_context().exit(ExitCode.BATCH_PARTLY_FAILED if faulty else ExitCode.DONE)
