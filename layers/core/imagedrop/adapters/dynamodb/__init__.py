"""DynamoDB behind the port Ledger."""
