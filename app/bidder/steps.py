"""What each command does with a folder. Each step can be run again; what is done already is left as it is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.bidder.errors import FolderError
from app.bidder.files import Progress, Watched, pieces_of, replacing, write_replacing
from app.bidder.folder import KEY_KIND, BidFolder, PartFolder, public_keys
from app.bidder.form_file import read_form, template
from app.bidder.party import OnlyMyself
from bidding.bid_keys import SEED_SIZE, BidKeys
from bidding.package import records
from bidding.package.completeness import findings
from bidding.package.forms import Form
from bidding.package.manifest import Manifest
from bidding.package.names import FORM
from bidding.package.packing import BytesContent, Measured, manifest_of, measure, write_package
from bidding.package.reading import read_manifest, read_package
from bidding.package.sheet import LotSheet
from bidding.package.signature import signed_bytes
from bidding.package.signing import Sign
from bidding.sealing import check_for_lot, rehearse, seal, sealed_size
from crypto import canonical_json
from crypto.randomness import RandomBytes
from crypto.secret_file import Secret
from keyholder import secret_file
from keyholder.secret_file import Lock
from ledger.entries.bids import SealedPart
from statutes.said import Said


def silent(_: int) -> None:
    """No progress is shown."""


def create(
    path: Path, sheet: LotSheet, lock: Lock, bidder: tuple[str, str], *, random: RandomBytes
) -> BidFolder:
    """A new folder with the bid's own keys and an empty form for each part.

    FolderError if there is a bid in it already. Interrupted, it is run again; a key file that it made it keeps.
    """
    if (path / "key.json").exists():
        said = Said(
            f"{path}中已有一份投标，不会覆盖。", f"There is a bid in {path} already: it is not replaced."
        )
        raise FolderError(said)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_replacing(path / "lot.json", sheet.to_bytes())
    for part in sheet.parts:
        files = PartFolder(path / "parts" / part.name, part)
        files.documents.mkdir(parents=True, exist_ok=True)
        if not files.form.exists():
            write_replacing(files.form, template(sheet, part, *bidder))
    key_file = path / "key.age"
    if key_file.exists():
        keys = BidKeys.of_seed(secret_file.read(key_file, lock, kind=KEY_KIND).value)
    else:
        seed = random(SEED_SIZE)
        keys = BidKeys.of_seed(seed)
        secret_file.make(key_file, Secret(KEY_KIND, keys.bid, seed), lock, random=random)
    write_replacing(path / "key.json", public_keys(keys))
    return BidFolder(path)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A part that can be packed: its form, its contents, its manifest."""

    form: Form
    measured: tuple[Measured, ...]
    manifest: Manifest


def form_of(folder: BidFolder, part: PartFolder) -> Form:
    """What was filled in for a part. FolderError if that is no form yet."""
    if not part.form.exists():
        raise FolderError(Said(f"缺少{part.form}。", f"{part.form} is missing: sunseal bid new makes it."))
    return read_form(part.form.read_bytes(), folder.sheet, part.part)


def prepare(folder: BidFolder, part: PartFolder, progress: Progress = silent) -> Prepared:
    """Reads the form and all contents, and checks them. FolderError with everything that is to be put right."""
    form = form_of(folder, part)
    attachments = part.attachments(progress)
    wrong = findings(folder.sheet, part.part, form, [content.name for content in attachments])
    if wrong:
        raise FolderError(*(one.said for one in wrong))
    measured = measure([BytesContent(FORM, records.to_bytes(form)), *attachments], part.part.limits())
    return Prepared(form, measured, manifest_of(measured, folder.binding(part)))


def pack(folder: BidFolder, part: PartFolder, sign: Sign, progress: Progress = silent) -> Prepared:
    """The part's package, signed, and read again to see that it holds. PackageError, FolderError."""
    prepared = prepare(folder, part, progress)
    signature = sign(prepared.manifest.to_bytes())
    with replacing(part.package) as file:
        write_package(prepared.measured, prepared.manifest, signature, file)
        size = sealed_size(file.tell(), 2)
        if size > part.part.max_size:
            raise FolderError(
                Said(
                    f"{part.part.name}部分密封后将有{size}字节，超过上限{part.part.max_size}字节：请减小附件。",
                    f"Sealed, the part {part.part.name} would have {size} bytes, and the lot takes "
                    f"{part.part.max_size}: make its documents smaller.",
                )
            )
        file.seek(0)
        parties = OnlyMyself(prepared.form.bidder.credit_code)
        read_package(file, folder.binding(part), parties, part.part.limits(), priced=part.part.priced)
    return prepared


