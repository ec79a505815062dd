"""Check of an order against the catalog's JSON Schema before it is sent. `catalog.py` uses this package."""
