"""Holding an order against the catalog's JSON Schema before it leaves. What `catalog.py` stands on."""
