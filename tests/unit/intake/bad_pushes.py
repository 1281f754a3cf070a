"""Every kind of bad push, its response, and the metric that counts it. docs/security.md has this table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA512

from imagedrop.intake.receive import MAX_BODY_BYTES, PushRequest
from tests.unit.intake.pushes import (
    CERTIFICATE,
    CONFIRM,
    NOTIFICATION,
    SECRET,
    TOPIC,
    Key,
    post,
    signature,
    signed,
    unsigned,
)

OTHER_MESSAGE = json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "obs": {"bucket": {"name": "drops"}}}]})
OTHER_TOPIC = TOPIC.replace("imagedrop", "theirs")

Make = Callable[[Key, Key], PushRequest]  # arguments: SMN's key, another key


@dataclass(frozen=True)
class BadPush:
    """`fault`: the metric is Pushes<fault>. `earlier`: a push that was accepted before. `unreachable`: a URL that does
    not answer in time."""

    name: str
    status: int
    fault: str
    make: Make
    earlier: Make | None = None
    unreachable: str = ""


def _good_push(key: Key, **changes: Any) -> dict[str, Any]:
    return signed(key, unsigned()) | changes


def _unsigned_body(body: Any, **headers: str) -> Make:
    return lambda key, other: post(body, **headers)


def _changed(**changes: Any) -> Make:
    """A good push that is changed after it was signed."""
    return lambda key, other: post(_good_push(key, **changes))


def _signed(kind: str = "Notification", **changes: Any) -> Make:
    return lambda key, other: post(signed(key, unsigned(kind, **changes)))


def _with_signature(change: Callable[[str], str]) -> Make:
    return lambda key, other: post(_good_push(key, signature=change(_good_push(key)["signature"])))


def _without(name: str) -> Make:
    return lambda key, other: post({field: value for field, value in _good_push(key).items() if field != name})


def _split_elsewhere(key: Key, other: Key) -> PushRequest:
    """A good push whose subject is moved into the message id: another id, but the same signed text."""
    push = _good_push(key)
    push["message_id"] += f"\nsubject\n{push.pop('subject')}"
    return post(push)


def _with_sha512(key: Key, other: Key) -> PushRequest:
    push = unsigned()
    text = "".join(f"{name}\n{push[name]}\n" for name in NOTIFICATION)
    return post(push | {"signature": signature(key, text, SHA512())})


def _certificate(url: Any) -> Make:
    return _changed(signing_cert_url=url)


def _malformed() -> Iterator[BadPush]:
    yield BadPush("not a POST", 405, "Malformed", lambda key, other: replace(post(_good_push(key)), method="GET"))
    for name, body in (
        ("an empty body", b""),
        ("incomplete JSON", b"{"),
        ("a body that is not UTF-8", b'"\xff"'),
        ("JSON nested 100,000 levels deep", b"[" * 100_000),
        ("a number of 5,000 digits", b"9" * 5_000),
    ):
        yield BadPush(name, 400, "Malformed", _unsigned_body(body))
    yield BadPush("a signature that is not base64", 400, "Malformed", _changed(signature="not base64!"))
    yield BadPush("a signature in URL-safe base64", 400, "Malformed", _with_signature(lambda text: "-_" + text[2:]))
    yield BadPush(
        "a signature with a line break",
        400,
        "Malformed",
        lambda k, o: post(_good_push(k, signature=_good_push(k)["signature"] + "\n")),
    )
    for name in ("message", "message_id", "timestamp"):
        yield BadPush(f"without {name}", 400, "Malformed", _without(name))
    yield BadPush("another type than was signed", 400, "Malformed", _changed(type="SubscriptionConfirmation"))
    yield BadPush("a subject that is no text", 400, "Malformed", _changed(subject=["OBS"]))
    yield BadPush("the signed text split at another place", 400, "Malformed", _split_elsewhere)
    for stamp in ("yesterday", "2026-11-24", "2026-11-24T12:59:59", "2026-13-24T12:59:59Z", "２０２６-11-24T12:59:59Z"):
        yield BadPush(f"signed at {stamp!r}", 400, "Malformed", _signed(timestamp=stamp))


def _oversized() -> Iterator[BadPush]:
    yield BadPush("more than 576 KiB", 413, "Oversized", _unsigned_body(b" " * (MAX_BODY_BYTES + 1)))
    yield BadPush(
        "more than 576 KiB, with the secret",
        413,
        "Oversized",
        _unsigned_body(b" " * (MAX_BODY_BYTES + 1), x_imagedrop_secret=SECRET),
    )


def _unsigned() -> Iterator[BadPush]:
    event = {"bucket": "drops", "key": "evil.vhd"}
    yield BadPush("a bare event", 401, "Unsigned", _unsigned_body({"Records": [event]}))
    yield BadPush("a number", 401, "Unsigned", _unsigned_body(b"7"))
    for name, secret in (
        ("a wrong secret", SECRET[:-1]),
        ("an empty secret", ""),
        ("a lone surrogate as the secret", "\udc80"),
        ("the secret with a space after it", SECRET + " "),
        ("both values of the secret in one header", f"{SECRET}\n{SECRET}"),
    ):
        yield BadPush(name, 401, "Unsigned", _unsigned_body(event, x_imagedrop_secret=secret))
    yield BadPush("the secret in another header", 401, "Unsigned", _unsigned_body(event, authorization=SECRET))
    yield BadPush("no signature", 401, "Unsigned", _unsigned_body(unsigned()))
    yield BadPush("an empty signature", 401, "Unsigned", _changed(signature=""))
    yield BadPush("a signature that is a list", 401, "Unsigned", _changed(signature=["a"]))
    headers = {"x_smn_topic_urn": TOPIC, "x_smn_message_type": "Notification"}
    yield BadPush("SMN's headers alone", 401, "Unsigned", _unsigned_body(unsigned(), **headers))
    yield BadPush(
        "a confirmation with the secret, unsigned",
        401,
        "Unsigned",
        _unsigned_body(unsigned("SubscriptionConfirmation"), x_imagedrop_secret=SECRET),
    )


def _forged() -> Iterator[BadPush]:
    yield BadPush(
        "signed with another key",
        403,
        "Forged",
        lambda key, other: post(signed(other, unsigned(message=OTHER_MESSAGE))),
    )
    yield BadPush("signed with SHA-512", 403, "Forged", _with_sha512)
    yield BadPush(
        "a truncated signature",
        403,
        "Forged",
        lambda key, other: post(_good_push(key, signature=_good_push(key)["signature"][:-4])),
    )
    for name, value in (("message", OTHER_MESSAGE), ("message_id", "0" * 32), ("timestamp", "2026-11-24T13:00:01Z")):
        yield BadPush(f"another {name} than was signed", 403, "Forged", _changed(**{name: value}))
    yield BadPush("a signed subject removed", 403, "Forged", _without("subject"))
    for name, url in (
        ("on another host", "https://evil.example/smn/SMN.pem"),
        ("in a tenant's bucket", CERTIFICATE.replace("smn.", "bucket.obs.")),
        ("of another region", CERTIFICATE.replace("cn-north-4", "cn-north-1")),
        (
            "with a user name in the URL",
            CERTIFICATE.replace("https://", "https://smn.cn-north-4.myhuaweicloud.com@evil.example/"),
        ),
        ("on a host with look-alike letters", CERTIFICATE.replace("smn.", "ѕmn.")),
        ("over plain http", CERTIFICATE.replace("https", "http")),
        ("with `..` in the path", CERTIFICATE.replace("/smn/", "/smn/../bucket/")),
    ):
        yield BadPush(f"a certificate {name}", 403, "Forged", _certificate(url))
    evil = CONFIRM.replace("console.huaweicloud.com", "console.huaweicloud.com.evil.example")
    yield BadPush(
        "a confirmation URL on another host", 403, "Forged", _signed("SubscriptionConfirmation", subscribe_url=evil)
    )


def _foreign() -> Iterator[BadPush]:
    yield BadPush("another topic, correctly signed", 403, "Foreign", _signed(topic_urn=OTHER_TOPIC))
    yield BadPush(
        "another topic, with the secret",
        403,
        "Foreign",
        _unsigned_body(unsigned(topic_urn=OTHER_TOPIC), x_imagedrop_secret=SECRET),
    )
    yield BadPush("a list as the topic", 403, "Foreign", _changed(topic_urn=[TOPIC]))
    yield BadPush(
        "a confirmation URL for another topic",
        403,
        "Foreign",
        _signed("SubscriptionConfirmation", subscribe_url=CONFIRM.replace(TOPIC, OTHER_TOPIC)),
    )


def _untimely() -> Iterator[BadPush]:
    yield BadPush("signed more than an hour ago", 403, "Stale", _signed(timestamp="2026-11-24T11:59:59Z"))
    yield BadPush("signed for more than an hour in the future", 403, "Stale", _signed(timestamp="2026-11-24T14:00:01Z"))
    yield BadPush("sent a second time", 200, "Repeated", _signed(), earlier=_signed())
    yield BadPush(
        "sent a second time with an unsigned field changed",
        200,
        "Repeated",
        _changed(unsubscribe_url="x"),
        earlier=_signed(),
    )
    confirmation = _signed("SubscriptionConfirmation")
    yield BadPush("a confirmation sent a second time", 200, "Repeated", confirmation, earlier=confirmation)
    yield BadPush("a certificate that does not come in 3 s", 503, "Delayed", _signed(), unreachable=CERTIFICATE)


BAD_PUSHES = (*_malformed(), *_oversized(), *_unsigned(), *_forged(), *_foreign(), *_untimely())


def table() -> str:
    """The table in docs/security.md, in Markdown."""
    rows = [f"| {bad.name} | {bad.status} | `Pushes{bad.fault}` |" for bad in BAD_PUSHES]
    return "\n".join(["| push | answer | counted as |", "| --- | --- | --- |", *rows])
