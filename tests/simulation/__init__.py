"""Histories: the real handlers, in memory and in virtual time, with faults that a seed decides."""
