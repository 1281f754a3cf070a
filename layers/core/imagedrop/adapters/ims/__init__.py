"""The port Images in IMS."""
