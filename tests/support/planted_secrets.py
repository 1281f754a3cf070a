"""Every secret that the tests plant, each like no other text; `leaks` looks for them in whatever is logged."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Of the tests' own clouds, functions and pushes: to be found nowhere.
PLANTED = {
    "the webhook secret": "a long and well kept secret",
    "the key of the contract": "secret-of-contract",
    "the key of the simulators' tests": "the secret of one",
    "the key of the official SDK's tests": "SKTESTTESTTESTTEST",
    "a secret key": "planted-sk-5dd1c0",
    "a security token": "planted-token-9b7e2f",
}
# Of the stack on 127.0.0.1, which `imagedrop up` and `cloud` print on purpose: in no log.
PRINTED = {"the local stack's key": "local-secret-key", "the local stack's webhook secret": "only-for-local-use"}
# What proves who a request is from, whoever signed it.
PROOFS = {
    "a signed Authorization header": re.compile(
        r"(AWS4|SDK)-HMAC-SHA256 (Credential|Access)=|AWS [A-Z0-9]{8,}:[\w+/=]{20}"
    ),
    "a signature": re.compile(r"""[Ss]ignature["']?\s*[=:]\s*["']?[\w+/%-]{27,}"""),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}


def leaked(text: str, *, log: bool) -> Iterator[str]:
    """What of it a text holds, by name. `log`: of a log, where what `up` prints does not belong either."""
    for name, value in (PLANTED | PRINTED if log else PLANTED).items():
        if value in text:
            yield name
    for name, pattern in PROOFS.items():
        if pattern.search(text):
            yield name
