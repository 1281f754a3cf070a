"""Pushes of SMN and EventGrid over HTTP: a queue, retries, and the request itself."""
