"""Rule packs (规则包): dated, cited values for a region and its matters, and what they hand out.

A pack is data that a lawyer reviews. Code asks `PolicyPack.on(day)` and receives a `Policy`: plain
values of that day, each still tied to its citation. A rule whose citation is not verified is never
handed out as law; a value of our own is labelled 本机构设定.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from reportgen.policy.citation import Citation, Dated, Period
from reportgen.policy.rules import (
    GateRule,
    Information,
    JointMeasure,
    PayerRule,
    Recognition,
    RightRule,
    Statement,
    Switch,
    Withholding,
)
from reportgen.policy.values import (
    OPTIONAL,
    ConclusionRule,
    FactorCurve,
    GradeRule,
    Horizons,
    ObjectionRule,
    RecordRule,
    RiskRule,
    SimilarRule,
    TenderDefaults,
    UseRule,
    Values,
    Weights,
)
from reportgen.project.model import Matter
from reportgen.subject.base import Date, Identifier, Model, Region, Text
from reportgen.subject.holdings import QualificationKind
from reportgen.subject.window import Retention, Window, add_months

T = TypeVar("T")
P = TypeVar("P", bound=Period)


class PolicyPack(Model):
    """A released rule pack; `effect` is the 有效性 as checked, printed as it stands.

    A pack with a `base` holds what that pack holds, but for the values it states itself.
    """

    name: Identifier
    base: str = ""
    title: Text
    region: Region
    matters: tuple[Matter, ...]
    released: Date
    effect: Text
    values: Values = Values()
    rights: tuple[RightRule, ...] = ()
    gates: tuple[GateRule, ...] = ()
    switches: tuple[Switch, ...] = ()
    measures: tuple[JointMeasure, ...] = ()
    recognises: tuple[Recognition, ...] = ()
    information: tuple[Information, ...] = ()
    withholdings: tuple[Withholding, ...] = ()
    payers: tuple[PayerRule, ...] = ()
    statements: tuple[Statement, ...] = ()
    citations: Mapping[Identifier, Citation]

    def upon(self, base: "PolicyPack") -> "PolicyPack":
        """Return this pack with what its base holds and it does not state itself."""
        values = {n: getattr(self.values, n) or getattr(base.values, n) for n in Values.model_fields}
        joined = {name: getattr(base, name) + getattr(self, name) for name in RULES}
        citations = {**base.citations, **self.citations}
        return self.model_copy(
            update={"values": Values.model_construct(**values), "citations": citations, **joined}
        )

    def on(self, day: date, sha256: str) -> "Policy":
        """Return the plain values in force on a day; raises KeyError naming a value without one."""
        series = {name: getattr(self.values, name) for name in Values.model_fields}
        chosen = {name: _in_force(items, day, name) for name, items in series.items()}
        return Policy(self, sha256, day, {name: item for name, item in chosen.items() if item is not None})


RULES = (
    "rights",
    "gates",
    "switches",
    "measures",
    "recognises",
    "information",
    "withholdings",
    "payers",
    "statements",
)


@dataclass(frozen=True)
class Policy:
    """A pack as it stands on one day: plain values, and the citation behind each."""

    pack: PolicyPack
    sha256: str
    day: date
    chosen: Mapping[str, Dated[object]]

    @property
    def conclusion(self) -> ConclusionRule:
        """Return thresholds, floors and least coverage."""
        return self._value("conclusion", ConclusionRule)

    @property
    def weights(self) -> Weights:
        """Return how the parts make up the total."""
        return self._value("weights", Weights)

    @property
    def curve(self) -> FactorCurve:
        """Return the adequacy curve."""
        return self._value("curve", FactorCurve)

    @property
    def use(self) -> UseRule:
        """Return when a use is steady."""
        return self._value("use", UseRule)

    @property
    def record(self) -> RecordRule:
        """Return how records deduct."""
        return self._value("record", RecordRule)

    @property
    def similar(self) -> SimilarRule:
        """Return how the course of similar projects deducts."""
        return self._value("similar", SimilarRule)

    @property
    def risks(self) -> RiskRule:
        """Return when a risk note is due."""
        return self._value("risks", RiskRule)

    @property
    def defaults(self) -> TenderDefaults:
        """Return the parameters used where the tender leaves them open."""
        return self._value("tender_defaults", TenderDefaults)

    @property
    def horizons(self) -> Horizons:
        """Return the periods in days."""
        return self._value("horizons", Horizons)

    @property
    def objection(self) -> ObjectionRule:
        """Return within how many days an objection is answered."""
        return self._value("objection", ObjectionRule)

    @property
    def grading(self) -> GradeRule | None:
        """Return the rule of the 综合信用等级, None where the region has none."""
        return self._if_set("grading", GradeRule)

    @property
    def gates(self) -> tuple[GateRule, ...]:
        """Return the gates of the day."""
        return tuple(self._applying(self.pack.gates))

    @property
    def statements(self) -> dict[str, Statement]:
        """Return the printed statements of the day by id."""
        return {statement.id: statement for statement in self._applying(self.pack.statements)}

    @property
    def withholdings(self) -> tuple[Withholding, ...]:
        """Return by which rule a record is left out."""
        return tuple(self._applying(self.pack.withholdings))

    def right(self, sort: QualificationKind, matter: Matter) -> str:
        """Return the citation of the law that demands this sort of right in a matter, or nothing."""
        rules = self._applying(self.pack.rights)
        return next((r.cite for r in rules if r.sort is sort and matter in r.matters), "")

    def switches(self, matter: Matter) -> dict[str, Switch]:
        """Return by id the local rules that the owner of a project of this matter may choose."""
        return {s.id: s for s in self._applying(self.pack.switches) if matter in s.matters}

    def measures(self, matter: Matter) -> tuple[JointMeasure, ...]:
        """Return the incentives and sanctions that others may apply in a matter."""
        return tuple(m for m in self._applying(self.pack.measures) if not m.matters or matter in m.matters)

    def bars_payer(self, matter: Matter) -> str:
        """Return the citation by which the applicant may not bear the fee in a matter, or nothing."""
        return next((p.cite for p in self._applying(self.pack.payers) if matter in p.matters), "")

    def informs(self, matter: Matter) -> str:
        """Return the citation by which a report may print the finance warning in a matter, or nothing."""
        return next((i.cite for i in self._applying(self.pack.information) if matter in i.matters), "")

    def recognition(self, region: str) -> Recognition | None:
        """Return the entry by which the pack's region recognises agencies of another one."""
        known = self._applying(self.pack.recognises)
        return next((r for r in known if region.startswith(_stem(r.region))), None)

    def printed(self, matter: Matter) -> dict[str, Statement]:
        """Return by id the statements that a report for a matter prints."""
        return {name: s for name, s in self.statements.items() if not s.matters or matter in s.matters}

    def window(self, end: date) -> Window:
        """Return the look-back that ends on `end`, with what the rules allow to be used."""
        years = self._value("look_back_years", int)
        return Window(
            start=add_months(end, -12 * years),
            end=end,
            judged_on=end,
            publicity=self._value("publicity_months", dict),
            needed=self._if_set("needed_publicity_months", dict) or {},
            retention=self._if_set("retention", Retention),
            default_severity=self._value("default_severity", dict),
            measure_severity=self._value("measure_severity", dict),
            breach_severity=self._if_set("breach_severity", dict) or {},
        )

    def citation(self, cite: str) -> Citation:
        """Return a citation by id."""
        return self.pack.citations[cite]

    def citation_of(self, name: str) -> Citation:
        """Return the citation behind a value."""
        return self.citation(self.chosen[name].cite)

    def _value(self, name: str, kind: type[T]) -> T:
        value = self.chosen[name].value
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return value

    def _if_set(self, name: str, kind: type[T]) -> T | None:
        return self._value(name, kind) if name in self.chosen else None

    def _applying(self, rules: Iterable[P]) -> Iterable[P]:
        return (rule for rule in rules if rule.applies(self.day))


def _stem(region: str) -> str:
    # A code is three pairs of digits: province, city, county.
    return region.removesuffix("00").removesuffix("00")


def _in_force(items: tuple[Dated[object], ...], day: date, name: str) -> Dated[object] | None:
    for item in items:
        if item.applies(day):
            return item
    if name in OPTIONAL:
        return None
    raise KeyError(f"{name} on {day}")
