"""Every version of facts and projects is told once, in the transaction that enters it."""

import json
from datetime import timedelta

from sqlmodel import select

from reportgen.policy.values import ObjectionRule
from reportgen.registry import objections
from reportgen.registry.changes import learn
from reportgen.registry.entries import enter_facts, enter_project
from reportgen.registry.objections import Ending
from reportgen.registry.tables import EventRow
from reportgen.store.engine import Store
from reportgen.store.facts import versions
from tests.factories import project, record_data, subject
from tests.registry.lives import NOW, SUBJECT, at

TODAY = NOW.date()


def told(store: Store, stream: str) -> list[tuple[str, str, dict[str, object]]]:
    found = select(EventRow).where(EventRow.stream == stream).order_by(EventRow.seq)  # type: ignore[arg-type]
    rows = store.read(lambda session: session.exec(found).all())
    return [(row.tag, row.actor, json.loads(row.data)) for row in rows]


def test_a_version_of_facts_is_told_once_by_whoever_entered_it(store: Store) -> None:
    first = store.write(lambda s: enter_facts(s, subject(), at()))
    store.write(lambda s: enter_facts(s, subject(), at(hours=1)))
    second = store.write(lambda s: learn(s, subject(records=[record_data(id="REC-001")]), at(hours=2)))[0]
    assert told(store, f"subject:{SUBJECT}") == [
        (
            "subject:facts:import",
            "office",
            {"uscc": SUBJECT, "on": item.as_of.isoformat(), "sha256": item.sha256},
        )
        for item in (first, second)
    ]


def test_what_an_objection_makes_of_the_facts_is_told_too(store: Store) -> None:
    store.write(lambda s: learn(s, subject(records=[record_data(id="REC-001")]), at()))
    rule = ObjectionRule(answer_days=20)
    case = store.write(lambda s: objections.object_to(s, SUBJECT, "REC-001", "有误", rule, at(hours=1)))
    store.write(lambda s: objections.close(s, case.id or 0, Ending.KEPT, "已核查", at(hours=2), "保留意见"))
    hashes = [said["sha256"] for _, _, said in told(store, f"subject:{SUBJECT}")]
    assert hashes == [v.sha256 for v in reversed(store.read(lambda s: versions(s, SUBJECT)))]


def test_a_version_of_a_project_is_told_once_whatever_its_owner_calls_it(store: Store) -> None:
    given = [project(), project(), project(name="样例改名工程"), project(id="样例 招标（一）")]
    for hours, item in enumerate(given):
        store.write(lambda s, item=item, hours=hours: enter_project(s, item, at(hours=hours)))  # type: ignore[misc]
    found = told(store, "project")
    assert [tag for tag, _, _ in found] == ["project:version:import"] * 3
    assert [said["project"] for _, _, said in found[:2]] == [project().id] * 2
    assert str(found[2][2]["project"]).startswith("#")


def test_what_is_not_entered_is_not_told(store: Store) -> None:
    old = subject(as_of=(TODAY - timedelta(days=2)).isoformat())
    for _ in range(2):
        store.write(lambda s: enter_facts(s, old, at()))
    assert len(told(store, f"subject:{SUBJECT}")) == 1
