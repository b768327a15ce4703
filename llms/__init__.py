"""The public documentation, served as written."""
