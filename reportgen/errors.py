"""Every user-facing error, once: code, exit code, HTTP status, and what, why and what to do.

The first two digits of a code are the exit code of ARCHITECTURE ("Exit codes"), so a shell script
can branch on the class and a person can look up the case. A front translates nothing: it prints
`ReportgenError.text()` or `ReportgenError.data()`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Process exit codes; with several files the gravest wins."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    BAD_INPUT = 3
    INSUFFICIENT = 4
    NOT_GENUINE = 5
    REFUSED_BY_STATE = 6
    NOT_TYPESETTABLE = 7
    CANNOT_SIGN = 8
    STORAGE = 9
    UNCHECKED = 10
    NOT_PERMITTED = 11
    BATCH_PARTLY_FAILED = 12
    INTERRUPTED = 130


@dataclass(frozen=True)
class Entry:
    """One row of the error table; the texts may name facts in braces."""

    exit: ExitCode
    http: int
    what: str
    why: str
    fix: str


TABLE: dict[str, Entry] = {
    "E0101": Entry(
        ExitCode.INTERNAL, 500, "程序内部错误", "{detail}", "请保留命令与版本号，报告给维护者；数据未被改动"
    ),
    "E0201": Entry(ExitCode.USAGE, 400, "命令用法有误", "{detail}", "加 --help 查看用法"),
    "E0202": Entry(
        ExitCode.USAGE,
        400,
        "联合体成员份额有误",
        "牵头人以外的成员份额为 {shares}，合计 {total}；每份须大于 0，合计须小于 1",
        "用 --partner 统一社会信用代码:份额 写明每个成员，份额合计应小于 1，余数归牵头人",
    ),
    "E0301": Entry(
        ExitCode.BAD_INPUT,
        422,
        "输入不合要求",
        "共 {count} 处有误",
        "按下列路径逐处改正后重试；未写入任何内容",
    ),
    "E0302": Entry(
        ExitCode.BAD_INPUT,
        404,
        "找不到文件",
        "{file} 不存在或不可读",
        "核对路径与权限；也可给出库内主体的统一社会信用代码",
    ),
    "E0303": Entry(
        ExitCode.BAD_INPUT,
        413,
        "文件过大",
        "{file} 为 {size} 字节，上限 {limit} 字节",
        "拆分文件，或改用工作簿或数据库导入",
    ),
    "E0304": Entry(
        ExitCode.BAD_INPUT,
        422,
        "文件编码不是 UTF-8",
        "{file} 第 {offset} 字节处不能按 UTF-8 读取，可能是 GBK（GB 18030）",
        "另存为 UTF-8 后重试，例如 iconv -f GB18030 -t UTF-8",
    ),
    "E0305": Entry(
        ExitCode.BAD_INPUT,
        422,
        "文件不是有效的 YAML 或 JSON",
        "{detail}",
        "按所列行列改正；锚点与别名、非文字的键、过深的嵌套均不接受",
    ),
    "E0306": Entry(
        ExitCode.BAD_INPUT,
        404,
        "项目没有这个标段",
        "{lot} 不在 {known} 之中",
        "核对 --lot；不分标段的项目不必给出",
    ),
    "E0307": Entry(
        ExitCode.BAD_INPUT,
        422,
        "须指明标段",
        "项目分为 {known} 等标段，报告只为其中一个",
        "用 --lot 指明标段",
    ),
    "E0308": Entry(
        ExitCode.BAD_INPUT,
        422,
        "联合体不合项目要求",
        "{detail}",
        "核对招标文件是否接受联合体、成员数与牵头人",
    ),
    "E0309": Entry(
        ExitCode.BAD_INPUT,
        422,
        "规则包有误",
        "共 {count} 处有误",
        "按下列文件与行改正；规则包须每值有据、每据有值、日期不重叠",
    ),
    "E0310": Entry(
        ExitCode.BAD_INPUT,
        422,
        "没有适用的规则包",
        "地区 {region}、事项 {matter}、日期 {on} 没有规则包{known}",
        "用 reportgen policy list 查看已有规则包",
    ),
    "E0311": Entry(
        ExitCode.BAD_INPUT,
        422,
        "机构设置有误",
        "共 {count} 处有误",
        "按下列路径改正 reportgen.toml 或 REPORTGEN_* 环境变量",
    ),
    "E0312": Entry(
        ExitCode.BAD_INPUT,
        422,
        "机构设置文件不是有效的 TOML",
        "{detail}",
        "按所列行列改正 reportgen.toml 的语法",
    ),
    "E0313": Entry(
        ExitCode.BAD_INPUT,
        422,
        "推演文件有误",
        "共 {count} 处有误",
        "按下列路径与行逐处改正；写法见 docs/cases.md",
    ),
    "E0314": Entry(
        ExitCode.BAD_INPUT,
        422,
        "推演之后的数据不合要求",
        "共 {count} 处有误",
        "按下列路径核对推演文件所给的值",
    ),
    "E0315": Entry(
        ExitCode.BAD_INPUT,
        422,
        "该日尚无这一主体的登记信息",
        "{name}：{detail}，晚于 {on}",
        "改用较晚的日期，或补充该日以前采集的登记信息",
    ),
    "E0316": Entry(
        ExitCode.BAD_INPUT,
        422,
        "该日的登记状态无从得知",
        "{name}：{detail}",
        "在 changes 中补充登记状态的变更（item 为登记状态变更，写明 on、before、after）后重试",
    ),
    "E0317": Entry(
        ExitCode.BAD_INPUT,
        422,
        "日期晚于数据截止日",
        "{name}的数据截止于 {as_of}，不知道 {on} 的情况",
        "改用不晚于数据截止日的日期，或重新采集后再评价",
    ),
    "E0320": Entry(
        ExitCode.BAD_INPUT,
        422,
        "选用的地方规则不存在",
        "{pack} 在本事项没有可选用的规则 {switch}，可选用：{offered}",
        "核对项目文件 choices 的 switch；用 reportgen policy show 查看可选用的规则",
    ),
    "E0321": Entry(
        ExitCode.BAD_INPUT,
        422,
        "本地区没有综合信用等级的规则",
        "地区 {region}、日期 {on} 的规则包没有等级评定的规则",
        "核对 --region 与日期；等级评定须有当地文件为据，不设默认规则",
    ),
    "E0322": Entry(
        ExitCode.BAD_INPUT,
        422,
        "等级的有效期不在规则之内",
        "所选有效期为 {years} 年，规则包可选 {offered} 年",
        "用 --years 选择规则包所列的年数，或不给出而取默认值",
    ),
    "E0330": Entry(
        ExitCode.BAD_INPUT,
        422,
        "回测表有误",
        "共 {count} 处有误",
        "按下列行列改正；第一行为列名，逗号分隔，未知的比率留空",
    ),
    "E0331": Entry(
        ExitCode.BAD_INPUT,
        422,
        "标签只有一类，无从回测",
        "{label} 列的 {companies} 家企业中失败 {failures} 家",
        "标签须同时有失败（1）与未失败（0）的企业",
    ),
    "E0340": Entry(
        ExitCode.BAD_INPUT,
        422,
        "规则包在该日没有完整的值",
        "{name} 在 {on} 没有{lacking}",
        "改用较晚的日期；用 reportgen policy check 查看规则包自何日起完整",
    ),
    "E0341": Entry(
        ExitCode.BAD_INPUT,
        404,
        "没有这个规则包",
        "{name} 不在 {known} 之中，也不是规则包文件",
        "用 reportgen policy list 查看已有规则包；自备的规则包请给出 .yaml 文件的路径",
    ),
    "E0342": Entry(
        ExitCode.BAD_INPUT,
        422,
        "规则包未通过公平竞争自查",
        "共 {count} 处不通过",
        "按下列各处改正规则，或从规则包中删去该规则",
    ),
    "E0401": Entry(
        ExitCode.INSUFFICIENT,
        409,
        "证据不足，不能给出结论",
        "缺件清单共 {count} 项",
        "按缺件清单补齐并核实后重新申请；本次未出具报告",
    ),
    "E0701": Entry(
        ExitCode.NOT_TYPESETTABLE,
        422,
        "有字符无法排印",
        "共 {count} 处字符没有可用字形，或属不得使用的字符",
        "按下列路径核对原字；生僻字请安装 fonts-babelstone-han 与 fonts-hanazono，私用区字请改用正式编码",
    ),
    "E0702": Entry(
        ExitCode.NOT_TYPESETTABLE, 500, "版面素材缺失", "{asset} 不在安装包内", "重新安装；自备素材请核对路径"
    ),
    "E0703": Entry(
        ExitCode.NOT_TYPESETTABLE,
        500,
        "排印系统不完整",
        "{detail}",
        "运行 reportgen doctor 查看缺少的系统库与安装命令",
    ),
    "E0901": Entry(
        ExitCode.STORAGE, 507, "不能写入文件", "{file}：{detail}", "核对磁盘空间与目录权限；未留下半份文件"
    ),
    "E0902": Entry(
        ExitCode.STORAGE,
        500,
        "机构密钥文件不完整",
        "{file} 只有 {size} 字节，应不少于 {least} 字节",
        "从备份恢复该文件；尚未出具过报告的，可删除后重新运行，由程序生成",
    ),
    "E1101": Entry(
        ExitCode.NOT_PERMITTED,
        403,
        "机构备案不在有效期",
        "机构备案有效期为 {since} 至 {until}，出具日为 {on}",
        "更新机构备案信息后再出具",
    ),
    "E1102": Entry(
        ExitCode.NOT_PERMITTED,
        403,
        "编制、复核、签发人员不合规定",
        "{detail}",
        "在 reportgen.toml 的 [staff] 中分别写明人员；一般与不具备结论须由两人分别编制与复核",
    ),
    "E1103": Entry(
        ExitCode.NOT_PERMITTED,
        403,
        "机构与本项目有利害关系",
        "{detail}",
        "利害关系存在时本机构不得出具报告，请申请人另行委托",
    ),
    "E1105": Entry(
        ExitCode.NOT_PERMITTED,
        403,
        "付费人不合规定",
        "{matter}的报告费用不得由申请人承担，付费人 {payer} 是申请人（{rule}）",
        "由招标人、采购人或代理机构付费，用 --payer 写明其统一社会信用代码",
    ),
    "E1104": Entry(
        ExitCode.NOT_PERMITTED,
        403,
        "机构未备案等级评定业务，或备案不在有效期",
        "{detail}",
        "在 reportgen.toml 的 [agency.grading] 中如实写明准许等级评定的备案；没有这项备案的，不得评定综合信用等级",
    ),
}


def printable(text: str) -> str:
    """Return a text with line ends, control and direction characters as escapes.

    What is echoed comes from files of strangers: a terminal would obey it, and a line end forge a line.
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


