"""The portal's settings: `[web]` of reportgen.toml, and `REPORTGEN_WEB_*` before it."""

import os
from typing import Annotated

from pydantic import Field, ValidationError

from reportgen.errors import ReportgenError
from reportgen.faults import faults_of
from reportgen.settings import Office
from reportgen.subject.base import Model

Count = Annotated[int, Field(ge=1, le=10_000)]
_LISTS = ("proxies", "webhook_hosts")


class WebSettings(Model):
    """Where the portal listens, what it trusts, and how much it takes on at once.

    `proxies`: addresses of the reverse proxies whose X-Forwarded-For is believed. `rate`: looks a minute that one
    address may take at the public verification; `api_rate`: requests a minute of one API key; `queue`: reports that
    may wait to be rendered; `uploads`: files that are checked or read at the same moment; `at_once`: look-ups, and
    as many other requests, that one process has in hand at the same moment. `webhooks`: whether this machine calls them;
    `webhook_hosts`: hosts of the house that they may point to.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    processes: Annotated[int, Field(ge=1, le=64)] = 1
    renderers: Annotated[int, Field(ge=0, le=64)] = 1
    proxies: tuple[str, ...] = ()
    secure: bool = True
    rate: Count = 60
    api_rate: Count = 600
    queue: Count = 100
    at_once: Count = 20
    uploads: Annotated[int, Field(ge=1, le=32)] = 2
    webhooks: bool = True
    webhook_hosts: tuple[str, ...] = ()


def web_settings(office: Office) -> WebSettings:
    """Return an office's settings of the portal; raises E0311 with every fault."""
    given = office.data.get("web", {})
    if not isinstance(given, dict):
        given = {"web": given}
    try:
        return WebSettings.model_validate({**given, **_environment()})
    except ValidationError as error:
        raise ReportgenError("E0311", path="web", faults=faults_of(error, "web")) from error


def _environment() -> dict[str, object]:
    named = {name: os.environ.get(f"REPORTGEN_WEB_{name.upper()}") for name in WebSettings.model_fields}
    return {
        name: text.split(",") if name in _LISTS else text for name, text in named.items() if text is not None
    }
