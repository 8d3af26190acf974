"""The command line: one table of commands, one place where errors become messages and exit codes.

Commands are imported when called, so `--help` answers at once.
"""

import gc
import json
import os
import sys
from importlib import import_module

import click
from click.exceptions import NoSuchCommand

from reportgen import __version__
from reportgen.cli.help import Group
from reportgen.errors import ExitCode, ReportgenError

# name → (module, one-line help); the order is that of a report's life.
COMMANDS = {
    "init": ("reportgen.cli.init", "建立机构文件夹与数据库"),
    "demo": ("reportgen.cli.demo", "出具全部样例报告，并列表说明"),
    "doctor": ("reportgen.cli.doctor", "检查字体、系统库与设置"),
    "schema": ("reportgen.cli.schema", "打印输入格式的 JSON Schema"),
    "subject": ("reportgen.cli.subject", "检查、导入、查阅与比较主体"),
    "project": ("reportgen.cli.project", "导入与查阅项目"),
    "list": ("reportgen.cli.list", "导入与查阅红黑名单"),
    "screen": ("reportgen.cli.screen", "将主体及其关联方与名单交叉比对"),
    "policy": ("reportgen.cli.policy", "列出、阅读、检查与比较规则包"),
    "assess": ("reportgen.cli.assess", "评价申请人对一个项目的信用能力"),
    "issue": ("reportgen.cli.issue", "出具一份信用报告"),
    "batch": ("reportgen.cli.batch", "按申请表成批出具信用报告，中断后可接着办理"),
    "supersede": ("reportgen.cli.supersede", "另行出具一份报告，替代已有的一份"),
    "report": ("reportgen.cli.report", "列出、查阅与归档登记簿中的报告"),
    "verify": ("reportgen.cli.verify", "核验报告文件，或凭编号与核验码核验纸面"),
    "consume": ("reportgen.cli.consume", "核销一份报告，只有一次"),
    "annul": ("reportgen.cli.annul", "两人共同撤回误核销"),
    "revoke": ("reportgen.cli.revoke", "撤销一份报告，或泄露的密钥签发的全部报告"),
    "correct": ("reportgen.cli.correct", "为有误的报告出具更正通知书"),
    "dispute": ("reportgen.cli.dispute", "受理、列出与办结异议"),
    "archive": ("reportgen.cli.archive", "为已出具的报告保存带时间戳的长期副本"),
    "manifest": ("reportgen.cli.manifest", "写出供离线核验的清单与页面"),
    "bundle": ("reportgen.cli.bundle", "写出供评标委员会比对的汇总表与各报告的文件"),
    "serve": ("reportgen.cli.serve", "开启门户：申请、出具、核验与核销"),
    "usage": ("reportgen.cli.usage", "统计一个季度的出具与使用"),
    "sweep": ("reportgen.cli.sweep", "办完中断的签发"),
    "erase": ("reportgen.cli.erase", "依规删除到期的信息与文件"),
    "template": ("reportgen.cli.template", "写出与检查机构自己的版面"),
    "user": ("reportgen.cli.user", "登记、停用机构的用户，授予与收回角色"),
    "staff": ("reportgen.cli.staff", "登记编制、复核、签发人员与各人的信用记录"),
    "agency": ("reportgen.cli.agency", "查阅机构的备案，登记备案失去"),
    "key": ("reportgen.cli.key", "生成、导入、查看与检查签发报告的密钥"),
    "record": ("reportgen.cli.record", "出具主体的信用记录，只列事实"),
    "grade": ("reportgen.cli.grade", "评定主体的综合信用等级"),
    "backtest": ("reportgen.cli.backtest", "用企业比率表检验财务预警评分卡"),
    "db": ("reportgen.cli.db", "升级、备份与恢复机构的数据库"),
    "audit": ("reportgen.cli.audit", "核查登记簿的事件链，签署检查点，导出事件"),
    "completion": ("reportgen.cli.completion", "打印命令补全脚本"),
}


class Lazy(Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a report's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none of them."""
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reportgen", message="%(prog)s %(version)s", help="打印版本")
def cli() -> None:
    """信用报告的评价、排印与核验。"""


_USUAL = gc.get_threshold()
_LOADED = 500_000
"""So many objects are there once a command has loaded what it needs and made its first report."""


def _collect_later() -> None:
    """Let no garbage be looked for while a command loads its thousand modules: a sixth of its time would go into it.

    What has outlived the first look is set aside for good, and from then on garbage is looked for as ever.
    """

    def settled(phase: str, _: dict[str, int]) -> None:
        if phase == "stop":
            gc.callbacks.remove(settled)
            gc.freeze()
            gc.set_threshold(*_USUAL)

    gc.callbacks.append(settled)
    gc.set_threshold(_LOADED)


def main() -> None:
    """Run the command line and leave with the exit code of what happened."""
    arguments = sys.argv[1:]
    _collect_later()
    try:
        # Outside its standalone mode click returns the code that a command left with.
        sys.exit(cli.main(args=arguments, prog_name="reportgen", standalone_mode=False) or ExitCode.DONE)
    except ReportgenError as error:
        _leave(error, "--json" in arguments)
    except click.Abort:
        click.echo("已中断", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except click.ClickException as error:
        _leave(ReportgenError("E0201", detail=_usage(error)), "--json" in arguments)
    except Exception as error:
        if os.environ.get("REPORTGEN_DEBUG"):
            raise
        # The message of an unexpected error may hold record text; its type alone is safe to show.
        _leave(ReportgenError("E0101", detail=type(error).__name__), "--json" in arguments)


def _leave(error: ReportgenError, as_json: bool) -> None:
    click.echo(json.dumps(error.data(), ensure_ascii=False) if as_json else error.text(), err=True)
    sys.exit(error.exit_code)


def _usage(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"缺少 {_name(error.param)}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{_name(error.param)} 的值不对：{error.message}"
    if isinstance(error, NoSuchCommand):
        return _no_command(error)
    return error.format_message()


def _name(param: click.Parameter) -> str:
    """Return a parameter as it is typed: an option with its dashes, an argument by its Chinese name."""
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


def _no_command(error: NoSuchCommand) -> str:
    """Return what there is instead of a command that there is not, those like it first."""
    from difflib import get_close_matches

    group = error.ctx.command if error.ctx else cli
    known = tuple(group.commands or COMMANDS) if isinstance(group, click.Group) else ()
    near = get_close_matches(error.command_name, known)
    others = f"相近的有：{'、'.join(near)}" if near else f"可用：{'、'.join(known)}"
    return f"没有命令 {error.command_name}；{others}"
