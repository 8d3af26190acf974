"""Credit records (信用记录) of an invented subject, each kind by its own maker."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sample_subjects import vocabulary as words
from sample_subjects.draw import AS_OF, Draw, Plain, cents, later

MIX = {
    "good": {
        "行政许可": 6,
        "行政检查": 5,
        "信用承诺": 4,
        "纳税信用A级": 3,
        "诚信荣誉": 2,
        "公共信用综合评价": 1,
    },
    "middling": {"行政许可": 6, "行政检查": 5, "信用承诺": 4, "行政处罚": 5, "民事裁判": 2, "未决诉讼": 1},
    "bad": {"失信被执行人": 8, "被执行人": 3, "行政处罚": 3, "民事裁判": 3, "行政许可": 2, "违背承诺": 1},
    "thin": {"行政许可": 3, "行政检查": 2, "信用承诺": 1},
}
"""How often each kind of record stands in a profile's report."""

_FIRST = date(2023, 12, 20)
_GRADES = ("A", "B", "C", "D")


def records(draw: Draw, profile: str, count: int, source: str) -> list[Plain]:
    """Return `count` records; a bad profile is on the list of defaulters whatever is drawn."""
    kinds = [draw.one_by_weight(MIX[profile]) for _ in range(count)]
    if profile == "bad" and kinds:
        kinds[0] = "失信被执行人"
    return numbered([make(draw, kind) for kind in kinds], source)


def make(draw: Draw, kind: str) -> Plain:
    """Return a record of a kind, without id and source."""
    return _MAKERS[kind](draw)


def numbered(rows: list[Plain], source: str) -> list[Plain]:
    """Return rows with ids in their order and their source."""
    return [{"id": f"REC-{index:04d}", "source": source, **row} for index, row in enumerate(rows, 1)]


def defaulter(draw: Draw, since: date = date(2021, 1, 4)) -> Plain:
    """Return a 失信被执行人 row: case number, court, basis, duty, conduct, and when it was published."""
    region, filed = draw.area(), draw.day(since, later(AS_OF, -240))
    creditor, least_and_most, duty = draw.one(words.DUTIES)
    owed = draw.money(*least_and_most)
    return {
        "kind": "失信被执行人",
        "title": "失信被执行人",
        "authority": words.AREAS[region][0] + "人民法院",
        "determined_on": filed,
        "number": f"（{filed.year}）{words.COURT_PREFIX}{region[2:]}执{draw.number(11, 6980)}号",
        "category": draw.one(words.CONDUCTS[:3] if draw.chance(85) else words.CONDUCTS[3:]),
        "basis_number": f"（{filed.year - 1}）{words.COURT_PREFIX}{region[2:]}民初{draw.number(101, 9890)}号",
        "content": _duty(draw, duty.replace("{who}", creditor), owed, later(filed, -draw.number(260, 900))),
        "amount": owed,
        "fulfilment": "部分履行" if draw.chance(9) else "全部未履行",
        "closure": "终结本次执行" if draw.chance(45) else None,
        "severity": "严重",
        "misconduct": "不执行法院裁判",
        "against": True,
        "published_on": later(filed, draw.number(21, 230)),
        "publicity_until": "2099-12-31" if draw.chance(30) else None,
    }


def _duty(draw: Draw, template: str, owed: Decimal, day: date) -> str:
    main = template.format(
        sum=owed,
        part=cents(owed * draw.share(0.02, 0.2)),
        day=f"{day.year}年{day.month}月{day.day}日",
        count=draw.number(3, 86),
        more=draw.number(900, 42000),
    )
    fee = (
        f"负担案件受理费{50 + int(owed * draw.share(0.008, 0.02))}元、财产保全费{draw.number(300, 5000)}元。"
    )
    return main + fee if draw.chance(75) else main


def _licence(draw: Draw) -> Plain:
    title, office, content = draw.one(words.LICENCES)
    on = draw.day(_FIRST, later(AS_OF, -10))
    return {
        **_paper(draw, "行政许可", title, office, on),
        "category": "普通",
        "content": content,
        "fulfilment": "无需履行",
        "valid_from": on,
        "valid_until": "2099-12-31" if draw.chance(40) else later(on, 1825),
    }


def _inspection(draw: Draw) -> Plain:
    title, office, content = draw.one(words.INSPECTIONS)
    on = draw.day(_FIRST, later(AS_OF, -10))
    paper = _paper(draw, "行政检查", title, office, on)
    return {**paper, "category": "双随机、一公开抽查", "content": content, "fulfilment": "无需履行"}


def _promise(draw: Draw) -> Plain:
    sort, content = draw.one(words.PROMISES)
    paper = _paper(
        draw, "信用承诺", f"{sort}信用承诺书", "公共信用信息中心", draw.day(_FIRST, later(AS_OF, -10))
    )
    return {**paper, "category": sort, "content": content, "fulfilment": "全部履行"}


