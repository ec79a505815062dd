"""Repair of the faults of a description, before other code reads it."""
