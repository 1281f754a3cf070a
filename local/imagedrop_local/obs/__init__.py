"""The OBS simulator: a folder on disk, served through OBS's S3 interface."""
