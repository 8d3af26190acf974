"""Subjects and projects as they come once in a hundred: nothing there, too much there, and texts without end."""

from collections.abc import Callable
from datetime import date

from sample_subjects import vocabulary as words
from sample_subjects.draw import AS_OF, Draw, Plain, later
from sample_subjects.generator import generate_project, generate_subject

NAME_OF_60 = "霁川市听澜区枕溪路街道云屏鹿呦雁渡墨池联合兴建综合交通基础设施投资建设养护管理运营服务及智慧运维技术研究开发股份有限公司"
_SENTENCE = (
    "经查，当事人在施工现场未按批准的专项方案组织施工，未设置安全警示标志，未对作业人员进行安全技术交底，"
)
_COURSE = "本机关依法立案调查，制作现场检查笔录、询问笔录，并告知当事人享有陈述、申辩和要求听证的权利。"
_LINES = 40
_MANY = 60


def generate_odd_subject(seed: int, oddity: str, *, records: int = 24) -> Plain:
    """Return a builder of roads with one of `ODDITIES`, the same for equal arguments on every machine."""
    profile, change = ODDITIES[oddity]
    data = generate_subject(seed, records=records, profile=profile, category="公路工程")
    return change(Draw(seed, oddity), data)


def generate_odd_project(seed: int, *, owner: str = "", requirements: int = 0) -> Plain:
    """Return a project with an owner of a long name, and some requirements more than a tender has."""
    data = generate_project(seed)
    named = {"owner": {**_mapping(data["owner"]), "name": owner}, "name": f"{owner}{data['name']}"}
    more = [_requirement(index) for index in range(requirements)]
    return {**data, **(named if owner else {}), "requirements": [*_rows(data, "requirements"), *more]}


def _requirement(index: int) -> Plain:
    asked = {"sort": "体系认证", "category": f"第{index + 1}项专门管理体系认证", "hard": "false"}
    text = f"具有有效的第{index + 1}项专门管理体系认证证书，认证范围与本项目相适应。"
    return {
        "id": f"X{index:03d}",
        "clause": f"第三章 附表 {index + 1}",
        "kind": "qualification",
        "text": text,
        **asked,
    }


def _long_names(draw: Draw, data: Plain) -> Plain:
    registration = {**_mapping(data["registration"]), "address": "昀海省霁川市" + NAME_OF_60 * 2}
    registration |= {"scope": "、".join(f"{trade}（依法须经批准的项目除外）" for trade in words.TRADES) * 12}
    contracts = [{**row, "name": NAME_OF_60 * 2, "owner": NAME_OF_60} for row in _rows(data, "contracts")]
    people = [{**row, "name": "迪丽拜尔·阿卜杜热合曼·买买提江"} for row in _rows(data, "people")]
    changed = {"registration": registration, "contracts": contracts, "people": people}
    return {**data, "name": NAME_OF_60, "former_names": [NAME_OF_60] * 3, **changed}


def _long_texts(draw: Draw, data: Plain) -> Plain:
    content = "".join(f"{line}．{draw.one((_SENTENCE, _COURSE))}" for line in range(1, _LINES + 1))
    number = "昀建罚字" + "A1B2C3D4" * 12
    rows = [
        {**row, "content": content, "number": number, "state": "异议中", "disputed_on": str(AS_OF)}
        | {"statement": content}
        for row in _rows(data, "records")
    ]
    changes = [_change(index, content) for index in range(4)]
    return {**data, "records": rows, "changes": changes}


def _change(index: int, text: str) -> Plain:
    fact = _fact(f"CHG-{index:03d}", "S-REG")
    return {
        **fact,
        "on": str(date(2025, 1, 5 + index % 20)),
        "item": "经营范围变更",
        "before": text,
        "after": text,
    }


def _bare(draw: Draw, data: Plain) -> Plain:
    kept = ("uscc", "name", "as_of", "registration", "sources")
    return {key: data[key] for key in kept}


def _favourable(draw: Draw, data: Plain) -> Plain:
    kinds = {"纳税信用A级", "诚信荣誉"}
    return {**data, "records": [row for row in _rows(data, "records") if row["kind"] in kinds]}


def _without_accounts(draw: Draw, data: Plain) -> Plain:
    return {**data, "statements": [], "credit_lines": []}


def _one_row_each(draw: Draw, data: Plain) -> Plain:
    lists = {key: value[:1] for key, value in data.items() if isinstance(value, list) and key != "sources"}
    return {**data, **lists}


