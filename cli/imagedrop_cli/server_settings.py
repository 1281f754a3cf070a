"""What `serve` and `doctor` read: the settings file, and the secrets in the environment."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path

from imagedrop.adapters.secrets import SmtpLogin
from imagedrop.settings import SettingsError
from imagedrop_cli import connections
from imagedrop_cli.checkup.checks import Site
from imagedrop_cli.output import InputError
from imagedrop_local import server_file
from imagedrop_local.server_file import ServerFile
from imagedrop_local.stack import secrets


def read(config: Path) -> ServerFile:
    """Raises InputError with a line for each fault."""
    try:
        return server_file.read(config)
    except FileNotFoundError:
        raise InputError(
            f"there is no {config}. Write one: imagedrop serve --example > {config}, and fill it in"
        ) from None
    except OSError as error:
        raise InputError(f"{config}: {error.strerror}") from None
    except SettingsError as error:
        raise InputError("\n".join(f"{config}: {_plain(fault)}" for fault in error.faults)) from None


def _plain(fault: str) -> str:
    """If `server` is something else than a table, pydantic speaks of a class of Python."""
    if not fault.startswith("server: "):
        return fault
    return "server must be a table: write [server], and below it a line such as port = 4566"


def installation(found: ServerFile) -> str:
    return found.settings.installation or f"{socket.gethostname()}:{found.server.folder}"


def site(found: ServerFile, environment: Mapping[str, str]) -> Site:
    """Raises InputError if a secret is missing."""
    keys, settings = connections.read_keys(environment), found.settings
    if environment.get("WEBHOOK_SECRET"):
        settings = settings.model_copy(update={"webhook_secret": secrets.WEBHOOK})
    return Site(settings, keys, smtp_login(environment), installation(found))


def smtp_login(environment: Mapping[str, str]) -> SmtpLogin | None:
    user, password = environment.get("SMTP_USER", ""), environment.get("SMTP_PASSWORD", "")
    if bool(user) != bool(password):
        raise InputError("set both SMTP_USER and SMTP_PASSWORD, or neither")
    return SmtpLogin(user, password) if user else None


def stack_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Of the mail server and of events that are not signed, if they are given."""
    login, webhook = smtp_login(environment), environment.get("WEBHOOK_SECRET", "")
    mail = {secrets.SMTP: json.dumps({"user": login.user, "password": login.password})} if login else {}
    return mail | ({secrets.WEBHOOK: webhook} if webhook else {})
