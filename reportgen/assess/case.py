"""What every part of the assessment looks at: applicant, project, policy, and how to name evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reportgen.assess.wording import mark
from reportgen.policy.model import Policy
from reportgen.project.applicant import Applicant, Member
from reportgen.project.model import Project
from reportgen.subject.base import Fact
from reportgen.subject.model import Subject
from reportgen.subject.window import Placed, window


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
    def placed(self) -> tuple[tuple[Subject, Placed], ...]:
        """Return every member's records placed in the window."""
        span = self.policy.window(self.judged_on)
        return tuple((s, item) for s in self.applicant.subjects for item in window(s.records, span))

    @cached_property
    def used(self) -> tuple[tuple[Subject, Placed], ...]:
        """Return the records that may be used and that count."""
        return tuple((s, item) for s, item in self.placed if item.used and s.counts(item.record))

    def members(self) -> Iterator[Member]:
        """Yield the members, the lead first."""
        yield from self.applicant.members

    def name_of(self, subject: Subject) -> str:
        """Return the member's mark ①, ② … in a joint venture, else nothing."""
        return mark(self.applicant.subjects.index(subject)) if self.applicant.joint else ""


def ref(subject: Subject, fact: Fact) -> str:
    """Return the evidence name of a fact: `USCC:fact id`."""
    return f"{subject.uscc}:{fact.id}"
