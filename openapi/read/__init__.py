"""Getting a description, parsing it and finding one's way in it."""
