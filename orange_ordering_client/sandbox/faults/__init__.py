"""Faults: how they are written, which calls they apply to, and how they change replies."""
