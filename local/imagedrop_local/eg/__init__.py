"""EventGrid: subscriptions that pass events of OBS on to SMN or to a URL."""
