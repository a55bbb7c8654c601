"""`python -m cloison`: the same as the command `cloison`."""

import sys

from cloison.cli import main

if __name__ == "__main__":
    sys.exit(main())
