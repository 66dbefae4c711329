// manifest.json and signature.json: which members a package has, where it counts, and who signed it.

import type { SigningKey } from "./bid_keys.ts";
import { type Bytes, toHex, utf8 } from "./bytes.ts";
import { dumps, type Json } from "./canonical.ts";
import { encode } from "./encoding.ts";
import { FORM, MANIFEST, SIGNATURE, checkNames } from "./names.ts";

/** Where a package counts: the log's origin, the lot, the part, and the bid's own key in hexadecimal. */
export interface Binding {
  readonly origin: string;
  readonly lot: string;
  readonly part: string;
  readonly bid: string;
}

export interface ListedMember {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

/** By `key`, or under `chain` (DER certificates in hexadecimal, the signer's first, without the root). */
export interface ManifestSignature {
  readonly key: string;
  readonly chain: readonly string[];
  readonly signature: string;
}

/** The members in the order of their names' UTF-8 bytes. Throws NameError for names that no package can have. */
export function ordered(members: readonly ListedMember[]): ListedMember[] {
  checkNames([MANIFEST, SIGNATURE, ...members.map(({ name }) => name)]);
  if (!members.some(({ name }) => name === FORM)) throw new Error(`a package has ${FORM}`);
  return members
    .map(({ name, sha256, size }) => ({ key: toHex(utf8(name)), member: { name, sha256, size } }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ member }) => member);
}

/** The bytes of manifest.json, of members in their order. */
export function manifestBytes(binding: Binding, members: readonly ListedMember[]): Bytes {
  return dumps({ ...binding, members: members as unknown as Json, type: "bid-manifest/v1" });
}

/** What is signed, for the bytes of manifest.json. */
export function signedBytes(manifest: Uint8Array): Bytes {
  return encode("sunseal/bid-manifest/v1", manifest);
}

/** The bytes of signature.json. */
export function signatureBytes(signature: ManifestSignature): Bytes {
  return dumps({ ...signature, type: "bid-signature/v1" });
}

/** By a key that the bidder has registered. */
export function signByKey(key: SigningKey, manifest: Uint8Array): ManifestSignature {
  return { key: toHex(key.publicKey), chain: [], signature: toHex(key.sign(signedBytes(manifest))) };
}
