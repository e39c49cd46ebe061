"""`assessor serve` as it is, but for two things that a benchmark puts in: a long bank, a bare client.

python -m tests.bench.service [--long] [--bare]
"""

import sys

from assessor.adapters.model import configured
from assessor.adapters.shipped import shipped
from assessor.bootstrap import parts
from assessor.cli import main as run


def main() -> None:
    """Serve; `--bare` talks to the provider by httpx instead of litellm."""
    options, sys.argv = sys.argv[1:], ["assessor", "serve"]
    if "--long" in options:
        from tests.bench.bank import LongContent

        vars(parts)["content"] = lambda: LongContent(shipped("question_banks"), shipped("rubrics"))
    if "--bare" in options:
        from tests.bench.provider import HttpxProvider

        vars(configured)["LitellmModel"] = HttpxProvider
    run()


if __name__ == "__main__":
    main()
