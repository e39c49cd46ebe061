"""How the text of a variable is read, and what several groups of settings refuse alike."""

import contextlib
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import ValidationInfo


def listed(given: object) -> object:
    """Split what stands in a variable; pydantic reads the parts."""
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def paired(given: object) -> object:
    """Split `name=value` pairs; pydantic reads the values."""
    if not isinstance(given, str):
        return given
    pairs = [part.partition("=") for part in given.split(",") if part.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


def secret_in(file: Path) -> str:
    """Return what a file holds; nothing where it cannot be read."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return file.read_text("utf-8").strip()
    return ""


def is_production(info: ValidationInfo) -> bool:
    """Whether the rules of production hold for the settings that are being read."""
    # A value that `environment` refuses is not in `info.data`; the stricter rules then apply.
    return info.data.get("environment") != "development"


def web_address(value: str, info: ValidationInfo, *, plain_http: str) -> SplitResult:
    """Return the parts of an http or https address.

    Raises `ValueError` where it is none, and in production where it is plain http, with what that would do.
    """
    address = urlsplit(value)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ValueError("is not an http or https address")
    if address.scheme == "http" and is_production(info):
        raise ValueError(f"is plain http, which would {plain_http}")
    return address
