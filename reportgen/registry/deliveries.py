"""What one source says taken into what the office knows: its event, the reports it concerns, what to look at."""

from dataclasses import dataclass

from sqlmodel import Session

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import marks, objections
from reportgen.registry.changes import learn
from reportgen.registry.lifecycle import Desk
from reportgen.store.facts import Imported, known_now, namesakes, now_under
from reportgen.store.tables import SubjectRow
from reportgen.subject.base import Fact
from reportgen.subject.carried import checked_as_before, with_claims_of
from reportgen.subject.conflicts import Conflict, conflicts
from reportgen.subject.declared import declared
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


def declare(session: Session, given: Subject, desk: Desk) -> tuple[Learned, ...]:
    """Enter what a subject's own workbook says of it, each of its own sources for itself, and none of its checks.

    Raises E0301 with all that it may not say (`declared`), and what `enter` raises.
    """
    found = declared(_held(session, given.uscc), given)
    if found.faults:
        faults = [Fault("E0301", *misfit) for misfit in found.faults]
        raise ReportgenError("E0301", path=given.uscc, faults=faults)
    return tuple(enter(session, one, desk) for one in found.told)


def learn_whole(session: Session, subject: Subject, desk: Desk) -> Learned:
    """Enter all that is known of a subject, and say what to look at; raises E0352, E0353.

    What other sources say stands beside it where the file is silent about claims.
    """
    whole, cautions = _with_claims(_held(session, subject.uscc), subject)
    told, marked = learn(session, whole, desk)
    return Learned(told, marked, whole, conflicts(whole), (*cautions, *_cautions(session, whole)))


def take_in(session: Session, delivery: Delivery, desk: Desk) -> Learned:
    """Enter what one source says now in place of what it said before, and mark what rests on what changed.

    A delivery under a code that a subject had before goes to that subject. Raises E0365 (nobody told of its
    registration yet), E0301 (as `merge`), E0352, E0353.
    """
    addressed, cautions = _addressed(session, delivery)
    given, dropped = _undeleted(session, addressed)
    cautions += dropped
    before = _held(session, given.uscc)
    if before is not None:
        given, lapsed = _checked(before, given)
        cautions += lapsed
    subject = merge(before, given)
    moved: dict[str, str] = {}
    if before is not None:
        cautions += _late(before, given)
        moved = absorbed(before, subject)
        marks.carry_over(session, subject.uscc, moved)
        objections.carry_over(session, subject.uscc, moved)
    told, marked = learn(session, subject, desk, moved)
    return Learned(told, marked, subject, conflicts(subject), (*cautions, *_cautions(session, subject)))


def _held(session: Session, uscc: str) -> Subject | None:
    """Return what the office knows of a subject, and hold it: each import is taken into what the other left."""
    session.get(SubjectRow, uscc, with_for_update=True)
    return known_now(session, uscc)


def _with_claims(before: Subject | None, subject: Subject) -> tuple[Subject, tuple[Caution, ...]]:
    if before is None:
        return subject, ()
    kept = with_claims_of(before, subject)
    text = f"文件没有写明另述，前一版的 {kept.count} 项另述保留"
    told = (Caution(path="claims", text=text),) if kept.count else ()
    return kept.subject, (*told, *(_gone(name, claim) for name, claim in kept.gone))


def _gone(name: str, claim: Fact) -> Caution:
    text = f"文件不再载明此项，来源 {claim.source} 的另述一并删去；该来源仍然载明的，请重新导入其报送"
    return Caution(path=f"claims.{name}.{claim.id}", text=text)


def _checked(before: Subject, delivery: Delivery) -> tuple[Delivery, tuple[Caution, ...]]:
    """Return a delivery with the checks that stand, and say which lapsed; none does by one that comes too late."""
    if superseded(before, delivery):
        return delivery, ()
    checked = checked_as_before(before, delivery)
    return checked.delivery, tuple(_lapsed(path, fact) for path, fact in checked.lapsed)


def _lapsed(path: str, fact: Fact) -> Caution:
    day = fact.verification.on if fact.verification else ""
    text = f"来源 {fact.source} 改了说法，{day} 的核实不再作数，请重新核实"
    return Caution(path=path, text=text)


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
    known = warnings(subject, lambda uscc: known_now(session, uscc))
    return (*known, *alike, *_under_former_codes(session, subject))


def _under_former_codes(session: Session, subject: Subject) -> tuple[Caution, ...]:
    """Return that the office holds a subject under a code that this one had: it is not moved, and its reports are its own."""
    held = [(code, known_now(session, code)) for code in subject.former_codes if code != subject.uscc]
    text = "曾用代码 {} 在库内另有主体 {}，其事实与报告仍在该代码之下，不作合并，请核对"
    return tuple(
        Caution(path="former_codes", text=text.format(code, other.name)) for code, other in held if other
    )
