"""Addresses and domains that no row may show."""
