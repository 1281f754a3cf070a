"""imagedrop: a disk image and a small JSON file in an OBS bucket become a private IMS image.

The core, which every function uses:

    entry       runs a function: its process, its messages and requests
    intake      receives notifications            workflow    what each other function does
    events      envelopes of OBS events           rules       sidecar and facts -> findings and IMS request
    sidecar     reads the owner's JSON file       inspection  reads the image file
    findings    every finding, with its fix       notices     mails to owners
    domain      a drop, its stages and messages   ports       what the core needs from outside; `adapters` implement it
"""

__version__ = "0.1.0"
