"""Judgements a credit analyst can read: `cases/*.yaml`, each a sentence, a change and what follows.

A case with a `bug` has to fail, and turns red on the day the judgement is right.
"""

from typing import Any

import pytest

from tests.assess.build import HERE
from tests.assess.expect import Sentence, sentences

FILES = sorted((HERE / "cases").glob("*.yaml"))


def cases() -> list[Any]:
    """Return every case, named by its file and its place in it."""
    found = []
    for file in FILES:
        for number, sentence in enumerate(sentences(file), start=1):
            marks = [known_bug(sentence.bug)] if sentence.bug else []
            found.append(pytest.param(sentence, id=f"{file.stem}-{number:02}", marks=marks))
    return found


def known_bug(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)


@pytest.mark.parametrize("sentence", cases())
def test_the_judgement_is_what_the_sentence_says(sentence: Sentence) -> None:
    assert sentence.mismatches(sentence.judged()) == [], sentence.name


def test_every_case_has_a_name_of_its_own() -> None:
    names = [sentence.name for file in FILES for sentence in sentences(file)]
    assert len(names) == len(set(names))
