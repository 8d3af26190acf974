"""The workbook of a subject (主体): its sheets, and on them who it is and what belongs to it."""

from reportgen.intake.columns.binding import bound
from reportgen.intake.columns.common import SOURCES, fact
from reportgen.intake.columns.holdings import HOLDINGS
from reportgen.intake.columns.naming import by_identity, by_name
from reportgen.intake.columns.records import RECORDS
from reportgen.sheets.form import Column, Form, Sheet
from reportgen.subject.base import Fact, Source
from reportgen.subject.identity import REGISTRATION
from reportgen.subject.model import Change, Link, Officer, Related, Shareholder, Subject
from reportgen.subject.records import COURT_KINDS, PUBLIC_RECORDS

_OFFICERS = "主要人员"
_HEAD = (
    Column("uscc", "统一社会信用代码", "18 位，以文本格式填写", "91990102MA9C2K077N"),
    Column("name", "名称", "与登记一致的全称", "昀海某某建设有限公司", others=("企业名称", "主体名称")),
    Column("former_names", "曾用名", "几个之间用顿号隔开", "昀海某某建筑工程公司"),
    Column("former_codes", "曾用代码", "旧注册号、组织机构代码等，几个之间用顿号隔开", "990000100004271"),
    Column("as_of", "数据截止日", "本工作簿所载情况截至哪一日", "2026-11-20"),
    Column("registration.kind", "主体类型", "登记的类型", "有限责任公司", others=("类型", "企业类型")),
    Column("registration.legal_representative", "法定代表人", "法定代表人或负责人的姓名", "某某"),
    Column("registration.established_on", "成立日期", "登记的成立日期", "2015-06-01"),
    Column("registration.standing", "登记状态", "现在的登记状态", "存续", others=("经营状态",)),
    Column("registration.address", "住所", "登记的住所", "昀海省霁川市某路1号", others=("地址",)),
    Column("registration.region", "行政区划代码", "登记地的六位代码", "990102"),
    Column("registration.authority", "登记机关", "登记机关的全称", "霁川市市场监督管理局"),
    Column("registration.capital", "注册资本", "外币的在“注册资本币种”中写明", "12000", "万元"),
    Column("registration.currency", "注册资本币种", "不填为人民币", "人民币"),
    Column("registration.paid_in", "实缴资本", "", "12000", "万元"),
    Column("registration.term_from", "营业期限自", "", "2015-06-01"),
    Column("registration.term_until", "营业期限至", "无固定期限的填“长期”", "长期"),
    Column("registration.industry", "行业", "国民经济行业门类与大类", "E 建筑业／48 土木工程建筑业"),
    Column("registration.scope", "经营范围", "", "许可项目：建设工程施工。"),
    *fact("registration", "登记信息", blank=REGISTRATION),
)
_SHEETS = {
    "registration": "登记信息",
    "changes": "变更",
    "shareholders": "股东",
    "officers": _OFFICERS,
    "related": "关联方",
    **{path: title for path, title, *_ in (*HOLDINGS, RECORDS)},
}
"""The collections of a subject by the titles of their sheets."""
_RECORD_LISTS: dict[str, str] = {PUBLIC_RECORDS: "公共信用信息", **{kind: kind.value for kind in COURT_KINDS}}
_SOURCE = (
    Column("id", "来源编号", "各表的“来源”一列填这个编号；不填的按名称与位置编出", "S-01", others=("编号",)),
    Column("name", "来源名称", "平台、出具单位或材料的名称", "昀海省市场主体登记公示平台", others=("名称",)),
    Column(
        "origin", "来源类别", "公共来源：政府与公共平台；交易对方：业主、银行；推算：机构推断", "公共来源"
    ),
    Column("collected_on", "采集日期", "从该来源取得的日期", "2026-11-18"),
    Column("location", "来源位置", "网址、报告编号或档案号", "报告编号 20261119093217041188C2"),
    Column(
        "complete_for",
        "完整清单",
        f"该来源对哪几张表是截至采集日的完整清单，用顿号隔开：{'、'.join(_SHEETS.values())}；"
        f"信用记录只有一部分完整的，写{'、'.join(_RECORD_LISTS.values())}",
        "登记信息、变更",
        words={title: path for path, title in {**_SHEETS, **_RECORD_LISTS}.items()},
    ),
    Column("complete_since", "清单起始日", "完整清单自哪一日起完整；不填按规则的回溯期", "2021-01-01"),
    Column("commitment", "真实性承诺", "自主申报的，真实性承诺书的编号与日期", "诺〔2026〕17号，2026-11-09"),
    Column("sha256", "文件校验值", "所据文件的 SHA-256，小写十六进制；一般不填"),
)
_CHANGE = (
    Column("on", "变更日期", "", "2019-05-27"),
    Column("item", "变更事项", "登记的变更事项；登记状态的变更写“登记状态变更”", "法定代表人变更"),
    Column("before", "变更前", "", "某甲"),
    Column("after", "变更后", "", "某乙"),
)
_SHAREHOLDER = (
    Column("name", "股东名称", "", "昀海某某控股有限公司", others=("股东", "名称")),
    Column("uscc", "股东代码", "股东的统一社会信用代码；自然人不填", "91990100MA9C1A023F"),
    Column("kind", "股东类型", "", "企业法人"),
    Column("share", "持股比例", "百分数或小数：62% 或 0.62", "62%"),
    Column("subscribed", "认缴出资", "", "7440", "万元"),
    Column("controls", "实际控制人", "是否实际控制人；不填为否", "否"),
)
_OFFICER = (
    Column("name", "姓名", "只记任职信息，不填证件号码", "某某"),
    Column("post", "职务", "", "董事、总经理"),
    Column("since", "任职日期", "", "2020-03-01"),
)
_LINK = (
    Column("name", "任职单位", "", "昀海某某控股有限公司"),
    Column("uscc", "任职单位代码", "统一社会信用代码", "91990100MA9C1A023F"),
    Column("post", "所任职务", "", "执行董事"),
    Column("standing", "任职单位状态", "登记状态，不知道的不填", "存续"),
)
_RELATED = (
    Column("name", "关联方名称", "", "昀海某某控股有限公司", others=("名称",)),
    Column("uscc", "关联方代码", "统一社会信用代码", "91990100MA9C1A023F"),
    Column("relation", "关联关系", "", "控股股东"),
    Column("share", "持股比例", "百分数或小数：62% 或 0.62", "62%"),
    Column("standing", "登记状态", "不知道的不填", "存续"),
    Column("adverse", "不良情况", "关联方的不良信息，无则不填"),
)
_WHO = Column(
    "", _OFFICERS, f"填“{_OFFICERS}”表中的姓名；同名的填其编号", "某某", refers=_OFFICERS, needed=True
)


