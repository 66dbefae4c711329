// Proof that whoever made a stanza knows its ephemeral secret (docs/spec/lot-key.md).
//
//     A = k B,  c = H("sunseal/knowledge-challenge/v1", P, context, A), reduced,  z = k + c e modulo L
//     proof = c || z, 64 bytes; checked by A = z B - c P and the same hash giving c

import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { type Bytes, concat, random } from "./bytes.ts";
import { encode, hash512 } from "./encoding.ts";

const { Point } = ed25519;
const { Fp, Fn } = Point;
type Point = InstanceType<typeof Point>;

/** What binds a proof to one sealed file of one part of one lot. `sha256` is the file's, 32 bytes. */
export function knowledgeContext(origin: string, lot: string, part: string, sha256: Uint8Array): Bytes {
  return encode("sunseal/stanza-knowledge/v1", origin, lot, part, sha256);
}

/** The proof for the stanza with this ephemeral secret (32 bytes as drawn). 64 bytes. */
export function prove(ephemeral: Uint8Array, context: Uint8Array, draw = random): Bytes {
  const point = fromU(x25519.getPublicKey(ephemeral));
  const clamped = ephemeral.slice();
  clamped[0] = (clamped[0] as number) & 248;
  clamped[31] = ((clamped[31] as number) & 127) | 64;
  let secret = littleEndian(clamped) % Fn.ORDER;
  // The point has sign 0, the secret's own may have sign 1.
  if (!Point.BASE.multiply(secret).equals(point)) secret = Fn.neg(secret);
  const nonce = reduced(hash512("sunseal/knowledge-nonce/v1", scalar(secret), context, draw(32)));
  const challenge = challengeOf(point, context, Point.BASE.multiply(nonce));
  return concat(scalar(challenge), scalar(Fn.add(nonce, Fn.mul(challenge, secret))));
}

/** Throws unless `proof` shows knowledge of the secret of the stanza with this share (a u-coordinate). */
export function verifyKnowledge(share: Uint8Array, context: Uint8Array, proof: Uint8Array): void {
  if (proof.length !== 64) throw new Error("a proof of knowledge has 64 bytes");
  const point = fromU(share);
  const [challenge, response] = [littleEndian(proof.slice(0, 32)), littleEndian(proof.slice(32))];
  if (challenge >= Fn.ORDER || response >= Fn.ORDER) throw new Error("the proof of knowledge is malformed");
  const commitment = Point.BASE.multiplyUnsafe(response).subtract(point.multiplyUnsafe(challenge));
  if (challengeOf(point, context, commitment) !== challenge) throw new Error("the proof of knowledge does not hold");
}

/** The point with sign 0 over a canonical u-coordinate; throws for one that no honest sealer makes. */
export function fromU(u: Uint8Array): Point {
  const value = littleEndian(u);
  if (u.length !== 32 || value >= Fp.ORDER - 1n) throw new Error("the u-coordinate is not canonical");
  const y = Fp.mul(Fp.sub(value, 1n), Fp.inv(Fp.add(value, 1n)));
  const point = Point.fromBytes(Fp.toBytes(y));
  if (!point.isTorsionFree() || point.isSmallOrder()) throw new Error("the share is of no point of prime order");
  return point;
}

function challengeOf(point: Point, context: Uint8Array, commitment: Point): bigint {
  return reduced(hash512("sunseal/knowledge-challenge/v1", point.toBytes(), context, commitment.toBytes()));
}

function reduced(wide: Uint8Array): bigint {
  return littleEndian(wide) % Fn.ORDER;
}

function scalar(value: bigint): Bytes {
  const bytes = new Uint8Array(32);
  for (let index = 0, rest = value; index < 32; index += 1, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

