"""Mutation testing, `make mutants`: changes the code in many places, one at a time, and looks which tests notice.

A *mutant* is the code with one such change. It is *killed* by the first test or history that fails with it; else it has
*survived*. `strata` says which code is changed, `operators` how, `draw` which changes are tried.
"""
