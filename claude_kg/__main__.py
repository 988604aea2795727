"""Run the command line with ``python -m claude_kg``."""

import sys

from claude_kg.cli import main

if __name__ == "__main__":
    sys.exit(main())
