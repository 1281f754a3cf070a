"""Settings from variables and from the document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagedrop.settings import DOCUMENT, Settings, SettingsError


def read(document: Any = None, **variables: str) -> Settings:
    text = document if isinstance(document, str) else json.dumps(document or {})
    return Settings.read({DOCUMENT: text, **{f"IMAGEDROP_{name.upper()}": value for name, value in variables.items()}})


def test_a_field_of_the_document_is_a_setting_in_its_own_type_or_as_text() -> None:
    assert read({"ims_tasks": 20}) == read({"ims_tasks": "20"}) == read(ims_tasks="20")
    assert read({"ims_shows_imports": True}) == read({"ims_shows_imports": "true"}) == read(ims_shows_imports="true")
    assert read({"owner_domains": ["a.com", "b.com"]}) == read({"owner_domains": "a.com, b.com"})


def test_the_document_counts_more_than_a_variable_and_an_empty_text_does_not_count() -> None:
    assert read({"ims_tasks": 20}, ims_tasks="30").ims_tasks == 20
    assert read({"region": ""}, region="cn-north-4").region == "cn-north-4"
    assert read({"region": "cn-north-4"}, region="").region == "cn-north-4"


@pytest.mark.parametrize("text", ["", "{}"])
def test_no_document_leaves_every_default(text: str) -> None:
    assert read(text) == Settings()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"ims_task": 20}, "IMAGEDROP_IMS_TASK is no setting; did you mean IMAGEDROP_IMS_TASKS?"),
        ({"ims_tasks": 0}, "IMAGEDROP_IMS_TASKS: Input should be greater than or equal to 1, not 0"),
        ({"ims_tasks": None}, "IMAGEDROP_IMS_TASKS: "),
        ({"owner_domains": 1}, "IMAGEDROP_OWNER_DOMAINS: "),
        ({"region": "cn north-4 "}, "IMAGEDROP_REGION: must be a region like cn-north-4"),
        ({"obs_endpoint": "obs.cn-north-4.myhuaweicloud.com"}, "IMAGEDROP_OBS_ENDPOINT: must be a URL with https://"),
        ({"obs_endpoint": "https://obs.example/bucket"}, "IMAGEDROP_OBS_ENDPOINT: must be a URL with https://"),
        ({"ims_endpoint": "http://[::1"}, "IMAGEDROP_IMS_ENDPOINT: "),
        ({"smn_topic_urn": "nonsense"}, "IMAGEDROP_SMN_TOPIC_URN: must be the URN of a topic"),
        ("{", "IMAGEDROP_SETTINGS is not JSON: "),
        ("ims_tasks=20", "IMAGEDROP_SETTINGS is not JSON: "),
        ("[]", 'IMAGEDROP_SETTINGS is not a JSON object like {"ims_tasks": 20}'),
        ({"settings": {}}, "IMAGEDROP_SETTINGS is no setting"),
    ],
)
def test_a_wrong_document_is_refused_with_what_is_wrong(document: Any, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(document)
    assert message in str(raised.value)


ENDPOINTS = ("obs_endpoint", "ims_endpoint", "smn_cert_origin", "smn_confirm_origin", "aws_endpoint")


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize(
    "url",
    [
        "obs.cn-north-4.myhuaweicloud.com", "http://[::1", "https://", "ftp://obs.example.com", "http://a:99999",
        "http://a:x", "http://a:0", "https://a/b", "https://a?b", "https://a#b", "https://a b", "https://a\n",
    ],
)  # fmt: skip
def test_endpoint_that_is_no_url_of_a_host_is_refused(name: str, url: str) -> None:
    with pytest.raises(SettingsError, match=f"IMAGEDROP_{name.upper()}: must be a URL"):
        read({name: url})


@pytest.mark.parametrize(
    "url", ["https://obs.example.com", "http://127.0.0.1:4580/", "http://[::1]:4580", "http://obs"]
)
def test_endpoint_is_a_url_of_a_host(url: str) -> None:
    assert [getattr(read({name: url}), name) for name in ENDPOINTS] == [url] * len(ENDPOINTS)


def test_every_fault_is_named() -> None:
    with pytest.raises(SettingsError, match=r"IMAGEDROP_POLL_FIRST.*IMAGEDROP_NOPE is no setting"):
        read({"poll_first": 0, "nope": 1})
