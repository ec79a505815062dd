"""Async Python SDK for the Ordering for Business API of Orange Business, v3.1."""
