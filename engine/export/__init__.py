"""Rows as csv, xlsx and json, safe to open in a spreadsheet."""
