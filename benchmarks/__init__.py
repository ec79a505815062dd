"""How fast this SDK is beside its peers: `make bench`, or `python -m benchmarks`."""
