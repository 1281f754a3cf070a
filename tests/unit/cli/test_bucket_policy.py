"""Who may write below `.imagedrop/`, by policies of buckets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from imagedrop_cli.checkup.bucket_policy import writers
from imagedrop_local.project_paths import ROOT

ADA, EVE = "domain/a:user/ada", "domain/a:user/eve"


def allow(who: Any, resource: Any = "drops/*", action: Any = "PutObject", effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Principal": who, "Action": action, "Resource": resource}


def deny(who: Any, resource: Any = ("drops/.imagedrop/*",), action: Any = "PutObject") -> dict[str, Any]:
    return allow(who, list(resource), action, "Deny")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], []),
        ([allow({"ID": [ADA]})], [ADA]),
        ([allow({"ID": ADA})], [ADA]),
        (
            [allow({"AWS": ["arn:aws:iam::a:user/ada"]}, "arn:aws:s3:::drops/*", "s3:PutObject")],
            ["arn:aws:iam::a:user/ada"],
        ),
        ([allow({"ID": [ADA, EVE]}), deny({"ID": [ADA]})], [EVE]),
        ([allow({"ID": [ADA, EVE]}), deny("*")], []),
        ([allow("*")], ["*"]),
        ([allow("*"), deny({"ID": [ADA]})], ["*"]),
        ([allow({"ID": [ADA]}, action=["Get*"])], []),
        ([allow({"ID": [ADA]}, action=["Put*"])], [ADA]),
        ([allow({"ID": [ADA]}, action="*")], [ADA]),
        ([allow({"ID": [ADA]}, "drops/in/*")], []),
        ([allow({"ID": [ADA]}, "other/*")], []),
        ([allow({"ID": [ADA]}, ["drops", "drops/.imagedrop/*"])], [ADA]),
        ([allow({"ID": [ADA]}), deny({"ID": [ADA]}, action="DeleteObject")], [ADA]),
        ([allow({"ID": [ADA]}), deny({"ID": [ADA]}, resource=("drops/*.result.json",))], [ADA]),
    ],
)
def test_writers(statements: list[Any], expected: list[str]) -> None:
    assert writers({"Statement": statements}, "drops") == expected


def test_policy_with_one_statement() -> None:
    assert writers({"Statement": allow({"ID": [ADA]})}, "drops") == [ADA]
    assert writers({"Statement": [None, {}, {"Effect": "Allow"}]}, "drops") == []


@pytest.mark.parametrize("broken", [{}, [], "text", None, {"Statement": 7}])
def test_text_that_is_no_policy(broken: Any) -> None:
    with pytest.raises(ValueError, match="no Statement"):
        writers(broken, "drops")


def test_policy_in_the_documents_lets_nobody_write() -> None:
    page = (ROOT / "docs/security.md").read_text("utf-8")
    found = re.search(r"```json\n(\{\"Statement\".*?)```", page, re.DOTALL)
    assert found is not None
    policy = json.loads(found[1])
    assert writers(policy, "drops") == []
    assert writers({"Statement": policy["Statement"][:1]}, "drops") != []
