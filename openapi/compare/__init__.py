"""Comparing two descriptions, and the code generated from them."""
