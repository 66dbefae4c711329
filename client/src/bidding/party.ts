// The bidder's registered key: made here and registered by its organisation, or taken from a PEM file.

import { SigningKey } from "../core/bid_keys.ts";
import { type Bytes, equal, fromBase64, fromHex, random, toBase64 } from "../core/bytes.ts";
import { spkiOf as spkiBytes } from "../core/party_keys.ts";
import { accepted } from "../net/channel.ts";
import { languageTag } from "./page.ts";

const PKCS8_HEAD = fromHex("302e020100300506032b657004220420");

/** SubjectPublicKeyInfo of an Ed25519 key, in base64: what the platform knows a key by. */
export function spkiOf(key: SigningKey): string {
  return toBase64(spkiBytes(key));
}

/** The seed in a PKCS #8 file in PEM; undefined for anything else. */
export function seedOfPem(text: string): Bytes | undefined {
  const body = /-----BEGIN PRIVATE KEY-----([\s\S]+)-----END PRIVATE KEY-----/.exec(text)?.[1];
  try {
    const der = fromBase64((body ?? "").replace(/\s/g, ""));
    return der.length === 48 && equal(der.slice(0, 16), PKCS8_HEAD) ? der.slice(16) : undefined;
  } catch {
    return undefined;
  }
}

/** Registers a new key for the organisation: its entry is asked for, signed, and sent. */
export async function register(organisation: string, csrf: Record<string, string>, keep: (seed: Bytes) => Promise<void>): Promise<SigningKey> {
  const seed = random(32);
  const key = new SigningKey(seed);
  const path = `/api/organisations/${organisation}/keys`;
  const prepared = (await post(`${path}/preparation`, csrf, { key: spkiOf(key) })) as { message: string };
  await keep(seed); // before it counts on the ledger: a key that is registered and lost would help nobody
  await post(path, csrf, { key: spkiOf(key), signature: toBase64(key.sign(fromBase64(prepared.message))) });
  return key;
}

/** party-proof.json of the organisation, for its managers: it goes to guarantors, inside sealed applications. */
export async function proofOf(organisation: string): Promise<string> {
  const response = await fetch(`/api/organisations/${organisation}/proof`, {
    headers: { "Accept-Language": languageTag },
    credentials: "same-origin",
    cache: "no-store",
  });
  return (await accepted(response)).text();
}

async function post(url: string, csrf: Record<string, string>, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": languageTag, ...csrf },
    body: JSON.stringify(body),
    credentials: "same-origin",
    cache: "no-store",
  });
  return (await accepted(response)).json();
}
