"""关联提示: facts by which applicants of one project hang together, for the evaluation committee to look into.

Nothing is found here but that two files say the same: equal names need not be one person, and what follows is
for others to judge. Natural persons are shown by their first character alone.
"""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

from reportgen.assess.wording import percent
from reportgen.policy.citation import Citation
from reportgen.policy.ties import Tie, law_on
from reportgen.project.model import Matter
from reportgen.subject.base import Model
from reportgen.subject.model import Shareholder, Subject

_PLACES = 2
_REPRESENTATIVE = "法定代表人"


class Side(Model):
    """A legal entity of a relation, the reports it stands in, and what its file says."""

    uscc: str
    name: str
    reports: tuple[str, ...]
    says: str


class Relation(Model):
    """A tie between applicants: what is the same, who says so, and the law to look it up in, or nothing.

    `checked` says whether all of it comes from a public source or was checked by somebody.
    """

    tie: Tie
    shared: str
    sides: tuple[Side, ...]
    checked: bool
    law: str


@dataclass(frozen=True)
class Bidder:
    """An applicant: the numbers of its reports, and its members' facts as entered, the lead's first."""

    reports: tuple[str, ...]
    subjects: tuple[Subject, ...]

    @property
    def joint(self) -> bool:
        """Say whether this is a joint venture."""
        return len(self.subjects) > 1


class _Place(NamedTuple):
    bidder: int
    subject: Subject


class _Trait(NamedTuple):
    """What two subjects may have in common: what is compared, what is shown of it, what the file says."""

    key: Hashable
    shown: str
    says: str
    counts: bool


class _Mention(NamedTuple):
    place: _Place
    trait: _Trait


_Found = tuple[Tie, list[_Mention]]
_Traits = Callable[[Subject], Iterable[_Trait]]


def relations(
    bidders: Sequence[Bidder], matter: Matter, shelf: Mapping[str, Citation]
) -> tuple[Relation, ...]:
    """Return the ties between different applicants of one lot, those the law speaks of first."""
    places = [_Place(index, subject) for index, bidder in enumerate(bidders) for subject in bidder.subjects]
    found = [
        *_members(places, bidders),
        *_common(Tie.REPRESENTATIVE, places, _representative),
        *_directed(Tie.HOLDING, places, _shares),
        *_holders(places),
        *_officers(places),
        *_directed(Tie.POST, places, _posts_elsewhere),
        *_directed(Tie.RELATED, places, _related),
        *_common(Tie.PERSON, places, _people),
        *_common(Tie.ADDRESS, places, _address),
    ]
    told = [_relation(tie, mentions, bidders, matter, shelf) for tie, mentions in found]
    return tuple(
        sorted(told, key=lambda item: (list(Tie).index(item.tie), item.sides[0].reports, item.shared))
    )


def masked(name: str) -> str:
    """Return a natural person's name with its first character alone."""
    return f"{name[:1]}某某"


def _relation(
    tie: Tie,
    mentions: Sequence[_Mention],
    bidders: Sequence[Bidder],
    matter: Matter,
    shelf: Mapping[str, Citation],
) -> Relation:
    law = law_on(tie, matter, shelf)
    return Relation(
        tie=tie,
        shared=mentions[0].trait.shown,
        sides=tuple(_sides(mentions, bidders)),
        checked=all(mention.trait.counts for mention in mentions),
        law=law.label() if law else "",
    )


def _sides(mentions: Sequence[_Mention], bidders: Sequence[Bidder]) -> Iterator[Side]:
    # A subject of two applicants stands in the reports of both.
    by_code: dict[str, list[_Mention]] = {}
    for mention in mentions:
        by_code.setdefault(mention.place.subject.uscc, []).append(mention)
    for uscc, own in by_code.items():
        reports = dict.fromkeys(number for m in own for number in bidders[m.place.bidder].reports)
        says = "；".join(dict.fromkeys(m.trait.says for m in own))
        yield Side(uscc=uscc, name=own[0].place.subject.name, reports=tuple(reports), says=says)


def _members(places: Sequence[_Place], bidders: Sequence[Bidder]) -> Iterator[_Found]:
    by_code: dict[str, list[_Mention]] = {}
    for place in places:
        says = "联合体成员" if bidders[place.bidder].joint else "单独参加"
        trait = _Trait(place.subject.uscc, place.subject.name, says, True)
        by_code.setdefault(place.subject.uscc, []).append(_Mention(place, trait))
    yield from ((Tie.MEMBER, mentions) for mentions in by_code.values() if len(mentions) > 1)


