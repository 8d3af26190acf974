"""The shape of a 公共信用信息报告: its heads and columns as printed, and what is read of it before anything is judged.

Heads and columns are known by their printed names, of which there are several in use; a name that is not
listed is never guessed at.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from reportgen.subject.records import Head
from reportgen.subject.warnings import Caution

BASICS, SUMMARY, QUALIFICATIONS, LOCAL, NOTES = "基本信息", "概要", "资质", "地方附加", "说明"
SECTIONS = (BASICS, SUMMARY, *Head, QUALIFICATIONS, LOCAL, NOTES)
COVER = ("报告编号", "生成时间", "版本", "出具单位", "登记状态")
LABELS = ("守信激励对象", "失信惩戒对象")
NOTHING = frozenset({"暂无数据", "暂无信息", "暂无相关信息", "暂无", "无"})
_SECTION_NAMES = {
    "登记注册基本": BASICS,
    "主体基本": BASICS,
    "企业基本": BASICS,
    "信用概要": SUMMARY,
    "报告概要": SUMMARY,
    "公共信用概要": SUMMARY,
    "诚实守信相关荣誉": Head.GOOD_FAITH,
    "守信激励": Head.GOOD_FAITH,
    "严重失信主体名单": Head.SERIOUS_BREACH,
    "严重失信主体": Head.SERIOUS_BREACH,
    "经营异常名录": Head.ABNORMAL,
    "经营异常名录状态": Head.ABNORMAL,
    "司法裁判": Head.JUDGMENT,
    "司法判决及执行": Head.JUDGMENT,
    "资质资格": QUALIFICATIONS,
    "qualificationinfo": QUALIFICATIONS,
    "otherinfo": Head.OTHER,
    "localadditionalcontent": LOCAL,
    "地方附加内容": LOCAL,
    "报告说明": NOTES,
    "建议": NOTES,
    "信用建议": NOTES,
}
_COLUMNS = """
类型 行政管理类型 信息类型 名单类型 承诺类型 评价类型 案件类型 文书类型 裁判类型 荣誉类型
文书号 决定文书号 行政许可决定文书号 行政处罚决定文书号 许可决定文书号 处罚决定文书号 文号
文书号 决定书文号 文书文号 案号 承诺编码 编码 编号
文书名 文书名称 行政许可决定文书名称 许可决定文书名称 名单名称 荣誉名称 评价名称 标题
类别 许可类别 违法行为类型 失信行为类别 列入原因 列入经营异常名录原因 失信被执行人行为具体情形
类别 行为情形 行为具体情形
处罚类别 处罚种类
决定日期 行政许可决定日期 许可决定日期 处罚决定日期 认定日期 列入日期 承诺日期 作出承诺日期
决定日期 评价日期 裁判日期 判决日期 授予日期
发布日期 发布时间 公示日期 公布日期
公示截止期 公示截止日期 公示截止时间
有效期自 有效期起 有效期开始日期
有效期至 有效期止 有效期截止日期 有效期
移出日期 退出日期 移出经营异常名录日期
内容 许可内容 处罚内容 承诺内容 义务 生效法律文书确定的义务 裁判结果 判决结果 事由 评价内容
内容 决定内容 认定内容
机关 许可机关 处罚机关 决定机关 作出决定机关 列入机关 列入决定机关 认定机关 认定单位 法院
机关 执行法院 审理法院 受理单位 承诺受理单位 评价单位 评价机构 发证机关
执行依据文号 依据文号
履行情况 被执行人的履行情况 履行状态 承诺履行状态
履行日期 履行完毕日期
金额 罚款金额 涉案金额 执行标的
等级 评价等级 评价结果 信用等级 资质等级
状态 信息状态 公示状态
修复日期 信用修复日期
撤销日期
异议日期 异议受理日期
性质 信息性质
资质名称 资质类别 证书名称
证书编号 资质证书编号 许可证编号
数据来源单位 数据来源 来源 来源单位 信息提供单位
序号
立案时间 立案日期
做出执行依据单位 作出执行依据单位
违法事实 主要违法事实
处罚依据
受理单位代码 受理单位统一社会信用代码 承诺受理单位统一社会信用代码
机关代码 许可机关统一社会信用代码 处罚机关统一社会信用代码
移出原因
名称 企业名称 主体名称 机构名称
统一社会信用代码 社会信用代码
法定代表人 法定代表人/负责人 法定代表人（负责人） 负责人 法人代表
主体类型 企业类型 机构类型
成立日期 注册日期 成立时间
住所 地址 注册地址 企业住所
登记机关
登记状态 经营状态 企业状态
注册资本
经营范围
曾用名
"""
"""Each column's own name, then the other names in use; of some a report has what the model has no field for."""
_UNIT = re.compile(r"[(（](?:单位[:：])?(亿元|万元|元)[)）]$")
_FORMS = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


def normal(text: str) -> str:
    """Return a text with radicals and compatibility forms, which some PDFs hold, as the characters meant."""
    return "".join(
        unicodedata.normalize("NFKC", c) if any(a <= ord(c) <= b for a, b in _FORMS) else c for c in text
    )


def _key(text: str) -> str:
    return re.sub(r"[\s:：*]+", "", unicodedata.normalize("NFKC", normal(text))).lower()


_BY_COLUMN = {_key(name): line.split()[0] for line in _COLUMNS.split("\n") for name in line.split()}
_BY_SECTION = {_key(name): name for name in SECTIONS} | _SECTION_NAMES


def column(label: str) -> str | None:
    """Return the column that a printed name means, or None; a unit in brackets is no part of the name."""
    return _BY_COLUMN.get(_key(_UNIT.sub("", label.strip())))


def unit(label: str) -> str:
    """Return the unit of money that a printed name carries, or nothing."""
    found = _UNIT.search(label.strip())
    return found[1] if found else ""


def section(title: str) -> str | None:
    """Return the section that a printed head means, or None; a count in brackets and 信息 are no part of it."""
    plain = re.sub(r"[(（][^()（）]*[)）]$", "", _key(title))
    return (
        _BY_SECTION.get(plain)
        or _BY_SECTION.get(plain.removeprefix("公共").removesuffix("信息"))
        or _BY_SECTION.get(plain.replace("信息", ""))
    )


@dataclass(frozen=True)
class Row:
    """A record as printed: under which head, its columns by printed name, and where it stands."""

    section: str
    cells: Mapping[str, str]
    place: str


def remark(place: str, what: str) -> Caution:
    """Return what the reader tells the desk: where in the report, and what."""
    return Caution(path=place, text=what)


@dataclass
class PublicReport:
    """What stands in a report. `unread` is what no column or head was found for; nothing here is judged yet."""

    cover: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    counts: dict[str, str] = field(default_factory=dict)
    basics: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    unread: list[Caution] = field(default_factory=list)
