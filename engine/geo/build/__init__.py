"""Builds the bundled geography; run at release, never by the product."""
