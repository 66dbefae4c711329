// Drawing tokens, under a key that the ledger shows to everybody (docs/spec/submission.md, "Tokens").
//
// A platform that gave each bidder a key of its own could tell them apart when they spend. So a key counts only with the
// receipt of its entry, cosigned by the witnesses that the bidder believes.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, fromBase64Url, fromHex, toHex } from "../core/bytes.ts";
import type { Policy } from "../core/policy.ts";
import { verifyReceipt } from "../core/receipt.ts";
import { DeceivedError } from "../core/said.ts";
import { challenge, type PendingToken, requestBytes, type TokenKey, tokenKey } from "../core/tokens.ts";
import type { Tokens } from "../store/tokens.ts";
import type { Blinder } from "./blinder.ts";
import { type Channel, accepted, ask } from "./channel.ts";

const DIRECTORY = "/.well-known/private-token-issuer-directory";
const KEYS = "/api/blind-tokens/keys";
const REQUEST = "/api/blind-tokens/request";

export interface Issuer {
  readonly name: string;
  /** The submission host, as it stands in the challenge. */
  readonly origin: string;
  /** The header that goes with a change that the login's cookie authorises. */
  readonly csrf: Record<string, string>;
}

/** Draws until `count` more tokens are in the wallet, requests without an answer first. */
export async function draw(
  channel: Channel,
  issuer: Issuer,
  blinder: Blinder,
  tokens: Tokens,
  policy: Policy,
  count: number,
  progress: (drawn: number) => void,
): Promise<void> {
  const key = await presentKey(channel, issuer, policy, Date.now() / 1000);
  let drawn = 0;
  for (const { record, pending } of tokens.pending()) {
    if (toHex(pending.keyId) !== toHex(key.id)) await tokens.finalize(record);
    else if (drawn < count) {
      await tokens.finalize(record, await answered(blinder, key, pending, await issued(channel, issuer, requestBytes(pending))));
      progress((drawn += 1));
    }
  }
  const what = challenge(issuer.name, issuer.origin);
  while (drawn < count) {
    channel.signal?.throwIfAborted();
    const pending = await blinder.request(key, what);
    const record = await tokens.addPending(pending);
    await tokens.finalize(record, await answered(blinder, key, pending, await issued(channel, issuer, requestBytes(pending))));
    progress((drawn += 1));
  }
}

/** The key of this month, as the ledger has it. DeceivedError if there is none. */
export async function presentKey(channel: Channel, issuer: Issuer, policy: Policy, now: number): Promise<TokenKey> {
  const answer = await ask(channel, { method: "GET", url: DIRECTORY });
  const directory = (await answer.json()) as { "token-keys": { "token-key": string }[] };
  for (const offered of directory["token-keys"]) {
    const spki = fromBase64Url(offered["token-key"]);
    const id = toHex(sha256(spki));
    const receipt = new Uint8Array(await (await ask(channel, { method: "GET", url: `${KEYS}/${id}` })).arrayBuffer());
    const entry = verifiedEntry(receipt, policy);
    if (entry["type"] !== "token-key-published/v1" || toHex(sha256(fromHex(String(entry["key"])))) !== id) {
      throw new DeceivedError("the receipt of the key for tokens is another entry's");
    }
    if (entry["issuer"] !== issuer.name) throw new DeceivedError("the key for tokens is another issuer's");
    if (Number(entry["not_before"]) <= now && now < Number(entry["issue_until"])) return tokenKey(spki);
  }
  throw new DeceivedError("the issuer offers no key that the ledger has for this month");
}

function verifiedEntry(receipt: Uint8Array, policy: Policy): { readonly [name: string]: unknown } {
  try {
    return verifyReceipt(receipt, policy).entry;
  } catch (error) {
    throw new DeceivedError(`the key for tokens has no receipt that holds: ${error instanceof Error ? error.message : error}`);
  }
}

/** The one request of a wallet that goes out with a login: by it the platform counts, and learns nothing else. */
async function issued(channel: Channel, issuer: Issuer, request: Bytes): Promise<Bytes> {
  const response = await fetch(REQUEST, {
    method: "POST",
    headers: { "Content-Type": "application/private-token-request", "Accept-Language": channel.language, ...issuer.csrf },
    body: request,
    credentials: "same-origin",
    cache: "no-store",
    signal: channel.signal ?? null,
  });
  return new Uint8Array(await (await accepted(response)).arrayBuffer());
}

async function answered(blinder: Blinder, key: TokenKey, pending: PendingToken, answer: Bytes): Promise<Bytes> {
  try {
    return await blinder.finalize(key, pending, answer);
  } catch (error) {
    throw new DeceivedError(`the issuer's answer is no token: ${error instanceof Error ? error.message : error}`);
  }
}
