"""The embedded stack and the simulators of OBS, IMS and SMN. Never shipped to Lambda.

http     the HTTP server of all simulators           obs  ims  smn   the simulators
faults   faults set over HTTP at /_sim/faults        stack           the AWS side, run by ministack
cloud    the simulators, sharing one clock and one set of faults
"""
