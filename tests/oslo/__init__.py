"""Compares imagedrop with OpenStack's format inspectors (oslo.utils) on the images that their tests make."""
