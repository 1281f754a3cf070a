"""Every kind of push that does not belong, its answer, and what counts it. docs/security.md shows this table."""

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

EVIL = json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "obs": {"bucket": {"name": "drops"}}}]})
THEIRS = TOPIC.replace("imagedrop", "theirs")

Make = Callable[[Key, Key], PushRequest]  # SMN's key, somebody else's


@dataclass(frozen=True)
class Bad:
    """`fault`: the metric is Pushes<fault>. `after`: what came before it, and was taken. `down`: an address that does
    not answer in time."""

    what: str
    status: int
    fault: str
    make: Make
    after: Make | None = None
    down: str = ""


def _good(key: Key, **changes: Any) -> dict[str, Any]:
    return signed(key, unsigned()) | changes


def _plain(body: Any, **headers: str) -> Make:
    return lambda key, other: post(body, **headers)


def _changed(**changes: Any) -> Make:
    """A good push, changed after it was signed."""
    return lambda key, other: post(_good(key, **changes))


def _signed(kind: str = "Notification", **changes: Any) -> Make:
    return lambda key, other: post(signed(key, unsigned(kind, **changes)))


def _with_signature(change: Callable[[str], str]) -> Make:
    return lambda key, other: post(_good(key, signature=change(_good(key)["signature"])))


def _without(name: str) -> Make:
    return lambda key, other: post({field: value for field, value in _good(key).items() if field != name})


def _cut_elsewhere(key: Key, other: Key) -> PushRequest:
    """The signed text of a good push, its subject moved into the message id: another id, the same signature."""
    push = _good(key)
    push["message_id"] += f"\nsubject\n{push.pop('subject')}"
    return post(push)


def _with_sha512(key: Key, other: Key) -> PushRequest:
    push = unsigned()
    text = "".join(f"{name}\n{push[name]}\n" for name in NOTIFICATION)
    return post(push | {"signature": signature(key, text, SHA512())})


def _certificate(url: Any) -> Make:
    return _changed(signing_cert_url=url)


def _malformed() -> Iterator[Bad]:
    yield Bad("not a POST", 405, "Malformed", lambda key, other: replace(post(_good(key)), method="GET"))
    for what, body in (
        ("nothing", b""),
        ("half a JSON document", b"{"),
        ("no UTF-8", b'"\xff"'),
        ("brackets 100,000 deep", b"[" * 100_000),
        ("a number of 5,000 digits", b"9" * 5_000),
    ):
        yield Bad(what, 400, "Malformed", _plain(body))
    yield Bad("a signature that is no base64", 400, "Malformed", _changed(signature="not base64!"))
    yield Bad("a signature in the base64 of addresses", 400, "Malformed", _with_signature(lambda text: "-_" + text[2:]))
    yield Bad(
        "a signature with a line end",
        400,
        "Malformed",
        lambda k, o: post(_good(k, signature=_good(k)["signature"] + "\n")),
    )
    for name in ("message", "message_id", "timestamp"):
        yield Bad(f"without {name}", 400, "Malformed", _without(name))
    yield Bad("type exchanged", 400, "Malformed", _changed(type="SubscriptionConfirmation"))
    yield Bad("a subject that is no text", 400, "Malformed", _changed(subject=["OBS"]))
    yield Bad("the signed text cut in another place", 400, "Malformed", _cut_elsewhere)
    for stamp in ("yesterday", "2026-11-24", "2026-11-24T12:59:59", "2026-13-24T12:59:59Z", "２０２６-11-24T12:59:59Z"):
        yield Bad(f"signed at {stamp!r}", 400, "Malformed", _signed(timestamp=stamp))


def _oversized() -> Iterator[Bad]:
    yield Bad("more than 576 KiB", 413, "Oversized", _plain(b" " * (MAX_BODY_BYTES + 1)))
    yield Bad("the same with the secret", 413, "Oversized", _plain(b" " * (MAX_BODY_BYTES + 1), x_imagedrop_secret=SECRET))


