"""A second opinion: the images that the tests of OpenStack's format inspectors make, looked at by both."""
