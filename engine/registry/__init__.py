"""The modules and what is announced about them, read from the module files."""
