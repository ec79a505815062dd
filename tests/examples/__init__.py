"""The programs of examples/, each run as its page says."""
