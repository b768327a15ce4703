"""Pure reading of web pages."""
