"""The report for an issue: it shows what was seen, and nothing of whose installation it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from imagedrop.adapters.secrets import HuaweiKeys, SmtpLogin
from imagedrop.settings import Settings
from imagedrop_cli.checkup.checks import Site
from imagedrop_cli.checkup.report import markdown
from imagedrop_cli.checkup.results import CheckResult, Outcome

PROJECT = "0123456789abcdef0123456789abcdef"


def site(**more: Any) -> Site:
    given = {
        "region": "cn-north-4", "project_id": PROJECT, "drop_bucket": "drops", "drop_prefix": "golden-acme/",
        "webhook_header": "x-acme", "mail_from": "drops@acme-corp.com", "owner_domains": "acme-mail.com",
    }  # fmt: skip
    return Site(Settings.of(given | more), HuaweiKeys("ak-acme", "sk-acme"), SmtpLogin("ada", "pass"), "here")


def shown(seen: str, name: str = "ims.access", outcome: Outcome = "unknown", of: Site | None = None) -> str:
    """The last column."""
    report = markdown(of or site(), [CheckResult(name, outcome, seen)])
    [line] = [line for line in report.splitlines() if line.startswith(f"| {name} |")]
    return line.split("|", 3)[3].removesuffix(" |").strip()


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("https://intake.acme-corp.com/hook?x=1: IMG.0009: no", "URL: IMG.0009: no"),
        ("amqp://acme.internal does not answer", "URL does not answer"),
        (
            "https://obs.cn-north-4.myhuaweicloud.com lists drops",
            "obs.cn-north-4.myhuaweicloud.com lists BUCKET",
        ),
        ("https://acme.obs.cn-north-4.myhuaweicloud.com refuses", "URL refuses"),
        ("https://obs.cn-north-4.myhuaweicloud.com/acme refuses", "URL refuses"),
        ("https://abc.lambda-url.eu-west-1.on.aws/ is not confirmed", "URL is not confirmed"),
        ("HTTPSConnectionPool(host='ims.acme-corp.internal', port=443)", "HTTPSConnectionPool(host=TEXT, port=443)"),
        ("HTTPSConnectionPool(host='nas', port=443)", "HTTPSConnectionPool(host=TEXT, port=443)"),
        ('no answer of "nas of acme"', "no answer of TEXT"),
        ("cannot reach ims.acme-corp.internal:443", "cannot reach HOST"),
        ("cannot reach nas:8443", "cannot reach HOST"),
        ("cannot reach ims.例子.公司", "cannot reach HOST"),
        ("url: /v1.0/acme/images?x=y (Caused by a timeout)", "url: PATH (Caused by a timeout)"),
        ("no access to ~/acme/key.pem", "no access to PATH"),
        ("domain/acme-corp:user/alice may write", "USER may write"),
        ("domain/acme:agency/x, user/bob and *", "USER, USER and *"),
        ("User: arn:aws:iam::123456789012:user/bob is not authorized", "User: URN is not authorized"),
        ("arn:aws-cn:sqs:cn-north-1:123456789012:acme", "URN"),
        (f"urn:smn:cn-north-4:{PROJECT}:acme is not there", "URN is not there"),
        ("topics/urn%3Asmn%3Acn-north-4%3Aabc%3Aacme failed", "ENCODED failed"),
        ("urn%253Asmn%253Aacme failed", "ENCODED failed"),
        ("acme%2Fgolden.vhd is missing", "ENCODED is missing"),
        ("sent to Ada.Müller@acme-corp.com, bob@nas", "sent to MAIL, MAIL"),
        ("from 10.1.2.3: refused", "from ADDRESS: refused"),
        ("from 2001:db8::1:2, fe80::1 and ::1", "from ADDRESS, ADDRESS and ADDRESS"),
        ("from [2001:db8:0:0:0:0:0:1]:443", "from [ADDRESS]:443"),
        ("from ::ffff:10.0.0.1: refused", "from ADDRESS refused"),
        ("at 12:34:56 UTC", "at 12:34:56 UTC"),
        ("job 01234567-89ab-cdef-0123-456789abcdef failed", "job ID failed"),
        ("AKIAIOSFODNN7EXAMPLE is unknown in 123456789012", "ID is unknown in ID"),
        ("request id dGhpcyBpcyBhIHRlc3Q1/+x=", "request id ID"),
        (f"project {PROJECT}", "project PROJECT"),
        ("DROPS, Drops and drops-archive", "BUCKET, BUCKET and BUCKET-archive"),
        ("raindrops and nowhere stay", "raindrops and nowhere stay"),
        ("x-acme, golden-acme and acme-mail.com, ak-acme, sk-acme", "HEADER, PREFIX and MAIL, SECRET, SECRET"),
        ("it's OBS's: isn't it", "it's OBS's: isn't it"),
        ("IMG.0009: Common.0011: 5 of 50 private images", "IMG.0009: Common.0011: 5 of 50 private images"),
        ("drops/acme and drops:golden-acme/a.vhd are old", "PATH and BUCKET:PATH are old"),
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/acme", "URL"),
        ("lambda.eu-west-1.amazonaws.com does not answer", "lambda.eu-west-1.amazonaws.com does not answer"),
        ("a | b\n| c", "a \\| b \\| c"),
    ],
)
def test_names_and_addresses_are_replaced(seen: str, expected: str) -> None:
    assert shown(seen) == expected


@pytest.mark.parametrize(
    "name",
    ["bucket.policy", "bucket.installation", "events.subscription", "events.eventgrid", "events.header", "kms.keys",
     "mail.server", "mail.operator", "aws.alarms", "aws.webhook_secret"],
)  # fmt: skip
@pytest.mark.parametrize("outcome", ["ok", "wrong", "unknown"])
def test_of_results_that_are_names_only_the_outcome_is_shown(name: str, outcome: Outcome) -> None:
    assert shown("acme of alice", name, outcome) == "not shown"


@pytest.mark.parametrize(
    ("name", "outcome", "seen"),
    [
        ("bucket.older_images", "ok", "older than imagedrop here, so no drops: 3 images with a sidecar, 4 without"),
        ("aws.queues", "ok", "messages: drops 0, registrations 2, polls 0, notices 0"),
        ("aws.dead_letters", "wrong", "1 of drops"),
    ],
)
def test_words_of_imagedrop_are_no_names(name: str, outcome: Outcome, seen: str) -> None:
    assert shown(seen, name, outcome) == seen
    assert shown("drops: refused", name, "unknown") == "BUCKET: refused"


def test_parts_of_the_name_of_the_installation_are_replaced_but_for_the_product_and_the_region() -> None:
    deployment = cast("Any", SimpleNamespace(name="acme-stack"))
    plain = site()
    of = Site(plain.settings, plain.keys, installation="acme-host:cn-north-4:imagedrop", deployment=deployment)
    seen = "acme-host in cn-north-4 runs imagedrop as ACME-STACK"
    assert shown(seen, of=of) == "INSTALLATION in cn-north-4 runs imagedrop as STACK"


def test_host_of_an_endpoint_is_replaced_without_a_dot_too() -> None:
    of = site(obs_endpoint="http://nas:9000", ims_endpoint="https://ims.cn-north-4.myhuaweicloud.com")
    seen = "http://nas:9000/acme/x: NAS refuses; ims.cn-north-4.myhuaweicloud.com does not"
    assert shown(seen, of=of) == "URL: HOST refuses; ims.cn-north-4.myhuaweicloud.com does not"


def test_name_with_characters_of_patterns_is_a_name() -> None:
    plain = site()
    of = Site(plain.settings, plain.keys, installation="a(b", kms_key="my-key")
    assert shown("a(b has My-Key", of=of) == "INSTALLATION has KEY"