def write_to_sign(folder: BidFolder, part: PartFolder, progress: Progress = silent) -> Path:
    """The bytes that another device is to sign, in a file."""
    write_replacing(part.to_sign, signed_bytes(prepare(folder, part, progress).manifest.to_bytes()))
    return part.to_sign


def is_packed(folder: BidFolder, part: PartFolder) -> bool:
    """Whether there is a package, of the form and documents as they are now. FolderError if they are not right."""
    if not part.package.exists():
        return False
    with part.package.open("rb") as file:
        return read_manifest(file, part.part.limits()) == prepare(folder, part).manifest


def seal_part(
    folder: BidFolder, part: PartFolder, progress: Progress, *, random: RandomBytes, again: bool = False
) -> SealedPart:
    """Seals the package. A sealed file is never lost: with `again`, the one before is kept beside the new one.

    FolderError if the package is not of what is in the folder now, or another one was sealed before.

    The record is written last: a sealed file without it has lost its proof of knowledge, and is sealed anew.
    """
    if not is_packed(folder, part):
        name = part.part.name
        raise FolderError(
            Said(
                f"{name}部分尚未打包，或打包后有改动：请先运行sunseal bid pack。",
                f"The part {name} is not packed, or was changed since: run sunseal bid pack first.",
            )
        )
    before = part.sealed_part()
    package = hash_of(part.package, silent)
    if before is not None:
        if not again:
            if part.steps.sealed_from == package:
                return before
            name = part.part.name
            raise FolderError(
                Said(
                    f"{name}部分已密封，但密封的不是现在的package.zip：如要重新密封，请加--again。",
                    f"The part {name} is sealed, but not from package.zip as it is now: say --again to seal it anew.",
                )
            )
        kept = part.path / f"replaced-{before.sha256[:16]}"
        part.sealed_record.rename(kept.with_suffix(".json"))
        part.sealed.rename(kept.with_suffix(".age"))
    part.sealed_record.unlink(missing_ok=True)
    with part.package.open("rb") as source, replacing(part.sealed) as target:
        watched = Watched(source, progress)
        own = [folder.recipient]
        sealed = seal(watched, target, part.part, folder.binding(part), own, random=random)
    part.note(sealed_from=package, rehearsed="")
    write_replacing(part.sealed_record, sealed_bytes(sealed))
    return sealed


def rehearse_part(folder: BidFolder, part: PartFolder, keys: BidKeys, progress: Progress) -> SealedPart:
    """Opens the sealed file with the bid's own key. PackageError or FolderError if it is not what was packed."""
    sealed = part.sealed_part()
    if sealed is None:
        name = part.part.name
        raise FolderError(
            Said(f"{name}部分尚未密封。", f"The part {name} is not sealed: run sunseal bid seal.")
        )
    form = form_of(folder, part)
    with part.sealed.open("rb") as file:
        source = Watched(file, progress)
        parties = OnlyMyself(form.bidder.credit_code)
        binding = folder.binding(part)
        found = rehearse(source, sealed, part.part, keys.identity, binding, parties)
    if part.package.exists() and found.sha256 != hash_of(part.package, silent):
        raise FolderError(
            Said(
                f"密封文件中的内容与{part.package.name}不一致：打包后请重新密封（seal --again）。",
                f"What is sealed is not {part.package.name} as it is now: seal it again (seal --again).",
            )
        )
    part.note(rehearsed=sealed.sha256)
    return sealed


def check_described(sealed: SealedPart, sheet: LotSheet) -> None:
    """SealedFileError if the lot would refuse a file that stands in a bid so."""
    check_for_lot(sealed, sheet.part(sealed.part), sheet.binding(sealed.part, ""))


def sealed_bytes(sealed: SealedPart) -> bytes:
    """The content of sealed.json: RFC 8785."""
    fields = {name: getattr(sealed, name) for name in SealedPart.__dataclass_fields__}
    return canonical_json.dumps(fields) + b"\n"


def hash_of(path: Path, progress: Progress) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    for piece in pieces_of(path):
        progress(len(piece))
        digest.update(piece)
    return digest.hexdigest()