def _unsigned() -> Iterator[Bad]:
    event = {"bucket": "drops", "key": "evil.vhd"}
    yield Bad("a bare event", 401, "Unsigned", _plain({"Records": [event]}))
    yield Bad("a number", 401, "Unsigned", _plain(b"7"))
    for what, secret in (
        ("a wrong secret", SECRET[:-1]),
        ("an empty secret", ""),
        ("a secret of half a character", "\udc80"),
        ("the secret and a space", SECRET + " "),
        ("all values of the secret at once", f"{SECRET}\n{SECRET}"),
    ):
        yield Bad(what, 401, "Unsigned", _plain(event, x_imagedrop_secret=secret))
    yield Bad("the secret in another header", 401, "Unsigned", _plain(event, authorization=SECRET))
    yield Bad("no signature", 401, "Unsigned", _plain(unsigned()))
    yield Bad("an empty signature", 401, "Unsigned", _changed(signature=""))
    yield Bad("a signature that is a list", 401, "Unsigned", _changed(signature=["a"]))
    headers = {"x_smn_topic_urn": TOPIC, "x_smn_message_type": "Notification"}
    yield Bad("SMN's headers alone", 401, "Unsigned", _plain(unsigned(), **headers))
    yield Bad(
        "a confirmation with the secret, unsigned",
        401,
        "Unsigned",
        _plain(unsigned("SubscriptionConfirmation"), x_imagedrop_secret=SECRET),
    )


def _forged() -> Iterator[Bad]:
    yield Bad("signed with another key", 403, "Forged", lambda key, other: post(signed(other, unsigned(message=EVIL))))
    yield Bad("signed by another algorithm", 403, "Forged", _with_sha512)
    yield Bad(
        "a signature cut short",
        403,
        "Forged",
        lambda key, other: post(_good(key, signature=_good(key)["signature"][:-4])),
    )
    for name, value in (("message", EVIL), ("message_id", "0" * 32), ("timestamp", "2026-11-24T13:00:01Z")):
        yield Bad(f"{name} exchanged", 403, "Forged", _changed(**{name: value}))
    yield Bad("subject left out", 403, "Forged", _without("subject"))
    for what, url in (
        ("of another host", "https://evil.example/smn/SMN.pem"),
        ("of a tenant's bucket", CERTIFICATE.replace("smn.", "bucket.obs.")),
        ("of another region", CERTIFICATE.replace("cn-north-4", "cn-north-1")),
        (
            "behind a user name",
            CERTIFICATE.replace("https://", "https://smn.cn-north-4.myhuaweicloud.com@evil.example/"),
        ),
        ("with look-alike letters", CERTIFICATE.replace("smn.", "ѕmn.")),
        ("by plain http", CERTIFICATE.replace("https", "http")),
        ("by a path that climbs", CERTIFICATE.replace("/smn/", "/smn/../bucket/")),
    ):
        yield Bad(f"a certificate {what}", 403, "Forged", _certificate(url))
    evil = CONFIRM.replace("console.huaweicloud.com", "console.huaweicloud.com.evil.example")
    yield Bad("a confirmation at another host", 403, "Forged", _signed("SubscriptionConfirmation", subscribe_url=evil))


def _foreign() -> Iterator[Bad]:
    yield Bad("of another topic, well signed", 403, "Foreign", _signed(topic_urn=THEIRS))
    yield Bad(
        "of another topic, with the secret",
        403,
        "Foreign",
        _plain(unsigned(topic_urn=THEIRS), x_imagedrop_secret=SECRET),
    )
    yield Bad("a list of topics", 403, "Foreign", _changed(topic_urn=[TOPIC]))
    yield Bad(
        "a confirmation that names another topic",
        403,
        "Foreign",
        _signed("SubscriptionConfirmation", subscribe_url=CONFIRM.replace(TOPIC, THEIRS)),
    )


def _untimely() -> Iterator[Bad]:
    yield Bad("signed more than an hour ago", 403, "Stale", _signed(timestamp="2026-11-24T11:59:59Z"))
    yield Bad("signed for more than an hour from now", 403, "Stale", _signed(timestamp="2026-11-24T14:00:01Z"))
    yield Bad("sent a second time", 200, "Repeated", _signed(), after=_signed())
    yield Bad(
        "sent a second time, an unsigned field changed", 200, "Repeated", _changed(unsubscribe_url="x"), after=_signed()
    )
    confirmation = _signed("SubscriptionConfirmation")
    yield Bad("a confirmation sent a second time", 200, "Repeated", confirmation, after=confirmation)
    yield Bad("a certificate that does not come in 3 s", 503, "Delayed", _signed(), down=CERTIFICATE)


BAD = (*_malformed(), *_oversized(), *_unsigned(), *_forged(), *_foreign(), *_untimely())


def table() -> str:
    """Markdown."""
    rows = [f"| {bad.what} | {bad.status} | `Pushes{bad.fault}` |" for bad in BAD]
    return "\n".join(["| push | answer | counted as |", "| --- | --- | --- |", *rows])
