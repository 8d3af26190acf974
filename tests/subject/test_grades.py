"""Grades: one word for each, however it is typed; what cannot be read stays as it is."""

import pytest

from reportgen.subject.grades import grade_word
from reportgen.subject.holdings import Person, Qualification
from tests.factories import person_data, project, qualification_data, requirement_data


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("2级", "二级"),
        ("2級", "二级"),
        ("２级", "二级"),
        ("二级资质", "二级"),
        ("贰级资质", "二级"),
        ("叁級資質", "三级"),
        ("一級", "一级"),
        ("二 级", "二级"),
        ("Ⅱ级", "二级"),
        ("3", "三级"),
        ("甲", "甲级"),
        ("综合资质", "综合"),
        ("特级资质", "特级"),
        ("c类", "C类"),
        ("高级职称", "高级"),
        ("不分级", "不分等级"),
        ("", ""),
        ("二级及以上", None),
        ("二等", None),
        ("资质", None),
    ],
)
def test_a_grade_is_read_in_every_usual_spelling(typed: str, word: str | None) -> None:
    assert grade_word(typed) == word


@pytest.mark.parametrize(
    "typed",
    [
        "三级",
        "三级及以上",
        "三级（含）以上",
        "三级(含三级)以上",
        "三级资质及以上",
        "3级及以上资质",
        "叁级以上",
    ],
)
def test_what_is_asked_for_may_say_or_better(typed: str) -> None:
    assert grade_word(typed, least=True) == "三级"


@pytest.mark.parametrize("word", ["一级", "特级", "壹级", "C类", "不分等级", "副高级", "AAA级"])
def test_a_word_is_the_word_for_itself(word: str) -> None:
    assert grade_word(grade_word(word) or "") == grade_word(word)


def test_models_hold_the_one_word_and_keep_what_they_cannot_read() -> None:
    held = Qualification.model_validate(qualification_data(grade="贰级资质"))
    person = Person.model_validate(person_data(grade="一等"))
    asked = requirement_data("qualification", category="安全生产许可证", grade="3级及以上")
    assert (held.grade, person.grade) == ("二级", "一等")
    assert getattr(project(requirements=[asked]).requirements[0], "grade", None) == "三级"
