"""When to poll a job."""
