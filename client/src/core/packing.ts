// Packs and seals a part as streams, in constant memory (docs/spec/sealed-bid.md).
//
// 1. measure:  each file is read once, for its size, SHA-256 and CRC; the manifest lists them.
// 2. The bidder signs the manifest.
// 3. sealPackage: the ZIP is written, each file read again as its turn comes, and sealed on the way: to the lot's
//    recipient first, then to the bidder's own. Bound to the sealed file's hash stands the proof of knowledge.

import { sha256 } from "@noble/hashes/sha2.js";
import { headerOf, KnownStanza, sealed } from "./age.ts";
import { type Bytes, concat, fromHex, toHex } from "./bytes.ts";
import type { SealedPart } from "./entries.ts";
import { knowledgeContext } from "./knowledge.ts";
import {
  type Binding, type ListedMember, type ManifestSignature, manifestBytes, ordered, signatureBytes,
} from "./manifest.ts";
import { FORM, GUARANTEE, MANIFEST, SIGNATURE } from "./names.ts";
import { crc32, type Stored, storedBytes, zip } from "./zip.ts";

const MAX_MEMBERS = 1000;
const MAX_RECORD = 1 << 20;
const MAX_GUARANTEE = 1 << 18;
const HEADER_ENOUGH = 4096;

/** Something that becomes a member; `blob` is read anew from its start each time. */
export interface Content {
  readonly name: string;
  readonly blob: Blob;
}

export interface Measured extends ListedMember {
  readonly crc: number;
}

/** A refusal by the code of the specification's table, with the values of its sentence. */
export class PackageError extends Error {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: string, values: Record<string, string | number>) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

/** Told how many more bytes were read. Throws to stop. */
export type Progress = (bytes: number) => void;

/** 1. In the order of the manifest. PackageError, NameError. */
export async function measure(contents: readonly Content[], limit: number, progress: Progress): Promise<Measured[]> {
  if (contents.length + 2 > MAX_MEMBERS) throw new PackageError("too-many", { limit: MAX_MEMBERS, member: contents.at(-1)?.name ?? "" });
  const found: Measured[] = [];
  let total = 0;
  for (const { name, blob } of contents) {
    total += blob.size;
    if (total > limit) throw new PackageError("too-large", { limit, member: name });
    const most = name === FORM ? MAX_RECORD : name === GUARANTEE ? MAX_GUARANTEE : Infinity;
    if (blob.size > most) throw new PackageError("json-long", { limit: most, member: name });
    const digest = sha256.create();
    let [size, crc] = [0, 0];
    for await (const piece of piecesOf(blob)) {
      digest.update(piece);
      size += piece.length;
      crc = crc32(piece, crc);
      progress(piece.length);
    }
    found.push({ name, sha256: toHex(digest.digest()), size, crc });
  }
  const crcs = new Map(found.map(({ name, crc }) => [name, crc]));
  return ordered(found).map((member) => ({ ...member, crc: crcs.get(member.name) as number }));
}

/** The bytes to be signed are those of this manifest. */
export function manifestOf(binding: Binding, measured: readonly Measured[]): Bytes {
  return manifestBytes(binding, measured.map(({ name, sha256, size }) => ({ name, sha256, size })));
}

export interface Job {
  readonly binding: Binding;
  readonly contents: readonly Content[];
  readonly measured: readonly Measured[];
  readonly signature: ManifestSignature;
  /** The lot's age1..., the bidder's own, and the most bytes that the sealed file may have. */
  readonly recipient: string;
  readonly own: string;
  readonly maxSize: number;
}

export interface Result {
  readonly part: SealedPart;
  /** SHA-256 of the package in plain text, in hexadecimal. */
  readonly packageSha256: string;
}

/** 3. `write` is given the sealed file in pieces; if this throws, what was written is to be discarded. */
export async function sealPackage(
  job: Job,
  write: (piece: Uint8Array) => void | Promise<void>,
  progress: Progress,
): Promise<Result> {
  const plain = sha256.create();
  const source = streamOf(noting(zip(members(job)), plain, progress));
  const stanza = new KnownStanza(job.recipient);
  const digest = sha256.create();
  let size = 0;
  let start: Bytes = new Uint8Array();
  for await (const piece of piecesOf(await sealed(source, stanza, job.own))) {
    digest.update(piece);
    size += piece.length;
    if (size > job.maxSize) throw new PackageError("sealed-size", { limit: job.maxSize });
    if (start.length < HEADER_ENOUGH) start = concat(start, piece.subarray(0, HEADER_ENOUGH));
    await write(piece);
  }
  const { origin, lot, part } = job.binding;
  const file = toHex(digest.digest());
  const header = headerOf(start);
  return {
    packageSha256: toHex(plain.digest()),
    part: {
      part,
      sha256: file,
      size,
      header: toHex(sha256(header.bytes)),
      share: toHex(header.share),
      knowledge: toHex(stanza.prove(knowledgeContext(origin, lot, part, fromHex(file)))),
    },
  };
}

function members(job: Job): Stored[] {
  const blobs = new Map(job.contents.map(({ name, blob }) => [name, blob]));
  return [
    storedBytes(MANIFEST, manifestOf(job.binding, job.measured)),
    storedBytes(SIGNATURE, signatureBytes(job.signature)),
    ...job.measured.map(({ name, size, crc }) => ({ name, size, crc, pieces: () => piecesOf(blobs.get(name) as Blob) })),
  ];
}

async function* noting(
  pieces: AsyncIterable<Uint8Array>,
  digest: { update(data: Uint8Array): unknown },
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    digest.update(piece);
    progress(piece.length);
    yield piece;
  }
}

function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

/** A blob or stream, piece by piece (not every browser iterates over streams by itself). */
export async function* piecesOf(source: Blob | ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = (source instanceof Blob ? source.stream() : source).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
