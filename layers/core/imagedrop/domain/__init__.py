"""Drops and their stages, object keys, email addresses and queue messages. No I/O."""
