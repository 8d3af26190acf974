"""Where a webhook may point to: the public network over https, and what the office's settings name."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import ReportgenError
from reportgen.registry.webhook_urls import Target, public, target_of

INSIDE = {"localhost", "10.1.2.3"}


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *("169.254.169.254", "192.0.0.8", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "192.88.99.1"),
        *("::", "::1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1"),
        *("2001:db8::1", "2001::1", "3fff::1", "5f00::1", "100::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
        *("64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::1"),
    ],
)
def test_what_is_not_of_the_public_network_is_not_called(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "223.5.5.5", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_what_is_of_the_public_network_is_called(address: str) -> None:
    assert public(address)


@given(st.ip_addresses(v=4))
def test_ipv4_is_judged_alike_in_whatever_it_is_wrapped(address: IPv4Address) -> None:
    wrapped = (
        f"::ffff:{address}",
        f"64:ff9b::{address}",
        str(IPv6Address((0x2002 << 112) | int(address) << 80)),
    )
    assert {public(one) for one in wrapped} == {public(str(address))}
    assert not public(str(address)) or address.is_global


@given(st.ip_addresses(v=6))
def test_no_ipv6_is_public_that_is_not_global(address: IPv6Address) -> None:
    assert not public(str(address)) or ip_address(str(address)).is_global or address in _TRANSLATING


_TRANSLATING = {IPv6Address("64:ff9b::808:808")}


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("", "请填写"),
        ("hook.example.cn/told", "不是完整的网址"),
        ("https:///told", "不是完整的网址"),
        ("https://a.cn:99999/", "不是完整的网址"),
        ("https://%6cocalhost/", "不是完整的网址"),
        ("https://[::1%25eth0]/", "不是完整的网址"),
        ("https://-a.cn/", "不是完整的网址"),
        ("http://hook.example.cn/", "须以 https:// 开头"),
        ("ftp://localhost/", "须以 https:// 开头"),
        ("https://hook.example.cn:22/", "端口须为 443 或 8443"),
        ("https://a:b@hook.example.cn/", "用户名"),
        ("https://hook.example.cn/#told", "# 之后"),
        ("https://hook.example.cn\\@10.0.0.1/", "不含空格与汉字"),
        ("https://hook.example.cn/ a", "不含空格与汉字"),
        ("https://接收.cn/", "不含空格与汉字"),
        ("https://hook.example.cn/" + "a" * 500, "最多 500"),
    ],
)
def test_what_is_no_place_for_a_webhook_is_refused_with_why(url: str, what: str) -> None:
    with pytest.raises(ReportgenError) as caught:
        target_of(url, INSIDE)
    (fault,) = caught.value.faults
    assert (fault.path, what in fault.what) == ("url", True)


@pytest.mark.parametrize(
    ("url", "named", "allowed", "refused"),
    [
        ("https://Hook.Example.cn/told", "hook.example.cn", "8.8.8.8", "10.1.2.3"),
        ("https://hook.example.cn:8443/", "hook.example.cn:8443", "2606:4700::1111", "::1"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]", "2606:4700::1111", "::1"),
        ("http://localhost:8080/told", "localhost:8080", "127.0.0.1", "10.1.2.3"),
        ("http://localhost/told", "localhost", "::1", "8.8.8.8"),
    ],
)
def test_a_target_says_how_it_is_named_and_which_addresses_it_may_have(
    url: str, named: str, allowed: str, refused: str
) -> None:
    target = target_of(url, INSIDE)
    assert (target.named, target.allows(allowed), target.allows(refused)) == (named, True, False)


def test_what_the_office_names_may_lie_inside_at_any_port() -> None:
    target = target_of("https://10.1.2.3:9443/", INSIDE)
    assert target == Target("https://10.1.2.3:9443/", "https", "10.1.2.3", 9443, inside=True)
    assert target.allows("10.1.2.3")


def test_the_address_stands_in_the_place_of_the_name() -> None:
    target = target_of("https://hook.example.cn:8443/told?by=portal", ())
    assert str(target.at("8.8.8.8")) == "https://8.8.8.8:8443/told?by=portal"
    assert str(target.at("2606:4700::1111")) == "https://[2606:4700::1111]:8443/told?by=portal"
