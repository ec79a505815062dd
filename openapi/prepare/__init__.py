"""Preparation of a description: overlay, credentials, names and shapes."""
