"""Tables of a subject's facts: registration, people, licences, accounts, equipment, technology."""

from collections.abc import Iterator
from decimal import Decimal

from reportgen.assess.capability import known_free
from reportgen.assess.case import Case
from reportgen.assess.wording import day, money, number
from reportgen.document.tables import (
    NONE,
    NOTHING,
    Cell,
    Column,
    Table,
    clipped,
    minus,
    or_none,
    share,
    source_note,
    standing_tag,
    table,
    wan,
)
from reportgen.subject.base import Fact
from reportgen.subject.holdings import Person, Qualification, Statement
from reportgen.subject.model import Link, Related, Subject

_LINKS, _IDS, _SCOPE, _YEARS, _KNOWN = 6, 12, 800, 5, 60


def registration(subject: Subject) -> Table:
    """Registration as key and value, two pairs a row."""
    r = subject.registration
    pairs = [
        ("名称", subject.name),
        ("统一社会信用代码", subject.uscc),
        ("主体类别", f"{subject.kind}（{r.kind}）"),
        ("登记状态", r.standing),
        ("法定代表人", r.legal_representative),
        ("成立日期", day(r.established_on)),
        ("注册资本", f"{money(r.capital)}（{r.currency}）" if r.capital is not None else NONE),
        ("实缴资本", money(r.paid_in) if r.paid_in is not None else NONE),
        ("营业期限", f"{day(r.term_from)}至{day(r.term_until)}" if r.term_from else NONE),
        ("行业", or_none(r.industry)),
        ("登记机关", r.authority),
        ("行政区划代码", r.region),
        ("曾用名", clipped("、".join(subject.former_names)) or NONE),
        ("曾用代码", clipped("、".join(subject.former_codes)) or NONE),
    ]
    rows: list[tuple[str | Cell, ...]] = [(*pairs[i], *pairs[i + 1]) for i in range(0, len(pairs), 2)]
    rows += [("住所", Cell(r.address, span=3)), ("经营范围", Cell(or_none(clipped(r.scope, _SCOPE)), span=3))]
    return table(
        "登记信息",
        [Column("项目", 17, "head"), Column("内容", 33), Column("项目", 17, "head"), Column("内容", 33)],
        rows,
        source=source_note(subject, [r]),
        note="注册资本仅作事实列示，不参与评分。",
    )


def changes(subject: Subject) -> Table:
    """Registered changes, newest first."""
    items = sorted(subject.changes, key=lambda c: c.on, reverse=True)
    rows = [(day(c.on), c.item, or_none(clipped(c.before)), or_none(clipped(c.after))) for c in items]
    columns = [Column("日期", 18), Column("变更事项", 18), Column("变更前", 32), Column("变更后", 32)]
    return table("登记变更", columns, rows, source=source_note(subject, items))


def shareholders(subject: Subject) -> Table:
    """Shareholders with their shares, the actual controller, who is tagged, and the largest first."""
    rows = [
        (
            Cell(s.name, tag="实际控制人" if s.controls else ""),
            or_none(s.uscc or ""),
            s.kind,
            share(s.share),
            wan(s.subscribed),
        )
        for s in sorted(subject.shareholders, key=lambda s: (not s.controls, -s.share))
    ]
    columns = [
        Column("股东", 34),
        Column("统一社会信用代码", 26),
        Column("类型", 12),
        Column("比例", 12, "num"),
        Column("认缴（万元）", 16, "num"),
    ]
    return table("股东及出资", columns, rows, source=source_note(subject, subject.shareholders))


def officers(subject: Subject) -> Table:
    """Officers and their posts elsewhere: duty information only."""
    rows = [
        (o.name, o.post, day(o.since) if o.since else NONE, "；".join(_links(o.links)) or NONE)
        for o in subject.officers
    ]
    columns = [Column("姓名", 14), Column("职务", 22), Column("任职日期", 20), Column("在其他主体任职", 44)]
    return table("主要人员", columns, rows, source=source_note(subject, subject.officers))


def _links(links: tuple[Link, ...]) -> Iterator[str]:
    for link in links[:_LINKS]:
        yield f"{link.name}（{link.post}{'，' + link.standing if link.standing else ''}）"
    if len(links) > _LINKS:
        yield f"等 {len(links)} 家"


