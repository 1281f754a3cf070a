"""Histories: the real handlers, in memory and in virtual time, while everything goes wrong that one seed decides."""
