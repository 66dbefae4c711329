// Blind tokens: Privacy Pass of type 0x0002, Blind RSA of 2048 bits (RFC 9577, RFC 9578 section 6; docs/spec/submission.md).
// The blinding itself is blindrsa-ts (RSABSSA-SHA384-PSS-Deterministic, RFC 9474).

import { RSABSSA } from "@cloudflare/blindrsa-ts";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, equal, fromHex, random, toBase64Url, uint, utf8 } from "./bytes.ts";

const TYPE = uint(2, 2);
const MODULUS_SIZE = 256;
const EXPONENT = new Uint8Array([1, 0, 1]);

/** All of the SubjectPublicKeyInfo of RFC 9578 section 8.2.2 before the modulus. */
const SPKI_HEAD = fromHex(
  "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b" +
    "0609608648016503040202a2030201300382010f003082010a0282010100",
);
const SPKI_TAIL = fromHex("0203010001");

const suite = RSABSSA.SHA384.PSS.Deterministic();

/** What a token is for: the issuer's name and the submission host, with an empty redemption context. */
export function challenge(issuer: string, origin: string): Bytes {
  const [issuerName, originInfo] = [utf8(issuer), utf8(origin)];
  return concat(TYPE, uint(issuerName.length, 2), issuerName, uint(0, 1), uint(originInfo.length, 2), originInfo);
}

export interface TokenKey {
  readonly id: Bytes;
  readonly spki: Bytes;
  readonly key: CryptoKey;
}

/** The issuer's key from its directory; throws for anything but RSA of 2048 bits in the RFC's one encoding. */
export async function tokenKey(spki: Bytes): Promise<TokenKey> {
  const modulus = spki.slice(SPKI_HEAD.length, SPKI_HEAD.length + MODULUS_SIZE);
  if (!equal(concat(SPKI_HEAD, modulus, SPKI_TAIL), spki) || (modulus[0] as number) < 128) {
    throw new Error("not a key for tokens of type 2");
  }
  const jwk = { kty: "RSA", n: unpadded(modulus), e: unpadded(EXPONENT), alg: "PS384", ext: true };
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
  return { id: new Uint8Array(sha256(spki)), spki, key };
}

/** The bidder's secret between request and answer: kept before the request is sent, which may then go out again. */
export interface PendingToken {
  readonly challenge: Bytes;
  readonly keyId: Bytes;
  readonly nonce: Bytes;
  readonly blinded: Bytes;
  readonly inverse: Bytes;
}

export async function requestToken(key: TokenKey, what: Bytes): Promise<PendingToken> {
  const nonce = random(32);
  const { blindedMsg, inv } = await suite.blind(key.key, suite.prepare(tokenInput(what, key.id, nonce)));
  return { challenge: what, keyId: key.id, nonce, blinded: new Uint8Array(blindedMsg), inverse: new Uint8Array(inv) };
}

/** The TokenRequest of RFC 9578 section 6.1: 259 bytes. */
export function requestBytes(pending: PendingToken): Bytes {
  return concat(TYPE, pending.keyId.slice(-1), pending.blinded);
}

/** The token: 354 bytes, a bearer's paper. Throws if the answer is not for this request. */
export async function finalizeToken(key: TokenKey, pending: PendingToken, answer: Bytes): Promise<Bytes> {
  if (!equal(key.id, pending.keyId)) throw new Error("the token was requested of another key");
  const message = tokenInput(pending.challenge, pending.keyId, pending.nonce);
  const authenticator = await suite.finalize(key.key, suite.prepare(message), answer, pending.inverse);
  return concat(message, authenticator);
}

/** The value of the Authorization header that spends a token. */
export function authorization(token: Uint8Array): string {
  return `PrivateToken token="${toBase64Url(token)}"`;
}

function tokenInput(what: Bytes, keyId: Bytes, nonce: Bytes): Bytes {
  return concat(TYPE, nonce, sha256(what), keyId);
}

function unpadded(bytes: Uint8Array): string {
  return toBase64Url(bytes).replace(/=+$/, "");
}
