"""Under which licence each locked package is, as SPDX has it, and whether we take that."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from typing import Final

STATED: Final = {
    "axe-playwright-python": "MIT",
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "protobuf": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "pyyaml-ft": "MIT",
    "reportlab": "BSD-3-Clause",
    "uvloop": "MIT OR Apache-2.0",
}
"""Packages whose metadata say nothing that could be read, or that are installed on other machines only: what
their licence files say."""

_TEXTS: Final = {
    "apache": "Apache-2.0",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd": "BSD-3-Clause",
    "isc": "ISC",
    "mit": "MIT",
    "mozilla": "MPL-2.0",
    "mpl-2.0 and mit": "MPL-2.0 AND MIT",
    "mpl": "MPL-2.0",
    "psf": "PSF-2.0",
    "python software": "PSF-2.0",
    "unlicense": "Unlicense",
    "the mit": "MIT",
}
"""How what stands in free text begins; the longest one counts."""

TAKEN: Final = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0",
        "MIT-CMU", "PSF-2.0", "Unlicense", "Zlib",
        # Copyleft that ends at the files or the library themselves.
        "LGPL-3.0-only", "MPL-2.0",
    }
)  # fmt: skip
GPL_FILES: Final = {"reportlab": "fonts/DarkGarden"}
"""Files under the GPL within a package, by how their paths go on; nothing of ours may use them."""


def licence_of(package: str) -> str:
    """Return the SPDX expression of a package. Raises ValueError for one that says nothing we can read."""
    if package in STATED:
        return STATED[package]
    try:
        told = metadata(package)
    except PackageNotFoundError:
        raise ValueError(f"{package} is not installed here: state its licence in tools/licences.py") from None
    if expression := told.get("License-Expression"):
        return str(expression)
    classified = [
        one.split("::")[-1] for one in told.get_all("Classifier") or [] if one.startswith("License")
    ]
    for text in (told.get("License") or "", *classified):
        if known := _known(text):
            return known
    raise ValueError(f"{package} names no licence that we know: state it in tools/licences.py")


def is_taken(expression: str) -> bool:
    """Whether we take a licence: each part of an AND, and one of each OR.

    >>> [is_taken(one) for one in ("MIT", "MIT OR GPL-3.0-only", "MIT AND GPL-3.0-only", "AGPL-3.0-only")]
    [True, True, False, False]
    """
    bare = re.sub(r"\((.*?)\)", lambda inner: "MIT" if is_taken(inner[1]) else "refused", expression)
    return any(all(one.strip() in TAKEN for one in part.split(" AND ")) for part in bare.split(" OR "))


def _known(text: str) -> str:
    plain = text.strip().lower()
    return next((_TEXTS[one] for one in sorted(_TEXTS, key=len, reverse=True) if plain.startswith(one)), "")
