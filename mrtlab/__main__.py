"""``python -m mrtlab``: the same as the ``mrtlab`` command."""

import sys

from mrtlab.cli import main

if __name__ == "__main__":
    sys.exit(main())
