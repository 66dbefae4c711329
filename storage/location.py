"""From what the operator names to what the platform uses: a database's URL, a blob store.

DATABASE_URL unset           a private PostgreSQL in <var>/postgres, started now
DATABASE_URL=postgresql://.. that one
blobs: a path, file:///...   a local folder
blobs: s3://bucket/prefix    a bucket
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from storage.blob_bucket import BucketBackend, s3_store
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.errors import LocationError
from storage.private_server import PrivateServer
from storage.public_files import BucketFiles, FolderFiles, PublicFiles

VARIABLE = "DATABASE_URL"


def private_server(var: Path) -> PrivateServer:
    """The private PostgreSQL of the data folder `var`; not started."""
    return PrivateServer(var / "postgres")


def database_url(environment: Mapping[str, str], var: Path) -> str:
    """The URL that DATABASE_URL names, or of the private PostgreSQL under `var`, which then runs.

    Raises PrivateServerError. An empty DATABASE_URL is one that is not set.
    """
    return environment.get(VARIABLE) or private_server(var).start()


def open_blobs(place: str | Path) -> BlobStore:
    """The blob store at `place`; a folder is made if it is not there.

    Raises LocationError for a place that is not understood, BlobWriteError for a folder that cannot be
    made. A bucket is first spoken to when it is used.
    """
    if isinstance(place, Path):
        return BlobStore(FolderBackend(place))
    parts = urlsplit(place)
    if "://" not in place:
        if not place:
            raise LocationError("the place for blobs is empty: name a folder, or s3://bucket/prefix")
        return BlobStore(FolderBackend(Path(place)))
    if parts.query or parts.fragment:
        raise LocationError(
            f"the place for blobs has a ? or # in it, which means nothing: {parts.scheme}://..."
        )
    if parts.scheme == "file":
        if parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
            raise LocationError("a file:// place for blobs needs a whole path: file:///srv/sunseal/blobs")
        return BlobStore(FolderBackend(Path(unquote(parts.path))))
    if parts.scheme == "s3":
        # A credential in a URL ends up in logs.
        if not parts.netloc or "@" in parts.netloc or ":" in parts.netloc:
            raise LocationError("an s3:// place is s3://bucket/prefix; credentials come from AWS_* variables")
        return BlobStore(BucketBackend(s3_store(parts.netloc, parts.path.strip("/"))))
    raise LocationError(f"blobs cannot be kept at {parts.scheme}://: name a folder, or s3://bucket/prefix")


def open_public_files(place: str | Path) -> PublicFiles:
    """The public files at `place`: a folder, or s3://bucket/prefix. Raises LocationError."""
    if isinstance(place, str) and place.startswith("s3://"):
        parts = urlsplit(place)
        if not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment:
            raise LocationError("a place for public files is a folder or s3://bucket/prefix")
        return BucketFiles(s3_store(parts.netloc, parts.path.strip("/")))
    if isinstance(place, str) and "://" in place:
        raise LocationError("a place for public files is a folder or s3://bucket/prefix")
    return FolderFiles(Path(place))