@dataclass(frozen=True)
class Fault:
    """One thing wrong at one place of the input: a code, the field's path and what is wrong."""

    code: str
    path: str
    what: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        return printable(f"{self.path or '（全文）'}：{self.what}")


class ReportgenError(Exception):
    """An error of the table, with the path it concerns, all its faults, and the facts its texts name."""

    def __init__(self, code: str, *, path: str = "", faults: Sequence[Fault] = (), **facts: object) -> None:
        self.code = code
        self.entry = TABLE[code]
        self.path = path
        self.faults = tuple(faults)
        self.facts: dict[str, object] = {"count": len(self.faults), **facts}
        super().__init__(self.text())

    @property
    def exit_code(self) -> ExitCode:
        """Return the exit code of this error's class."""
        return self.entry.exit

    def text(self) -> str:
        """Return what, why and what to do in Chinese, then every fault on a line of its own."""
        head = f"[{self.code}] {self.entry.what}" + (f"（{printable(self.path)}）" if self.path else "")
        lines = [head, f"  原因：{self._why()}", f"  处理：{self.entry.fix}"]
        return "\n".join(lines + [f"  · {fault}" for fault in self.faults])

    def data(self) -> dict[str, object]:
        """Return the same as a mapping for `--json` and for HTTP problem details."""
        return {
            "code": self.code,
            "exit": int(self.entry.exit),
            "status": self.entry.http,
            "title": self.entry.what,
            "detail": self._why(),
            "fix": self.entry.fix,
            "path": printable(self.path),
            "faults": [
                {"code": f.code, "path": printable(f.path), "what": printable(f.what)} for f in self.faults
            ],
        }

    def _why(self) -> str:
        return printable(self.entry.why.format_map(self.facts))
