"""`python -m newaisle`: the command line."""

from newaisle.agent.__main__ import main

main()
