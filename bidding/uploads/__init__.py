"""Uploads: bytes on their way in, before anybody says what they are for (docs/spec/submission.md).

Law: an upload knows neither lot nor bidder. Whoever has its capability, 32 bytes that only its maker was told, is its
owner; the tables have the capability's hash alone. What is said to have arrived is durable. Nothing stays for long.

    capability  what names an upload, and how it follows from a token (pure)
    checksum    the checksum of a piece that was sent (pure)
    limits      how large, how many, how long (pure)
    models      the tables
    rows        the state of an upload, in the caller's transaction
    receiving   taking bytes, crash-safe, and joining them into one blob
    sweeping    removing what has expired
"""
