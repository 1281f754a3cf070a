"""The embedded stack and the simulators of the Huawei side. Never shipped to Lambda.

http     the one small HTTP server under all simulators         obs  ims  smn   the simulators
faults   faults set over HTTP at /_sim/faults                   stack           the AWS side, by ministack
cloud    the simulators together, sharing time and faults
"""
