"""Who may write or delete imagedrop's own objects, by the policy of the bucket (OBS: bucket policies, in OBS's and in
S3's form). Rights that come from elsewhere, such as roles and ACLs, are not looked at. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from imagedrop.domain.object_keys import END_MARKERS, INSTALLATION, RESULT_SUFFIX, claim_key

Match = Literal["no", "perhaps", "yes"]
OWN_OBJECTS = (INSTALLATION, claim_key("drop"), f"{END_MARKERS}drop/n1", f"golden/disk.qcow2{RESULT_SUFFIX}")
ACTIONS = ("putobject", "deleteobject")
EVERYBODY = "*"


@dataclass(frozen=True)
class Writers:
    """Principals. `possible`: a condition, or a variable of the policy, decides about them."""

    certain: Sequence[str]
    possible: Sequence[str]


def writers(policy: Any, bucket: str) -> Writers:
    """Raises ValueError if it is no policy."""
    statements = [_checked(one) for one in _sequence(policy.get("Statement") if isinstance(policy, dict) else None)]
    allows = [one for one in statements if one["Effect"] == "Allow"]
    denies = [one for one in statements if one["Effect"] == "Deny"]
    requests = [(action, f"{bucket}/{key}") for action in ACTIONS for key in OWN_OBJECTS]
    requests.append(("putbucketpolicy", bucket))
    exempt = {one for deny in denies for one in _names(deny.get("NotPrincipal"))}  # meant to write: imagedrop's user
    certain, possible = set[str](), set[str]()
    for principal in sorted({name for allow in allows for name in _named(allow)} - exempt):
        for request in requests:
            allowed = max((_matches(allow, principal, *request) for allow in allows), key=_ORDER.index)
            denied = max((_matches(deny, principal, *request) for deny in denies), key=_ORDER.index, default="no")
            if allowed == "no" or denied == "yes":
                continue
            (certain if (allowed, denied) == ("yes", "no") else possible).add(principal)
    return Writers(sorted(certain), sorted(possible - certain))


_ORDER: tuple[Match, ...] = ("no", "perhaps", "yes")


def _checked(statement: Any) -> Mapping[str, Any]:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise ValueError("a statement has no Effect of Allow or Deny")
    return statement


def _named(allow: Mapping[str, Any]) -> Iterator[str]:
    """The principals to ask about; who is not named is asked about as everybody."""
    if "Principal" in allow:
        yield from _names(allow["Principal"])
    else:
        yield EVERYBODY


def _matches(statement: Mapping[str, Any], principal: str, action: str, resource: str) -> Match:
    about = (
        _is_one_of(statement, "Principal", principal, _covers)
        and _is_one_of(statement, "Action", action, lambda pattern, name: _glob(_action(pattern), name))
        and _is_one_of(statement, "Resource", resource, lambda pattern, name: _glob(_resource(pattern), name))
    )
    if not about:
        return "no"
    variable = any("${" in name for name in _names(statement.get("Resource")))
    return "perhaps" if statement.get("Condition") or variable else "yes"


def _is_one_of(statement: Mapping[str, Any], field: str, value: str, fits: Callable[[str, str], bool]) -> bool:
    """By the field, or by its opposite: NotPrincipal, NotAction, NotResource. Without both, it is about every value."""
    if field in statement:
        return any(fits(name, value) for name in _names(statement[field]))
    if f"Not{field}" in statement:
        return not any(fits(name, value) for name in _names(statement[f"Not{field}"]))
    return True


def _covers(given: str, principal: str) -> bool:
    """`domain/a` stands for all users of the account, `domain/a:user/*` for those whose name matches."""
    return given == EVERYBODY or _glob(given, principal) or principal.startswith(f"{given}:")


def _action(pattern: str) -> str:
    """`obs:object:PutObject`, `s3:PutObject` and `PutObject` are the same."""
    return pattern.lower().rpartition(":")[2]


def _resource(pattern: str) -> str:
    """`obs:*:*:object:drops/*`, `arn:aws:s3:::drops/*` and `drops/*` are the same."""
    return re.sub(r"\$\{[^}]*\}", "*", pattern).rpartition(":")[2]


def _glob(pattern: str, text: str) -> bool:
    """Only * and ? are special."""
    regular = "".join(".*" if part == "*" else "." if part == "?" else re.escape(part) for part in pattern)
    return re.fullmatch(regular, text, re.DOTALL) is not None


def _names(value: Any) -> Iterator[str]:
    """The texts in a text, a list, or the values of an object."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(part)


def _sequence(value: Any) -> list[Any]:
    if not isinstance(value, (list, dict)):
        raise ValueError("it has no Statement")
    return value if isinstance(value, list) else [value]
