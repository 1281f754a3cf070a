"""A report for an issue: the results and the settings, without what identifies or gives access to an installation."""

from __future__ import annotations

import ipaddress
import platform
import re
from collections.abc import Iterable, Iterator
from functools import partial
from urllib.parse import urlsplit

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
# Results in imagedrop's own words, unless they are `unknown`: then they may be the text of a service. A bucket can be
# called like one of these words.
OWN_WORDS = frozenset(
    {"declarations", "clock", "bucket.versioning", "bucket.older_images", "bucket.ranges", "ims.quota", "ims.killed",
     "ims.windows", "ims.os_versions", "ims.tags", "ims.shows_imports", "ims.names_unique", "ims.chinese_names",
     "events.keys", "events.last", "aws.mappings", "aws.schedule", "aws.queues", "aws.dead_letters", "mail"}
)  # fmt: skip
_PUBLIC_HOST = re.compile(  # of a service, not of a bucket or a function
    r"((obs|ims|smn|eg|kms|iam)\.[a-z]+(-[a-z0-9]+)+\.myhuaweicloud\.(com|eu)"
    r"|(cloudformation|email|events|lambda|logs|secretsmanager|sns|sqs|sts)\.[a-z]+(-[a-z0-9]+)+\.amazonaws\.com(\.cn)?)"
)
_END = r"(?=[.,:;)\]}>'\"]*(?:\s|$))"  # of a word, without the punctuation behind it
# In this order. What is recognized rather takes too much than too little.
_IDENTIFYING = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"", "TEXT"),
        (r"[a-z][a-z0-9+.-]*://\S+?" + _END, "URL"),
        (r"\S*%[0-9a-f]{2}\S*?" + _END, "ENCODED"),
        (r"\b(?:arn|urn|iam|sts):\S+?" + _END, "URN"),
        (r"\b(?:account|agency|assumed-role|domain|federated-user|group|role|root|user)[/:]\S+?" + _END, "USER"),
        (r"\S+@\S+?" + _END, "MAIL"),
        (r"[\w.~-]*/\w\S*?" + _END, "PATH"),
        (r"(?<![\w:])[0-9a-f]{0,4}:[0-9a-f:.]+", "ADDRESS"),  # if it is one
        (r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)", "ADDRESS"),
        (r"\b[\w-]*[^\W\d][\w-]*:\d{2,5}\b", "HOST"),
        (r"(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.[^\W\d_][\w-]+", "HOST"),
        (r"(?<![\w+/=-])(?=[\w+/=-]*\d)[\w+/=-]{16,}", "ID"),
        (r"\b\d{12}\b", "ID"),
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
        seen = "not shown" if result.name in NAMING else _shown(result, site).replace("|", r"\|")
        yield f"| {result.name} | {result.outcome} | {seen} |"
    yield ""
    yield "| setting | value |"
    yield "| --- | --- |"
    for name in SHOWN:
        if (value := getattr(site.settings, name)) != Settings.model_fields[name].default:
            yield f"| {name} | {value} |"


def _shown(result: CheckResult, site: Site) -> str:
    if result.name in OWN_WORDS and result.outcome != "unknown":
        return " ".join(result.seen.split())
    return redacted(result.seen, site)


def redacted(text: str, site: Site) -> str:
    """Without names, addresses, ids and keys."""
    names = {value.casefold(): name for name, value in _names(site)}
    if names:
        longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        whole_words = rf"(?<![^\W_])(?:{longest_first})(?![^\W_])"
        text = re.sub(whole_words, lambda found: names.get(found[0].casefold(), "NAME"), text, flags=re.IGNORECASE)
    for pattern, name in _IDENTIFYING:
        text = pattern.sub(partial(_replacement, name), text)
    return " ".join(text.split())


def _replacement(name: str, found: re.Match[str]) -> str:
    if name in ("HOST", "URL"):
        host = found[0].lower().removeprefix("https://").rstrip("/")
        return host if _PUBLIC_HOST.fullmatch(host) else name
    if name == "ADDRESS" and ":" in found[0] and not _is_ipv6(found[0]):
        return found[0]
    return name


def _is_ipv6(text: str) -> bool:
    for candidate in (text, text.rstrip(":.")):
        try:
            ipaddress.IPv6Address(candidate)
        except ValueError:
            continue
        return True
    return False


def _names(site: Site) -> Iterator[tuple[str, str]]:
    """What stands for it -> the text. One letter stays: it is a word."""
    settings, keys, login = site.settings, site.keys, site.smtp_login
    given = {
        "BUCKET": (settings.drop_bucket,),
        "PREFIX": (settings.drop_prefix.strip("/"),),
        "PROJECT": (settings.project_id,),
        "INSTALLATION": (site.installation, *site.installation.split(":")),
        "STACK": (site.deployment.name,) if site.deployment else (),
        "HOST": tuple(
            urlsplit(url).hostname or ""
            for url in (settings.obs_endpoint, settings.ims_endpoint, settings.smn_cert_origin, settings.aws_endpoint)
            if not _PUBLIC_HOST.fullmatch(url.removeprefix("https://").rstrip("/"))
        ),
        "SMTP": (settings.smtp_host,),
        "HEADER": (settings.webhook_header,),
        "KEY": (site.kms_key,),
        "SECRET": (
            settings.webhook_secret, settings.credentials, settings.smtp_credentials, keys.ak, keys.sk, keys.token,
            *((login.user, login.password) if login else ()),
        ),
        "MAIL": (
            settings.mail_from, settings.operator_mail, settings.mail_from.rpartition("@")[2],
            settings.operator_mail.rpartition("@")[2], *settings.owner_domains,
        ),
    }  # fmt: skip
    public = ("imagedrop", settings.region)  # the product, and a region: they are parts of names of installations
    for name, values in given.items():
        yield from ((name, value) for value in values if value and len(value) >= 2 and value not in public)