def _facts(title: str, path: str, note: str, model: type[Fact], columns: tuple[Column, ...]) -> Sheet:
    """Return a sheet with a fact a row."""
    return Sheet(title, path, note, bound(model, (*columns, *fact())), naming=by_identity(path, model))


SUBJECT = Form(
    "主体",
    (
        Sheet("主体", "", "主体是谁，以及登记信息；一行一项，只填第二列", bound(Subject, _HEAD), pairs=True),
        Sheet(
            SOURCES,
            "sources",
            "各项情况从哪里取得；其他表凭来源编号指向这里",
            bound(Source, _SOURCE),
            naming=by_name(),
        ),
        _facts("变更", "changes", "登记事项的变更沿革", Change, _CHANGE),
        _facts("股东", "shareholders", "股东及出资", Shareholder, _SHAREHOLDER),
        _facts(_OFFICERS, "officers", "董事、监事、高级管理人员等", Officer, _OFFICER),
        Sheet(
            "任职关联",
            "links",
            "主要人员在其他单位的任职，一行一个",
            (_WHO, *bound(Link, _LINK)),
            within="officers",
        ),
        _facts("关联方", "related", "关联企业及已知的不良情况", Related, _RELATED),
        *(
            _facts(title, path, note, model, columns)
            for path, title, note, model, columns in (*HOLDINGS, RECORDS)
        ),
    ),
    (
        "金额按列名所注的单位填写；格中写明单位的（如 1200万元、1.2亿元），以格中的为准。列名可改注元、万元或亿元。",
        "日期写作 2026-11-21、2026/11/21 或 2026年11月21日；无固定期限的填“长期”；不知道的留空，不要填 1900-01-01。",
        "是否一类的列填“是”或“否”；不知道的留空，不知道不等于否。",
        "一格填几项的，用顿号隔开。比例写作 62% 或 0.62。空格、“—”与空白一样，都是没有填写。",
        "来源只有一个的，各表的“来源”可以不填；编号不填的，按能辨认该项的内容编出，下次导入不变。",
        "代码、文号一律是文字：各列已设为文本格式，从别处粘贴时请只粘贴数值。公式一概不读。",
        "首格以 # 开头的行是说明或示例，不读；空行不读。列与表的次序不限，不用的列和表可以删去，不要改列名。",
        "自主申报的内容须填核实人、核实方式与核实日期，否则只列示、不采信。",
    ),
)
"""The workbook of a subject."""
