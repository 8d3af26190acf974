"""Where the time of a report goes, as ratios within one run: `python -m benchmarks.run`.

Each stage runs over newly generated subjects, warm, and is shown as its median of processor time in milliseconds and as
a ratio to the yardstick, which is WeasyPrint laying out and writing one page of plain text. Absolute
times say more about the machine than about the code; compare ratios.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from unittest.mock import patch

from weasyprint import HTML

from reportgen.assess.case import Case
from reportgen.assess.judge import assess
from reportgen.cli.demo import sample_office
from reportgen.document.compose import Inputs, compose
from reportgen.document.content import Content, strings
from reportgen.document.finisher import finisher
from reportgen.document.glyphs import preflight
from reportgen.document.issuer import Binding, issuer_of
from reportgen.document.twin import TWIN_FILE, twin
from reportgen.document.typeset import Enclosure, typesetter
from reportgen.pipeline import Judged, Means, Request, identify, snapshot
from reportgen.policy.loader import select
from reportgen.project.applicant import single
from reportgen.project.model import Project
from reportgen.subject.model import Subject
from sample_subjects.generator import generate_project, generate_subject

ROUNDS = 12
NOW = datetime(2026, 11, 21, 9, 30)
PLAIN = "<html lang='zh-CN'><body><p>" + "plain text " * 400 + "</p></body></html>"


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def case_of(seed: int) -> tuple[Case, Inputs]:
    project = Project.model_validate(generate_project(seed))
    applicant = single(Subject.model_validate(generate_subject(seed, profile="good")))
    issuer = issuer_of(sample_office())
    binding = Binding(recipient=project.owner, purpose="投标", authorisation="样例", payer=project.owner.uscc)
    case = Case(applicant, project, select(project))
    found = assess(case, snapshot(applicant, project))
    judged = Judged(Request(applicant, project, binding), case, found, Means(issuer, None))
    return case, Inputs(case, found, binding, issuer, identify(judged, b"benchmark", NOW))


def typesetting(content: Content, twin_data: bytes) -> Iterator[tuple[str, float]]:
    spent: list[float] = []

    def watched(document: object, pdf: object) -> None:
        spent.append(timed(lambda: finisher(document, pdf)))

    data = Enclosure(TWIN_FILE, twin_data, "")
    with patch("reportgen.document.typeset.finisher", watched):
        yield (
            "typeset",
            timed(lambda: typesetter().document("report.html.j2", content, NOW, "benchmark", [data])),
        )
    yield "of it, finisher", spent[0]


def stages(seed: int) -> Iterator[tuple[str, float]]:
    data = generate_subject(seed, profile="good")
    yield "validate the subject", timed(lambda: Subject.model_validate(data))
    case, inputs = case_of(seed)
    fresh = Case(case.applicant, case.project, case.policy)
    yield "assess", timed(lambda: assess(fresh, "0" * 64))
    contents: list[Content] = []
    yield "compose (charts, seal, QR)", timed(lambda: contents.append(compose(inputs)))
    yield "glyph preflight", timed(lambda: preflight(strings(contents[0])))
    yield "twin", timed(lambda: twin(inputs))
    yield from typesetting(contents[0], twin(inputs))
    yield "yardstick", timed(lambda: HTML(string=PLAIN).write_pdf())


def main() -> None:
    _ = list(stages(0)), list(stages(1))
    times: dict[str, list[float]] = {}
    for seed in range(2, 2 + ROUNDS):
        for name, spent in stages(seed):
            times.setdefault(name, []).append(spent)
    yardstick = statistics.median(times["yardstick"])
    for name, spent in times.items():
        median = statistics.median(spent)
        print(f"{name:28s} {median:9.1f} ms  {median / yardstick:7.2f} × yardstick")


if __name__ == "__main__":
    main()
