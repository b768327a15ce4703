"""Threads between users and the team."""
