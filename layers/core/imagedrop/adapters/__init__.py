"""The adapters: each implements one of the ports with a real service."""
