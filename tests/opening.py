"""A platform that opens bids, with keyholders in the test's own process: `OpeningWorld(database, tmp_path)`.

lot = world.lot(parts=[PRICE])          # published, with a key for each part
lot.bid(0), lot.bid(1, content=b"...")  # sealed to the lot and to the bidder itself, its files in the blob store
lot.close()
lot.release(1, "price")                 # by member 1
world.job().run()
"""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from bidding.opening.job import OpeningJob
from bidding.opening.models import OpenedBidRow, OpeningRow
from bidding.opening.setting import Setting
from bidding.package import records
from bidding.package.forms import Bidder, Form, PartForm, PriceForm
from bidding.package.limits import DEFAULT_LIMITS
from bidding.package.names import FORM, GUARANTEE
from bidding.package.packing import BytesContent, Content, pack
from bidding.package.sheet import GuaranteeHere, LotSheet, SheetPart
from bidding.package.signature import Parties
from bidding.package.signing import sign_by_key
from bidding.submission.models import CLOSED, IntakeRow
from bidding.submission.terms import parts_to_json
from crypto import age
from crypto.signatures import SigningKey
from crypto.threshold import KnownStanza, recipient_of
from ledger.entries import BidSubmitted, Entry, LotPart, PartCalled, Sealed, decode, encode
from ledger.entries.signed import UNSIGNED
from ledger.view import knowledge_context
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.keyholders import World
from tests.log import NOW
from tests.story import CALLER, DEADLINE, ORIGIN, PLATFORM_AGE, PRICE, SealedBid, describe
from tests.unit.bidding.package.example import KnownParties

STORAGE = age.X25519Identity(b"\x71" * 32)
MAX_SIZE = 300 << 20


def party(number: int) -> tuple[Ed25519PrivateKey, Bidder]:
    """A registered bidder by its number."""
    stem = f"91110000MA{number:07d}"
    return (
        Ed25519PrivateKey.from_private_bytes(bytes([0x90 + number]) * 32),
        Bidder(f"第{number}建设工程有限公司", stem + uscc.calc_check_digit(stem)),
    )


PARTIES = KnownParties(
    {party(i)[0].public_key().public_bytes_raw(): party(i)[1].credit_code for i in range(60)}
)


def own(number: int) -> age.X25519Identity:
    """What a bidder seals to beside the lot."""
    return age.X25519Identity(bytes([0x30 + number]) * 32)


