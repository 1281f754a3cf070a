"""Histories open no connection, and their handlers' logs are not what is looked at."""

import logging
from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket


@pytest.fixture(autouse=True)
def _in_silence() -> Iterator[None]:
    disable_socket()
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
