"""Tests of the whole workflow, all with one local stack, which stops after the last of them."""
