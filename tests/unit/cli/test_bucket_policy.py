"""Who may write below `.imagedrop/`, by policies of buckets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from imagedrop_cli.checkup.bucket_policy import writers
from imagedrop_local.project_paths import ROOT

ADA, EVE, OURS = "domain/a:user/ada", "domain/a:user/eve", "domain/a:user/imagedrop"


OWN = ["drops/.imagedrop/*", "drops/*.result.json"]
TLS = {"Bool": {"SecureTransport": "false"}}


def allow(who: Any, resource: Any = "drops/*", action: Any = "PutObject", effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Principal": who, "Action": action, "Resource": resource}


def deny(who: Any, resource: Any = tuple(OWN), action: Any = ("Put*", "DeleteObject")) -> dict[str, Any]:
    return allow(who, list(resource), list(action), "Deny")


def without(statement: dict[str, Any], *fields: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in fields} | more


def found(*statements: Any) -> tuple[list[str], list[str]]:
    given = writers({"Statement": list(statements)}, "drops")
    return [*given.certain], [*given.possible]


DROPPER = allow({"ID": [ADA]})


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [DROPPER, deny({"ID": [ADA]})],
        [DROPPER, deny("*")],
        [DROPPER, deny({"AWS": "*"})],
        [DROPPER, deny({"ID": ["domain/a:user/*"]})],
        [DROPPER, deny({"ID": ["domain/a"]})],
        [DROPPER, deny("*", action=["*"])],
        [DROPPER, without(deny("*"), "Action", NotAction=["GetObject"])],
        [DROPPER, allow({"ID": [OURS]}), without(deny("*"), "Principal", NotPrincipal={"ID": [OURS]})],
        [allow("*"), without(deny("*"), "Principal", NotPrincipal={"ID": [OURS]})],
        [allow({"ID": [ADA]}, action=["Get*"])],
        [allow({"ID": [ADA]}, "drops/in/*.qcow2")],
        [allow({"ID": [ADA]}, "other/*")],
        [allow({"ID": [ADA]}, "[!x]rops/*")],
        [allow({"ID": [ADA]}, ["drops/.IMAGEDROP/*"])],
    ],
)
def test_policy_that_lets_nobody_write(statements: list[Any]) -> None:
    assert found(*statements) == ([], [])


@pytest.mark.parametrize(
    ("statements", "who"),
    [
        ([DROPPER], [ADA]),
        ([allow({"ID": ADA})], [ADA]),
        ([allow({"AWS": ["arn:aws:iam::a:root"]}, "arn:aws:s3:::drops/*", "s3:PutObject")], ["arn:aws:iam::a:root"]),
        ([allow({"ID": [ADA]}, "obs:*:*:object:drops/*", "obs:object:PutObject")], [ADA]),
        ([allow({"ID": [ADA, EVE]}), deny({"ID": [ADA]})], [EVE]),
        ([allow("*")], ["*"]),
        ([allow("*"), deny({"ID": [ADA]})], ["*"]),
        ([allow({"ID": [ADA]}, action=["Put*"])], [ADA]),
        ([allow({"ID": [ADA]}, action="*")], [ADA]),
        ([allow({"ID": [ADA]}, "*")], [ADA]),
        ([allow({"ID": [ADA]}, "drop?/*")], [ADA]),
        ([allow({"ID": [ADA]}, "drops/.imagedrop/*.json")], [ADA]),
        ([allow({"ID": [ADA]}, "drops/.imagedrop/ended/*")], [ADA]),
        ([allow({"ID": [ADA]}, "drops/*.result.json")], [ADA]),
        ([allow({"ID": [ADA]}, action="DeleteObject")], [ADA]),
        ([allow({"ID": [ADA]}, "drops", "PutBucketPolicy")], [ADA]),
        ([without(DROPPER, "Action", NotAction=["GetObject"])], [ADA]),
        ([without(DROPPER, "Resource", NotResource=["drops/golden/*"])], [ADA]),
        ([without(DROPPER, "Principal", NotPrincipal={"ID": [EVE]})], ["*"]),
        ([without(DROPPER, "Principal")], ["*"]),
        ([DROPPER, deny({"ID": [ADA]}, ["drops/.imagedrop/installation"])], [ADA]),
        ([DROPPER, deny({"ID": [ADA]}, ["drops/.imagedrop/*"])], [ADA]),
        ([DROPPER, deny({"ID": [ADA]}, action=["PutObject"]), allow({"ID": [ADA]}, action="DeleteObject")], [ADA]),
    ],
)
def test_policy_that_lets_somebody_write(statements: list[Any], who: list[str]) -> None:
    assert found(*statements) == (who, [])


@pytest.mark.parametrize(
    "statements",
    [
        [DROPPER | {"Condition": {"StringLike": {"x": "y"}}}],
        [DROPPER, deny("*", ["drops/*"], ["*"]) | {"Condition": TLS}],
        [allow({"ID": [ADA]}, "drops/${aws:username}/*")],
        [allow({"ID": [ADA]}, "drops/${aws:username}*")],
    ],
)
def test_condition_that_decides_leaves_it_open(statements: list[Any]) -> None:
    assert found(*statements) == ([], [ADA])


def test_one_statement_may_stand_without_a_list() -> None:
    assert writers({"Statement": DROPPER}, "drops").certain == [ADA]


STATEMENTS: list[Any] = [7, [None], [{}], {"effect": "Allow"}]


@pytest.mark.parametrize("broken", [{}, [], "text", None, *({"Statement": wrong} for wrong in STATEMENTS)])
def test_text_that_is_no_policy(broken: Any) -> None:
    with pytest.raises(ValueError, match=r"no Statement|no Effect"):
        writers(broken, "drops")


def test_policy_in_the_documents_lets_nobody_write() -> None:
    page = (ROOT / "docs/security.md").read_text("utf-8")
    block = re.search(r"```json\n(\{\"Statement\".*?)```", page, re.DOTALL)
    assert block is not None
    policy = json.loads(block[1])
    assert found_in(policy) == []
    assert found_in({"Statement": policy["Statement"][:1]}) != []


def found_in(policy: Any) -> list[str]:
    given = writers(policy, "drops")
    return [*given.certain, *given.possible]
