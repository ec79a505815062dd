"""Generation of the code from a prepared description, its check, and its installation in the package."""
