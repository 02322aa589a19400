"""The ledger: every intended message is a row, planned or held with its reason, and sent at most once."""
