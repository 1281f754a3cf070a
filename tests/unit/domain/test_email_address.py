"""Addresses that sidecars and claims may hold, and those that get mail."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop import sidecar
from imagedrop.domain.email_address import is_address, is_in_domains, mailbox_id
from tests.support.hostile import HOSTILE

TRICKS = (
    "ada@example.com\nBcc: eve@evil.example",
    "ada@example.com\r\n",
    "ada@example.com\u2028",
    "ada@example.com\x00",
    "ada@example.com,eve@evil.example",
    "ada@example.com;eve@evil.example",
    "ada@example.com eve@evil.example",
    "ada@example.com@evil.example",
    "Ada <ada@example.com>",
    "<ada@example.com>",
    '"ada\\r\\n"@example.com',
    '"ada@example.com"@evil.example',
    "ada(comment)@example.com",
    "ada@[127.0.0.1]",
    "ada@127.0.0.1",
    "ada@exаmple.com",  # a Cyrillic letter
    "ada@例え.jp",
    "ａda@example.com",
    "ada@example.com.",
    "ada@.example.com",
    "ada@example",
    ".ada@example.com",
    "@example.com",
    "ada@",
    "",
    " ada@example.com",
    "ada@example.com ",
    "a" * 65 + "@example.com",
)


@pytest.mark.parametrize("email", TRICKS)
def test_invalid_address_is_refused_here_and_in_the_sidecar(email: str) -> None:
    assert not is_address(email)
    read = sidecar.read(json.dumps({"name": "w", "owner": {"email": email}}).encode())
    assert read.owner is None
    assert read.findings


@pytest.mark.parametrize("email", ["ada@example.com", "a.b+c@ex-ample.co.uk", "o'hara_{x}@xn--fsq.com"])
def test_valid_address_is_accepted(email: str) -> None:
    assert is_address(email)


@given(HOSTILE, st.integers(0, 15))
def test_accepted_address_is_ascii_without_separators(odd: str, position: int) -> None:
    whole = "ada@example.com"
    email = whole[:position] + odd + whole[position:]
    if is_address(email):
        assert email.isascii()
        assert not set(email) & set(' \t\r\n,;:<>()[]\\"')
        assert email.count("@") == 1


@given(HOSTILE)
def test_accepted_text_of_a_sidecar_has_no_line_breaks_or_markup(text: str) -> None:
    full = {"name": text, "owner": {"email": "ada@example.com", "name": text}, "description": text}
    for fields in ({**full, "name": "w"}, {**full, "owner": {"email": "ada@example.com"}}, full):
        read = sidecar.read(json.dumps(fields).encode())
        kept = [read.owner.name if read.owner else None]
        kept += [read.sidecar.name, read.sidecar.description] if read.sidecar else []
        for value in filter(None, kept):
            assert value.splitlines() == [value]
            assert not set(value) & set("<>\x00\x1b\x7f\x9b\u202e\u2066")


@pytest.mark.parametrize("domains", [("corp.example",), ("CORP.Example",), ("@corp.example",), ("a.b", "corp.example")])
def test_domain_matches_in_any_case_but_not_its_subdomains(domains: tuple[str, ...]) -> None:
    assert is_in_domains("ada@Corp.EXAMPLE", domains)
    others = ("ada@sub.corp.example", "ada@evilcorp.example", "ada@corp.example.evil.com", "ada@corp.exampl", "ada", "")
    for other in others:
        assert not is_in_domains(other, domains)
    assert not is_in_domains("corp.example@evil.example", domains)


def test_every_domain_is_allowed_when_none_is_set() -> None:
    assert is_in_domains("ada@example.com", ())


def test_mailbox_id_ignores_case_and_what_follows_a_plus() -> None:
    same = ("ada@example.com", "ADA@Example.COM", "ada+1@example.com", "Ada+a+b@example.com")
    assert len({mailbox_id(address) for address in same}) == 1
    others = ("ada@example.com", "bob@example.com", "ada@example.org", "a@da@example.com")
    assert len({mailbox_id(address) for address in others}) == 4
    assert all(len(mailbox_id(address)) == 64 for address in ("", "@", "\ud800", "x" * 10_000))
