"""Contract tests: each port's promises, tested with its fake and with its adapter against a simulator or engine."""
