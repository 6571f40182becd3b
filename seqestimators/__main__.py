"""The command line, as `python -m seqestimators`."""

import sys

from .command_line import main

if __name__ == "__main__":
    sys.exit(main())
