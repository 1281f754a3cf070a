"""The process that a function runs in, and the SQS batch it is handed."""
