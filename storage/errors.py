"""The errors of `storage`: one small hierarchy, each naming what was wrong and what to do.

No message here ever holds a password, a row's content or a blob's content. A blob is named by its SHA-256,
which is public of itself.
"""


class StorageError(Exception):
    """Anything this package refuses or cannot do."""


class LocationError(StorageError):
    """A DATABASE_URL or a place for blobs that is not understood."""


class DatabaseUnavailableError(StorageError):
    """The database does not answer."""


class UnsuitableDatabaseError(StorageError):
    """The database answers, but must not be used: it would forget commits, or cannot hold all text."""


class SchemaError(StorageError):
    """The tables are not those that this program was written for."""


class PrivateServerError(StorageError):
    """The private PostgreSQL cannot be started or stopped."""


class BlobError(StorageError):
    """Anything about a blob."""


class BlobNotFoundError(BlobError):
    """There is no blob of that name."""


class BlobTooLargeError(BlobError):
    """The content is longer than the caller allows; nothing of it was kept."""


class BlobCorruptError(BlobError):
    """The content that is stored is not the content that was put; whatever was read of it is void."""


class BlobWriteError(BlobError):
    """The store could not take the content; nothing of it was promised."""


class BlobReadError(BlobError):
    """The store could not be read."""
