"""Votes for the features that are to come."""
