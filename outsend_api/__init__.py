"""REST and command line: paths, status codes, streams, tables on a terminal. No decisions."""
