"""What every part of the assessment looks at: applicant, project, policy, and how to name evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reportgen.assess.wording import mark
from reportgen.policy.model import Policy
from reportgen.project.applicant import Applicant, Member
from reportgen.project.model import Project
from reportgen.subject.base import Fact, Source
from reportgen.subject.canonical import in_order
from reportgen.subject.model import Subject
from reportgen.subject.records import PUBLIC_RECORDS, RecordKind
from reportgen.subject.window import Placed, Window, window


@dataclass(frozen=True)
class Case:
    """One applicant measured against one project (its lot already selected) by one day's policy."""

    applicant: Applicant
    project: Project
    policy: Policy

    @property
    def judged_on(self) -> date:
        """Return the day on which every date test is made."""
        return self.project.judged_on

    @cached_property
    def parties(self) -> tuple[Member, ...]:
        """Return the members, the lead first, their facts by id: the order of input changes nothing."""
        return tuple(m.model_copy(update={"subject": in_order(m.subject)}) for m in self.applicant.members)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return the members' subjects, the lead first, their facts by id."""
        return tuple(member.subject for member in self.parties)

    @cached_property
    def span(self) -> Window:
        """Return the look-back that ends on the day of the judgement."""
        return self.policy.window(self.judged_on)

    @cached_property
    def placed(self) -> tuple[tuple[Subject, Placed], ...]:
        """Return every member's records placed in the window."""
        return tuple((s, item) for s in self.subjects for item in window(s.records, self.span))

    @cached_property
    def usable(self) -> tuple[tuple[Subject, Placed], ...]:
        """Return the records that may be used, among them what nobody has checked."""
        return tuple((s, item) for s, item in self.placed if item.used)

    @cached_property
    def used(self) -> tuple[tuple[Subject, Placed], ...]:
        """Return the records that may be used and that count."""
        return tuple((s, item) for s, item in self.usable if s.counts(item.record))

    def members(self) -> Iterator[Member]:
        """Yield the members, the lead first."""
        yield from self.parties

    def name_of(self, subject: Subject) -> str:
        """Return the member's mark ①, ② … in a joint venture, else nothing."""
        codes = [member.subject.uscc for member in self.applicant.members]
        return mark(codes.index(subject.uscc)) if self.applicant.joint else ""

    def lists(self, subject: Subject, collection: str) -> tuple[Source, ...]:
        """Return the closed lists of a collection that are fresh enough to prove an absence."""
        return tuple(s for s in subject.lists(collection) if not self.stale(subject, s.collected_on))

    def closed(self, subject: Subject, collection: str) -> date | None:
        """Return the day of the newest list that proves what the subject lacks; None where none does.

        What ends on that day or later may have been renewed since.
        """
        return max((source.collected_on for source in self.lists(subject, collection)), default=None)

    def looked_up(self, subject: Subject) -> bool:
        """Say whether a fresh closed list of 公共信用信息 reaches back through the look-back, or the subject's life."""
        return reach_back(subject, self.lists(subject, PUBLIC_RECORDS), self.span.start)

    def convictions_looked_up(self, subject: Subject, since: date) -> bool:
        """Say whether a fresh closed list of 刑事处罚 reaches back to a day, or the subject's founding.

        Where the list does not say since when it is closed, it is so through the look-back.
        """
        needed = max(since, subject.registration.established_on)
        lists = self.lists(subject, RecordKind.CRIMINAL)
        return any((source.complete_since or self.span.start) <= needed for source in lists)

    def stale(self, subject: Subject, collected_on: date) -> bool:
        """Say whether what was collected on a day is too old for the facts or for the judging."""
        return too_old(collected_on, subject.as_of, self.judged_on, self.policy.horizons.stale)


def reach_back(subject: Subject, lists: Iterable[Source], start: date) -> bool:
    """Say whether a closed list of records reaches back to the start of a look-back, or the subject's founding."""
    needed = max(start, subject.registration.established_on)
    return any((source.complete_since or start) <= needed for source in lists)


def too_old(collected_on: date, as_of: date, on: date, limit: int) -> bool:
    """Say whether what was collected on a day is more than `limit` days older than the facts, or they than a day."""
    return (as_of - collected_on).days > limit or (on - as_of).days > limit


def ref(subject: Subject, fact: Fact) -> str:
    """Return the evidence name of a fact: `USCC:fact id`."""
    return f"{subject.uscc}:{fact.id}"
