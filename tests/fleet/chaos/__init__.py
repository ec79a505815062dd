"""The chaos run of a fleet: processes that place the same orders, are killed, and lose their database."""
