"""What an import, a check or a comparison found, as lines and as JSON."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from reportgen.cli.page import say
from reportgen.errors import Fault
from reportgen.subject.changes import Sort
from reportgen.subject.conflicts import Conflict
from reportgen.subject.model import Subject
from reportgen.subject.warnings import Caution
from reportgen.subject.wording import differing

if TYPE_CHECKING:
    from reportgen.registry.deliveries import Learned
    from reportgen.store.facts import Imported


def say_learned(found: "Learned") -> None:
    """Print what came of an import: the version, the reports marked, and what to look at."""
    item = found.told
    say(f"{item.name}（{item.uscc}）　数据截止日 {item.as_of}　{_outcome(item)}")
    for number in found.marked:
        say(f"报告 {number} 标为需更新", 1)
    say_findings(found.subject, found.conflicts, found.cautions)


def say_findings(
    subject: Subject,
    conflicts: tuple[Conflict, ...],
    cautions: tuple[Caution, ...],
    place: Callable[[Fault], Fault] = lambda fault: fault,
) -> None:
    """Print the conflicts between sources and what else to look at; `place` adds where in a file that is."""
    for conflict in conflicts:
        say(f"冲突 {differing(conflict, subject)}", 1)
    for caution in cautions:
        say(f"提示 {place(Fault('', caution.path, caution.text))}", 1)


def learned_data(found: "Learned") -> dict[str, object]:
    """Return what came of an import as plain data."""
    item = found.told
    changes = [change.model_dump(mode="json") for change in item.changes]
    told = {**asdict(item), "counts": item.counts, "changes": changes, "marked": found.marked}
    return {**told, **findings_data(found.conflicts, found.cautions)}


def findings_data(conflicts: tuple[Conflict, ...], cautions: tuple[Caution, ...]) -> dict[str, object]:
    """Return conflicts and what else to look at as plain data."""
    told = {"conflicts": conflicts, "cautions": cautions}
    return {name: [item.model_dump(mode="json") for item in items] for name, items in told.items()}


def _outcome(item: "Imported") -> str:
    if not item.new:
        return "与库内相同，没有另存"
    if not item.counts:
        return f"已存，但早于库内的 {item.newest}，评价仍用后者"
    counts = Counter("另述变动" if change.is_claim else change.sort.value for change in item.changes)
    sorts = [*(sort.value for sort in Sort), "另述变动"]
    differs = "、".join(f"{sort} {counts[sort]} 项" for sort in sorts if counts[sort])
    return f"已存，与前一版相比{differs}" if differs else "已存"
