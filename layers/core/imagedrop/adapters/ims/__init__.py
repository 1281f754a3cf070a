"""IMS behind the port Images."""
