"""Orders: placed once, followed to the end. What `requests.py` stands on."""
