"""Comparison of two descriptions, and of the code generated from them."""