def qualifications(subject: Subject) -> Table:
    """Licences and certificates; the same one from several sources stands once."""
    merged: dict[tuple[str, str, str], list[Fact]] = {}
    shown: dict[tuple[str, str, str], Qualification] = {}
    for q in subject.qualifications:
        key = (q.category, q.grade, q.number)
        merged.setdefault(key, []).append(q)
        shown.setdefault(key, q)
    rows = [
        (
            Cell(f"{q.category}{q.grade}", tag=standing_tag(subject, q), note=_output(q)),
            q.kind,
            or_none(q.number),
            q.authority,
            day(q.valid_until),
        )
        for q in shown.values()
    ]
    twice = sum(1 for facts in merged.values() if len(facts) > 1)
    note = f"{twice} 项证照由多个来源重复提供，合并列示。" if twice else ""
    columns = [
        Column("名称与等级", 33),
        Column("类别", 11),
        Column("证书编号", 20, whole=True),
        Column("发证机关", 20, whole=True),
        Column("有效期至", 16),
    ]
    return table(
        "资质、许可与认证", columns, rows, source=source_note(subject, subject.qualifications), note=note
    )


def _output(held: Qualification) -> str:
    output = held.annual_output
    return f"年产能 {number(output.amount)} {output.unit}" if output else ""


def technology(subject: Subject) -> Table:
    """Patents, 工法, software and other technology."""
    rows = [
        (Cell(t.name, tag=standing_tag(subject, t)), t.kind, t.field, or_none(t.number), day(t.valid_until))
        for t in subject.technology
    ]
    columns = [
        Column("名称", 36),
        Column("类型", 14),
        Column("领域", 16),
        Column("编号", 18, whole=True),
        Column("有效期至", 16),
    ]
    return table("技术成果", columns, rows, source=source_note(subject, subject.technology))


def equipment(subject: Subject) -> Table:
    """Equipment with how many are tied up elsewhere."""
    rows = [
        (
            Cell(e.name, tag=standing_tag(subject, e)),
            or_none(e.specification),
            e.tenure + (f"至{day(e.lease_until)}" if e.lease_until else ""),
            str(e.count),
            _count(e.committed),
            day(e.commissioned_on) if e.commissioned_on else NONE,
        )
        for e in subject.equipment
    ]
    columns = [
        Column("设备", 25),
        Column("规格", 18),
        Column("权属", 19),
        Column("数量", 9, "num"),
        Column("占用", 9, "num"),
        Column("投用日期", 20),
    ]
    return table("主要设备", columns, rows, source=source_note(subject, subject.equipment))


def people(case: Case, subject: Subject) -> Table:
    """Key persons with certificate and whether they are engaged, as far as anybody has said."""
    rows = [
        (
            Cell(p.name, tag=standing_tag(subject, p)),
            p.post,
            f"{p.certificate}{p.grade}" + (f"（{p.specialty}）" if p.specialty else ""),
            day(p.valid_until),
            _engagement(case, subject, p),
        )
        for p in subject.people
    ]
    columns = [
        Column("姓名", 16),
        Column("岗位", 15),
        Column("证书", 27),
        Column("证书有效期至", 18),
        Column("在任项目", 24),
    ]
    return table("关键人员", columns, rows, source=source_note(subject, subject.people))


def _engagement(case: Case, subject: Subject, person: Person) -> str:
    if person.engaged_on:
        return f"{person.engaged_on}，至{day(person.engaged_until)}"
    return "无" if known_free(case, subject, person) else "未载明"


def headcounts(subject: Subject) -> Table:
    """Staff of the last five years."""
    items = sorted(subject.headcounts, key=lambda h: h.year)[-_YEARS:]
    rows = [
        (f"{h.year} 年末", str(h.total), str(h.technical), _count(h.insured), _count(h.left)) for h in items
    ]
    columns = [
        Column("年度", 20),
        Column("从业人员（人）", 20, "num"),
        Column("技术人员（人）", 20, "num"),
        Column("参保（人）", 20, "num"),
        Column("当年离职（人）", 20, "num"),
    ]
    earlier = len(subject.headcounts) - len(items)
    note = f"另有更早的 {earlier} 年，载于本报告所据的输入数据。" if earlier else ""
    return table("从业人员", columns, rows, source=source_note(subject, items), note=note)


def _count(value: int | None) -> str:
    return NONE if value is None else str(value)


def credit_lines(subject: Subject) -> Table:
    """Bank credit lines in 万元."""
    rows = [
        (
            Cell(c.bank, tag=standing_tag(subject, c)),
            wan(c.limit),
            NONE if c.used is None else wan(c.used),
            NONE if c.used is None else wan(c.limit - c.used),
            day(c.valid_until),
        )
        for c in subject.credit_lines
    ]
    columns = [
        Column("银行", 32),
        Column("额度（万元）", 17, "num"),
        Column("已用（万元）", 17, "num"),
        Column("未用（万元）", 17, "num"),
        Column("有效期至", 17),
    ]
    return table("银行授信", columns, rows, source=source_note(subject, subject.credit_lines))


def related(subject: Subject) -> Table:
    """Related legal entities."""
    rows = [
        (
            r.name,
            or_none(r.uscc or ""),
            r.relation,
            share(r.share),
            _known(r),
        )
        for r in subject.related
    ]
    columns = [
        Column("名称", 26),
        Column("统一社会信用代码", 23),
        Column("关系", 13),
        Column("比例", 9, "num"),
        Column("已知情况", 29),
    ]
    return table("关联方", columns, rows, source=source_note(subject, subject.related))


