"""`python -m outsend_api`: the outsend command, for a process that starts another one of its kind."""

from outsend_api.cli.app import main

if __name__ == "__main__":
    main()
