"""`reportgen subject …`."""

from collections import Counter
from pathlib import Path

import click

from reportgen.cli.common import FILE, echo_json, json_option
from reportgen.cli.help import Group
from reportgen.intake.files import load_subject


@click.group("subject", cls=Group)
def command() -> None:
    """检查主体文件。"""


@command.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="主体文件…")
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """检查主体文件；有误时逐处列出路径与行号，退出码 3。"""
    results = [_summary(path) for path in files]
    if as_json:
        echo_json(results)
        return
    for result in results:
        click.echo("、".join(f"{key} {value}" for key, value in result.items()))


def _summary(path: Path) -> dict[str, object]:
    subject = load_subject(path)
    counts = Counter("采信" if subject.counts(fact) else "未核实" for _, fact in subject.facts())
    return {
        "文件": path.name,
        "名称": subject.name,
        "统一社会信用代码": subject.uscc,
        "事实": sum(counts.values()),
        "未核实": counts["未核实"],
        "信用记录": len(subject.records),
        "提示": "代码校验位正确不等于主体存在",
    }
