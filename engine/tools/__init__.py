"""The agent surface: one file per tool."""
