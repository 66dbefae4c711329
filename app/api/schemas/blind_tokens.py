"""The directory of the issuer of blind tokens (RFC 9578 section 4)."""

from app.api.content import Content

_KEY = {
    "type": "object",
    "properties": {
        "token-type": {"const": 2},
        "token-key": {"type": "string", "description": "the key in base64url (RFC 9578 section 6.5)"},
        "not-before": {"type": "integer", "description": "POSIX seconds"},
    },
    "required": ["token-type", "token-key", "not-before"],
    "additionalProperties": False,
}
DIRECTORY = Content(
    "application/private-token-issuer-directory",
    {
        "type": "object",
        "properties": {
            "issuer-request-uri": {"type": "string"},
            "token-keys": {"type": "array", "items": _KEY},
        },
        "required": ["issuer-request-uri", "token-keys"],
        "additionalProperties": False,
    },
    {
        "issuer-request-uri": "/api/blind-tokens/request",
        "token-keys": [{"token-type": 2, "token-key": "MIIBUjA9...", "not-before": 1_782_835_200}],
    },
)
