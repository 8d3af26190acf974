"""The columns of what a tender asks (资格条件), clause by clause: which kinds there are, and which cells each takes.

A kind's model has fields of its own; a column stands for the fields of several kinds that a clerk would call by one name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.project import requirements as asked
from reportgen.project.requirements import JointRule
from reportgen.sheets.form import Column, Sort, Way
from reportgen.subject.holdings import QualificationKind

ASKED, LOTS = "资格条件", "标段"
"""The titles of the sheets of clauses and of lots."""


@dataclass(frozen=True)
class Kind:
    """A kind of requirement: its word, its model, the columns of its fields, how to fill it in, and an example."""

    word: str
    model: type[asked._Requirement]
    columns: Mapping[str, str]
    note: str
    example: Mapping[str, str]

    @property
    def advice(self) -> str:
        """Return how to fill it in, and first what must be there."""
        fields = self.model.model_fields
        heads = {column.path: column.head for column in TERMS}
        needed = [heads[column] for field, column in self.columns.items() if fields[field].is_required()]
        return f"{'、'.join(needed)}必填。{self.note}" if needed else self.note


KINDS = {
    "qualification": Kind(
        "资质许可",
        asked.QualificationRequirement,
        {"sort": "sort", "category": "name", "grade": "grade"},
        "名称填证书上的类别；证照种类不填为资质；有最低等级的填等级",
        {
            "clause": "第二章 1.4.1（1）",
            "text": "投标人须具备公路工程施工总承包二级及以上资质。",
            "page": "9",
            "name": "公路工程施工总承包",
            "sort": "资质",
            "grade": "二级",
        },
    ),
    "bid_capacity": Kind(
        "投标能力",
        asked.BidCapacityRequirement,
        {"multiplier": "multiple", "look_back_years": "years", "need": "amount"},
        "A×N×M−B。倍数或比率填 M，年数填近几年的最高年产值，金额填不小于多少（不填为合同价）；招标文件没有写的不填",
        {
            "clause": "第二章 1.4.1（2）",
            "text": "投标能力A×N×M－B不小于最高投标限价；A为近五年完成施工产值的最高年份值，M取2。",
            "page": "9",
            "multiple": "2",
            "years": "5",
        },
    ),
    "supply_capacity": Kind(
        "供货能力",
        asked.SupplyCapacityRequirement,
        {
            "category": "name",
            "product": "product",
            "unit": "unit",
            "need": "count",
            "need_per_year": "per_year",
        },
        "名称填载明年产量的许可，产品填占用产能的合同类别；数量（合同期总量）与每年数量只填一项",
        {
            "clause": "第四章 2.1",
            "text": "供应商许可证载明的年产量扣除在手合同后，不少于每年5000吨。",
            "page": "21",
            "name": "混凝土外加剂生产许可",
            "product": "混凝土外加剂",
            "unit": "吨",
            "per_year": "5000",
        },
    ),
    "turnover": Kind(
        "年均营业收入",
        asked.TurnoverRequirement,
        {
            "years": "years",
            "need": "amount",
            "factor_k": "multiple",
            "new_firm_average": "new_firm_average",
        },
        "近几年的平均。填年数，与金额或倍数（倍数乘以每年合同价）；招标文件没有写的不填",
        {
            "clause": "第二章 1.4.1（3）",
            "text": "近三年年均营业收入不低于18000万元；成立不足三年的，按成立以来各年度平均计算。",
            "page": "9",
            "years": "3",
            "amount": "18000",
            "new_firm_average": "是",
        },
    ),
    "revenue_floor": Kind(
        "各年营业收入",
        asked.RevenueFloorRequirement,
        {"years": "years", "need": "amount", "needs": "yearly"},
        "每一年都须达到。各年要求相同的填年数与金额；不同的只填分年要求",
        {
            "clause": "第二章 1.4.1（4）",
            "text": "2024年营业收入不低于5000万元，2025年不低于6000万元。",
            "page": "9",
            "yearly": "2024年5000万元、2025年6000万元",
        },
    ),
    "liquidity": Kind(
        "流动资金",
        asked.LiquidityRequirement,
        {"need": "amount", "months": "months"},
        "流动资金与未用授信之和。填金额，或填几个月的合同价款；招标文件没有写的不填",
        {
            "clause": "第二章 1.4.1（5）",
            "text": "可用于本标段的流动资金（含尚未使用的银行授信）不少于2100万元。",
            "page": "10",
            "lot": "1",
            "amount": "2100",
        },
    ),
    "current_ratio": Kind(
        "流动比率",
        asked.CurrentRatioRequirement,
        {"years": "years", "need": "multiple", "needs": "yearly"},
        "流动资产除以流动负债，每一年都须达到。各年要求相同的填年数与倍数或比率；不同的只填分年要求",
        {
            "clause": "第二章 1.4.1（6）",
            "text": "近三年每年的流动资产与流动负债之比均不小于1.0。",
            "page": "10",
            "years": "3",
            "multiple": "1.0",
        },
    ),
    "similar_works": Kind(
        "同类业绩",
        asked.SimilarWorksRequirement,
        {
            "count": "count",
            "category": "name",
            "value": "amount",
            "value_share": "share",
            "years": "years",
            "since": "since",
            "joint_works": "joint_works",
        },
        "名称填业绩的类别，数量填几项（不填为1）；单项金额填金额，或填占合同价的比例；时间填年数或起始日期",
        {
            "clause": "第二章 1.4.1（7）",
            "text": "近五年内完成过2项单项合同额不低于8000万元的公路工程，以交工或竣工验收证书的时间为准；联合体业绩不计。",
            "page": "10",
            "name": "公路工程",
            "count": "2",
            "amount": "8000",
            "years": "5",
            "joint_works": "否",
        },
    ),
    "people": Kind(
        "关键人员",
        asked.PeopleRequirement,
        {
            "post": "name",
            "certificate": "certificate",
            "grade": "grade",
            "specialty": "specialty",
            "count": "count",
            "free": "free",
        },
        "名称填岗位，证书填证书名称；数量填人数（不填为1）；须无在建不填为是",
        {
            "clause": "第二章 1.4.1（8）",
            "text": "项目经理1人，具备公路工程专业一级注册建造师资格，投标截止时未在其他在建项目任职。",
            "page": "10",
            "name": "项目经理",
            "certificate": "注册建造师",
            "grade": "一级",
            "specialty": "公路工程",
            "count": "1",
            "free": "是",
        },
    ),
    "headcount": Kind(
        "技术人员",
        asked.HeadcountRequirement,
        {"technical": "count"},
        "数量填技术人员至少几人",
        {
            "clause": "第三章 2.2.4（3）",
            "text": "技术人员配备能够满足施工需要，参考人数60人。",
            "page": "28",
            "hard": "否",
            "count": "60",
        },
    ),
    "equipment": Kind(
        "设备",
        asked.EquipmentRequirement,
        {"name": "name", "count": "count", "owned": "owned"},
        "名称填设备名称，数量填几台；须自有不填为否",
        {
            "clause": "第二章 1.4.1（9）",
            "text": "沥青混凝土摊铺机不少于2台，自有或租赁均可。",
            "page": "10",
            "name": "沥青混凝土摊铺机",
            "count": "2",
            "owned": "否",
        },
    ),
    "technology": Kind(
        "技术",
        asked.TechnologyRequirement,
        {"sort": "technology_sort", "field": "name", "count": "count"},
        "名称填技术领域，限于某种的填技术种类，数量填几项（不填为1）",
        {
            "clause": "第三章 2.2.4（4）",
            "text": "拟用于本工程的公路工程发明专利不少于2项，作为评审内容。",
            "page": "28",
            "hard": "否",
            "name": "公路工程",
            "technology_sort": "发明专利",
            "count": "2",
        },
    ),
    "litigation": Kind(
        "未决诉讼",
        asked.LitigationRequirement,
        {"share": "share"},
        "比例填请求金额至多占所有者权益的比例；招标文件没有写的不填",
        {
            "clause": "第三章 2.2.4（5）",
            "text": "未决诉讼、仲裁的请求金额合计不超过投标人所有者权益的百分之五十。",
            "page": "29",
            "hard": "否",
            "share": "50%",
        },
    ),
    "performance": Kind(
        "履约",
        asked.PerformanceRequirement,
        {"years": "years"},
        "年数填近几年内没有因自身原因被解除合同；招标文件没有写的不填",
        {
            "clause": "第二章 1.4.3（13）",
            "text": "近三年内没有因自身原因被解除合同的情形。",
            "page": "11",
            "years": "3",
        },
    ),
    "standing": Kind(
        "信誉",
        asked.StandingRequirement,
        {
            "defaulter": "defaulter",
            "serious_lists": "serious_lists",
            "abnormal_list": "abnormal_list",
            "no_bribery_years": "no_bribery_years",
        },
        "失信被执行人、严重失信名单不填为是，经营异常名录不填为否：不得列入的填是；无行贿犯罪填近几年",
        {
            "clause": "第二章 1.4.3（12）",
            "text": "投标截止时未被列为失信被执行人，未被列入严重失信主体名单，近三年无行贿犯罪。",
            "page": "11",
            "defaulter": "是",
            "serious_lists": "是",
            "no_bribery_years": "3",
        },
    ),
}
"""The kinds of requirement, as their models name them."""

_WORDS = {kind.word: name for name, kind in KINDS.items()}


def kind_column(path: str) -> Column:
    """Return the column that says of what kind a requirement is, at a path."""
    note = "要求什么；各种类填哪些列见“说明”表"
    return Column(path, "种类", note, needed=True, offered=tuple(_WORDS), words=_WORDS)


CLAUSE = (
    Column("clause", "条款号", "招标文件中的条款号，照写", needed=True),
    Column("text", "条款原文", "该条的原文，报告照印", needed=True),
    kind_column("kind"),
    Column("lot", LOTS, f"只用于某一标段的，填“{LOTS}”表中的编号或名称；不填为各标段共同", refers=LOTS),
    Column("page", "页码", "招标文件的页码", sort=Sort.NUMBER),
    Column("hard", "必须满足", "资格条件填是；只作评审参考的填否；不填为是", sort=Sort.YES_NO),
)
TERMS = (
    Column("name", "名称", "资质、许可或业绩的类别，设备的名称，人员的岗位，技术的领域"),
    Column("grade", "等级", "最低等级", others=("最低等级",)),
    Column("count", "数量", "几项、几人、几台；供货能力填合同期总量", sort=Sort.NUMBER),
    Column("amount", "金额", "单项合同、营业收入、流动资金等不低于多少", unit="万元", sort=Sort.MONEY),
    Column("years", "年数", "近几年", unit="年", sort=Sort.NUMBER),
    Column("share", "比例", "占合同价或所有者权益的比例，写作 40% 或 0.4", sort=Sort.SHARE),
    Column("multiple", "倍数或比率", "投标能力的 M，年均营业收入的倍数，流动比率的下限", sort=Sort.NUMBER),
    Column("months", "月数", "流动资金须够几个月的合同价款", unit="个月", sort=Sort.NUMBER),
    Column("yearly", "分年要求", "各年要求不同的，写作 2024年5000万元、2025年6000万元", many=True),
    Column("since", "起始日期", "业绩自哪一日起算", sort=Sort.DAY),
    Column("certificate", "证书", "人员须持的证书"),
    Column("specialty", "专业", "证书的专业"),
    Column("sort", "证照种类", "不填为资质", offered=tuple(QualificationKind)),
    Column("technology_sort", "技术种类", "专利、工法、标准等；不限的不填"),
    Column("product", "产品", "占用产能的合同类别"),
    Column("unit", "计量单位", "产品的计量单位"),
    Column("per_year", "每年数量", "供货能力要求每年多少", sort=Sort.NUMBER),
    Column("free", "须无在建", "投标截止时不得在其他在建项目任职；不填为是", sort=Sort.YES_NO),
    Column("owned", "须自有", "租赁的不算；不填为否", sort=Sort.YES_NO),
    Column("joint_works", "联合体业绩计入", "不填为否", sort=Sort.YES_NO),
    Column(
        "new_firm_average", "新企业按实有年度", "成立不足年数的按实有各年平均；不填为是", sort=Sort.YES_NO
    ),
    Column("defaulter", "失信被执行人", "不得被列为的填是；不填为是", sort=Sort.YES_NO),
    Column("serious_lists", "严重失信名单", "不得被列入的填是；不填为是", sort=Sort.YES_NO),
    Column("abnormal_list", "经营异常名录", "不得被列入的填是；不填为否", sort=Sort.YES_NO),
    Column("no_bribery_years", "无行贿犯罪", "近几年内无行贿犯罪；不填为不要求", unit="年", sort=Sort.NUMBER),
    Column("jv", "联合体", "联合体各成员怎样满足；不填按种类的通例", offered=tuple(JointRule)),
)
IDENTITY = Column("id", "编号", "在一个标段内不重复；可不填，按条款号编出")


def ways() -> tuple[Way, ...]:
    """Return how a clause of each kind is filled in, with an example."""
    return tuple(Way(kind.word, kind.advice, {"kind": kind.word, **kind.example}) for kind in KINDS.values())
