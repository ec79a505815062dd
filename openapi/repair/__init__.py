"""Repairing the faults of a description before anything else reads it."""