def _crowded(draw: Draw, data: Plain) -> Plain:
    extra = {
        "changes": [_change(index, f"变更内容之{index}") for index in range(_MANY)],
        "shareholders": [_shareholder(draw, index) for index in range(_MANY)],
        "officers": [_officer(draw, index) for index in range(_MANY)],
        "related": [_related(draw, index) for index in range(_MANY)],
        "credit_lines": [_credit_line(draw, index) for index in range(_MANY)],
        "headcounts": [_headcount(year) for year in range(2006, 2026)],
    }
    grown = {key: _grown(data, key) for key in ("qualifications", "technology", "equipment", "people")}
    sources = [*_rows(data, "sources"), *(_source(index) for index in range(_MANY))]
    facts = [_spread(row, index) for index, row in enumerate(grown["people"])]
    return {**data, **extra, **grown, "people": facts, "sources": sources}


def _grown(data: Plain, key: str) -> list[Plain]:
    rows = _rows(data, key)
    more = [
        {**rows[index % len(rows)], "id": f"{key[:3].upper()}-X{index:03d}"} for index in range(3 * _MANY)
    ]
    return [*rows, *more]


def _spread(row: Plain, index: int) -> Plain:
    checked = {
        "by": f"编制员{index % 9}",
        "how": f"核对原件，第 {index} 次向发证单位查询一致",
        "on": "2026-11-14",
    }
    return {**row, "source": f"S-X{index % _MANY:03d}", "verification": checked}


def _source(index: int) -> Plain:
    location = f"https://example.cn/{'a1b2c3d4e5f6' * 12}/{index}"
    where = {"name": f"昀海省第{index + 1}批行业信息公示平台", "origin": "公共来源", "location": location}
    return {"id": f"S-X{index:03d}", **where, "collected_on": str(later(AS_OF, -index))}


def _shareholder(draw: Draw, index: int) -> Plain:
    code = draw.uscc("91", draw.area())
    name = f"{draw.one(words.BRANDS)}{draw.one(words.BRANDS)}投资合伙企业（有限合伙）"
    held = {"kind": "法人", "share": f"0.{1 + index % 9:03d}", "subscribed": "1234567.89"}
    return {**_fact(f"SHR-X{index:03d}", "S-REG"), "name": name, "uscc": code, **held}


def _officer(draw: Draw, index: int) -> Plain:
    links = [{"name": f"{draw.one(words.BRANDS)}工程有限公司", "post": "董事"} for _ in range(index % 12)]
    return {
        **_fact(f"OFF-X{index:03d}", "S-REG"),
        "name": draw.person(),
        "post": "非执行董事",
        "links": links,
    }


def _related(draw: Draw, index: int) -> Plain:
    fact = _fact(f"REL-{index:03d}", "S-REG")
    return {
        **fact,
        "name": f"{draw.one(words.BRANDS)}实业有限公司",
        "relation": "同一控制人",
        "adverse": _SENTENCE * 9,
    }


def _credit_line(draw: Draw, index: int) -> Plain:
    fact = {**_fact(f"CRL-X{index:03d}", "S-BANK"), "bank": draw.one(words.BANKS)}
    return {**fact, "limit": "999999999999.99", "used": "111111111111.11", "issued_on": "2026-10-30"}


def _headcount(year: int) -> Plain:
    return {**_fact(f"HC-{year}", "S-REG"), "year": str(year), "total": "123456", "technical": "65432"}


def _fact(name: str, source: str) -> Plain:
    return {"id": name, "source": source}


def _rows(data: Plain, key: str) -> list[Plain]:
    rows = data[key]
    assert isinstance(rows, list)  # noqa: S101 - a collection of the subject
    return rows


def _mapping(value: object) -> Plain:
    assert isinstance(value, dict)  # noqa: S101 - a fact of the subject
    return value


ODDITIES: dict[str, tuple[str, Callable[[Draw, Plain], Plain]]] = {
    "long-names": ("good", _long_names),
    "long-texts": ("bad", _long_texts),
    "bare": ("good", _bare),
    "favourable": ("good", _favourable),
    "no-accounts": ("middling", _without_accounts),
    "one-row-each": ("middling", _one_row_each),
    "crowded": ("good", _crowded),
}
"""What is odd → the profile it is built on and what is done to it."""
