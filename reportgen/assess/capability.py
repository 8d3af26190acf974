"""人员, 设备, 技术: what is counted at the deadline.

Source: DOMAIN §3.3 F11. A certificate, lease or right that ends between the collection of data and the
deadline may be renewed, a person or machine tied up may be released: that is 未证实, no fail. That nothing
ties a person is proven by a check, or by a closed list of persons that shows their engagements. What goes by
a near name, or by a grade that cannot be compared, is possible: a person has to look.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from reportgen.assess.accounts import asked_years
from reportgen.assess.case import Case, ref
from reportgen.assess.measure import ZERO, Figure, Measured, compare, joined, of
from reportgen.assess.wording import day
from reportgen.project.requirements import (
    EquipmentRequirement,
    HeadcountRequirement,
    PeopleRequirement,
    TechnologyRequirement,
)
from reportgen.subject.base import in_force
from reportgen.subject.grades import at_least
from reportgen.subject.holdings import Equipment, Person, Technology, Tenure
from reportgen.subject.model import Subject
from reportgen.subject.near import near, question

_ENDLESS = "所列证书或成果未载明有效期的，按有效计"


def people(case: Case, asked: PeopleRequirement) -> Measured:
    """F11: persons of a post with certificate and grade in force, not engaged elsewhere at the deadline."""
    figures = [(m, _persons(case, m.subject, asked)) for m in case.members()]
    specialty = "，" + asked.specialty if asked.specialty else ""
    wanted = f"{asked.post}（{asked.certificate}{asked.grade}{specialty}）"
    name = wanted + ("，无在任项目" if asked.free else "")
    return compare(joined(asked.jv, figures), Decimal(asked.count), of(" 人"), name=name)


def _persons(case: Case, subject: Subject, asked: PeopleRequirement) -> Figure:
    since = case.closed(subject, "people")
    fitting = [p for p in subject.people if _fits(p, asked)]
    alike = [p for p in subject.people if p not in fitting and _may_fit(p, asked)]
    able = [p for p in fitting if in_force(None, p.valid_until, case.judged_on)]
    proven = [p for p in able if subject.counts(p) and (not asked.free or known_free(case, subject, p))]
    possible = [p for p in fitting if _may_last(p.valid_until, case.judged_on, since)]
    asking = [p for p in alike if _may_last(p.valid_until, case.judged_on, since)]
    return Figure(
        proven=Decimal(len(proven)),
        possible=Decimal(len(possible) + len(asking)) if since else None,
        formula="、".join(f"{p.name}（{p.certificate}{p.grade}）" for p in proven[:6]),
        evidence=tuple(ref(subject, p) for p in proven),
        missing=(*_lacking(case, subject, asked, possible, proven), *_asking(asked, possible, asking)),
        note=_ENDLESS if any(p.valid_until is None for p in proven) else "",
    )


def known_free(case: Case, subject: Subject, person: Person) -> bool:
    """Say whether a check or a closed list shows that a person is engaged nowhere else at the deadline."""
    told = person.verification is not None or case.closed(subject, "people") is not None
    return told and not engaged(person, case.judged_on)


def _lacking(
    case: Case,
    subject: Subject,
    asked: PeopleRequirement,
    possible: Sequence[Person],
    proven: Sequence[Person],
) -> tuple[str, ...]:
    found = [_wanting(subject, p, asked, case.judged_on) for p in possible if p not in proven]
    if not found and len(proven) < asked.count:
        return (f"{asked.post}的{asked.certificate}{asked.grade}及在岗证明",)
    return tuple(found)


def _asking(
    asked: PeopleRequirement, possible: Sequence[Person], asking: Sequence[Person]
) -> tuple[str, ...]:
    """Return what a person has to compare, where those who fit are too few."""
    wanted = _said(asked.post, asked.certificate, asked.grade, asked.specialty)
    few = len(possible) < asked.count
    return tuple(
        question(f"{p.name}：{_said(p.post, p.certificate, p.grade, p.specialty)}", wanted)
        for p in (asking if few else ())
    )


def _said(*words: str) -> str:
    return "、".join(filter(None, words))


def _wanting(subject: Subject, person: Person, asked: PeopleRequirement, on: date) -> str:
    if asked.free and engaged(person, on):
        return f"{person.name}在任（{person.engaged_on}，至{day(person.engaged_until)}），须有解除证明"
    if not in_force(None, person.valid_until, on):
        return f"{person.name}（{person.post}）证书{day(person.valid_until)}到期，须有续期证明"
    what = "无在任项目的证明" if subject.counts(person) else "证书与社保的核实"
    return f"{person.name}（{person.post}）{what}"


def _fits(person: Person, asked: PeopleRequirement) -> bool:
    return (
        person.post == asked.post
        and person.certificate == asked.certificate
        and at_least(person.grade, asked.grade) is True
        and (not asked.specialty or person.specialty == asked.specialty)
    )


def _may_fit(person: Person, asked: PeopleRequirement) -> bool:
    pairs = ((person.post, asked.post), (person.certificate, asked.certificate))
    special = not asked.specialty or _may_be(person.specialty, asked.specialty)
    return (
        all(_may_be(has, wanted) for has, wanted in pairs)
        and special
        and at_least(person.grade, asked.grade) is not False
    )


def _may_be(has: str, asked: str) -> bool:
    # What nobody filled in is unknown.
    return has in {"", asked} or near(has, asked)


def _may_last(until: date | None, on: date, collected: date | None) -> bool:
    # What still ran when the list was collected may have been renewed before the deadline.
    return in_force(None, until, min(on, collected) if collected else on)


def engaged(person: Person, on: date) -> bool:
    """Say whether a person is tied to another project on a day; an open end ties."""
    return bool(person.engaged_on) and _tied(person.engaged_until, on)


def headcount(case: Case, asked: HeadcountRequirement) -> Measured:
    """Technical staff of the newest year ≥ a number."""
    figures = [(m, technical_staff(case, m.subject)) for m in case.members()]
    return compare(joined(asked.jv, figures), Decimal(asked.technical), of(" 人"), name="技术人员")


def technical_staff(case: Case, subject: Subject) -> Figure:
    """Return the newest count of technical staff, no older than the newest accounts asked for."""
    (newest,) = asked_years(case, 1)
    counted = [h for h in subject.headcounts if h.year >= newest and subject.counts(h)]
    if not counted:
        return Figure(None, None, missing=(f"{newest} 年末从业人员与技术人员名册（社保核实）",))
    last = max(counted, key=lambda h: h.year)
    value = Decimal(last.technical)
    possible = value if case.closed(subject, "headcounts") else None
    missing = ("技术人员名册的完整核实材料",) if possible is None else ()
    return Figure(value, possible, f"{last.year} 年末 {last.technical} 人", (ref(subject, last),), missing)


def equipment(case: Case, asked: EquipmentRequirement) -> Measured:
    """F11: pieces not tied up elsewhere at the deadline."""
    figures = [(m, _pieces(case, m.subject, asked)) for m in case.members()]
    name = f"可调用{asked.name}" + ("（自有）" if asked.owned else "")
    return compare(joined(asked.jv, figures), Decimal(asked.count), of(" 台（套）"), name=name)


def _pieces(case: Case, subject: Subject, asked: EquipmentRequirement) -> Figure:
    since = case.closed(subject, "equipment")
    fitting = [e for e in subject.equipment if not asked.owned or _owned(e)]
    items = [e for e in fitting if e.name == asked.name]
    proven = [e for e in items if subject.counts(e) and at_hand(e, case.judged_on)]
    total = sum((Decimal(free(case, subject, e)) for e in proven), ZERO)
    lasting = [e for e in fitting if _owned(e) or _may_last(e.lease_until, case.judged_on, since)]
    most = [e for e in lasting if e.name == asked.name]
    asking = [e for e in lasting if near(e.name, asked.name)]
    few = sum(e.count for e in most) < asked.count
    parts = [_taken(e, e.count - free(case, subject, e)) for e in proven]
    return Figure(
        proven=total,
        possible=sum((Decimal(e.count) for e in (*most, *asking)), ZERO) if since else None,
        formula=" + ".join(parts),
        evidence=tuple(ref(subject, e) for e in proven),
        missing=() if total >= asked.count else (*_compared(asking if few else (), asked), _bought(asked)),
    )


def _bought(asked: EquipmentRequirement) -> str:
    return f"{asked.name}的购置发票或租赁合同及调用承诺"


def _compared(asking: Sequence[Equipment], asked: EquipmentRequirement) -> tuple[str, ...]:
    return tuple(question(name, asked.name) for name in dict.fromkeys(e.name for e in asking))


def _taken(item: Equipment, tied: int) -> str:
    word = "占用" if item.committed is not None or not tied else "占用情况未知"
    return f"{item.count} − {word} {tied}（{item.tenure}）"


def _owned(item: Equipment) -> bool:
    return item.tenure is Tenure.OWNED


def at_hand(item: Equipment, on: date) -> bool:
    """Say whether equipment is owned, or still leased on a day."""
    return _owned(item) or in_force(None, item.lease_until, on)


def free(case: Case, subject: Subject, item: Equipment) -> int:
    """Return how many pieces are known not to be tied up elsewhere at the deadline; an open end ties.

    Where nobody says how many are, none is known to be free, unless somebody checked the item or a closed
    list of the equipment names it.
    """
    if item.committed is None:
        told = item.verification is not None or case.closed(subject, "equipment") is not None
        return item.count if told else 0
    return item.count - (item.committed if _tied(item.committed_until, case.judged_on) else 0)


def _tied(until: date | None, on: date) -> bool:
    return until is None or until >= on


def technology(case: Case, asked: TechnologyRequirement) -> Measured:
    """Technology of a field in force at the deadline."""
    figures = [(m, _technologies(case, m.subject, asked)) for m in case.members()]
    name = f"有效的{asked.field}{asked.sort or '技术成果'}"
    return compare(joined(asked.jv, figures), Decimal(asked.count), of(" 项"), name=name)


def _technologies(case: Case, subject: Subject, asked: TechnologyRequirement) -> Figure:
    since = case.closed(subject, "technology")
    granted = [t for t in subject.technology if in_force(t.granted_on, None, case.judged_on)]
    items = [t for t in granted if _asked_for(t, asked)]
    asking = [
        t
        for t in granted
        if t not in items and _may_be_asked_for(t, asked) and _may_last(t.valid_until, case.judged_on, since)
    ]
    proven = [t for t in items if subject.counts(t) and in_force(None, t.valid_until, case.judged_on)]
    possible = [t for t in items if _may_last(t.valid_until, case.judged_on, since)]
    lacking = len(proven) < asked.count
    return Figure(
        proven=Decimal(len(proven)),
        possible=Decimal(len(possible) + len(asking)) if since else None,
        formula="、".join(f"{t.name}（{t.kind}）" for t in proven[:5]),
        evidence=tuple(ref(subject, t) for t in proven),
        missing=_rights(asked, asking if len(possible) < asked.count else ()) if lacking else (),
        note=_ENDLESS if any(t.valid_until is None for t in proven) else "",
    )


def _rights(asked: TechnologyRequirement, asking: Sequence[Technology]) -> tuple[str, ...]:
    wanted = _said(asked.sort, asked.field)
    compared = [question(_said(t.kind if asked.sort else "", t.field), wanted) for t in asking]
    return (*dict.fromkeys(compared), f"{asked.field}{asked.sort or '技术成果'}的权属证明")


def _asked_for(item: Technology, asked: TechnologyRequirement) -> bool:
    return item.field == asked.field and (not asked.sort or item.kind == asked.sort)


def _may_be_asked_for(item: Technology, asked: TechnologyRequirement) -> bool:
    return _may_be(item.field, asked.field) and (not asked.sort or _may_be(item.kind, asked.sort))
