"""The workbook of a project (项目): what the tender is for, its lots, and what it asks clause by clause."""

from reportgen.intake.columns.asked import ASKED, CLAUSE, IDENTITY, LOTS, TERMS, kind_column, ways
from reportgen.intake.columns.binding import bound
from reportgen.intake.tender import arrange
from reportgen.project.clauses import Choice, CreditClause
from reportgen.project.model import Lot, Project
from reportgen.sheets.form import Column, Form, Sheet, Sort, Way

_PROJECT = (
    Column("id", "项目编号", "招标文件或项目的编号", "JCGL-2026-0187", needed=True),
    Column("name", "项目名称", "与招标文件一致", "县道X203线改建工程施工", others=("招标项目名称",)),
    Column("round", "招标轮次", "重新招标的填 2、3……；不填为 1", "1"),
    Column("matter", "事项", "报告用于何事", "工程招标投标"),
    Column("region", "行政区划代码", "项目所在地的六位代码", "990102"),
    Column("category", "项目类别", "工程、货物或服务的类别，与业绩、合同的类别同词", "公路工程"),
    Column(
        "owner.name", "招标人", "招标人、采购人或主管部门的全称", "霁川市公路建设管理中心", others=("采购人",)
    ),
    Column(
        "owner.uscc",
        "招标人代码",
        "统一社会信用代码，以文本格式填写",
        "129901004KH702160R",
        others=("采购人代码",),
    ),
    Column("agent.name", "代理机构", "没有代理机构的不填", "昀海澄函招标咨询有限公司"),
    Column("agent.uscc", "代理机构代码", "统一社会信用代码", "91990100MA9C0A175Q"),
    Column("role", "申请人身份", "申请人以何身份参加", "投标人"),
    Column(
        "value", "项目金额", "最高投标限价、预算或补助金额", "38000", "万元", ("最高投标限价", "预算金额")
    ),
    Column("period_years", "合同期", "合同期限，以年计，六个月写作 0.5", "2.5", "年"),
    Column(
        "bid_deadline",
        "投标截止时间",
        "写明几时几分，北京时间；招标采购的必填",
        "2026-12-15 09:30",
        others=("开标时间",),
    ),
    Column("decision_date", "决定日期", "不属招标采购、没有投标截止时间的填写", ""),
    Column("report_valid_until", "报告有效期至", "招标文件写明的，信用报告最迟用到哪一日", "2027-03-31"),
    Column("joint_venture.accepted", "接受联合体", "不填为否", "是"),
    Column("joint_venture.most_members", "联合体成员上限", "连同牵头人至多几家", "2"),
    Column("note", "备注", "其他说明，不作判断之用", "资格审查采用合格制"),
)
_LOT = (
    Column("id", "标段编号", "如 1、A；签发报告时凭它指明标段", "1", needed=True, others=("编号",)),
    Column("name", "标段名称", "", "第1标段（K0+000—K18+400）", others=("名称",)),
    Column("value", "标段金额", "不填为项目金额", "16800", "万元", ("最高投标限价",)),
    Column("period_years", "合同期", "不填为项目的合同期", "2", "年"),
)
_INSTEAD = (
    Column(
        "of",
        "替代哪一条",
        f"填“{ASKED}”表中的条款号；同一条款有几项的填其编号",
        refers=ASKED,
        needed=True,
    ),
    Column("lot", LOTS, "该条只用于某一标段的，填标段编号或名称", refers=LOTS),
    Column(
        "founded_within_years",
        "成立不足",
        "成立不足几年的申请人适用",
        unit="年",
        needed=True,
        sort=Sort.NUMBER,
    ),
    kind_column("kind"),
)
_INSTEAD_EXAMPLE = Way(
    "替代条件",
    "各列与“资格条件”表同义，没有条款号与原文",
    {
        "of": "第二章 1.4.1（3）",
        "founded_within_years": "3",
        "kind": "流动资金",
        "amount": "3000",
    },
)
_CREDIT = (
    Column("clause", "条款号", "招标文件中的条款号", "第三章 2.2.4（6）"),
    Column("text", "条款原文", "", "投标截止时连续三年无不良信用记录的，加1分。"),
    Column("sort", "怎样鼓励", "", "信用加分"),
    Column("condition", "条件", "报告说明申请人是否符合", "连续三年无不良信用记录"),
    Column("points", "分值", "招标文件写明的分值，照印，不计入评价", "1"),
    Column("id", "编号", "不重复；可不填，按条款号编出"),
)
_CHOICE = (
    Column("switch", "选用的规则", "规则包所列的开关名，见 docs/policy.md", "benxi-grade-tender"),
    Column("clause", "条款号", "写明选用的条款", "招标公告 第8条"),
    Column("chosen_on", "选用日期", "", "2026-11-02"),
)
_CHOSEN_BY = (
    Column("by.name", "选用人", "不填为本项目的招标人"),
    Column("by.uscc", "选用人代码", "与选用人一并填写；不填为本项目的招标人"),
)

PROJECT = Form(
    "项目",
    (
        Sheet("项目", "", "招标文件的基本情况；一行一项，只填第二列", bound(Project, _PROJECT), pairs=True),
        Sheet(LOTS, "lots", "分标段的，一个标段一行；不分标段的不填", bound(Lot, _LOT)),
        Sheet(
            ASKED,
            "requirements",
            "照招标文件一条一行；一条里有几项要求的，写成几行。先填条款号、条款原文与种类，再填该种类用到的列",
            (*CLAUSE, *TERMS, IDENTITY),
            ways=ways(),
        ),
        Sheet(
            "替代条件",
            "alternatives",
            "招标文件对新成立的申请人另有替代要求的，一条一行",
            (*_INSTEAD, *TERMS),
            ways=(_INSTEAD_EXAMPLE,),
        ),
        Sheet(
            "信用条款",
            "credit_clauses",
            "招标文件自己写明的信用加分、同等条件优先",
            bound(CreditClause, _CREDIT),
        ),
        Sheet(
            "地方规则",
            "choices",
            "招标人书面选用的地方规则，没有的不填",
            (*bound(Choice, _CHOICE), *_CHOSEN_BY),
        ),
    ),
    (
        "至少填“项目”与“资格条件”两张表；其余有则填，不用的表和列可以删去。",
        "“资格条件”表照招标文件的次序，一条一行：条款号、原文照抄，选种类，再填该种类用到的几列，其余留空。",
        "招标文件没有写明的数一律留空，不要按惯例补：留空的按规则包取值，并在报告中说明。",
        "金额按列名所注的单位填写；格中写明单位的（如 1200万元、1.2亿元），以格中的为准。列名可改注元、万元或亿元。",
        "投标截止时间须写明几时几分：2026-12-15 09:30、2026年12月15日上午9时30分，或 Excel 的日期时间；一律北京时间。",
        "日期写作 2026-11-21、2026/11/21 或 2026年11月21日。比例写作 40% 或 0.4。空格、“—”与空白一样，都是没有填写。",
        "是否一类的列填“是”或“否”；留空时按列的说明。代码、文号一律是文字，粘贴时请只粘贴数值。公式一概不读。",
        "首格以 # 开头的行是说明或示例，不读；空行不读。列与表的次序不限，不要改列名。",
    ),
    arrange,
)
"""The workbook of a project."""
