"""One file per module, named by its slug."""
