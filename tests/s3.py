"""A real server of the S3 protocol, for the tests that ask for one: on loopback, started once, with one bucket."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

BUCKET = "reports"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def serving() -> Iterator[str]:
    """Serve a bucket of the name BUCKET; yield the address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    _make_bucket(address)
    try:
        yield address
    finally:
        server.stop()


def _make_bucket(address: str) -> None:
    from urllib.request import Request, urlopen

    # Enough for this server, which checks no signature.
    urlopen(Request(f"{address}/{BUCKET}", method="PUT"), timeout=10).close()
