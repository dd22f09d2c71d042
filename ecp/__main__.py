"""`python -m ecp`: the command line."""

import sys

from ecp.cli import main

if __name__ == "__main__":
    sys.exit(main.run())
