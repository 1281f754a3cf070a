"""An address for a function URL of LocalStack, whose own host name does not resolve."""

from __future__ import annotations

import http.client
from contextlib import closing
from urllib.parse import urlsplit

from imagedrop_local.web.messages import Request, Response
from imagedrop_local.web.server import HttpServer

TIMEOUT = 60.0  # s; a cold start takes 3
HOP_BY_HOP = ("connection", "content-length", "host", "keep-alive", "transfer-encoding")


def serve(name: str, endpoint: str, url: str) -> HttpServer:
    """Passes every request on to `endpoint`, with the host of `url`, by which LocalStack finds the function."""
    server, host = urlsplit(endpoint), urlsplit(url).netloc

    def answer(request: Request) -> Response:
        target = request.path + (f"?{request.raw_query}" if request.raw_query else "")
        sent = {key: value for key, value in request.headers.items() if key.lower() not in HOP_BY_HOP}
        with closing(http.client.HTTPConnection(server.netloc, timeout=TIMEOUT)) as connection:
            connection.request(request.method, target, request.body(), {**sent, "Host": host})
            answer = connection.getresponse()
            headers = {key: value for key, value in answer.getheaders() if key.lower() not in HOP_BY_HOP}
            return Response(answer.status, answer.read(), headers)

    return HttpServer(name, answer).start()
