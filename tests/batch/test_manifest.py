"""The manifest of a batch: nothing in it is lost, torn or somebody else's."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from reportgen.batch import manifest
from reportgen.batch.job import Outcome, State
from reportgen.batch.manifest import Header
from reportgen.errors import ReportgenError

AT = datetime(2026, 11, 22, 9, 30)


@pytest.fixture
def header(tmp_path: Path) -> Header:
    requests = tmp_path / "requests.csv"
    requests.write_text("applicant\n")
    return manifest.header_of(requests, 3, "91990102MA9C000128", AT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.csv.manifest.jsonl"


def outcome(row: int, state: State = State.ISSUED, **more: str) -> Outcome:
    return Outcome(row=row, key=f"key-{row}", state=state, **more)  # type: ignore[arg-type]


def add(path: Path, header: Header, *outcomes: Outcome, resume: bool = False) -> None:
    with manifest.opened(path, header, resume=resume) as kept:
        kept.add(outcomes)


def states(path: Path, header: Header) -> dict[int, State]:
    with manifest.opened(path, header, resume=True) as kept:
        return {row: entry.state for row, entry in kept.entries.items()}


def refused(path: Path, header: Header, *, resume: bool = True) -> ReportgenError:
    with pytest.raises(ReportgenError) as caught, manifest.opened(path, header, resume=resume):
        pass
    return caught.value


def test_the_first_line_says_what_it_is_of_and_each_other_what_came_of_a_row(
    path: Path, header: Header
) -> None:
    add(path, header, outcome(2, number="XY1", detail="某人"), outcome(3, State.FAILED, error="E0350"))
    first, second, third = map(json.loads, path.read_text("utf-8").splitlines())
    assert (first["format"], first["sha256"], first["rows"]) == ("reportgen-batch/1", header.sha256, 3)
    assert (second["row"], second["state"], second["number"]) == (2, "issued", "XY1")
    assert (third["state"], third["error"]) == ("failed", "E0350")
    assert "某人" not in path.read_text("utf-8")


def test_what_came_of_a_row_last_counts(path: Path, header: Header) -> None:
    add(path, header, outcome(2, State.FAILED), outcome(3, State.GAPS))
    add(path, header, outcome(2), resume=True)
    assert states(path, header) == {2: State.ISSUED, 3: State.GAPS}


def test_a_torn_last_line_is_cut_off_wherever_it_was_torn(path: Path, header: Header) -> None:
    add(path, header, outcome(2), outcome(3))
    whole = path.read_bytes()
    second = whole[: whole.rstrip(b"\n").rfind(b"\n") + 1]
    for end in range(len(second), len(whole)):
        path.write_bytes(whole[:end])
        assert states(path, header) == {2: State.ISSUED}
        assert path.read_bytes() == second


def test_a_manifest_torn_in_its_first_line_is_begun_anew(path: Path, header: Header) -> None:
    path.write_text('{"format":"reportgen-ba')
    add(path, header, outcome(2), resume=True)
    assert states(path, header) == {2: State.ISSUED}


def test_an_existing_manifest_is_gone_on_with_only_when_that_is_wanted(path: Path, header: Header) -> None:
    add(path, header, outcome(2))
    before = path.read_bytes()
    assert refused(path, header, resume=False).code == "E0363"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sha256": "0" * 64}, "改过了"),
        ({"office": "91990102MA9C000111"}, "现在的机构"),
        ({"format": "reportgen-batch/2"}, "格式为"),
    ],
)
def test_a_manifest_of_something_else_is_refused(
    change: dict[str, str], said: str, path: Path, header: Header
) -> None:
    add(path, header, outcome(2))
    error = refused(path, header.model_copy(update=change))
    assert error.code == "E0364"
    assert said in error.text()


STRANGE = (
    b"%PDF-1.7 no line end",
    b'{"a": "no line end"',
    b'{"format": "x"}',
    b"a,b\n",
    b"{}\n",
    b'{"row": 1}\n',
    b"\xff\n",
    b"[" * 100_000 + b"\n",
)


@pytest.mark.parametrize("content", STRANGE, ids=range(len(STRANGE)))
def test_what_is_no_manifest_is_left_as_it_is(content: bytes, path: Path, header: Header) -> None:
    path.write_bytes(content)
    assert refused(path, header).code == "E0364"
    assert path.read_bytes() == content


def test_a_line_of_another_hand_is_refused(path: Path, header: Header) -> None:
    add(path, header, outcome(2))
    path.write_bytes(path.read_bytes() + b'{"row": "x"}\n')
    assert refused(path, header).code == "E0364"


def test_two_cannot_hold_one_manifest(path: Path, header: Header) -> None:
    with manifest.opened(path, header, resume=False) as kept:
        kept.add([outcome(2)])
        assert refused(path, header).code == "E0612"
        kept.add([outcome(3)])
    assert states(path, header) == {2: State.ISSUED, 3: State.ISSUED}


def test_where_nothing_is_added_nothing_is_left(path: Path, header: Header) -> None:
    with manifest.opened(path, header, resume=False):
        assert refused(path, header).code == "E0612"
    assert not path.exists()


def test_a_manifest_that_cannot_be_written_is_told(tmp_path: Path, header: Header) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert refused(tmp_path / "file" / "manifest", header).code == "E0901"
    assert refused(tmp_path, header).code == "E0901"
