"""Descriptions as the official file's authors would write them, and the project with one of them in place."""