def parties_at(session: Session, index: int, submitted_at: datetime, *, now: datetime) -> Parties:
    return PARTIES


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class LotStory:
    """A lot of an OpeningWorld."""

    world: "OpeningWorld"
    id: str
    parts: tuple[LotPart, ...]
    keys: dict[str, str]
    ceiling: str | None
    bids: list[SealedBid] = field(default_factory=list)
    closing: str = ""

    @property
    def sheet(self) -> LotSheet:
        made = []
        for part in self.parts:
            public = self.world.view.keys.get(self.keys[part.name]).public
            assert public is not None
            recipient, priced = str(recipient_of(public)), part.name == "price"
            kind = GuaranteeHere.OPTIONAL
            made.append(SheetPart(part.name, recipient, part.knowledge, priced, (), kind, MAX_SIZE))
        return LotSheet(
            *(ORIGIN, self.id, "tender-1", "滨海大道改造工程 第一标段", DEADLINE, "CNY"),
            *(self.ceiling, tuple(made)),
        )

    def form(self, number: int, part: str, total: str) -> Form:
        bidder = party(number)[1]
        if part == "price":
            return PriceForm(self.id, part, bidder, total, "CNY", (), 180, "合格", "王工")
        return PartForm(self.id, part, bidder, None, None, None, ())

    def package(
        self,
        number: int,
        part: str,
        key: str,
        *,
        total: str,
        documents: Sequence[Content] = (),
        guarantee: bytes = b"",
    ) -> bytes:
        contents: list[Content] = [
            BytesContent(FORM, records.to_bytes(self.form(number, part, total))),
            *documents,
        ]
        if guarantee:
            contents.append(BytesContent(GUARANTEE, guarantee))
        target = io.BytesIO()
        pack(contents, self.sheet.binding(part, key), sign_by_key(party(number)[0]), target, DEFAULT_LIMITS)
        return target.getvalue()

    def bid(
        self,
        number: int,
        *,
        content: Mapping[str, bytes] | None = None,
        total: str = "4680000.00",
        documents: Sequence[Content] = (),
        guarantee: bytes = b"",
        change: Callable[[bytes], bytes] = lambda file: file,
        lots_key: str = "",
    ) -> SealedBid:
        """A bid by party `number`. `content` takes the place of packages, `change` spoils the sealed files."""
        world, key = self.world, SigningKey(self.world.random(32))
        name = key.verify_key.raw.hex()
        files, said = {}, []
        for part in self.parts:
            plain = (content or {}).get(part.name)
            if plain is None:
                plain = self.package(
                    number, part.name, name, total=total, documents=documents, guarantee=guarantee
                )
            public = world.view.keys.get(lots_key or self.keys[part.name]).public
            assert public is not None
            stanza, target = KnownStanza(recipient_of(public)), io.BytesIO()
            age.encrypt(
                io.BytesIO(plain), target, [stanza.wrap, own(number).recipient.wrap], random=world.random
            )
            file = change(target.getvalue())
            described = describe(file, part.name)
            if part.knowledge:
                context = knowledge_context(ORIGIN, self.id, part.name, described.sha256)
                described = replace(described, knowledge=stanza.prove(context, world.random).hex())
            files[part.name] = file
            said.append(described)
            world.blobs.put([file], limit=len(file))
        fact = BidSubmitted(ORIGIN, self.id, name, 1, tuple(said), UNSIGNED).signed_by(key)
        salt = world.random(32)
        made = SealedBid(key, files, fact, world.say(Sealed.of(encode(fact), salt)), salt)
        self.bids.append(made)
        return made

    def close(self) -> str:
        self.closing = self.world.close(self.id, self.bids)
        with self.world.database.session() as session:
            session.add(
                IntakeRow(
                    lot=self.id,
                    state=CLOSED,
                    deadline=datetime.fromtimestamp(DEADLINE, UTC),
                    min_bids=3,
                    max_size=MAX_SIZE,
                    parts=parts_to_json(self.parts),
                    closing=bytes.fromhex(self.closing),
                )
            )
            session.commit()
        return self.closing

    def release(self, member: int, part: str = "price", *, wrong: bool = False) -> None:
        keyholder = self.world.keyholders[member - 1]
        release = keyholder.release(self.world.view, self.closing, part, wrong=wrong)
        self.world.take(keyholder, keyholder.message(releases=[release]))
        self.world.sync()

    def called(self, part: str, bids: Sequence[SealedBid], signer: SigningKey = CALLER) -> PartCalled:
        indices = tuple(bid.index for bid in bids)
        return PartCalled(ORIGIN, self.closing, part, indices, UNSIGNED).signed_by(signer)

    def row(self, part: str = "price") -> OpeningRow:
        with self.world.database.session() as session:
            return session.get_one(OpeningRow, (self.closing, part))

    def rows(self, part: str = "price") -> list[OpenedBidRow]:
        with self.world.database.session() as session:
            query = select(OpenedBidRow).where(
                OpenedBidRow.closing == self.closing, OpenedBidRow.part == part
            )
            return list(session.execute(query.order_by(OpenedBidRow.bid)).scalars())

    def states(self, part: str = "price") -> list[str]:
        return [row.state for row in self.rows(part)]

    def file_key(self, number: int, part: str = "price") -> bytes:
        """What the bidder's own stanza opens."""
        header = age.read_header(io.BytesIO(self.bids[number].files[part]))
        return age.unlock(header, [own(number).unwrap])


class OpeningWorld(World):
    """The simulated keyholders' platform, with a blob store and the opening's job."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder / "public")
        self.blobs = BlobStore(FolderBackend(folder / "blobs"))
        self.clock = Clock()
        self.lots: dict[str, LotStory] = {}
        self.told: list[str] = []

    def lot(
        self, name: str = "lot-1", parts: Sequence[LotPart] = (PRICE,), *, ceiling: str | None = "4800000.00"
    ) -> LotStory:
        if not self.group:
            self.found()
        keys = self.publish(name, parts)
        made = self.lots[name] = LotStory(self, name, tuple(parts), keys, ceiling)
        return made

    def setting(self, **changes: object) -> Setting:
        setting = Setting(
            database=self.database,
            blobs=self.blobs,
            reader=self.reader,
            opening_key=PLATFORM_AGE,
            storage_key=STORAGE,
            parties=parties_at,
            clock=self.clock,
            sheets=self._sheet,
            opened=self._tell,
        )
        return replace(setting, **changes)  # type: ignore[arg-type]

    def job(self, **changes: object) -> OpeningJob:
        return OpeningJob(self.setting(**changes))

    def entries(self, kind: type[Entry]) -> list[Entry]:
        self.sync()
        return [entry for leaf in self.leaves if isinstance(entry := decode(leaf), kind)]

    def _sheet(self, session: Session, lot: str, /) -> LotSheet:
        return self.lots[lot].sheet

    def _tell(self, session: Session, lot: str, /, *, now: datetime) -> None:
        self.told.append(lot)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
