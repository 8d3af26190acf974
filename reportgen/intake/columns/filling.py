"""Where in a subject's workbook a clerk types what a judgement lacks, by what the gap is about."""

_CHECK = "填“核实人”、“核实方式”、“核实日期”"
_MUST = f"自主申报的必须{_CHECK}"
_COURTS = "民事裁判、未决诉讼、被执行人、刑事处罚、仲裁裁决"


def _whole(title: str) -> str:
    return f"在“来源”表该来源的“完整清单”填“{title}”（须该来源确已查全）"


_QUALIFICATIONS = (
    f"在“资质许可”表该证一行填“等级”、“有效期至”，自主申报的另{_CHECK}；没有这一证的添一行。"
    "名称、等级照证书，与条款用词不同的核对后统一"
)
_CONTRACTS = f"在“合同业绩”表该合同一行填“中标通知书”、“合同协议书”、“验收证书”，自主申报的另{_CHECK}"
_ALL_CONTRACTS = _whole("合同业绩")
_STATEMENTS = f"在“财务报表”表一年一行补齐，自主申报的另{_CHECK}"
_RECORDS = (
    f"在“来源”表添上所查的来源，“完整清单”填公共信用信息或{_COURTS}之中查全的，“清单起始日”填查到的最早一日"
)

FILLING: dict[str, str] = {
    "qualification": _QUALIFICATIONS,
    "supply_capacity": f"{_QUALIFICATIONS}，并填“年产量”、“产量单位”；在手合同的剩余供货量填“合同业绩”表的“剩余数量”、“数量单位”；{_ALL_CONTRACTS}",
    "similar_works": f"{_CONTRACTS}；没有这一合同的添一行",
    "performance": _ALL_CONTRACTS,
    "bid_capacity": f"{_STATEMENTS}（含“工程收入”）；在手合同填“合同业绩”表的“剩余金额”、“完工日期”；{_ALL_CONTRACTS}",
    "turnover": _STATEMENTS,
    "revenue_floor": _STATEMENTS,
    "current_ratio": _STATEMENTS,
    "liquidity": f"{_STATEMENTS}，或在“授信”表填“授信额度”、“已用额度”、“有效期至”，任一足够即可",
    "people": (
        f"在“关键人员”表该人一行{_CHECK}；来源不是自主申报的，也可{_whole('关键人员')}，任一即可。"
        "已离任的改“在岗至”或清空“在岗项目”；没有这一人的添一行"
    ),
    "headcount": f"在“人员数量”表添该年一行，{_MUST}；人数不足而名册确已查全的，{_whole('人员数量')}",
    "equipment": (
        f"在“设备”表该设备一行填“占用数量”（没有占用填 0），或{_CHECK}，或{_whole('设备')}，任一即可；"
        f"{_MUST}。没有的添一行"
    ),
    "technology": f"在“技术”表该项一行填“有效期至”，自主申报的另{_CHECK}；没有的添一行",
    "litigation": _RECORDS,
    "standing": _RECORDS,
    "gate": _RECORDS,
    "登记信息": "在“主体”表的“登记信息来源”填公示登记信息的来源，该来源的“来源类别”为公共来源",
    "公共信用信息": f"{_whole('公共信用信息')}，“清单起始日”填查询所及的最早一日",
    "近三年财务报表": _STATEMENTS,
    "数据时效": "重新查询后改“来源”表该来源的“采集日期”与“主体”表的“数据截止日”，所载有变化的一并改",
    "同类项目履约情况": "在“合同业绩”表该合同一行填“延误天数”、“验收结果”、“受到处罚”、“拖欠工资”、“发生纠纷”、“业主评价”",
}
"""What to fill in by the kind of a requirement, or by the name of what every report needs. Where one of several is enough
it says so."""
