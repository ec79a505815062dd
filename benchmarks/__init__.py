"""Benchmarks of this SDK and of comparable packages: `make bench`, or `python -m benchmarks`."""
