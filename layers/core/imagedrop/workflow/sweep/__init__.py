"""sweep: finds and continues whatever an event, a queue or a crash lost."""
