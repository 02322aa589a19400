"""Whether a person may be written to: permissions, suppressions, and the addresses that they are about."""
