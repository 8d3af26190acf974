"""The values and rules of a pack in Chinese, part by part, for whoever reads or compares packs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from reportgen.policy.citation import Citation, Period
from reportgen.policy.rules import GateTest, SwitchTest, Withholding

Facts = dict[str, str]
UNCHECKED = "自主申报而未经核实"
SERIES = {
    "look_back_years": "回溯期",
    "publicity_months": "公示期上限",
    "needed_publicity_months": "原则上不公示而确需公示的上限",
    "retention": "查询期限",
    "default_severity": "程度按记录类型归类",
    "measure_severity": "程度按处罚种类归类",
    "breach_severity": "程度按严重失信行为归类",
    "conclusion": "结论条件",
    "weights": "权重",
    "curve": "得分曲线",
    "use": "运用",
    "record": "信用记录扣分",
    "similar": "同类项目扣分",
    "risks": "风险提示条件",
    "tender_defaults": "招标文件未写明时的默认参数",
    "horizons": "期限",
    "objection": "异议答复",
    "grading": "综合信用等级",
}
# series → field → (label, unit); a series of bare figures or of a mapping has the one field "".
FIELDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "look_back_years": {"": ("年限", "年")},
    "publicity_months": {"": ("", "个月")},
    "needed_publicity_months": {"": ("", "个月")},
    "retention": {"years": ("年限", "年"), "kept_from": ("起算", "")},
    "default_severity": {"": ("", "")},
    "measure_severity": {"": ("", "")},
    "breach_severity": {"": ("", "")},
    "conclusion": {
        "total": ("综合得分不低于", "分"),
        "factor_floor": ("各能力要素不低于", "分"),
        "record_floor": ("信用记录不低于", "分"),
        "coverage_full": ("证据覆盖率不低于", "%"),
        "coverage_least": ("不作结论的覆盖率低于", "%"),
    },
    "weights": {
        "factors": ("能力要素", "%"),
        "record": ("信用记录", "%"),
        "similar": ("同类项目", "%"),
        "use": ("要素内的运用", "%"),
    },
    "curve": {"zero": ("零分：不超过需要的", "%"), "full": ("满分：达到需要的", "%")},
    "use": {"calm_turnover": ("人员稳定：年离职率不高于", "%"), "idle": ("满分：空闲不少于", "%")},
    "record": {
        "points": ("扣分·", "分"),
        "fade_months": ("淡化期", "个月"),
        "fade_to": ("淡化后计", "%"),
        "unrelated": ("与本项目无关的计", "%"),
        "repeated": ("同类轻微行为按一般计：满", "次"),
    },
    "similar": {
        "late": ("延误扣", "分"),
        "late_days": ("延误较久：超过", "日"),
        "late_more": ("延误较久扣", "分"),
        "late_most_days": ("延误严重：超过", "日"),
        "late_most": ("延误严重扣", "分"),
        "failed": ("验收不合格扣", "分"),
        "penalised": ("质量安全处罚扣", "分"),
        "wage_arrears": ("欠薪扣", "分"),
        "disputed": ("争议扣", "分"),
        "fair": ("业主评价中扣", "分"),
        "poor": ("业主评价差扣", "分"),
        "unknown": ("每项无人报告扣", "分"),
        "troubled": ("履约有瑕疵：扣分超过", "分"),
    },
    "risks": {
        "tight": ("资金偏紧：低于需要的", "倍"),
        "heavy": ("在手合同偏重：超过年营业收入的", "倍"),
        "many": ("不良信息较多：多于", "条"),
    },
    "tender_defaults": {
        "capacity_multiplier": ("投标能力的倍数", ""),
        "capacity_years": ("投标能力回溯", "年"),
        "turnover_k": ("年均营业收入的倍数", ""),
        "turnover_years": ("营业收入回溯", "年"),
        "liquidity_months": ("流动资金的付款月数", "个月"),
        "similar_years": ("同类业绩回溯", "年"),
        "litigation_share": ("未决诉讼不超过净资产的", "%"),
        "performance_years": ("履约回溯", "年"),
        "staff_per_year_value": ("每人对应的年合同额", "元"),
        "credit_line_months": ("未载明期限的授信计入", "个月"),
    },
    "horizons": {
        "validity": ("报告使用期", "日"),
        "licence_ending": ("证照临期：截止后", "日内"),
        "stale": ("数据陈旧：超过", "日"),
        "publicity_lag": ("公开时滞", "个工作日"),
        "filing_month": ("不要求上一年度报表：早于", "月"),
    },
    "objection": {"answer_days": ("书面答复", "日内"), "working": ("按工作日", "")},
    "grading": {"validity_years": ("有效年限", "年")},
}
TESTS: dict[GateTest | SwitchTest, str] = {
    GateTest.ENDED: "登记状态为注销",
    GateTest.WINDING_UP: "被吊销、宣告破产或处于清算",
    GateTest.BAN: "禁止参加的处罚期限未满",
    GateTest.MAJOR_BREACH: "三年内有重大违法记录",
    SwitchTest.GRADE: "综合信用等级为C级或D级",
    SwitchTest.SEVERE: "有严重及以上失信记录",
}
_RULE = {
    "title": "名称",
    "sort": "类别",
    "text": "内容",
    "caution": "提醒",
    "test": "检验",
    "condition": "条件",
    "region": "地区",
    "matters": "事项",
    "placing": "情形",
}
_CITATION = {
    "kind": "位阶",
    "document": "文件",
    "number": "文号",
    "issuer": "发布机关",
    "version": "版本",
    "in_force_from": "施行",
    "in_force_to": "失效",
    "article": "条",
    "paragraph": "款",
    "rule": "复述",
    "read_in": "读自",
    "read_on": "阅读",
    "rechecked_on": "复核",
    "verified": "核实",
    "effect": "有效性",
    "note": "备注",
}


def value_facts(series: str, value: object) -> Facts:
    """Return a value of a series as label and text; a mapping gives a fact for each of its keys."""
    fields = FIELDS[series]
    if not isinstance(value, BaseModel):
        return dict(_said(*fields[""], value, series))
    parts = ((fields[name], getattr(value, name)) for name in fields)
    return {label: text for field, part in parts for label, text in _said(*field, part, series)}


def rule_facts(rule: Period) -> Facts:
    """Return what a rule says, but for its dates and citations; nothing is said of an empty field."""
    named = ((label, getattr(rule, field, None)) for field, label in _RULE.items())
    facts = {label: _plain(value) for label, value in named if value}
    return facts if facts or not isinstance(rule, Withholding) else {_RULE["placing"]: UNCHECKED}


def citation_facts(citation: Citation) -> Facts:
    """Return what is known of a citation; nothing is said of an empty field, nor of verifying our own."""
    named = ((label, getattr(citation, field)) for field, label in _CITATION.items())
    return {n: _plain(v) for n, v in named if v or (isinstance(v, bool) and not citation.own)}


def period(since: date, until: date | None) -> str:
    """Return from when to when something holds, both days included."""
    return f"{since} 至 {until}" if until else f"{since} 起"


def _said(label: str, unit: str, value: object, series: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from ((f"{label}{key}", _figure(part, unit, series)) for key, part in value.items())
    else:
        yield label, _figure(value, unit, series)


def _figure(value: object, unit: str, series: str) -> str:
    if series == "publicity_months" and value == 0:
        return "原则上不公示"
    if unit == "%" and isinstance(value, Decimal):
        return f"{_plain(value * 100)}%"
    return f"{_plain(value)} {unit}".rstrip()


def _plain(value: object) -> str:
    if isinstance(value, GateTest | SwitchTest):
        return TESTS[value]
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(map(_plain, value))
    return getattr(value, "label", None) or str(value)
