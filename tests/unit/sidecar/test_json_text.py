"""Files that are not valid JSON, or barely."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.sidecar import LIMIT, Reading, read

OWNER = '"owner": {"email": "ada@example.com"}'
VALID = f'{{"name": "win", {OWNER}}}'


def ids(reading: Reading) -> list[str]:
    return [finding.id for finding in reading.findings]


def test_valid_file_leads_to_no_finding() -> None:
    reading = read(VALID.encode())
    assert reading.findings == []
    assert reading.sidecar is not None
    assert reading.sidecar.name == "win"


@pytest.mark.parametrize("body", [b"", b"   \n\t ", b"\xef\xbb\xbf", b"\0\0\0\0"])
def test_empty_file_is_reported(body: bytes) -> None:
    assert ids(read(body))[-1] == "sidecar.empty"


def test_file_of_the_size_limit_is_read_and_one_byte_more_is_not() -> None:
    filled = VALID.encode() + b" " * (LIMIT - len(VALID))
    assert read(filled).sidecar is not None
    assert ids(read(filled + b" ")) == ["sidecar.too_large"]


def test_truncated_body_is_reported_as_too_large() -> None:
    assert ids(read(VALID.encode(), truncated=True)) == ["sidecar.too_large"]


def test_utf8_byte_order_mark_is_accepted() -> None:
    reading = read(b"\xef\xbb\xbf" + VALID.encode())
    assert reading.findings == []
    assert reading.sidecar is not None
    assert reading.sidecar.name == "win"


def test_errors_after_a_byte_order_mark_are_found_and_offsets_include_the_mark() -> None:
    assert ids(read(b"\xef\xbb\xbf" + f'{{"nme": "win", {OWNER}}}'.encode())) == [
        "sidecar.missing",
        "sidecar.unknown_field",
    ]
    not_utf8 = read(b'\xef\xbb\xbf{"name": "\xff"}').findings[0]
    assert not_utf8.id == "sidecar.not_utf8"
    assert "byte 13," in not_utf8.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_reported_and_the_owner_is_read(encoding: str) -> None:
    reading = read(VALID.encode(encoding))
    assert ids(reading) == ["sidecar.utf16"]
    assert reading.owner is not None
    assert reading.sidecar is None


def test_other_encoding_is_reported_with_its_position() -> None:
    body = f'{{"name": "win",\n "description": "财务",\n {OWNER}}}'.encode("gbk")
    reading = read(body)
    assert reading.findings[0].id == "sidecar.not_utf8"
    assert "line 2" in reading.findings[0].message
    assert str(body.index("财".encode("gbk"))) in reading.findings[0].message
    assert reading.owner is not None


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{\n  "name": "win",\n}', 3, 1),
        ('{\n  "name": "win"\n  "owner": 1\n}', 3, 3),
        ("{'name': 'win'}", 1, 2),
        ('{"name": "a\nb"}', 1, 12),
        ('{"name": "C:\\images"}', 1, 13),
        ('{"name": "win"} {}', 1, 17),
        ('{"name": "win', 1, 10),
        ('{"name": tru}', 1, 10),
    ],
)
def test_invalid_json_is_reported_with_line_and_column(text: str, line: int, column: int) -> None:
    reading = read(text.encode())
    assert ids(reading) == ["sidecar.not_json"]
    assert reading.owner is None
    if not text.endswith(",\n}"):  # where a trailing comma is reported differs between versions of Python
        assert f"line {line}, column {column}" in reading.findings[0].message


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"name": "]]]", "x": [{"y": '])
def test_deep_nesting_is_stopped_before_anything_recurses(opening: str) -> None:
    assert ids(read((opening * 2000).encode()[:LIMIT])) == ["sidecar.too_deep"]


def test_brackets_inside_strings_are_no_nesting() -> None:
    assert ids(read(f'{{"name": "win", {OWNER}, "description": "{"[" * 99}"}}'.encode())) == []


@pytest.mark.parametrize(
    ("inside", "field"),
    [
        ('"name": "a", "name": "b"', "/name"),
        ('"name": "a", "image_tags": {"k": "1", "k": "1"}', "/image_tags/k"),
        ('"name": "a", "data_images": [{"file": "a"}, {"file": "b", "file": "c"}]', "/data_images/1/file"),
        ('"name": "a", "a/b~c": 1, "a/b~c": 2', "/a~1b~0c"),
    ],
)
def test_duplicate_key_is_reported_with_its_pointer(inside: str, field: str) -> None:
    reading = read(f"{{{OWNER}, {inside}}}".encode())
    assert ("sidecar.duplicate_key", field) in [(finding.id, finding.field) for finding in reading.findings]
    assert reading.sidecar is None
    assert reading.owner is not None


def test_two_owners_count_as_none() -> None:
    assert read(f'{{"name": "win", {OWNER}, "owner": {{"email": "eve@example.com"}}}}'.encode()).owner is None
    assert read(b'{"name": "win", "owner": {"email": "a@example.com", "email": "b@example.com"}}').owner is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e999"])
def test_numbers_outside_json_are_errors(number: str) -> None:
    reading = read(f'{{"name": "win", {OWNER}, "min_disk": {number}}}'.encode())
    assert [(finding.id, finding.field) for finding in reading.findings] == [("sidecar.number", "/min_disk")]


def test_number_of_thousands_of_digits_is_too_big() -> None:
    reading = read(f'{{"name": "win", {OWNER}, "size": {"9" * 20_000}}}'.encode())
    assert [(finding.id, finding.field) for finding in reading.findings] == [("sidecar.too_big", "/size")]


@pytest.mark.parametrize("where", ['"name": "\\ud800"', '"\\ud800": 1', '"image_tags": {"\\udfff": "x"}'])
def test_lone_surrogate_is_reported_and_not_repeated(where: str) -> None:
    reading = read(f"{{{OWNER}, {where}}}".encode())
    assert "sidecar.half_character" in ids(reading)
    for finding in reading.findings:
        f"{finding.message}{finding.fix}{finding.field}".encode()


@pytest.mark.parametrize("text", ["null", "3", '"x"', "[]", "true"])
def test_document_that_is_not_an_object_is_one_error(text: str) -> None:
    reading = read(text.encode())
    assert [(finding.id, finding.field) for finding in reading.findings] == [("sidecar.not_object", "")]


@pytest.mark.parametrize("piece", ['"\\"', '"', "\\", '{"a":0,', "[],", "\x00", "é"])
def test_hostile_text_of_maximum_length_takes_less_than_five_seconds_of_cpu(piece: str) -> None:
    body = (piece * LIMIT).encode()[:LIMIT]
    started = time.process_time()
    read(body)
    read(b'{"name": "' + body[: LIMIT - 20] + b'"}')
    assert time.process_time() - started < 5


def test_findings_are_limited_and_the_rest_is_counted() -> None:
    reading = read(("{" + ",".join(f'"x{number}": 0' for number in range(5000)) + "}").encode()[:LIMIT])
    assert len(reading.findings) == 51
    assert reading.findings[-1].id == "sidecar.more"
    assert "4952" in reading.findings[-1].message  # 5,000 and two missing fields, less fifty


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150, deadline=None)
def test_any_bytes_lead_to_a_sidecar_or_findings(body: bytes) -> None:
    reading = read(body)
    assert reading.sidecar is not None or reading.findings


@given(st.integers(0, len(VALID) - 1), st.binary(min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_any_damage_to_a_valid_file_leads_to_a_sidecar_or_findings(position: int, damage: bytes) -> None:
    body = VALID.encode()
    reading = read(body[:position] + damage + body[position + len(damage) :])
    assert reading.sidecar is not None or reading.findings
