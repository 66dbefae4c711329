// A party's key as SubjectPublicKeyInfo, whichever kind it is, and its signatures: Ed25519, P-256 and P-384 (ECDSA in DER,
// with SHA-256 and SHA-384), RSA of 2048 to 8192 bits (RSASSA-PSS, SHA-256, 32 bytes of salt). Mirrors crypto/party_keys.py.

import { p256, p384 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type SigningKey, verifyEd25519 } from "./bid_keys.ts";
import { type Bytes, concat, equal, fromHex, toHex } from "./bytes.ts";

const ED25519 = fromHex("302a300506032b6570032100");
const P256 = fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
const P384 = fromHex("3076301006072a8648ce3d020106052b81040022036200");
const ECDSA = { format: "der", lowS: false, prehash: true } as const;

/** SubjectPublicKeyInfo of an Ed25519 key. */
export function spkiOf(key: SigningKey): Bytes {
  return concat(ED25519, key.publicKey);
}

/** What the key is called: SHA-256 of its SubjectPublicKeyInfo, in hexadecimal. */
export function keyId(spki: Uint8Array): string {
  return toHex(sha256(spki));
}

/** Whether the key of this SubjectPublicKeyInfo made the signature; false for a kind of key that is not taken. */
export async function verifyParty(spki: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  const ed25519 = rest(spki, ED25519, 32);
  if (ed25519) return verifyEd25519(ed25519, signature, message);
  try {
    const onP256 = rest(spki, P256, 65);
    if (onP256) return p256.verify(signature, message, onP256, ECDSA);
    const onP384 = rest(spki, P384, 97);
    if (onP384) return p384.verify(signature, message, onP384, ECDSA);
    const key = await crypto.subtle.importKey("spki", spki, { name: "RSA-PSS", hash: "SHA-256" }, true, ["verify"]);
    if (!equal(new Uint8Array(await crypto.subtle.exportKey("spki", key)), spki)) return false; // a second encoding
    const bits = (key.algorithm as RsaHashedKeyAlgorithm).modulusLength;
    return bits >= 2048 && bits <= 8192 && (await crypto.subtle.verify({ name: "RSA-PSS", saltLength: 32 }, key, signature, message));
  } catch {
    return false;
  }
}

function rest(spki: Bytes, head: Bytes, size: number): Bytes | undefined {
  return spki.length === head.length + size && equal(spki.slice(0, head.length), head) ? spki.slice(head.length) : undefined;
}
