"""The subject (主体): one legal entity, its facts and their sources."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from reportgen.faults import Misfits
from reportgen.subject.base import (
    Date,
    Fact,
    LongText,
    Model,
    Money,
    Origin,
    Region,
    Share,
    Source,
    Text,
    Verification,
    require_order,
)
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
from reportgen.subject.identifiers import Uscc, subject_kind
from reportgen.subject.links import Misfit, misfits
from reportgen.subject.records import RECORD_LISTS, CreditRecord, RecordKind

WHOLE = Decimal("1.0001")
"""What all shares of a subject may come to at most: each was rounded."""


class Standing(StrEnum):
    """Registration state (登记状态)."""

    ACTIVE = "存续"
    MOVING = "迁出"
    SUSPENDED = "停业"
    LIQUIDATION = "清算"
    BANKRUPT = "宣告破产"
    REVOKED = "吊销"
    DISSOLVED = "注销"


class Registration(Fact):
    """Registration with the 登记机关; the capital is a fact that no score uses."""

    kind: Text
    legal_representative: Text
    established_on: Date
    standing: Standing
    address: Text
    region: Region
    authority: Text
    capital: Money | None = None
    currency: Annotated[str, Field(min_length=1, max_length=20)] = "人民币"
    paid_in: Money | None = None
    term_from: Date | None = None
    term_until: Date | None = None
    industry: str = Field(default="", max_length=60)
    scope: LongText = ""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        require_order("term_from", self.term_from, "term_until", self.term_until)
        return self


class Change(Fact):
    """A registered change: what, when, from, to."""

    on: Date
    item: Text
    before: LongText
    after: LongText


class Shareholder(Fact):
    """A shareholder with its share of 0 to 1; `controls` marks the actual controller."""

    name: Text
    uscc: Uscc | None = None
    kind: Text
    share: Share
    subscribed: Money | None = None
    controls: bool = False


class Link(Model):
    """An officer's post in another legal entity, and that entity's standing where known."""

    name: Text
    uscc: Uscc | None = None
    post: Text
    standing: Standing | None = None


class Officer(Fact):
    """A legal representative, director, supervisor or manager: duty information only."""

    name: Text
    post: Text
    since: Date | None = None
    links: tuple[Link, ...] = ()


class Listing(Model):
    """An entry of a list (名单) that means a related party: what list, since when, by what and by whom.

    `source` and `collected_on` say where the list was taken from; `verification` is that of whoever
    found that the entry means this party, where it has only the name. The office enters it, no file.
    """

    list: Text
    kind: RecordKind
    listed_on: Date
    until: Date | None = None
    basis: LongText
    authority: Text
    source: Text
    collected_on: Date
    verification: Verification | None = None


class Related(Fact):
    """A related legal entity (关联方) and what is known to its charge; a person only with a `listings` of its own."""

    name: Text
    uscc: Uscc | None = None
    relation: Text
    share: Share | None = None
    standing: Standing | None = None
    adverse: LongText = ""
    listings: tuple[Listing, ...] = ()


class Facts(Model):
    """The collections of facts, each a tuple that may be empty."""

    changes: tuple[Change, ...] = ()
    shareholders: tuple[Shareholder, ...] = ()
    officers: tuple[Officer, ...] = ()
    related: tuple[Related, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    statements: tuple[Statement, ...] = ()
    credit_lines: tuple[CreditLine, ...] = ()
    contracts: tuple[Contract, ...] = ()
    technology: tuple[Technology, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    people: tuple[Person, ...] = ()
    headcounts: tuple[Headcount, ...] = ()
    records: tuple[CreditRecord, ...] = ()

    def listed(self) -> Iterator[tuple[str, str, Fact]]:
        """Yield (collection, path, fact) for every fact of the collections, in the order of the fields."""
        for name in COLLECTIONS:
            for index, fact in enumerate(getattr(self, name)):
                yield name, f"{name}[{index}]", fact

    def overheld(self) -> Iterator[Misfit]:
        """Yield that shareholders hold more than the whole, where they do."""
        total = sum((holder.share for holder in self.shareholders), Decimal(0))
        if total > WHOLE:
            yield "shareholders", f"持股比例合计 {total}，大于 1"


def alien_collections(source: Source, path: str) -> Iterator[Misfit]:
    """Yield what a source at a path says to be a closed list of, and no subject has."""
    for name in source.complete_for:
        if name not in {"registration", *COLLECTIONS, *RECORD_LISTS}:
            yield f"{path}.complete_for", f"没有 {name} 一项"


class Claims(Facts):
    """另述: what other sources say of the same things, and what does not count.

    A claim stands under the id of the fact it is about.
    """

    registrations: tuple[Registration, ...] = ()

    def told(self) -> Iterator[tuple[str, Fact]]:
        """Yield (path, claim) for every claim."""
        yield from ((f"registrations[{index}]", claim) for index, claim in enumerate(self.registrations))
        yield from ((path, claim) for _, path, claim in self.listed())


class _Head(Model):
    uscc: Uscc
    name: Text
    former_names: tuple[Text, ...] = ()
    former_codes: tuple[Annotated[str, Field(max_length=30)], ...] = ()
    as_of: Date
    sources: tuple[Source, ...] = Field(min_length=1)
    registration: Registration


class Subject(Facts, _Head):
    """One legal entity with everything the agency knows about it on `as_of`.

    Every fact names a source of `sources`; fact ids are unique within the subject. `claims` holds what
    sources say besides: it is compared, and never judged or printed.
    """

    claims: Claims = Claims()

    @property
    def kind(self) -> str:
        """Return the kind of subject by its USCC: 企业, 事业单位 …"""
        return subject_kind(self.uscc)

    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Yield (path, fact) for every fact in the order of the fields."""
        yield "registration", self.registration
        yield from ((path, fact) for _, path, fact in self.listed())

    def source_of(self, fact: Fact) -> Source:
        """Return the source a fact names."""
        return next(source for source in self.sources if source.id == fact.source)

    def counts(self, fact: Fact) -> bool:
        """Say whether a fact may be relied on (`Fact.counts`)."""
        return fact.counts(self.source_of(fact))

    def proven(self, fact: Fact) -> bool:
        """Say whether a fact may bar: from a public source, or checked by somebody."""
        return self.source_of(fact).origin is Origin.OFFICIAL or fact.verification is not None

    def relied_on(self) -> tuple[Source, ...]:
        """Return the sources but those of which nothing counts: all they tell stands beside what others tell."""
        counting = {fact.source for _, fact in self.facts()}
        aside = {claim.source for claim in self.claims.registrations}
        aside |= {claim.source for _, _, claim in self.claims.listed()}
        unheard = aside - counting
        return tuple(source for source in self.sources if source.id not in unheard or source.complete_for)

    def lists(self, collection: str) -> tuple[Source, ...]:
        """Return the sources that are a closed list for a collection or a part of the records, the newest first.

        What the subject declares itself, or somebody inferred, closes no list.
        """
        asked = {Origin.OFFICIAL, Origin.COUNTERPARTY}
        closing = {collection, *(("records",) if collection in RECORD_LISTS else ())}
        found = [s for s in self.sources if closing & set(s.complete_for) and s.origin in asked]
        return tuple(sorted(found, key=lambda s: (-s.collected_on.toordinal(), s.id)))

    def closed(self, collection: str) -> bool:
        """Say whether some source is a closed list for a collection, however old."""
        return bool(self.lists(collection))

    @model_validator(mode="after")
    def _facts_hang_together(self) -> Self:
        named = [(path, fact.id, fact.source) for path, fact in self.facts()]
        faults = [*misfits(named, [source.id for source in self.sources])]
        for index, source in enumerate(self.sources):
            faults += alien_collections(source, f"sources[{index}]")
        faults += [*self._repeated_years(), *self._alien_claims(), *self.overheld()]
        if faults:
            raise Misfits(faults)
        return self

    def _alien_claims(self) -> Iterator[Misfit]:
        known = {source.id for source in self.sources}
        for path, claim in self.claims.told():
            if claim.source not in known:
                yield f"claims.{path}.source", f"来源 {claim.source} 不在 sources 之中"

    def _repeated_years(self) -> list[Misfit]:
        faults: list[Misfit] = []
        for name in ("statements", "headcounts"):
            counts = Counter(item.year for item in getattr(self, name))
            faults += [(name, f"{year} 年重复 {count} 次") for year, count in counts.items() if count > 1]
        return faults


COLLECTIONS = (
    "changes",
    "shareholders",
    "officers",
    "related",
    "qualifications",
    "statements",
    "credit_lines",
    "contracts",
    "technology",
    "equipment",
    "people",
    "headcounts",
    "records",
)
