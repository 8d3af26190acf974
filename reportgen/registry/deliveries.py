"""What one source says taken into what the office knows: its event, the reports it concerns, what to look at."""

from dataclasses import dataclass

from sqlmodel import Session

from reportgen.registry import marks, objections
from reportgen.registry.changes import learn
from reportgen.registry.lifecycle import Desk
from reportgen.store.facts import Imported, known_now, namesakes, now_under
from reportgen.store.tables import SubjectRow
from reportgen.subject.conflicts import Conflict, conflicts
from reportgen.subject.delivery import Delivery
from reportgen.subject.identity import fact_id
from reportgen.subject.merge import absorbed, merge, superseded
from reportgen.subject.model import Subject
from reportgen.subject.warnings import Caution, warnings


@dataclass(frozen=True)
class Learned:
    """What came of an import: the version, the numbers newly marked 需更新, and what the desk should look at.

    `subject` is what was taken in, with what else is known of it, before hits and objections are marked in it.
    """

    told: Imported
    marked: list[str]
    subject: Subject
    conflicts: tuple[Conflict, ...]
    cautions: tuple[Caution, ...]


def enter(session: Session, given: Subject | Delivery, desk: Desk) -> Learned:
    """Enter a whole subject or what one source says of one; raises what `learn_whole` and `take_in` raise."""
    if isinstance(given, Delivery):
        return take_in(session, given, desk)
    return learn_whole(session, given, desk)


def learn_whole(session: Session, subject: Subject, desk: Desk) -> Learned:
    """Enter all that is known of a subject (`changes.learn`), and say what to look at; raises E0352, E0353."""
    told, marked = learn(session, subject, desk)
    return Learned(told, marked, subject, conflicts(subject), _cautions(session, subject))


def take_in(session: Session, delivery: Delivery, desk: Desk) -> Learned:
    """Enter what one source says now in place of what it said before, and mark what rests on what changed.

    A delivery under a code that a subject had before goes to that subject. Raises E0365 (nobody told of its
    registration yet), E0301 (as `merge`), E0352, E0353.
    """
    addressed, cautions = _addressed(session, delivery)
    given, dropped = _undeleted(session, addressed)
    cautions += dropped
    # Two deliveries about one subject wait for each other: each is taken into what the other left.
    session.get(SubjectRow, given.uscc, with_for_update=True)
    before = known_now(session, given.uscc)
    subject = merge(before, given)
    moved: dict[str, str] = {}
    if before is not None:
        cautions += _late(before, given)
        moved = absorbed(before, subject)
        marks.carry_over(session, subject.uscc, moved)
        objections.carry_over(session, subject.uscc, moved)
    told, marked = learn(session, subject, desk, moved)
    return Learned(told, marked, subject, conflicts(subject), (*cautions, *_cautions(session, subject)))


def _addressed(session: Session, delivery: Delivery) -> tuple[Delivery, tuple[Caution, ...]]:
    """Return a delivery with the code its subject has now; a code that several had is left as it is."""
    codes = now_under(session, delivery.uscc)
    if len(codes) != 1 or known_now(session, delivery.uscc) is not None:
        return delivery, ()
    text = f"{delivery.uscc} 是 {codes[0]} 的曾用代码，报送归入后者，请核对"
    return delivery.model_copy(update={"uscc": codes[0]}), (Caution(path="uscc", text=text),)


def _undeleted(session: Session, delivery: Delivery) -> tuple[Delivery, tuple[Caution, ...]]:
    """Return a delivery without the records that objections ended by deleting: telling them again proves nothing."""
    gone = objections.deleted(session, delivery.uscc)
    kept = tuple(record for record in delivery.records if fact_id("records", record) not in gone)
    text = "来源仍载明，但库内因异议成立已删除，没有采用；来源确属有误的，请告知来源更正"
    told = [
        Caution(path=f"records.{fact_id('records', r)}", text=text) for r in delivery.records if r not in kept
    ]
    return delivery.model_copy(update={"records": kept}), tuple(told)


def _late(before: Subject, delivery: Delivery) -> tuple[Caution, ...]:
    source = delivery.source
    if superseded(before, delivery):
        known = next(held.collected_on for held in before.sources if held.id == source.id)
        text = f"来源 {source.id} 库内已有 {known} 采集的，{source.collected_on} 的报送没有采用"
        return (Caution(path="source.collected_on", text=text),)
    names = {before.name, *before.former_names}
    if delivery.name not in names:
        text = f"来源 {source.id} 称主体为 {delivery.name}，库内为 {before.name}，请核对是否更名"
        return (Caution(path="name", text=text),)
    return ()


def _cautions(session: Session, subject: Subject) -> tuple[Caution, ...]:
    others = namesakes(session, subject)
    text = f"与 {'、'.join(others)} 同名；各按统一社会信用代码分别存放，不作合并，请核对"
    alike = (Caution(path="name", text=text),) if others else ()
    return (*warnings(subject, lambda uscc: known_now(session, uscc)), *alike)
