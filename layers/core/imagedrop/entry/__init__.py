"""What runs a function: its process, its batches of SQS messages, its requests by function URL."""
