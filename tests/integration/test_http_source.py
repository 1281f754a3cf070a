"""An image at a URL: range reads of one content, from correct and faulty servers."""

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
TIMEOUT = 5.0  # s


@pytest.fixture
def server() -> Iterator[Files]:
    with serving(fixture("gpt.raw")) as made:
        yield made


@pytest.fixture
def source(server: Files) -> Iterator[HttpSource]:
    with HttpSource(f"{server.url}/disk.raw?{SECRET}") as made:
        yield made


def refusal(server: Files, path: str = "/disk.raw", timeout: float = TIMEOUT) -> OSError:
    with pytest.raises(OSError) as caught, HttpSource(f"{server.url}{path}?{SECRET}", timeout) as source:  # noqa: PT011
        source.read(0, 512)
    assert SECRET not in str(caught.value)
    return caught.value


def test_ranges_of_a_url_are_read_exactly(source: HttpSource) -> None:
    body = fixture("gpt.raw")
    assert source.size == len(body)
    for offset, length in [(0, 512), (512, 70_000), (len(body) - 1, 1), (0, 0)]:
        assert source.read(offset, length) == body[offset : offset + length]


def test_inspection_of_a_url_finds_the_same_as_of_a_file(server: Files, source: HttpSource) -> None:
    result, expected = (
        inspect(ParallelSource(source, thread_pool(4)), file_name="disk.raw"),
        inspect_bytes(fixture("gpt.raw"), "disk.raw"),
    )
    assert (result.facts, result.findings, result.read.gets) == (expected.facts, expected.findings, expected.read.gets)
    assert result.read.round_trips < expected.read.round_trips
    assert len(server.requests) == result.read.gets + 1
    assert server.connections <= 5


def test_one_connection_serves_several_reads(server: Files, source: HttpSource) -> None:
    for _ in range(5):
        source.read(0, 100)
    assert server.connections == 1


def test_every_thread_has_its_own_connection(server: Files, source: HttpSource) -> None:
    answers: list[bytes] = []
    workers = [threading.Thread(target=lambda: answers.append(source.read(0, 100))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers == [fixture("gpt.raw")[:100]] * 3
    assert server.connections == 4


def test_connection_closed_by_the_server_is_opened_again(server: Files, source: HttpSource) -> None:
    server.fault = "hangs up"
    for _ in range(3):
        assert source.read(1, 9) == fixture("gpt.raw")[1:10]


@pytest.mark.parametrize("fault", ["chunked", "hangs up"])
def test_chunked_responses_and_closed_connections_are_read(server: Files, fault: str) -> None:
    server.fault = fault
    with HttpSource(f"{server.url}/disk.raw") as source:
        assert (source.size, source.read(3, 2000)) == (len(server.body), server.body[3:2003])


def test_name_of_the_source_has_no_query(server: Files, source: HttpSource) -> None:
    assert source.name == f"{server.url}/disk.raw"
    assert [path for path, _ in server.requests] == [f"/disk.raw?{SECRET}"]


def test_if_match_is_sent_with_a_strong_etag_only(server: Files, source: HttpSource) -> None:
    source.read(0, 10)
    assert server.requests[-1][1]["If-Match"] == '"one"'
    server.etag = 'W/"one"'
    with HttpSource(f"{server.url}/disk.raw") as weak:
        assert weak.read(0, 10) == server.body[:10]
    assert "If-Match" not in server.requests[-1][1]


@pytest.mark.parametrize("etag", ['"one"', 'W/"one"', ""])
@pytest.mark.parametrize("change", ["etag", "modified", "size", "shorter"])
def test_file_that_changes_between_reads_raises_source_changed(server: Files, etag: str, change: str) -> None:
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
def test_status_404_and_410_mean_changed_and_503_does_not(
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
def test_error_status_raises_the_matching_os_error(server: Files, status: int, kind: type[OSError]) -> None:
    server.fault, server.etag = "status", str(status)
    error = refusal(server)
    assert isinstance(error, kind)
    assert str(status) in str(error)


@pytest.mark.parametrize("fault", ["ignores ranges", "obs like"])
def test_server_that_ignores_ranges_is_an_error(server: Files, fault: str) -> None:
    server.fault = fault
    assert "a part of the file" in str(refusal(server))


def test_server_that_starts_to_ignore_ranges_is_distinguished_from_a_change(server: Files, source: HttpSource) -> None:
    server.fault = "obs like"
    with pytest.raises(OSError, match="a part of the file"):
        source.read(0, 10)
    server.etag = '"two"'
    with pytest.raises(SourceChanged):
        source.read(0, 10)


@pytest.mark.parametrize("fault", ["another range", "no size", "absurd size", "cut off", "too much", "garbage"])
def test_wrong_response_to_the_first_request_is_an_error(server: Files, fault: str) -> None:
    server.fault = fault
    refusal(server)


@pytest.mark.parametrize("fault", ["another range", "no size", "cut off", "too much", "garbage"])
def test_wrong_response_to_a_later_read_is_an_error(server: Files, source: HttpSource, fault: str) -> None:
    server.fault = fault
    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011
            source.read(5, 10)
    server.fault = ""
    assert source.read(5, 10) == server.body[5:15]


@pytest.mark.parametrize("fault", ["silent", "drips", "drips headers", "drips body"])
def test_slow_response_is_stopped_at_the_deadline(server: Files, fault: str) -> None:
    server.fault = fault
    began = time.monotonic()
    refusal(server, timeout=0.2)
    assert time.monotonic() - began < TIMEOUT


@pytest.mark.parametrize("fault", ["", "obs like"])
def test_empty_file_has_size_zero(server: Files, fault: str) -> None:
    server.body, server.fault = b"", fault
    with HttpSource(f"{server.url}/disk.raw") as source:
        assert source.size == 0


def test_redirect_is_followed_once_for_all_reads(server: Files) -> None:
    with HttpSource(f"{server.url}/moved") as source:
        assert source.read(0, 10) == server.body[:10]
    assert [path for path, _ in server.requests] == ["/moved", "/disk.raw?moved", "/disk.raw?moved"]


@pytest.mark.parametrize("path", ["/moved-on", "/moved-away"])
def test_endless_redirects_and_redirects_to_http_are_refused(server: Files, path: str) -> None:
    refusal(server, path)
    assert len(server.requests) <= 6


def test_refused_connection_is_an_error() -> None:
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
def test_invalid_url_is_an_error(url: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011
        HttpSource(url)


def test_url_with_a_user_name_is_refused(server: Files) -> None:
    with pytest.raises(OSError, match="not a usable http or https URL"):
        HttpSource(server.url.replace("//", "//ada:secret@") + "/disk.raw")
    assert server.requests == []
