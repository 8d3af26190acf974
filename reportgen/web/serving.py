"""Serving the portal: uvicorn's processes, each with the whole portal, and logs as lines of JSON on stderr."""

import logging
import sys

import structlog
import uvicorn
from structlog.typing import Processor

from reportgen.settings import Office
from reportgen.web.settings import web_settings

_GRACE = 30
"""Seconds in which what is under way may end when the portal is told to stop."""


def serve(office: Office, host: str | None, port: int | None) -> None:
    """Serve an office's portal until a signal ends it; raises E0311."""
    settings = web_settings(office)
    to_json_lines()
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
    from reportgen.web.app import served

    return served()


def to_json_lines() -> None:
    """Write what is logged as one line of JSON each, the portal's own and the libraries'."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    last: list[Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=[*shared, *last],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, *last])
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
