"""One sealed file to the platform, by tus 1.0.0, resumed wherever the line was cut, also by another run.

    1. A token is reserved for this file.
    2. The upload is created with it. The answer may be lost: the same request again names the same upload.
    3. Pieces go out with their checksums; after a cut, the platform says how far it is.

Our own, and not tuspy: that one brings two HTTP libraries more, names itself in each request, and knows sha1 alone.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

import httpx

from app.api.private_token import authorization
from app.bid_client.channel import Channel, accepted
from app.bid_client.errors import DeceivedError, RefusedByPlatformError, UnreachableError
from app.bid_client.wallet import Wallet
from crypto.randomness import RandomBytes

PIECE = 4 << 20
_TUS = {"Tus-Resumable": "1.0.0"}
_WORTHLESS = ("token-spent", "token-expired", "token-invalid")
_ANEW = ("upload-unknown", "upload-expired")
_AGAIN = ("checksum-mismatch", "upload-offset", "500", "502", "503", "504", "our-fault")


@dataclass(frozen=True, slots=True)
class Uploader:
    channel: Channel
    wallet: Wallet
    random: RandomBytes
    piece: int = PIECE

    def upload(self, path: Path, purpose: str, progress: Callable[[int], None] = lambda _: None) -> str:
        """The capability of the whole upload; `progress` is told the bytes that went.

        Asked again with the same purpose it goes on with the same upload, until that has expired. Raises
        UnreachableError, RefusedByPlatformError, WalletError.
        """
        size = path.stat().st_size
        while True:
            try:
                location = self._create(purpose, size)
                self._send(path, size, location, progress)
            except RefusedByPlatformError as error:
                if error.code not in _ANEW:
                    raise
                self.wallet.spent(purpose)  # that upload is gone, and its token with it
                continue
            return location.rpartition("/")[2]

    def _create(self, purpose: str, size: int) -> str:
        while True:
            reserved = self.wallet.reserve(purpose, self.random)
            headers = {
                **_TUS,
                "Upload-Length": str(size),
                "Authorization": authorization(reserved.token),
                "Idempotency-Key": reserved.idempotency,
            }
            try:
                response = self.channel.ask("POST", "/uploads", headers)
            except RefusedByPlatformError as error:
                if error.code not in _WORTHLESS:
                    raise
                self.wallet.spent(purpose)
                continue
            try:
                return urljoin(f"{self.channel.prefix}/uploads", response.headers["Location"])
            except KeyError as error:
                raise DeceivedError("the platform made an upload and does not say where") from error

    def _send(self, path: Path, size: int, location: str, progress: Callable[[int], None]) -> None:
        told = 0
        with path.open("rb") as file:
            for _ in self.channel.tries():
                try:
                    offset = self._offset(location)
                    while offset < size:
                        offset = self._piece(file, offset, location)
                        progress(max(0, offset - told))
                        told = max(told, offset)
                except httpx.TransportError:
                    continue
                except RefusedByPlatformError as error:
                    if error.code not in _AGAIN:
                        raise
                    continue
                if offset == size:
                    return
        raise UnreachableError("the upload was cut off: run the command again, and it goes on from there")

    def _offset(self, location: str) -> int:
        response = self.channel.once("HEAD", location, _TUS)
        if response.status_code in (404, 410):  # a HEAD has no body to say why
            raise RefusedByPlatformError(_ANEW[0], "the upload is not there any more")
        return _offset_in(accepted(response))

    def _piece(self, file: BinaryIO, offset: int, location: str) -> int:
        file.seek(offset)
        content = file.read(self.piece)
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode("ascii")
        headers = {
            **_TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
        }
        return _offset_in(accepted(self.channel.once("PATCH", location, headers, content)))


def _offset_in(response: httpx.Response) -> int:
    text = response.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdecimal()):
        raise DeceivedError("the platform does not say how far the upload is")
    return int(text)
