"""The bound after which IMS can no longer accept a request is derived from its parts, and everything uses it."""

from __future__ import annotations

from itertools import product

import pytest

from imagedrop.domain import resend_bound as bound
from imagedrop.settings import Settings

WRONG = bound.FUNCTION_CLOCK_WRONG
CORNERS = tuple(product((-WRONG, WRONG), (False, True), (-WRONG, WRONG), (-bound.IMS_CLOCK_BEHIND, 0, 300)))


@pytest.mark.parametrize(("sender", "set_right", "reader", "ims"), CORNERS)
def test_search_that_proves_something_begins_after_the_last_acceptance_is_listed(
    sender: int, set_right: bool, reader: int, ims: int
) -> None:
    """`sender`, `reader`, `ims`: seconds by which each clock is ahead. `set_right`: the sender's is right
    at the signature. The row says that it was sent at second 0; it is signed at the last moment."""
    signer = 0 if set_right else sender
    sent_at = 0 + sender
    signed_at = bound.REGISTER_TIME_LIMIT + signer
    last_acceptance = signed_at + bound.SIGNATURE_VALID - ims
    first_proof = sent_at + Settings().resend_after - reader
    assert first_proof >= last_acceptance + bound.LISTING_LAG


def test_no_part_of_the_bound_can_be_left_out() -> None:
    """The worst corner meets the bound exactly."""
    last_listed = bound.REGISTER_TIME_LIMIT + WRONG + bound.SIGNATURE_VALID + bound.IMS_CLOCK_BEHIND + bound.LISTING_LAG
    assert 0 + Settings().resend_after - WRONG == last_listed
