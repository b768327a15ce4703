"""Recurring runs, their differences and signals."""
