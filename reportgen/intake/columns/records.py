"""Credit records (信用记录), one a row."""

from reportgen.intake.columns.holdings import Listed
from reportgen.sheets.form import Column
from reportgen.subject.matter import Matter
from reportgen.subject.records import CreditRecord, Measure

_RECORD = (
    Column("kind", "信息种类", "", "行政处罚", others=("记录种类", "种类")),
    Column("title", "文书名称", "文书或名单的名称", "行政处罚决定书", others=("名称", "标题")),
    Column("number", "文书号", "决定书文号、案号或许可编号", "霁建罚字〔2025〕18号", others=("文号", "案号")),
    Column(
        "authority", "作出机关", "作出决定或列入名单的机关", "霁川市住房和城乡建设局", others=("机关", "法院")
    ),
    Column("category", "类别", "机关所用的类别", "罚款"),
    Column("content", "内容", "", "未按规定设置安全警示标志，罚款1万元"),
    Column("basis_number", "依据文号", "执行依据等文书的文号"),
    Column("amount", "金额", "罚款或执行标的", "10000", "元"),
    Column("severity", "失信程度", "文书写明的程度；没有写明的留空", "一般"),
    Column("severity_manual", "程度为人工判定", "程度由人员而不是文书认定的，填是；不填为否", "否"),
    Column("misconduct", "失信行为", "所属的失信行为种类"),
    Column("serious_breach", "严重失信行为", "所属的严重失信行为种类"),
    Column("social_impact", "造成严重社会影响", "文书认定的填是；不填为否", "否"),
    Column("grade", "评价等级", "评价类信息所给的等级；综合信用等级填 A、B、C 或 D"),
    Column("bribery", "行贿犯罪", "刑事处罚是否因行贿；不填为否", "否"),
    Column("measures", "处罚措施", f"几项之间用顿号隔开：{'、'.join(Measure)}", "罚款"),
    Column("fulfilment", "履行情况", "不填为未知", "全部履行"),
    Column("closure", "执行结案方式", "没有全部履行而结案的填写"),
    Column("against", "判令本主体承担", "裁判是否判令本主体承担责任；不知道的留空"),
    Column("ban.scope", "禁止事项", f"文书禁止参加的事项，几项之间用顿号隔开：{'、'.join(Matter)}"),
    Column("ban.since", "禁止自", "与禁止事项、禁止依据一并填写"),
    Column("ban.until", "禁止至", ""),
    Column("ban.legal_basis", "禁止依据", "文书援引的条款"),
    Column("state", "信息状态", "在来源处的状态；不填为有效", "有效", others=("状态",)),
    Column("statement", "主体声明", "主体对该信息的声明"),
    Column("act_on", "行为日期", "违法行为发生的日期", "2025-03-01"),
    Column("act_ended_on", "行为终了日期", ""),
    Column(
        "determined_on",
        "决定日期",
        "决定、裁判、立案或列入的日期",
        "2025-05-20",
        others=("作出日期", "列入日期"),
    ),
    Column("published_on", "公示日期", "", "2025-05-26"),
    Column("publicity_until", "公示期至", "", "2026-05-26"),
    Column("valid_from", "有效期自", ""),
    Column("valid_until", "有效期至", "长期有效的填“长期”"),
    Column("fulfilled_on", "履行日期", "", "2025-06-03"),
    Column("repaired_on", "修复日期", "状态为已修复的必填"),
    Column("revoked_on", "撤销日期", "状态为已撤销的必填"),
    Column("disputed_on", "异议日期", "状态为异议中的必填"),
    Column("removed_on", "移出日期", "移出名单的日期"),
)

RECORDS = Listed("records", "信用记录", "行政许可、处罚、奖励、名单、裁判等，一条一行", CreditRecord, _RECORD)
