"""What a subject has and has done: licences, statements, contracts, technology, equipment, people."""

from typing import NamedTuple

from reportgen.sheets.form import Column
from reportgen.subject.base import Fact
from reportgen.subject.holdings import (
    Contract,
    CreditLine,
    Equipment,
    Headcount,
    Person,
    Qualification,
    Statement,
    Technology,
)


class Listed(NamedTuple):
    """A sheet of facts: its path, title and note, the model and columns of a row."""

    path: str
    title: str
    note: str
    model: type[Fact]
    columns: tuple[Column, ...]


_QUALIFICATION = (
    Column("kind", "种类", "资质、许可或体系认证", "资质"),
    Column("category", "名称与类别", "证书上的类别", "公路工程施工总承包", others=("类别", "资质类别")),
    Column("grade", "等级", "", "一级"),
    Column("number", "证书编号", "", "D199000218", others=("文号", "许可编号")),
    Column("authority", "发证机关", "", "昀海省住房和城乡建设厅", others=("颁发机关", "许可机关")),
    Column("valid_from", "有效期自", "", "2023-12-21"),
    Column("valid_until", "有效期至", "长期有效的填“长期”", "2028-12-21"),
    Column("annual_output.amount", "年产量", "许可载明的年产量，与产量单位一并填写", "20000"),
    Column("annual_output.unit", "产量单位", "", "吨"),
)
_STATEMENT = (
    Column("year", "年度", "", "2025", "年"),
    Column("audited", "经审计", "是否经审计", "是"),
    Column("auditor", "审计机构", "", "某某会计师事务所（普通合伙）"),
    Column("opinion", "审计意见", "", "标准无保留意见"),
    Column("current_assets", "流动资产", "报表没有的留空，不要填 0", "307746462.69", "元", ("流动资产合计",)),
    Column("inventories", "存货", "", "61549292.54", "元"),
    Column("cash", "货币资金", "", "64626757.16", "元"),
    Column("total_assets", "资产总计", "", "415312365.31", "元", ("资产总额",)),
    Column("current_liabilities", "流动负债", "", "198041701.40", "元", ("流动负债合计",)),
    Column("total_liabilities", "负债合计", "", "232990236.94", "元", ("负债总额",)),
    Column("retained_earnings", "留存收益", "盈余公积与未分配利润之和，可为负", "62322128.37", "元"),
    Column("equity", "所有者权益", "可为负", "182322128.37", "元", ("所有者权益合计", "净资产")),
    Column("revenue", "营业收入", "", "281502472.12", "元"),
    Column("operating_profit", "营业利润", "亏损填负数", "14927137.76", "元"),
    Column("interest_expense", "利息支出", "", "3145368.20", "元", ("利息费用",)),
    Column("total_profit", "利润总额", "亏损填负数", "15388801.81", "元"),
    Column("net_profit", "净利润", "亏损填负数", "11541601.36", "元"),
    Column("operating_cash_flow", "经营现金流净额", "可为负", "13503673.59", "元"),
    Column("works_revenue", "工程收入", "营业收入中的工程结算收入", "271649885.60", "元"),
)
_CREDIT_LINE = (
    Column("bank", "银行", "", "昀海农商银行霁川分行"),
    Column("limit", "授信额度", "", "6000", "万元"),
    Column("used", "已用额度", "不知道的留空，不要填 0", "1850", "万元"),
    Column("issued_on", "出具日期", "授信或资信证明的出具日期", "2026-10-28"),
    Column("valid_until", "有效期至", "", "2027-10-27"),
)
_CONTRACT = (
    Column(
        "name", "合同名称", "合同或工程的名称", "县道X203线改建工程第2标段", others=("项目名称", "工程名称")
    ),
    Column("category", "合同类别", "工程、货物或服务的类别，与项目的类别同词", "公路工程"),
    Column(
        "owner",
        "业主",
        "业主（建设单位、采购人）的名称",
        "霁川市公路建设管理中心",
        others=("建设单位", "采购人"),
    ),
    Column("owner_uscc", "业主代码", "业主的统一社会信用代码", "129901004KH702160R"),
    Column("role", "承担方式", "不填为独立承担", "独立承担"),
    Column("share", "所占份额", "本主体在联合体或合同中的份额；不填为全部", "100%"),
    Column("value", "合同金额", "合同总价，不是本主体的份额", "9180", "万元", ("合同价", "合同总价")),
    Column("signed_on", "签订日期", "", "2021-11-03"),
    Column("ends_on", "完工日期", "约定或预计的完工日期；在建的必填", "2023-10-31"),
    Column("accepted_on", "验收日期", "已完成的必填", "2023-10-26"),
    Column("status", "合同状态", "", "已完成"),
    Column("remaining", "剩余金额", "整个合同尚未完成的金额", "0", "万元"),
    Column("remaining_quantity.amount", "剩余数量", "尚未交付的数量，与数量单位一并填写", ""),
    Column("remaining_quantity.unit", "数量单位", "产品的计量单位，如吨"),
    Column("evidence.award", "中标通知书", "编号；没有的留空", "霁公资中〔2021〕0412号"),
    Column("evidence.agreement", "合同协议书", "编号；没有的留空", "HT-GL-2021-0412"),
    Column("evidence.acceptance", "验收证书", "编号；没有的留空", "交工验收证书 2023-JG-037"),
    Column(
        "performance.delay_days", "延误天数", "因本主体原因延误的天数；没有延误填 0，不知道的留空", "0", "天"
    ),
    Column("performance.acceptance", "验收结果", "", "合格"),
    Column("performance.penalised", "受到处罚", "是否因该合同受到处罚", "否"),
    Column("performance.wage_arrears", "拖欠工资", "", "否"),
    Column("performance.disputed", "发生纠纷", "", "否"),
    Column("performance.evaluation", "业主评价", "", "好"),
)
_TECHNOLOGY = (
    Column("kind", "种类", "专利、工法、标准、奖项等", "发明专利"),
    Column("name", "技术名称", "", "一种沥青路面养护方法", others=("名称",)),
    Column("field", "技术领域", "", "公路工程"),
    Column("number", "证书编号", "", "ZL202399000001.0", others=("专利号",)),
    Column("granted_on", "授予日期", "", "2023-05-12"),
    Column("valid_until", "有效期至", "", "2043-05-11"),
)
_EQUIPMENT = (
    Column("name", "设备名称", "", "沥青混凝土摊铺机", others=("名称",)),
    Column("specification", "规格型号", "", "RP903"),
    Column("count", "数量", "", "2"),
    Column("tenure", "权属", "", "自有"),
    Column("lease_until", "租赁期至", "租赁的填写", "2027-12-31"),
    Column("commissioned_on", "启用日期", "", "2021-04-01"),
    Column("life_years", "使用年限", "", "12", "年"),
    Column("committed", "占用数量", "已用于其他项目的数量；没有占用填 0，不知道的留空", "0"),
    Column("committed_until", "占用至", "", "2027-03-31"),
)
_PERSON = (
    Column("name", "姓名", "不填证件号码", "某某"),
    Column("post", "岗位", "", "项目经理"),
    Column("certificate", "证书名称", "与条款同词，等级另填一列", "注册建造师"),
    Column("grade", "等级", "", "一级"),
    Column("specialty", "专业", "", "公路工程"),
    Column("number_tail", "证书尾号", "证书编号的末四位", "0731"),
    Column("valid_until", "有效期至", "", "2028-06-30"),
    Column("engaged_on", "在岗项目", "现在承担的项目；没有的留空", "省道S309线大修工程"),
    Column("engaged_until", "在岗至", "", "2027-05-31"),
)
_HEADCOUNT = (
    Column("year", "年度", "", "2025", "年"),
    Column("total", "年末人数", "", "312", "人"),
    Column("technical", "技术人员", "", "118", "人"),
    Column("left", "离职人数", "", "15", "人"),
    Column("insured", "参保人数", "", "305", "人"),
    Column("note", "备注", ""),
)

HOLDINGS = (
    Listed("qualifications", "资质许可", "资质、许可与体系认证", Qualification, _QUALIFICATION),
    Listed("statements", "财务报表", "近三年财务报表，一年一行", Statement, _STATEMENT),
    Listed("credit_lines", "授信", "银行授信与资信证明", CreditLine, _CREDIT_LINE),
    Listed("contracts", "合同业绩", "已完成与在建的合同及其履约情况", Contract, _CONTRACT),
    Listed("technology", "技术", "专利、工法、标准与奖项", Technology, _TECHNOLOGY),
    Listed("equipment", "设备", "主要设备", Equipment, _EQUIPMENT),
    Listed("people", "关键人员", "持证的关键人员", Person, _PERSON),
    Listed("headcounts", "人员数量", "各年末的人数，一年一行", Headcount, _HEADCOUNT),
)
