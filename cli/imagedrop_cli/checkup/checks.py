"""All checks of an installation."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.adapters.secrets import HuaweiKeys, SmtpLogin
from imagedrop.adapters.smtp import SmtpMail, SmtpServer
from imagedrop.settings import Settings, SettingsError
from imagedrop_cli.checkup.aws import AwsChecks
from imagedrop_cli.checkup.bucket import BucketChecks
from imagedrop_cli.checkup.declarations import check_declarations
from imagedrop_cli.checkup.eventgrid import EventGridChecks
from imagedrop_cli.checkup.events import EventChecks, list_subscriptions
from imagedrop_cli.checkup.huawei import Account
from imagedrop_cli.checkup.ims import CheckedIms, ImsChecks
from imagedrop_cli.checkup.kms import KmsChecks
from imagedrop_cli.checkup.mail import MailChecks
from imagedrop_cli.checkup.obs_calls import ObsCalls
from imagedrop_cli.checkup.probe.arrivals import Arrivals
from imagedrop_cli.checkup.probe.probe import Probe
from imagedrop_cli.checkup.probe.project import ProbedIms, Project
from imagedrop_cli.checkup.results import Check, CheckResult, run
from imagedrop_cli.deployment import Deployment
from imagedrop_cli.output import CommandError, sleep


@dataclass(frozen=True)
class Site:
    """An installation. `installation`: its name; empty: it is not known here. `deployment`: if it is on AWS.
    `endpoints`: of services that are not in its settings. `kms_key`: the id of a key to check."""

    settings: Settings
    keys: HuaweiKeys
    smtp_login: SmtpLogin | None = None
    installation: str = ""
    deployment: Deployment | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict)
    kms_key: str = ""


@dataclass(frozen=True)
class Probing:
    """Of the person who runs the probe. `ask`: a question -> yes. `note`: prints a line about what is going on."""

    ask: Callable[[str], bool]
    note: Callable[[str], None]


def check(site: Site, probe: Probing | None = None) -> Iterator[CheckResult]:
    """One result after the other, as soon as it is there. Read-only without `probe`."""
    settings = site.settings
    intake_url = site.deployment.intake_url if site.deployment else ""
    account = Account(settings, site.keys, site.endpoints)
    calls = Calls(sleep, random.Random())  # noqa: S311 - jitter
    client = obs_client(settings, lambda: site.keys)
    obs = ObsCalls(client, ObsObjects(client, calls), settings.drop_bucket)
    server = SmtpServer(settings.smtp_host, settings.smtp_port, settings.smtp_security, site.smtp_login)
    mail = SmtpMail(lambda: server, settings.mail_from, calls)
    checks: list[tuple[str, Check]] = [
        ("declarations", partial(check_declarations, settings)),
        ("bucket", BucketChecks(settings, obs, site.installation, _now, probe is not None).run),
        ("ims", ImsChecks(settings, partial(CheckedIms, settings, site.keys), probe is not None).run),
        ("kms.keys", KmsChecks(account, site.kms_key).run),
        ("events", EventChecks(settings, partial(list_subscriptions, account), intake_url).run),
        ("events.eventgrid", EventGridChecks(account, intake_url).run),
        ("mail", MailChecks(settings, mail.check).run),
    ]
    checks += AwsChecks(site.deployment).checks() if site.deployment else ()
    if probe is not None:
        project = Project(settings, client, partial(ProbedIms, settings, site.keys), calls, sleep)
        arrivals = None
        if site.deployment and (settings.smn_topic_urn or settings.webhook_secret):
            arrivals = Arrivals(site.deployment.logged_keys, sleep)
        checks.append(("probe", Probe(settings, project, secrets.token_hex(4), probe.ask, probe.note, arrivals).run))
    return run(checks)


def _now() -> datetime:
    return datetime.now(UTC)


def site_of(deployment: Deployment) -> Site:
    """Raises CommandError."""
    settings = deployment.settings
    try:
        keys, login = deployment.keys(), deployment.smtp_login()
    except SettingsError as error:
        raise CommandError(str(error)) from None
    return Site(settings, keys, login, settings.installation, deployment)
