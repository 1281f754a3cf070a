"""The adapters: each implements a port with a real service."""
