"""The columns of a list of requests (申请表): their keys, their heads in Chinese, what goes into them."""

from dataclasses import dataclass

SHEET, NOTES = "申请表", "说明"
LONGEST = 1000
"""Characters in a cell."""
_ASIDE = frozenset({"note", "备注", "序号"})
"""Columns for whoever keeps the list: read over."""


@dataclass(frozen=True)
class Column:
    """A column: its key, its head and other names of it, what goes into it, and an example."""

    key: str
    head: str
    others: tuple[str, ...]
    note: str
    example: str
    required: bool = False


COLUMNS = (
    Column(
        "applicant",
        "申请人",
        ("主体", "申请人代码", "统一社会信用代码"),
        "统一社会信用代码，须已在机构的数据库中；或主体文件（.yaml、.yml、.json、.xlsx，CSV 文件夹以 / 结尾），路径从申请表的文件夹起算",
        "91990102MA9C2K077N",
        required=True,
    ),
    Column(
        "partners",
        "联合体成员",
        ("成员",),
        "牵头人以外的成员，写作“主体:份额”，几家之间用分号隔开，份额合计小于 1，余数归牵头人；单独申请的不填",
        "",
    ),
    Column(
        "project",
        "项目",
        ("项目编号",),
        "项目编号，须已在机构的数据库中，取最近一轮；或项目文件（.yaml、.yml、.json）",
        "JCYP-FJ-2026-0233",
        required=True,
    ),
    Column("lot", "标段", ("标段编号",), "标段编号；项目不分标段的不填", ""),
    Column("role", "身份", ("申请人身份",), "申请人参加的身份，如投标人、供应商；填了须与项目一致", "投标人"),
    Column(
        "recipient",
        "使用单位",
        ("使用单位代码",),
        "使用单位的统一社会信用代码，须是项目的招标人（主管部门）或代理机构",
        "129901024KH7058200",
        required=True,
    ),
    Column("purpose", "用途", (), "不填则按项目写明；同一申请人为同一项目的两份报告，用途须不同", ""),
    Column("authorisation", "授权书", ("授权书编号",), "授权书编号", "样例授〔2026〕0001号", required=True),
    Column("payer", "付费人", ("付费人代码",), "付费人的统一社会信用代码；不填则为使用单位", ""),
    Column("supersedes", "替代编号", ("被替代编号",), "出具替代报告的，写被替代报告的编号；一般不填", ""),
)
KEYS = tuple(column.key for column in COLUMNS)
REQUIRED = tuple(column.key for column in COLUMNS if column.required)
HEADS = {column.key: column.head for column in COLUMNS}
NOTES_OF = {column.key: column.note for column in COLUMNS}
_KEY_OF = {
    name: column.key for column in COLUMNS for name in (column.key, column.head, *column.others)
} | dict.fromkeys(_ASIDE, "")


def key_of(head: str) -> str | None:
    """Return the key of a column's head, nothing for one that is read over, None for an unknown one."""
    return _KEY_OF.get(head.strip().lower().removesuffix("*"))
