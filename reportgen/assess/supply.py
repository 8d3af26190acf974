"""供货能力: what a producer can still take on, in units of its product (F1b).

A·N − B ≥ need: A is the yearly output that licences or certificates state, N the contract's years, B what
contracts in hand leave to deliver within them. It bears on 设备条件, for it is plant that produces, not
money. Source: DOMAIN §3.3. Units are never converted: what is stated in another one leaves the question
open. A without proof of its validity, or B without a closed list of contracts, proves nothing; nor does a
licence or a contract of a near name, which a person has to compare.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportgen.assess.case import Case, ref
from reportgen.assess.funds import contract_years, falling
from reportgen.assess.measure import ALL_CONTRACTS, ZERO, Figure, Measured, by_default, compare, joined, of
from reportgen.assess.qualification import may_hold, valid
from reportgen.assess.wording import exact, number, rounded
from reportgen.project.requirements import SupplyCapacityRequirement
from reportgen.subject.holdings import Contract, Qualification, Quantity
from reportgen.subject.model import Subject
from reportgen.subject.near import near, question

_PLACES = 6


@dataclass(frozen=True)
class _Output:
    """A, per year: proven (None: nothing known), the most possible (None: unbounded), by which licences."""

    proven: Decimal | None
    possible: Decimal | None
    shown: tuple[Qualification, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Owed:
    """B: what may be relied on of it, whether that is all, and how much of it can prove a shortage."""

    known: Decimal
    whole: bool
    proven: Decimal
    contracts: tuple[Contract, ...]
    missing: tuple[str, ...]


def supply_capacity(case: Case, asked: SupplyCapacityRequirement) -> Measured:
    """F1b: A·N − B ≥ the quantity the contract needs, in the tender's unit."""
    length, note = contract_years(case)
    need = asked.need or (asked.need_per_year or ZERO) * length
    figures = [(m, _capacity(case, m.subject, asked, length)) for m in case.members()]
    return compare(
        joined(asked.jv, figures),
        need,
        of(f" {asked.unit}"),
        name=f"{asked.product}供货能力",
        note=note,
        basis=by_default(bool(note)),
    )


def _capacity(case: Case, subject: Subject, asked: SupplyCapacityRequirement, length: Decimal) -> Figure:
    output, owed = _output(case, subject, asked), _owed(case, subject, asked, length)
    amount = max((output.proven or ZERO) * length - owed.known, ZERO)
    possible = None if output.possible is None else max(output.possible * length - owed.proven, ZERO)
    made, owing, left = (number(value, _PLACES) for value in (output.proven or ZERO, owed.known, amount))
    return Figure(
        proven=amount if output.proven is not None and owed.whole else None,
        possible=possible,
        formula=f"A·N − B = {made} × {exact(length)} − {owing} = {left} {asked.unit}" if output.shown else "",
        evidence=tuple(ref(subject, fact) for fact in (*output.shown, *owed.contracts)),
        missing=(*output.missing, *owed.missing),
        note="；".join((*output.notes, *(() if owed.whole else ("在手合同尚未查清，B 可能少计",)))),
    )


def _output(case: Case, subject: Subject, asked: SupplyCapacityRequirement) -> _Output:
    since = case.closed(subject, "qualifications")
    held = [
        q
        for q in subject.qualifications
        if q.category == asked.category and may_hold(q, case.judged_on, since)
    ]
    stated = [q for q in held if _stated(q, asked)]
    shown = [q for q in stated if valid(q, case.judged_on) and subject.counts(q)]
    asking = [q for q in _alike(subject, asked) if may_hold(q, case.judged_on, since)]
    bounded = since is not None and len(stated) == len(held) and not asking
    return _Output(
        proven=_least(shown, stated) if shown or (since and not held and not asking) else None,
        possible=_most(stated) if bounded else None,
        shown=tuple(shown),
        missing=(*(question(q.category, asked.category) for q in asking), *_lacking(asked, held, shown)),
        notes=tuple(_other_units(asked, held)),
    )


def _alike(subject: Subject, asked: SupplyCapacityRequirement) -> Iterator[Qualification]:
    return (q for q in subject.qualifications if near(q.category, asked.category))


def _stated(held: Qualification, asked: SupplyCapacityRequirement) -> bool:
    return held.annual_output is not None and held.annual_output.unit == asked.unit


def _least(shown: Sequence[Qualification], stated: Sequence[Qualification]) -> Decimal:
    """Return the output proven at least: copies of one licence count once, and at the lowest figure.

    One without a number may be a copy of any other.
    """
    copies = _by_number(stated)
    numbers = {q.number for q in shown if q.number}
    others = [_amount(q.annual_output) for q in shown if not q.number]
    return max(sum((min(copies[number]) for number in numbers), ZERO), max(others, default=ZERO))


def _most(stated: Sequence[Qualification]) -> Decimal:
    copies = _by_number(stated)
    others = copies.pop("", [])
    return sum((max(figures) for figures in copies.values()), ZERO) + sum(others, ZERO)


def _by_number(stated: Sequence[Qualification]) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = defaultdict(list)
    for q in stated:
        found[q.number].append(_amount(q.annual_output))
    return found


def _amount(quantity: Quantity | None) -> Decimal:
    return quantity.amount if quantity else ZERO


def _lacking(
    asked: SupplyCapacityRequirement, held: Sequence[Qualification], shown: Sequence[Qualification]
) -> Iterator[str]:
    for q in held:
        if not _stated(q, asked):
            yield f"{q.category}以{asked.unit}计的核定年产量"
        elif q not in shown:
            yield f"{q.category}有效期与年产量的核实"
    if not held:
        yield f"{asked.category}及其核定年产量的证明"


def _other_units(asked: SupplyCapacityRequirement, held: Sequence[Qualification]) -> Iterator[str]:
    for q in held:
        if q.annual_output is not None and not _stated(q, asked):
            yield f"{q.category}的年产量以{q.annual_output.unit}计，与所求单位{asked.unit}不符，不作换算"


def _owed(case: Case, subject: Subject, asked: SupplyCapacityRequirement, length: Decimal) -> _Owed:
    drawing = [
        (c, part)
        for c in subject.contracts
        if (c.category == asked.product or near(c.category, asked.product))
        and (part := falling(c, case.judged_on, length)) > 0
    ]
    told = [(c, part) for c, part in drawing if subject.counts(c) and _tells(c, asked)]
    proven = [(c, part) for c, part in told if subject.proven(c)]
    unlisted = case.closed(subject, "contracts") is None
    return _Owed(
        known=_sum(told),
        whole=len(told) == len(drawing) and not unlisted,
        proven=_sum(proven),
        contracts=tuple(c for c, _ in drawing),
        missing=(
            *(_untold(c, asked) for c, part in drawing if (c, part) not in proven),
            *((ALL_CONTRACTS,) if unlisted else ()),
        ),
    )


def _untold(contract: Contract, asked: SupplyCapacityRequirement) -> str:
    if contract.category != asked.product:
        return question(f"{contract.category}：《{contract.name}》", asked.product)
    return f"《{contract.name}》剩余供货量（以{asked.unit}计）的核实"


def _tells(contract: Contract, asked: SupplyCapacityRequirement) -> bool:
    if contract.category != asked.product:
        return False
    return contract.remaining_quantity is not None and contract.remaining_quantity.unit == asked.unit


def _sum(owed: Sequence[tuple[Contract, Decimal]]) -> Decimal:
    return rounded(sum((_amount(c.remaining_quantity) * part for c, part in owed), ZERO), _PLACES)
