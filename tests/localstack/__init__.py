"""The end-to-end tests on a template that is deployed to LocalStack."""