def _tax(draw: Draw) -> Plain:
    year = draw.number(2023, 2025)
    title, on = f"{year}年度纳税信用A级纳税人", date(year + 1, 4, draw.number(20, 28))
    content = f"{year}年度纳税信用评价结果为A级。"
    return {**_paper(draw, "纳税信用A级", title, "税务局", on), "content": content, "fulfilment": "无需履行"}


def _honour(draw: Draw) -> Plain:
    on = draw.day(_FIRST, later(AS_OF, -10))
    content = f"{on.year - 1}年度公示企业。"
    paper = _paper(draw, "诚信荣誉", "守合同重信用企业", "市场监督管理局", on)
    return {**paper, "content": content, "fulfilment": "无需履行"}


def _evaluation(draw: Draw) -> Plain:
    grade = draw.one(_GRADES[:2])
    paper = _paper(draw, "公共信用综合评价", "公共信用综合评价结果", "公共信用信息中心", date(2026, 7, 15))
    return {
        **paper,
        "category": grade,
        "content": f"2026年上半年评价等级为{grade}。",
        "fulfilment": "无需履行",
    }


def _penalty(draw: Draw) -> Plain:
    title, office, misconduct = draw.one(words.PENALTIES)
    on = draw.day(_FIRST, later(AS_OF, -15))
    fine = cents(draw.money(1, 12))
    return {
        **_paper(draw, "行政处罚", title, office, on),
        "category": "罚款",
        "content": f"{title}，处以罚款{fine}元。",
        "amount": fine,
        "severity": draw.one(("轻微", "一般", "严重", "严重")),
        "misconduct": misconduct,
        "fulfilment": "全部履行",
        "fulfilled_on": later(on, 12),
        "published_on": later(on, 5),
        **_state(draw, on),
    }


def _state(draw: Draw, on: date) -> Plain:
    if draw.chance(12):
        return {"state": "已修复", "repaired_on": draw.day(on, AS_OF)}
    if draw.chance(10):
        words_of_subject = "本企业对事实认定有异议，已申请核查。"
        return {"state": "异议中", "disputed_on": draw.day(on, AS_OF), "statement": words_of_subject}
    return {"state": "有效"}


def _civil(draw: Draw) -> Plain:
    on, lost, amount = draw.day(_FIRST, later(AS_OF, -30)), draw.chance(50), cents(draw.money(3, 300))
    return {
        **_paper(draw, "民事裁判", "合同纠纷民事判决书", "人民法院", on),
        "category": "被告" if lost else "原告",
        "content": f"判令{'支付' if lost else '对方支付'}价款{amount}元及利息。",
        "amount": amount,
        "against": lost,
        "fulfilment": "全部履行" if draw.chance(80) else "部分履行",
    }


def _pending(draw: Draw) -> Plain:
    on, amount = draw.day(date(2026, 3, 1), later(AS_OF, -10)), cents(draw.money(3, 90))
    paper = _paper(draw, "未决诉讼", "合同纠纷（一审审理中）", "人民法院", on)
    content = f"原告请求支付价款及违约金合计{amount}元，案件审理中。"
    return {**paper, "category": "被告", "content": content, "amount": amount, "against": True}


def _enforcement(draw: Draw) -> Plain:
    on, amount = draw.day(_FIRST, later(AS_OF, -10)), cents(draw.money(3, 2000))
    paper = _paper(draw, "被执行人", "被执行人", "人民法院", on)
    content = f"执行标的{amount}元。"
    return {**paper, "content": content, "amount": amount, "against": True, "fulfilment": "全部未履行"}


def _broken(draw: Draw) -> Plain:
    on = draw.day(_FIRST, later(AS_OF, -10))
    paper = _paper(draw, "违背承诺", "违背审批替代型信用承诺", "住房和城乡建设局", on)
    return {**paper, "category": "审批替代型", "content": "经核查与所承诺条件不符。", "severity": "一般"}


def _paper(draw: Draw, kind: str, title: str, office: str, on: date) -> Plain:
    area, place = words.AREAS[draw.area()]
    number = f"{place[0]}{office[0]}字〔{on.year}〕第{draw.number(1, 9999):04d}号"
    return {"kind": kind, "title": title, "authority": area + office, "determined_on": on, "number": number}


_MAKERS: dict[str, Callable[[Draw], Plain]] = {
    "行政许可": _licence,
    "行政检查": _inspection,
    "信用承诺": _promise,
    "纳税信用A级": _tax,
    "诚信荣誉": _honour,
    "公共信用综合评价": _evaluation,
    "行政处罚": _penalty,
    "民事裁判": _civil,
    "未决诉讼": _pending,
    "失信被执行人": defaulter,
    "被执行人": _enforcement,
    "违背承诺": _broken,
}
