"""The parameters of template.yaml, from the settings of the functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PARAMETERS = {  # the settings that have a parameter of their own
    "region": "Region",
    "project_id": "ProjectId",
    "drop_bucket": "DropBucket",
    "declarations_accepted": "DeclarationsAccepted",
    "mail_from": "MailFrom",
    "operator_mail": "OperatorMail",
}


def template_parameters(settings: Mapping[str, Any], keys: str) -> dict[str, str]:
    """`keys`: the ARN of the secret with the Huawei Cloud keys."""
    own = {parameter: _text(settings[name]) for name, parameter in PARAMETERS.items() if name in settings}
    others = {name: value for name, value in settings.items() if name not in PARAMETERS}
    return {**own, "HuaweiCredentialsSecretArn": keys, "Settings": json.dumps(others)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
