"""imagedrop: a disk image and a small JSON file in an OBS bucket become a private IMS image.

The core, shared by every function. Its rooms, from the bucket to the owner's mail:

    events      every event envelope -> objects created       drop         the row of a drop and its stages (pure)
    sidecar     what the owner says                            registration exactly one IMS image per drop (pure)
    inspection  what the file says                             polling      following the job to its end (pure)
    rules       sidecar x facts -> findings, IMS request       notices      telling the owner
    findings    every finding there is, with its fix           forecast looks pace  when its job is looked at
    sweep       whatever was lost is found again           room         who may ask IMS now, and who is next (a line)
    obs ims ledger queues                                      the services, behind the ports of `ports`
"""

__version__ = "0.1.0"
