"""Uploaded files, kept for a day."""
