// Blind tokens: Privacy Pass of type 0x0002, Blind RSA of 2048 bits (RFC 9577, RFC 9578 section 6; docs/spec/submission.md).
// The blinding itself is core/blinding.ts's, which runs in a worker.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, equal, fromHex, toBase64Url, uint, utf8 } from "./bytes.ts";

const TYPE = uint(2, 2);
const MODULUS_SIZE = 256;
const EXPONENT = new Uint8Array([1, 0, 1]);

/** All of the SubjectPublicKeyInfo of RFC 9578 section 8.2.2 before the modulus. */
const SPKI_HEAD = fromHex(
  "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b" +
    "0609608648016503040202a2030201300382010f003082010a0282010100",
);
const SPKI_TAIL = fromHex("0203010001");

/** What a token is for: the issuer's name and the submission host, with an empty redemption context. */
export function challenge(issuer: string, origin: string): Bytes {
  const [issuerName, originInfo] = [utf8(issuer), utf8(origin)];
  return concat(TYPE, uint(issuerName.length, 2), issuerName, uint(0, 1), uint(originInfo.length, 2), originInfo);
}

export interface TokenKey {
  readonly id: Bytes;
  readonly spki: Bytes;
}

/** The issuer's key from its directory; throws for anything but RSA of 2048 bits in the RFC's one encoding. */
export function tokenKey(spki: Bytes): TokenKey {
  modulusOf(spki);
  return { id: new Uint8Array(sha256(spki)), spki };
}

/** The key as WebCrypto has it. */
export async function imported(key: TokenKey): Promise<CryptoKey> {
  const jwk = { kty: "RSA", n: unpadded(modulusOf(key.spki)), e: unpadded(EXPONENT), alg: "PS384", ext: true };
  return crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
}

/** The bidder's secret between request and answer: kept before the request is sent, which may then go out again. */
export interface PendingToken {
  readonly challenge: Bytes;
  readonly keyId: Bytes;
  readonly nonce: Bytes;
  readonly blinded: Bytes;
  readonly inverse: Bytes;
}

/** The TokenRequest of RFC 9578 section 6.1: 259 bytes. */
export function requestBytes(pending: PendingToken): Bytes {
  return concat(TYPE, pending.keyId.slice(-1), pending.blinded);
}

/** The value of the Authorization header that spends a token. */
export function authorization(token: Uint8Array): string {
  return `PrivateToken token="${toBase64Url(token)}"`;
}

/** What the issuer signs without seeing it. */
export function tokenInput(what: Bytes, keyId: Bytes, nonce: Bytes): Bytes {
  return concat(TYPE, nonce, sha256(what), keyId);
}

function modulusOf(spki: Bytes): Bytes {
  const modulus = spki.slice(SPKI_HEAD.length, SPKI_HEAD.length + MODULUS_SIZE);
  if (!equal(concat(SPKI_HEAD, modulus, SPKI_TAIL), spki) || (modulus[0] as number) < 128) {
    throw new Error("not a key for tokens of type 2");
  }
  return modulus;
}

function unpadded(bytes: Uint8Array): string {
  return toBase64Url(bytes).replace(/=+$/, "");
}
