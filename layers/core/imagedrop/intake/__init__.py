"""Intake: receives event pushes over HTTP, verifies them and enqueues the drops they name."""
