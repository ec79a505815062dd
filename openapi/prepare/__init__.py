"""Making the prepared description: overlay, credentials, names and shapes."""
