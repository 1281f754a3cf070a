"""The formats of disk images, one module each; base.py holds what they share."""
