"""Serving the portal: uvicorn's processes, each with the whole portal, and beside them those that render and call."""

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import uvicorn

from reportgen.settings import Office
from reportgen.web.logs import to_json_lines
from reportgen.web.settings import web_settings

_SWITCH = 0.0005
"""Seconds after which a thread lets another run: by default ten times as many, which whoever comes back from the
database would wait for each of the others."""
_GRACE = 30
"""Seconds in which what is under way may end when the portal is told to stop."""


def serve(office: Office, host: str | None, port: int | None) -> None:
    """Serve an office's portal and render its queue until a signal ends it; raises E0311."""
    settings = web_settings(office)
    to_json_lines()
    # uvicorn ends with the signal that it was told to end by: what renders must be told first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    beside = _calling(office) if settings.webhooks else nullcontext()
    with _counted_together(settings.processes), _rendering(office, settings.renderers), beside:
        uvicorn.run(
            "reportgen.web.serving:app",
            factory=True,
            host=host or settings.host,
            port=port or settings.port,
            workers=settings.processes,
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_config=None,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies),
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )


def app() -> object:
    """Return the portal, as each process of the server starts it."""
    to_json_lines()
    sys.setswitchinterval(_SWITCH)
    from reportgen.web.app import served

    made = served()
    # What the portal consists of never goes: nobody need look it through for garbage while somebody waits.
    gc.freeze()
    return made


@contextmanager
def _counted_together(processes: int) -> Iterator[None]:
    """Let several processes count for Prometheus in one folder, which has to be named before any of them counts."""
    if processes == 1:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def _rendering(office: Office, renderers: int) -> AbstractContextManager[None]:
    # It counts, and so is loaded after it is known where.
    from reportgen.web.rendering import rendering

    return rendering(office, renderers)


def _calling(office: Office) -> AbstractContextManager[None]:
    # Loaded as late as the other, for it counts as well.
    from reportgen.web.calling import calling

    return calling(office)
