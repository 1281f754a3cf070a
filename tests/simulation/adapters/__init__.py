"""Histories whose handlers use the real adapters, with their client libraries, over a network in this process.

sockets            what the client libraries take for sockets
network            which service a connection goes to, and what goes wrong on the way
dynamodb, services, obs_service    the services: they answer requests from the fakes in memory
adapter_history    a history with these adapters
"""
