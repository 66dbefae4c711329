// The rehearsal: opens the bidder's own copy with its own key, and sees that in it is what was packed.
//
// 1. The sealed file is the one that stands in the bid, and the lot's stanza is its first.
// 2. It opens with the bid's own identity.
// 3. It begins with the manifest for this very bid and a signature that holds, and has the SHA-256 that it had when it
//    was packed: so every member is what it was then.
//
// It reads what this program packs (all members stored). Whoever opens the bid checks each: bidding/package/reading.py.

import { sha256 } from "@noble/hashes/sha2.js";
import { Decrypter } from "age-encryption";
import { headerOf } from "./age.ts";
import { verifyEd25519 } from "./bid_keys.ts";
import { type Bytes, concat, fromHex, fromUtf8, toHex } from "./bytes.ts";
import { loadsObject } from "./canonical.ts";
import type { SealedPart } from "./entries.ts";
import { type Binding, type ListedMember, signedBytes } from "./manifest.ts";
import { MANIFEST, SIGNATURE } from "./names.ts";
import { piecesOf, type Progress } from "./packing.ts";
import { LOCAL_SIGN } from "./zip.ts";

const LOCAL_SIZE = 30;
const MAX_JSON = 1 << 20;

export interface Rehearsal {
  readonly described: SealedPart;
  readonly packageSha256: string;
  readonly binding: Binding;
  readonly identity: string;
}

export interface Rehearsed {
  readonly packageSha256: string;
  readonly members: readonly ListedMember[];
}

/** Throws, saying what is not right. */
export async function rehearse(file: Blob, what: Rehearsal, progress: Progress): Promise<Rehearsed> {
  // 1.
  const digest = sha256.create();
  for await (const piece of piecesOf(file)) {
    digest.update(piece);
    progress(piece.length);
  }
  const header = headerOf(new Uint8Array(await file.slice(0, 4096).arrayBuffer()));
  const { described } = what;
  const found = [toHex(digest.digest()), file.size, toHex(sha256(header.bytes)), toHex(header.share)];
  if (found.join() !== [described.sha256, described.size, described.header, described.share].join()) {
    throw new Error("the sealed file is not the one that was described");
  }
  // 2.
  const decrypter = new Decrypter();
  decrypter.addIdentity(what.identity);
  const plain = await decrypter.decrypt(file.stream() as ReadableStream<Uint8Array>);
  // 3.
  const reader = new Reader(piecesOf(plain), progress);
  const manifest = await reader.json(MANIFEST);
  const signature = loadsObject(await reader.json(SIGNATURE));
  const listed = readManifest(manifest, what.binding);
  const { key, signature: made } = signature as { key: string; signature: string };
  // Under a certificate (key is empty) whoever made the signature has checked it; see signing.ts.
  if (key !== "" && !verifyEd25519(fromHex(key), fromHex(made), signedBytes(manifest))) {
    throw new Error("the signature on the manifest does not hold");
  }
  await reader.rest();
  if (reader.sha256() !== what.packageSha256) throw new Error("what is sealed is not what was packed");
  return { packageSha256: what.packageSha256, members: listed };
}

function readManifest(data: Uint8Array, binding: Binding): ListedMember[] {
  const { members, ...rest } = loadsObject(data);
  for (const [name, value] of Object.entries({ ...binding, type: "bid-manifest/v1" })) {
    if (rest[name] !== value) throw new Error(`the package was made for another ${name}`);
  }
  return members as unknown as ListedMember[];
}

/** Reads a ZIP of stored members front to end. */
class Reader {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  readonly #progress: Progress;
  readonly #digest = sha256.create();
  #buffer: Uint8Array = new Uint8Array();

  constructor(pieces: AsyncGenerator<Uint8Array>, progress: Progress) {
    this.#pieces = pieces;
    this.#progress = progress;
  }

  sha256(): string {
    return toHex(this.#digest.digest());
  }

  async json(name: string): Promise<Bytes> {
    const size = await this.#header(name);
    if (size > MAX_JSON) throw new Error(`${name} is too long`);
    return this.#exactly(size);
  }

  /** Everything behind, for the hash alone. */
  async rest(): Promise<void> {
    while (this.#buffer.length > 0 || (await this.#more())) await this.#some(Infinity);
  }

  async #header(name: string): Promise<number> {
    const fixed = await this.#exactly(LOCAL_SIZE);
    const nameBytes = await this.#exactly(number(fixed, 26, 2));
    const [sign, method, packed, size, extra] = [number(fixed, 0, 4), number(fixed, 8, 2), number(fixed, 18, 4), number(fixed, 22, 4), number(fixed, 28, 2)];
    if (sign !== LOCAL_SIGN || method !== 0 || extra !== 0 || packed !== size || fromUtf8(nameBytes) !== name) {
      throw new Error(`the package has not the member ${name} in its place`);
    }
    return size;
  }

  async #exactly(size: number): Promise<Bytes> {
    const parts: Uint8Array[] = [];
    for (let left = size; left > 0; left -= parts.at(-1)?.length ?? 0) parts.push(await this.#some(left));
    return concat(...parts);
  }

  async #some(most: number): Promise<Uint8Array> {
    if (this.#buffer.length === 0 && !(await this.#more())) throw new Error("the package ends in the middle");
    const taken = this.#buffer.subarray(0, most);
    this.#buffer = this.#buffer.subarray(taken.length);
    this.#digest.update(taken);
    this.#progress(taken.length);
    return taken;
  }

  async #more(): Promise<boolean> {
    while (this.#buffer.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done) return false;
      this.#buffer = value;
    }
    return true;
  }
}

function number(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + (bytes[offset + index] ?? 0);
  return value;
}
