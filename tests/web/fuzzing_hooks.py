"""What schemathesis is to know beyond the OpenAPI document: an archive is sent as the bytes it is."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/zip")
def archive(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
