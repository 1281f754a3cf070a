"""Confirms a subscription of the topic, by one GET to the URL in the push (SMN: ConfirmSubscription)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from imagedrop.intake.errors import PushRefused, PushUnavailable
from imagedrop.intake.http_get import Fetch, FetchFailed, FetchTooLarge
from imagedrop.settings import Settings


def confirm_subscription(url: str, settings: Settings, fetch: Fetch) -> None:
    """`url`: the subscribe_url of a verified SubscriptionConfirmation. Raises PushRefused or PushUnavailable."""
    check_subscribe_url(url, settings)
    try:
        fetch(url)
    except FetchTooLarge:
        pass  # the status was 200; the page is for people
    except FetchFailed as error:
        raise PushUnavailable(f"the subscription cannot be confirmed: {error}") from None


def check_subscribe_url(url: str, settings: Settings) -> None:
    """Raises PushRefused unless `url` has the configured origin and names no other topic."""
    origin = settings.smn_confirm_origin.rstrip("/")
    if not re.fullmatch(rf"{re.escape(origin)}/[!-~]*", url) or "#" in url or "\\" in url:
        raise PushRefused(403, "Forged", f"subscribe_url is not at {origin}/")
    if any(topic != settings.smn_topic_urn for topic in parse_qs(url.partition("?")[2]).get("topic_urn", ())):
        raise PushRefused(403, "Foreign", "subscribe_url is for another topic")
