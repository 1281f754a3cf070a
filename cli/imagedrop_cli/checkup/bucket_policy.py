"""Who may write imagedrop's own objects, by the policy of the bucket (OBS: bucket policies, in OBS's and in S3's form).

Conditions and roles outside the policy are not looked at. No I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from imagedrop.domain.object_keys import INSTALLATION

WRITE = "putobject"
EVERYBODY = "*"


def writers(policy: Any, bucket: str) -> list[str]:
    """The principals that a statement allows to write there and no statement forbids. Raises ValueError if it is no
    policy."""
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if not isinstance(statements, (list, dict)):
        raise ValueError("it has no Statement")
    about_it = [one for one in _sequence(statements) if isinstance(one, dict) and _is_about_it(one, bucket)]
    denied = {principal for one in about_it if one.get("Effect") == "Deny" for principal in _principals(one)}
    allowed = {principal for one in about_it if one.get("Effect") == "Allow" for principal in _principals(one)}
    return [] if EVERYBODY in denied else sorted(allowed - denied)


def _is_about_it(statement: Mapping[str, Any], bucket: str) -> bool:
    actions = [str(action).lower().rpartition(":")[2] for action in _sequence(statement.get("Action"))]
    resources = [str(resource).rpartition(":")[2] for resource in _sequence(statement.get("Resource"))]
    names = [resource.removeprefix("object/").removeprefix("bucket/") for resource in resources]
    return any(fnmatchcase(WRITE, action) for action in actions) and any(
        fnmatchcase(f"{bucket}/{INSTALLATION}", name) for name in names
    )


def _principals(statement: Mapping[str, Any]) -> Iterator[str]:
    principal = statement.get("Principal")
    for given in principal.values() if isinstance(principal, dict) else [principal]:
        yield from (str(one) for one in _sequence(given) if one)


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
