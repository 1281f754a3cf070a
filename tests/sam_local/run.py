"""The entry point of `make sam-local`; see main.py."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.sam_local.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
