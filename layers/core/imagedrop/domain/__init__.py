"""The terms of the service: drops, their stages, object keys, addresses, queue messages. Pure."""
