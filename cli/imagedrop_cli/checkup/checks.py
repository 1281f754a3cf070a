"""All checks of an installation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.secrets import HuaweiKeys, SmtpLogin
from imagedrop.adapters.smtp import SmtpMail, SmtpServer
from imagedrop.settings import Settings
from imagedrop_cli.checkup.bucket import BucketChecks
from imagedrop_cli.checkup.declarations import check_declarations
from imagedrop_cli.checkup.ims import CheckedIms, ImsChecks
from imagedrop_cli.checkup.mail import MailChecks
from imagedrop_cli.checkup.results import CheckResult, run
from imagedrop_cli.output import sleep


@dataclass(frozen=True)
class Site:
    """An installation. `installation`: its name; empty: it is not known here."""

    settings: Settings
    keys: HuaweiKeys
    smtp_login: SmtpLogin | None = None
    installation: str = ""


def check(site: Site) -> Iterator[CheckResult]:
    """Read-only. One result after the other, as soon as it is there."""
    settings = site.settings
    client = obs_client(settings, lambda: site.keys)
    server = SmtpServer(settings.smtp_host, settings.smtp_port, settings.smtp_security, site.smtp_login)
    mail = SmtpMail(lambda: server, settings.mail_from, Calls(sleep, random.Random()))  # noqa: S311 - jitter
    return run(
        (
            ("declarations", partial(check_declarations, settings)),
            ("bucket", BucketChecks(settings, client, site.installation, lambda: datetime.now(UTC)).run),
            ("ims", ImsChecks(settings, partial(CheckedIms, settings, site.keys)).run),
            ("mail", MailChecks(settings, mail.check).run),
        )
    )
