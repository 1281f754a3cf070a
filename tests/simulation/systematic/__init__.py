"""Systematic strikes: a crash, an error, a time-out and a pause at every place of fixed scenarios, one in each run.

scenarios     what owners do, and what is wrong from the start
striking      the faults of a run: exactly the chosen ones
runs          the run without a strike, the strikes that follow from it, and what must come out of each
table         which places were struck
"""
