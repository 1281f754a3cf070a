"""All secrets that the tests use. `leaks` searches logs and output for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Of the tests' clouds, functions and pushes: must appear nowhere.
PLANTED = {
    "the webhook secret": "a long and well kept secret",
    "the key of the contract": "secret-of-contract",
    "the key of the simulators' tests": "the secret of one",
    "the key of the official SDK's tests": "SKTESTTESTTESTTEST",
    "a secret key": "planted-sk-5dd1c0",
    "a security token": "planted-token-9b7e2f",
}
# Of the stack on 127.0.0.1. `imagedrop up` and `cloud` print them on purpose; they must not appear in a log.
PRINTED = {"the local stack's key": "local-secret-key", "the local stack's webhook secret": "only-for-local-use"}
# What authenticates a request, whoever signed it.
CREDENTIALS = {
    "a signed Authorization header": re.compile(
        r"(AWS4|SDK)-HMAC-SHA256 (Credential|Access)=|AWS [A-Z0-9]{8,}:[\w+/=]{20}"
    ),
    "a signature": re.compile(r"""[Ss]ignature["']?\s*[=:]\s*["']?[\w+/%-]{27,}"""),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}


def leaked(text: str, *, log: bool) -> Iterator[str]:
    """The names of the secrets in a text. `log`: also search for what `up` prints."""
    for name, value in (PLANTED | PRINTED if log else PLANTED).items():
        if value in text:
            yield name
    for name, pattern in CREDENTIALS.items():
        if pattern.search(text):
            yield name
