"""`reportgen subject pull`: what the clerk is told, and what a pull leaves with its exit codes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agency import EXAMPLES, FIRST, SECOND, VARIABLE, Agency, agency
from tests.cli.desk import program, refused, said, told

MAPPING = EXAMPLES / "mapping.yaml"


@pytest.fixture
def source(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Agency]:
    with agency("sqlite", request, tmp_path) as made:
        monkeypatch.setenv(VARIABLE, made.url)
        yield made


@pytest.mark.usefixtures("at_the_desk", "office")
def test_a_pull_says_what_came_of_it(source: Agency) -> None:
    assert said("subject", "pull", MAPPING) == "来源 agency-db：全部重读，读取 2 个主体\n  新增 2 个\n"
    source.changed("xzcf", "lxqk = 0", "id = 1", "2026-11-22 08:00:00")
    done = told("subject", "pull", MAPPING)
    assert (done["whole"], done["read"], done["counts"]["changed"], done["counts"]["same"]) == (
        False,
        2,
        1,
        1,
    )
    (record,) = told("subject", "show", FIRST)["records"]
    assert record["fulfilment"] == "全部未履行"


@pytest.mark.usefixtures("at_the_desk", "office", "source")
def test_a_trial_enters_nothing() -> None:
    assert "只检查，没有导入" in said("subject", "pull", MAPPING, "--dry-run")
    assert told("subject", "list") == []
    assert told("subject", "pull", MAPPING)["counts"]["new"] == 2


@pytest.mark.usefixtures("at_the_desk", "office")
def test_what_is_faulty_is_named_and_nothing_or_the_rest_is_entered(source: Agency) -> None:
    source.run("UPDATE xzcf SET cfrq = '2026-13-20' WHERE id = 2")
    assert refused("subject", "pull", MAPPING) == ("E0366", 3)
    assert told("subject", "list") == []
    done = program("subject", "pull", MAPPING, "--continue-on-error")
    assert done.returncode == 12
    assert f"· {SECOND}.records[0].determined_on：不是有效日期" in done.stderr
    assert "（xzcf 表 id=2 的行“cfrq”列）" in done.stderr
    assert [item["uscc"] for item in told("subject", "list")] == [FIRST]


@pytest.mark.usefixtures("at_the_desk", "office", "source")
def test_whoever_may_not_import_may_not_pull() -> None:
    said("user", "add", "clerk", "--name", "甲")
    said("user", "grant", "clerk", "admin")
    assert refused("subject", "pull", MAPPING) == ("E1107", 11)


@pytest.mark.usefixtures("at_the_desk", "office")
def test_no_address_no_pull() -> None:
    assert refused("subject", "pull", MAPPING) == ("E0367", 3)
