"""A report for an issue: the results and the settings, without what identifies or gives access to an installation."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator

from imagedrop import __version__
from imagedrop.settings import Settings
from imagedrop_cli.checkup.checks import Site
from imagedrop_cli.checkup.results import CheckResult

# Settings that say how an installation works and not whose it is.
SHOWN = (
    "region", "obs_addressing", "ims_job_call", "ims_shows_imports", "ims_names_unique", "ims_allows_windows",
    "ims_tasks", "ims_chinese_names", "min_disk_floor", "event_keys_encoded", "smtp_port", "smtp_security",
    "declarations_accepted", "pairing_deadline", "attempt_deadline", "queue_deadline", "resend_after", "stall_after",
)  # fmt: skip
# Results that are mostly names of people, hosts and installations: the outcome is enough.
NAMING = frozenset(
    {"bucket.name", "bucket.policy", "bucket.installation", "events.way", "events.subscription", "events.eventgrid",
     "events.header", "events.arrival", "kms.keys", "mail.server", "mail.operator", "mail.identity", "aws.stack",
     "aws.alarms", "aws.webhook_secret"}
)  # fmt: skip
_IDENTIFYING = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"[\w.+-]+@[\w-]+\.[\w.-]+", "MAIL"),
        (r"\barn:aws[\w-]*:[^\s,]+", "ARN"),
        (r"\burn(:|%3A)smn[^\s,]+", "URN"),
        (r"\bhttps?://[^\s,;)'\"]+", "URL"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "ID"),
        (r"\b[0-9a-f]{32}\b", "ID"),
        (r"\b\d{12}\b", "ACCOUNT"),
        (r"\b\d{1,3}(\.\d{1,3}){3}\b", "ADDRESS"),
        (r"\[?\b[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,7}\]?", "ADDRESS"),
        (r"\bdomain/[^\s,]+", "USER"),
        (r"\bhost='[^']*'", "HOST"),
        (r"\b([a-z0-9-]+\.)+(?!myhuaweicloud\.com\b)[a-z-]{2,}\b", "HOST"),
    )
)


def markdown(site: Site, results: Iterable[CheckResult]) -> str:
    return "\n".join(_lines(site, results)) + "\n"


def _lines(site: Site, results: Iterable[CheckResult]) -> Iterator[str]:
    kind = "AWS" if site.deployment is not None else "one machine"
    yield f"imagedrop {__version__}, Python {platform.python_version()}, {platform.system()}, {kind}"
    yield ""
    yield "| check | outcome | seen |"
    yield "| --- | --- | --- |"
    for result in results:
        seen = "not shown" if result.name in NAMING else redacted(result.seen, site).replace("|", r"\|")
        yield f"| {result.name} | {result.outcome} | {seen} |"
    yield ""
    yield "| setting | value |"
    yield "| --- | --- |"
    for name in SHOWN:
        if (value := getattr(site.settings, name)) != Settings.model_fields[name].default:
            yield f"| {name} | {value} |"


def redacted(text: str, site: Site) -> str:
    """Without names, addresses, ids and keys."""
    for name, value in sorted(_names(site), key=lambda item: -len(item[1])):
        text = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", name, text, flags=re.IGNORECASE)
    for pattern, name in _IDENTIFYING:
        text = pattern.sub(name, text)
    return " ".join(text.split())


def _names(site: Site) -> Iterator[tuple[str, str]]:
    """What stands for it -> the text. Short texts stay: they occur in words."""
    settings, keys, login = site.settings, site.keys, site.smtp_login
    given = {
        "BUCKET": (settings.drop_bucket,),
        "PROJECT": (settings.project_id,),
        "INSTALLATION": (site.installation,),
        "STACK": (site.deployment.name,) if site.deployment else (),
        "ENDPOINT": (settings.obs_endpoint, settings.ims_endpoint, settings.aws_endpoint),
        "SMTP": (settings.smtp_host,),
        "SECRET": (
            settings.webhook_secret, settings.credentials, settings.smtp_credentials, keys.ak, keys.sk, keys.token,
            *((login.user, login.password) if login else ()),
        ),
        "MAIL": (settings.mail_from, settings.operator_mail, settings.mail_from.rpartition("@")[2]),
    }  # fmt: skip
    return ((name, value) for name, values in given.items() for value in values if value and len(value) >= 3)
