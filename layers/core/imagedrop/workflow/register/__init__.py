"""register: makes exactly one IMS image per drop, though IMS has no idempotency token."""