def _known(party: Related) -> str:
    said = [clipped(party.adverse, _KNOWN) or party.standing, "列入名单，见下表" if party.listings else None]
    return "；".join(word for word in said if word) or NONE


_LINES = (
    ("流动资产", "current_assets"),
    ("其中：货币资金", "cash"),
    ("资产总计", "total_assets"),
    ("流动负债", "current_liabilities"),
    ("负债合计", "total_liabilities"),
    ("所有者权益", "equity"),
    ("营业收入", "revenue"),
    ("其中：施工或供货产值", "works_revenue"),
    ("营业利润", "operating_profit"),
    ("利润总额", "total_profit"),
    ("净利润", "net_profit"),
    ("经营活动现金流量净额", "operating_cash_flow"),
)


def accounts(subject: Subject) -> Table:
    """The last three years' main figures in 万元, side by side, oldest first."""
    items = _three(subject)
    rows = [(label, *(wan(getattr(s, name)) for s in items)) for label, name in _LINES]
    rows.append(("审计", *(_audit(s) for s in items)))
    width = 68 / max(1, len(items))
    columns = [Column("项目（万元）", 32.0), *(Column(f"{s.year} 年", width, "num") for s in items)]
    odd = [
        f"{s.year} 年资产与负债、所有者权益之和相差 {money(abs(s.imbalance))}（原表如此）"
        for s in items
        if s.imbalance
    ]
    note = "；".join(odd)
    return table(
        "主要财务数据", columns, rows if items else [], source=source_note(subject, items), note=note
    )


def _audit(statement: Statement) -> str:
    return statement.opinion or "已审计" if statement.audited else "未经审计"


def _three(subject: Subject) -> list[Statement]:
    return sorted(subject.statements, key=lambda s: s.year)[-3:]


def ratios(subject: Subject) -> Table:
    """Ratios of the same years, as facts."""
    items = _three(subject)
    rows = [
        ("流动比率", *(_ratio(s.current_assets, s.current_liabilities) for s in items)),
        ("现金比率", *(_ratio(s.cash, s.current_liabilities) for s in items)),
        ("资产负债率", *(_percent(s.total_liabilities, s.total_assets) for s in items)),
        ("销售净利率", *(_percent(s.net_profit, s.revenue) for s in items)),
        ("营业收入增长率", *(_growth(items, i) for i in range(len(items)))),
    ]
    width = 68 / max(1, len(items))
    columns = [Column("比率", 32.0), *(Column(f"{s.year} 年", width, "num") for s in items)]
    note = "资产负债率仅作事实列示，不参与评分。"
    return table("财务比率", columns, rows if items else [], source=source_note(subject, items), note=note)


def _ratio(top: Decimal | None, bottom: Decimal | None) -> str:
    return NONE if top is None or not bottom else minus(number(top / bottom))


def _percent(top: Decimal | None, bottom: Decimal | None) -> str:
    return NONE if top is None or not bottom else minus(f"{top / bottom * 100:,.2f}%")


def _growth(items: list[Statement], index: int) -> str:
    before = items[index - 1].revenue if index else None
    now = items[index].revenue
    return NONE if not before or now is None else minus(f"{(now / before - 1) * 100:+,.2f}%")


def sources(subject: Subject, hidden: frozenset[str]) -> Table:
    """Every source with its nature, day and place, but none that only `hidden` facts rest on."""
    shown = {fact.source for _, fact in subject.facts() if fact.id not in hidden}
    rows = [
        (s.name, s.origin, day(s.collected_on), or_none(s.location))
        for s in subject.sources
        if s.id in shown or s.complete_for
    ]
    columns = [Column("来源", 36), Column("性质", 14), Column("采集日期", 20), Column("位置", 30, "link")]
    return table("数据来源与时点", columns, rows)


def verifications(subject: Subject, hidden: frozenset[str]) -> Table:
    """The 核实记录 of facts other than `hidden` ones: how, who, when, and for which facts."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for _, fact in subject.facts():
        if fact.verification is not None and fact.id not in hidden:
            key = (fact.verification.how, fact.verification.by, day(fact.verification.on))
            groups.setdefault(key, []).append(fact.id)
    rows = [(how, by, on, _named(ids)) for (how, by, on), ids in groups.items()]
    columns = [Column("核实方式", 32), Column("核实人员", 14), Column("核实日期", 18), Column("事实编号", 36)]
    return table("核实记录", columns, rows, empty=NOTHING)


def _named(ids: list[str]) -> str:
    return "、".join(ids[:_IDS]) + (f" 等 {len(ids)} 项" if len(ids) > _IDS else "")
