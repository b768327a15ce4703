"""Votes for what is coming."""
