"""What `serve` and `doctor` read: the way of events, and faults of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagedrop_cli import serve, server_settings
from imagedrop_cli.checkup.events import EventChecks
from imagedrop_cli.output import InputError
from imagedrop_local.stack import secrets

KEYS = {"HUAWEICLOUD_SDK_AK": "ak", "HUAWEICLOUD_SDK_SK": "sk"}
LEAST = 'region = "cn-north-4"\nproject_id = "p"\ndrop_bucket = "golden"\n'
TOPIC = "urn:smn:cn-north-4:p:t"


def ways(here: Path, text: str, environment: dict[str, str]) -> tuple[str, str]:
    """What `doctor` says, and `serve` at its start."""
    (here / "imagedrop.toml").write_text(text)
    found = server_settings.read(here / "imagedrop.toml")
    settings = server_settings.site(found, KEYS | environment).settings
    [way, *_] = EventChecks(settings, list).run()
    return way.seen, dict(serve._summary(settings, found.server))["events"]


def test_secret_in_the_environment_is_a_way_of_events(here: Path) -> None:
    way = "requests with the header x-imagedrop-secret"
    assert ways(here, LEAST, {"WEBHOOK_SECRET": "s"}) == (way, f"{way}; the bucket is listed every minute")
    both = f"notifications of {TOPIC}, signed by SMN; {way}"
    seen, summary = ways(here, LEAST + f'smn_topic_urn = "{TOPIC}"\n', {"WEBHOOK_SECRET": "s"})
    assert (seen, summary) == (both, f"{TOPIC}, {way}; the bucket is listed every minute")


@pytest.mark.parametrize("environment", [{}, {"WEBHOOK_SECRET": ""}])
def test_without_topic_and_secret_there_is_no_way_but_the_list(here: Path, environment: dict[str, str]) -> None:
    seen, summary = ways(here, LEAST, environment)
    assert (seen, summary) == (
        "none: new objects are found by listing the bucket", "none; the bucket is listed every minute",
    )  # fmt: skip


def test_secret_has_the_name_that_the_stack_gives_it(here: Path) -> None:
    (here / "imagedrop.toml").write_text(LEAST)
    found = server_settings.read(here / "imagedrop.toml")
    site = server_settings.site(found, KEYS | {"WEBHOOK_SECRET": "s"})
    assert site.settings.webhook_secret == secrets.SETTINGS["webhook_secret"]


@pytest.mark.parametrize("value", ["5", "[]", '"x"', "true"])
def test_server_that_is_no_table_is_said_in_plain_words(here: Path, value: str) -> None:
    (here / "imagedrop.toml").write_text(f"server = {value}\n{LEAST}")
    with pytest.raises(InputError, match=r"imagedrop.toml: server must be a table: write \[server\]") as error:
        server_settings.read(here / "imagedrop.toml")
    assert "ServerTable" not in error.value.message


def test_wrong_url_is_a_fault_of_the_file(here: Path) -> None:
    (here / "imagedrop.toml").write_text(LEAST + 'obs_endpoint = "http://[::1"\n')
    with pytest.raises(InputError, match="obs_endpoint: must be a URL"):
        server_settings.read(here / "imagedrop.toml")
