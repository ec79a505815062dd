"""The documentation: its programs run, its tables are true, its site works."""
