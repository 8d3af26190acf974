"""Where a webhook may point to: a URL that says nothing hidden, and at last only addresses of the public network.

Whoever registers a webhook makes this office's machine call an address of his choice. So that he reaches nothing in
the house with it (SSRF), the host's addresses are looked at each time before one of them is called.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2

from reportgen.errors import Fault, ReportgenError

LONGEST = 500
PORTS = (443, 8443)
"""Where a server outside may listen; at other ports stand services that are none of the web."""
_INCOMPLETE = "不是完整的网址，应如 https://api.example.cn/hook"
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
_UNICAST = IPv6Network("2000::/3")
_TEREDO = IPv6Network("2001::/32")
_TRANSLATED = IPv6Network("64:ff9b::/96")
_RESERVED = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""What the registries reserve and older releases of Python take for global."""


@dataclass(frozen=True)
class Target:
    """A URL in its parts; `inside`: its host is one of the house that the office's settings name."""

    url: str
    scheme: str
    host: str
    port: int
    inside: bool

    @property
    def named(self) -> str:
        """Return host and port as the Host header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"

    def at(self, address: str) -> httpx2.URL:
        """Return the URL with an address in the place of its name."""
        return httpx2.URL(self.url).copy_with(host=address)

    def allows(self, address: str) -> bool:
        """Say whether an address of the host may be called."""
        if self.scheme == "http":
            return ip_address(address).is_loopback
        return self.inside or public(address)


def target_of(url: str, inside: Collection[str]) -> Target:
    """Return a URL in its parts; raises E0301 where no webhook may point there.

    `inside` names the hosts in the house that may be called, at any port, and over http where they are this machine.
    """
    what = _fault(url)
    if what:
        raise _refused(what)
    parsed = httpx2.URL(url)
    host, port = _host(parsed), parsed.port or (443 if parsed.scheme == "https" else 80)
    named = host in inside
    if parsed.scheme != "https" and not (parsed.scheme == "http" and named):
        raise _refused("须以 https:// 开头")
    if port not in PORTS and not named:
        raise _refused(f"端口须为 {' 或 '.join(map(str, PORTS))}")
    return Target(url, parsed.scheme, host, port, named)


def public(address: str) -> bool:
    """Say whether an address is of the public network, whatever form it is written in.

    IPv6 holds IPv4 in several ways: mapped (RFC 4291), translated (NAT64, RFC 6052), 6to4 (RFC 3056). What is held
    counts. Sources: the special-purpose registries of IANA, as `ipaddress` knows them.
    """
    held = ip_address(address.partition("%")[0])
    if isinstance(held, IPv6Address):
        inner = _held(held)
        if inner is None:
            return held in _UNICAST and held not in _TEREDO and _plain(held)
        held = inner
    return _plain(held)


def _plain(address: IPv4Address | IPv6Address) -> bool:
    reserved = address.is_multicast or any(address in network for network in _RESERVED)
    return address.is_global and not reserved


def _held(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _fault(url: str) -> str:
    if not url:
        return "请填写"
    if len(url) > LONGEST or not _PRINTABLE.fullmatch(url):
        return f"应为不含空格与汉字的网址，最多 {LONGEST} 个字符；汉字域名请写成 xn-- 开头的形式"
    try:
        parsed = httpx2.URL(url)
        port_fits = parsed.port is None or 0 < parsed.port < 65536
    except (httpx2.InvalidURL, ValueError):
        return _INCOMPLETE
    if parsed.userinfo or parsed.fragment:
        return "网址中不得有用户名、密码或 # 之后的部分"
    return "" if port_fits and _names(_host(parsed)) else _INCOMPLETE


def _host(url: httpx2.URL) -> str:
    # The other form of it is not the one that is asked for.
    return url.raw_host.decode("ascii")


def _names(host: str) -> bool:
    if ":" not in host:
        return bool(_HOST.fullmatch(host))
    try:
        return ip_address(host).version == 6 and "%" not in host
    except ValueError:
        return False


def _refused(what: str) -> ReportgenError:
    return ReportgenError("E0301", path="webhook", faults=[Fault("E0301", "url", what)])
