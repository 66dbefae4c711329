// The keys of one bid, made for it alone: all follow from 32 random bytes (docs/spec/sealed-bid.md, "Sealed file").
//
//     signing  = the first 32 bytes of SHA-512(encode("sunseal/bid-signing/v1", seed)): an Ed25519 seed
//     identity = the first 32 bytes of SHA-512(encode("sunseal/bid-identity/v1", seed)): an X25519 secret

import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { bech32 } from "@scure/base";
import { type Bytes, toHex } from "./bytes.ts";
import { encode, type Field, hash512 } from "./encoding.ts";

export const SEED_SIZE = 32;

/** An Ed25519 key that signs what `encode` makes. */
export class SigningKey {
  readonly publicKey: Bytes;
  readonly #seed: Uint8Array;

  constructor(seed: Uint8Array) {
    if (seed.length !== SEED_SIZE) throw new Error("the seed of an Ed25519 key has 32 bytes");
    this.#seed = seed;
    this.publicKey = new Uint8Array(ed25519.getPublicKey(seed));
  }

  sign(message: Uint8Array): Bytes {
    return new Uint8Array(ed25519.sign(message, this.#seed));
  }

  signFields(domain: string, ...fields: Field[]): Bytes {
    return this.sign(encode(domain, ...fields));
  }
}

/** RFC 8032, without the laxness of ZIP 215. */
export function verifyEd25519(key: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

export interface BidKeys {
  /** What the bid is called: its public signing key in hexadecimal. */
  readonly bid: string;
  readonly signing: SigningKey;
  /** AGE-SECRET-KEY-1..., which opens the bidder's own copy. */
  readonly identity: string;
  /** age1..., to which it is sealed. */
  readonly recipient: string;
}

export function bidKeys(seed: Uint8Array): BidKeys {
  if (seed.length !== SEED_SIZE) throw new Error(`the seed of a bid's keys has ${SEED_SIZE} bytes`);
  const signing = new SigningKey(hash512("sunseal/bid-signing/v1", seed).slice(0, 32));
  const secret = hash512("sunseal/bid-identity/v1", seed).slice(0, 32);
  return {
    bid: toHex(signing.publicKey),
    signing,
    identity: bech32.encodeFromBytes("AGE-SECRET-KEY-", secret).toUpperCase(),
    recipient: bech32.encodeFromBytes("age", x25519.getPublicKey(secret)),
  };
}

/** The 32-byte u-coordinate of an age1... recipient; throws for anything else. */
export function recipientKey(recipient: string): Bytes {
  const { prefix, bytes } = bech32.decodeToBytes(recipient);
  if (prefix !== "age" || bytes.length !== 32) throw new Error("not an X25519 recipient: age1...");
  return new Uint8Array(bytes);
}
