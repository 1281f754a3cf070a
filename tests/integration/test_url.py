"""An image behind an address: read by ranges of one content, from servers good and bad."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from imagedrop.adapters.http_source import HttpSource
from imagedrop.adapters.threads import thread_pool
from imagedrop.inspection import SourceChanged, inspect
from imagedrop.inspection.source import ParallelSource
from tests.support.web import Files, serving
from tests.unit.inspection.images import fixture, inspect_bytes

SECRET = "Signature=abcdefgh"
SOON = 5.0  # s


@pytest.fixture
def server() -> Iterator[Files]:
    with serving(fixture("gpt.raw")) as made:
        yield made


@pytest.fixture
def source(server: Files) -> Iterator[HttpSource]:
    with HttpSource(f"{server.url}/disk.raw?{SECRET}") as made:
        yield made


def refusal(server: Files, path: str = "/disk.raw", patience: float = SOON) -> OSError:
    with pytest.raises(OSError) as caught, HttpSource(f"{server.url}{path}?{SECRET}", patience) as source:  # noqa: PT011
        source.read(0, 512)
    assert SECRET not in str(caught.value)
    return caught.value


def test_an_address_reads_as_the_bytes_behind_it(source: HttpSource) -> None:
    body = fixture("gpt.raw")
    assert source.size == len(body)
    for offset, length in [(0, 512), (512, 70_000), (len(body) - 1, 1), (0, 0)]:
        assert source.read(offset, length) == body[offset : offset + length]


def test_an_inspection_finds_what_it_finds_in_the_file(server: Files, source: HttpSource) -> None:
    seen, expected = (
        inspect(ParallelSource(source, thread_pool(4)), file_name="disk.raw"),
        inspect_bytes(fixture("gpt.raw"), "disk.raw"),
    )
    assert (seen.facts, seen.findings, seen.read.gets) == (expected.facts, expected.findings, expected.read.gets)
    assert seen.read.round_trips < expected.read.round_trips
    assert len(server.asked) == seen.read.gets + 1
    assert server.connections <= 5


def test_one_connection_is_kept(server: Files, source: HttpSource) -> None:
    for _ in range(5):
        source.read(0, 100)
    assert server.connections == 1


def test_every_thread_has_a_connection_of_its_own(server: Files, source: HttpSource) -> None:
    answers: list[bytes] = []
    workers = [threading.Thread(target=lambda: answers.append(source.read(0, 100))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers == [fixture("gpt.raw")[:100]] * 3
    assert server.connections == 4


def test_a_connection_that_the_server_has_closed_is_opened_again(server: Files, source: HttpSource) -> None:
    server.fault = "hangs up"
    for _ in range(3):
        assert source.read(1, 9) == fixture("gpt.raw")[1:10]


@pytest.mark.parametrize("fault", ["chunked", "hangs up"])
def test_other_ways_of_sending_the_same_are_read(server: Files, fault: str) -> None:
    server.fault = fault
    with HttpSource(f"{server.url}/disk.raw") as source:
        assert (source.size, source.read(3, 2000)) == (len(server.body), server.body[3:2003])


def test_the_name_shows_no_query(server: Files, source: HttpSource) -> None:
    assert source.name == f"{server.url}/disk.raw"
    assert [path for path, _ in server.asked] == [f"/disk.raw?{SECRET}"]


def test_reads_are_conditional_on_a_strong_etag_and_not_on_a_weak_one(server: Files, source: HttpSource) -> None:
    source.read(0, 10)
    assert server.asked[-1][1]["If-Match"] == '"one"'
    server.etag = 'W/"one"'
    with HttpSource(f"{server.url}/disk.raw") as weak:
        assert weak.read(0, 10) == server.body[:10]
    assert "If-Match" not in server.asked[-1][1]


@pytest.mark.parametrize("etag", ['"one"', 'W/"one"', ""])
@pytest.mark.parametrize("change", ["etag", "modified", "size", "shorter"])
def test_a_file_that_changes_meanwhile_ends_the_inspection(server: Files, etag: str, change: str) -> None:
    server.etag = etag
    with HttpSource(f"{server.url}/disk.raw") as source:
        source.read(0, 10)
        if change == "etag":
            server.etag = '"two"'
        elif change == "modified":
            server.modified = "Wed, 25 Nov 2026 13:00:00 GMT"
        else:
            server.body = server.body + b"x" if change == "size" else server.body[:100]
        with pytest.raises(SourceChanged):
            source.read(1000, 10)


@pytest.mark.parametrize(("status", "expected"), [(404, SourceChanged), (410, SourceChanged), (503, ConnectionError)])
def test_what_goes_away_has_changed_and_what_fails_has_not(
    server: Files, source: HttpSource, status: int, expected: type[BaseException]
) -> None:
    server.fault, server.etag = "status", str(status)
    with pytest.raises(expected):
        source.read(0, 10)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, FileNotFoundError), (410, FileNotFoundError), (401, PermissionError), (403, PermissionError)]
    + [(status, ConnectionError) for status in (304, 400, 429, 500, 503)],
)
def test_a_refusal_says_what_it_is(server: Files, status: int, kind: type[OSError]) -> None:
    server.fault, server.etag = "status", str(status)
    error = refusal(server)
    assert isinstance(error, kind)
    assert str(status) in str(error)


@pytest.mark.parametrize("fault", ["ignores ranges", "obs like"])
def test_a_server_that_ignores_ranges_is_named_and_its_body_is_not_read(server: Files, fault: str) -> None:
    server.fault = fault
    assert "a part of the file" in str(refusal(server))


def test_a_server_that_begins_to_ignore_ranges_is_told_from_a_change(server: Files, source: HttpSource) -> None:
    server.fault = "obs like"
    with pytest.raises(OSError, match="a part of the file"):
        source.read(0, 10)
    server.etag = '"two"'
    with pytest.raises(SourceChanged):
        source.read(0, 10)


@pytest.mark.parametrize("fault", ["another range", "no size", "absurd size", "cut off", "too much", "garbage"])
def test_an_answer_that_is_not_what_was_asked_for_is_not_taken(server: Files, fault: str) -> None:
    server.fault = fault
    refusal(server)


@pytest.mark.parametrize("fault", ["another range", "no size", "cut off", "too much", "garbage"])
def test_nor_is_it_later(server: Files, source: HttpSource, fault: str) -> None:
    server.fault = fault
    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011
            source.read(5, 10)
    server.fault = ""
    assert source.read(5, 10) == server.body[5:15]


@pytest.mark.parametrize("fault", ["silent", "drips", "drips headers", "drips body"])
def test_an_answer_that_takes_too_long_is_given_up(server: Files, fault: str) -> None:
    server.fault = fault
    began = time.monotonic()
    refusal(server, patience=0.2)
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize("fault", ["", "obs like"])
def test_an_empty_file_has_no_bytes(server: Files, fault: str) -> None:
    server.body, server.fault = b"", fault
    with HttpSource(f"{server.url}/disk.raw") as source:
        assert source.size == 0


def test_a_redirect_is_followed_once_for_all_reads(server: Files) -> None:
    with HttpSource(f"{server.url}/moved") as source:
        assert source.read(0, 10) == server.body[:10]
    assert [path for path, _ in server.asked] == ["/moved", "/disk.raw?moved", "/disk.raw?moved"]


@pytest.mark.parametrize("path", ["/moved-on", "/moved-away"])
def test_redirects_without_end_or_to_another_protocol_are_refused(server: Files, path: str) -> None:
    refusal(server, path)
    assert len(server.asked) <= 6


def test_nobody_listening_is_an_error() -> None:
    with serving(b"x") as server:
        pass
    refusal(server)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/x",
        "file:///etc/passwd",
        "//h/x",
        "",
        "http://",
        "http://[::1/x",
        "http://h:99999/x",
        "http://h:0/x",
        "http://a..b/x",
        "http://" + "x" * 70 + ".invalid/x",
    ],
)
def test_an_address_that_cannot_be_asked_is_an_error(url: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011
        HttpSource(url)


def test_a_users_name_in_an_address_is_not_sent(server: Files) -> None:
    with pytest.raises(OSError, match="no http or https address"):
        HttpSource(server.url.replace("//", "//ada:secret@") + "/disk.raw")
    assert server.asked == []
