"""The whole API with requests that nobody thought of: no 5xx, and every answer as openapi.json says."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from reportgen.store.account_rows import AccountKind
from reportgen.web import limiting
from reportgen.web.api.document import document
from tests.cli.desk import MOMENT
from tests.web.keys import V1, bearing, token_of
from tests.web.portal import PROJECT, RECIPIENT, Portal
from tests.web.serving import serving

CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
OPENED = "2026-12-16T02:00:00+00:00"


@pytest.fixture
def address(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of a portal that limits nobody, with a project that is open."""
    monkeypatch.setattr(limiting, "PER_SIGN_IN", 10**9)
    settings = portal.house.settings.model_copy(update={"api_rate": 10**9})
    object.__setattr__(portal.house, "limits", limiting.Limits(settings))
    with serving(portal.client.app) as address:  # type: ignore[arg-type]
        yield address


@schemathesis.serializer("application/pdf")
def as_pdf(_: object, value: object) -> bytes:
    """Send whatever was thought of as the bytes of a file."""
    return getattr(value, "data", None) or (
        value if isinstance(value, bytes) else str(value).encode(errors="replace")
    )


def at_home(case: Any, known: dict[str, Any]) -> None:
    """Put what the office knows into the places of a request where it fits: nobody guesses a number."""
    for held in (case.path_parameters, case.query, case.body):
        if isinstance(held, dict):
            held.update({name: word for name, word in known.items() if name in held})


def asked(portal: Portal, address: str, examples: int) -> Counter[tuple[str, int]]:
    """Ask every operation with a key of each kind and with none; return what was answered how often."""
    answers: Counter[tuple[str, int]] = Counter()
    keys = [bearing(token_of(portal, kind)) for kind in AccountKind] + [{}]
    known: dict[str, Any] = {
        "number": portal.number,
        "code": portal.code,
        "project": PROJECT,
        "quarter": "2026Q4",
    }
    known |= {"recipient": RECIPIENT, "payer": RECIPIENT, "round": 1, "lot": "", "members": []}
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
        config = schemathesis.Config.discover()
        schema = schemathesis.openapi.from_url(f"{address}{V1}/openapi.json", config=config)
        for found in schema.get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr] # what cannot be read is an error anyhow

            @settings(
                max_examples=examples,
                phases=[Phase.explicit, Phase.generate],
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(operation.as_strategy(generation_mode=mode), st.sampled_from(keys), st.booleans())
            def run(case: Any, headers: dict[str, str], informed: bool) -> None:
                if informed:
                    at_home(case, known)
                answer = case.call_and_validate(headers=headers, checks=CHECKS)
                answers[case.operation.label, answer.status_code] += 1

            run()
    return answers


def test_nothing_breaks_the_api(portal: Portal, address: str) -> None:
    answers = asked(portal, address, 5)
    assert not any(status == 429 for (_, status) in answers), "whoever is turned away tests nothing"
    assert {label for label, _ in answers} == {
        f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods
    }


@pytest.mark.soak
@pytest.mark.parametrize("moment", [MOMENT, OPENED])
def test_nothing_breaks_the_api_however_often_it_is_asked(portal: Portal, address: str, moment: str) -> None:
    portal.clock.move_to(moment)
    answers = asked(portal, address, 400)
    print(*(f"{label} {status}: {count}" for (label, status), count in sorted(answers.items())), sep="\n")  # noqa: T201 - the figures of a long run
    # Applications are taken until the tender closes, reports are used from then on.
    write = "consumptions" if moment == OPENED else "applications"
    assert sum(n for (label, status), n in answers.items() if label == f"POST {V1}/{write}" and status < 300)
