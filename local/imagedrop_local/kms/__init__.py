"""KMS: the keys that encrypt images."""
