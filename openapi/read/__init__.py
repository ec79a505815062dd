"""Fetching and parsing of a description, and access to its parts."""
