"""Generating the code from a prepared description, checking it and putting it in place."""
