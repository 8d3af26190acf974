"""Run a folder of sentence cases and say in one line each whether the judgement is as they say.

`make cases` runs the cases of the tests, `make cases CASES=folder` those of an analyst; the page
docs/cases.md says how to write them. Leaves with 1 where a case fails or cannot be read.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from reportgen.cli.safe import safe
from reportgen.errors import ReportgenError
from tests.assess.expect import Mismatch, Sentence, sentences

_PASSED, _FAILED, _FAULTY, _KNOWN = "通过", "不符", "有误", "已知缺陷"
_MARKS = {_PASSED: "✓", _FAILED: "✗", _FAULTY: "！", _KNOWN: "○"}


def main(arguments: list[str]) -> int:
    """Run the cases of the folders or files named; return 0 where all is as they say."""
    counts: Counter[str] = Counter()
    for file in _files([Path(name) for name in arguments]):
        for outcome, lines in _run(file):
            counts[outcome] += 1
            print("\n".join(lines))
    total = "，".join(f"{outcome} {counts[outcome]}" for outcome in _MARKS if counts[outcome])
    print(f"共 {counts.total()} 例：{total}" if counts else "没有找到案例（*.yaml）")
    return 0 if counts and not counts[_FAILED] + counts[_FAULTY] else 1


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _run(file: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        found = sentences(file)
    except ReportgenError as error:
        yield _FAULTY, [f"{_MARKS[_FAULTY]} {safe(file.name)}", *_indented(error)]
        return
    for sentence in found:
        yield _outcome(sentence)


def _outcome(sentence: Sentence) -> tuple[str, list[str]]:
    try:
        assessment = sentence.judged()
    except ReportgenError as error:
        return _FAULTY, [_head(_FAULTY, sentence), *_indented(error)]
    wrong = sentence.mismatches(assessment)
    if sentence.bug:
        why = sentence.bug if wrong else "判断已与案例相符，请删去 bug"
        outcome = _KNOWN if wrong else _FAILED
        return outcome, [f"{_head(outcome, sentence)}（{safe(why)}）"]
    if not wrong:
        return _PASSED, [_head(_PASSED, sentence)]
    reasons = [f"    理由 {safe(reason.text)}" for reason in assessment.reasons]
    return _FAILED, [_head(_FAILED, sentence), *(line for item in wrong for line in _told(item)), *reasons]


def _head(outcome: str, sentence: Sentence) -> str:
    return f"{_MARKS[outcome]} {outcome} {safe(f'{sentence.file.name}:{sentence.line} {sentence.name}')}"


def _told(item: Mismatch) -> list[str]:
    return [
        f"    期望 {item.key}：{safe(_text(item.expected))}",
        f"    实际 {item.key}：{safe(_text(item.seen))}",
    ]


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "，".join(f"{key} {item}" for key, item in value.items())
    return ("；".join(map(str, value)) or "（无）") if isinstance(value, list) else str(value)


def _indented(error: ReportgenError) -> list[str]:
    return [f"    {line}" for line in error.text().splitlines()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
