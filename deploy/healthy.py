"""Exit with 0 when the service answers at an address, `/healthz` of this machine by default.

What a container's health check runs: it imports nothing of the service, which would take a second of
processor time at each look, and needs no curl.
"""

import os
import sys
from http.client import HTTPException
from urllib.request import urlopen

SECONDS = 3


def main() -> int:
    """Ask the address that is given."""
    own = f"http://127.0.0.1:{os.environ.get('ASSESSOR_PORT', '8000')}/healthz"
    address = sys.argv[1] if len(sys.argv) > 1 else own
    try:
        with urlopen(address, timeout=SECONDS):  # noqa: S310 - the address is the operator's own
            return 0
    except (OSError, ValueError, HTTPException) as fault:
        sys.stderr.write(f"{address}: {fault}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
