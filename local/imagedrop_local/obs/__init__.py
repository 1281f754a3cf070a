"""The OBS simulator: serves a folder on disk through OBS's S3 interface."""
