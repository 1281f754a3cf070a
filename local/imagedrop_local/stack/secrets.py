"""What an account needs before the template is deployed: the secrets it refers to, and a verified mail sender."""

from __future__ import annotations

import contextlib

from botocore.exceptions import ClientError

from imagedrop_local.stack.aws import Clients

# Names in Secrets Manager. The policies of template.yaml allow the last two by these names.
HUAWEI, WEBHOOK, SMTP = "imagedrop/huawei", "imagedrop/webhook", "imagedrop/smtp"
SETTINGS = {"webhook_secret": WEBHOOK, "smtp_credentials": SMTP}  # the settings that name a secret, if there is one


def write_secret(clients: Clients, name: str, value: str) -> str:
    """Returns its ARN."""
    try:
        made: dict[str, str] = clients("secretsmanager").create_secret(Name=name, SecretString=value)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise
        made = clients("secretsmanager").put_secret_value(SecretId=name, SecretString=value)
    return made["ARN"]


def verify_sender(clients: Clients, sender: str) -> None:
    with contextlib.suppress(clients("sesv2").exceptions.AlreadyExistsException):
        clients("sesv2").create_email_identity(EmailIdentity=sender)
