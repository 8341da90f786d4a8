"""`python -m newaisle`: the command line."""

from newaisle.agent.__main__ import main

if __name__ == "__main__":
    main()
