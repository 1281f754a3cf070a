"""The way of a drop: validate, register, poll, notify; status and sweep beside it."""