def _common(tie: Tie, places: Sequence[_Place], traits: _Traits) -> Iterator[_Found]:
    """Yield what different subjects of different applicants have in common."""
    groups: dict[Hashable, list[_Mention]] = {}
    for place in places:
        for trait in traits(place.subject):
            groups.setdefault(trait.key, []).append(_Mention(place, trait))
    yield from ((tie, mentions) for mentions in groups.values() if _across(mentions))


def _across(mentions: Sequence[_Mention]) -> bool:
    pairs = permutations((mention.place for mention in mentions), 2)
    return any(_apart(one, other) for one, other in pairs)


def _apart(one: _Place, other: _Place) -> bool:
    return one.bidder != other.bidder and one.subject.uscc != other.subject.uscc


def _representative(subject: Subject) -> Iterator[_Trait]:
    name = subject.registration.legal_representative
    yield _Trait(_plain(name), masked(name), _REPRESENTATIVE, subject.counts(subject.registration))


def _officers(places: Sequence[_Place]) -> Iterator[_Found]:
    """Yield persons with posts at several applicants; who represents them all is told as that."""
    for tie, mentions in _common(Tie.OFFICER, places, _posts):
        if any(mention.trait.key != _of_representative(mention.place.subject) for mention in mentions):
            yield tie, mentions


def _of_representative(subject: Subject) -> str:
    return _plain(subject.registration.legal_representative)


def _posts(subject: Subject) -> Iterator[_Trait]:
    own = {_plain(officer.name): officer for officer in subject.officers}
    if _of_representative(subject) not in own:
        yield from _representative(subject)
    for name, officer in own.items():
        yield _Trait(name, masked(officer.name), officer.post, subject.counts(officer))


def _holders(places: Sequence[_Place]) -> Iterator[_Found]:
    for _, mentions in _common(Tie.HOLDER, places, _shares):
        control = all(mention.trait.says.endswith(_CONTROLS) for mention in mentions)
        yield (Tie.CONTROLLER if control else Tie.HOLDER), mentions


_CONTROLS = "，为实际控制人"


def _shares(subject: Subject) -> Iterator[_Trait]:
    for holder in subject.shareholders:
        says = f"其股东，持股 {percent(holder.share, _PLACES)}" + (_CONTROLS if holder.controls else "")
        yield _Trait(holder.uscc or _plain(holder.name), _shown(holder), says, subject.counts(holder))


def _shown(holder: Shareholder) -> str:
    return holder.name if holder.uscc or "自然人" not in holder.kind else masked(holder.name)


def _directed(tie: Tie, places: Sequence[_Place], traits: _Traits) -> Iterator[_Found]:
    """Yield what the file of one applicant says of another, each once however often both apply."""
    told: set[Hashable] = set()
    for one, other in permutations(places, 2):
        for trait in traits(one.subject) if _apart(one, other) else ():
            named = trait.key in {other.subject.uscc, _plain(other.subject.name)}
            once = (one.subject.uscc, other.subject.uscc, trait)
            if named and once not in told:
                told.add(once)
                silent = trait._replace(says="即该股东" if tie is Tie.HOLDING else "即后列单位")
                yield tie, [_Mention(one, trait), _Mention(other, silent)]


def _posts_elsewhere(subject: Subject) -> Iterator[_Trait]:
    for officer in subject.officers:
        for link in officer.links:
            says = f"{officer.post}，在后列单位任{link.post}"
            yield _Trait(link.uscc or _plain(link.name), masked(officer.name), says, subject.counts(officer))


def _related(subject: Subject) -> Iterator[_Trait]:
    held = {holder.uscc or _plain(holder.name) for holder in subject.shareholders}
    for item in subject.related:
        key = item.uscc or _plain(item.name)
        # A shareholder is told as one, with its share.
        if key not in held:
            yield _Trait(key, item.name, f"登记的关联关系：{item.relation}", subject.counts(item))


def _people(subject: Subject) -> Iterator[_Trait]:
    for person in subject.people:
        tail = f"，证号尾数 {person.number_tail}" if person.number_tail else ""
        shown = f"{masked(person.name)}（{person.certificate}{tail}）"
        key = (_plain(person.name), person.certificate, person.number_tail)
        yield _Trait(key, shown, person.post, subject.counts(person))


def _address(subject: Subject) -> Iterator[_Trait]:
    address = subject.registration.address
    yield _Trait(_plain(address), address, "登记的住所", subject.counts(subject.registration))


def _plain(text: str) -> str:
    """Return a text as it is compared: full-width and half-width alike, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())
