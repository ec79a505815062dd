"""Specification of orange-ordering-client; the packages mirror the code."""
