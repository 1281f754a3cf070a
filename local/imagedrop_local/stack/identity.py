"""What an account needs before the template is deployed: the secrets it refers to, and a verified mail sender."""

from __future__ import annotations

import json
from collections.abc import Mapping

from botocore.exceptions import ClientError

from imagedrop_local.stack.aws import Clients

WEBHOOK = "imagedrop/webhook"


def secrets(clients: Clients, credentials: Mapping[str, str], webhook: str) -> str:
    """Writes the secrets; returns the ARN of the first, which is a parameter of the template."""
    if webhook:
        _secret(clients, WEBHOOK, webhook)
    return _secret(clients, "imagedrop/huawei", json.dumps(dict(credentials)))


def verify(clients: Clients, sender: str) -> None:
    clients("ses").verify_email_identity(EmailAddress=sender)


def _secret(clients: Clients, name: str, value: str) -> str:
    try:
        made: dict[str, str] = clients("secretsmanager").create_secret(Name=name, SecretString=value)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise
        made = clients("secretsmanager").put_secret_value(SecretId=name, SecretString=value)
    return made["ARN"]
