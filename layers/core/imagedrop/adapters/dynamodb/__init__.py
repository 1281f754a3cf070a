"""The port Ledger in DynamoDB."""
