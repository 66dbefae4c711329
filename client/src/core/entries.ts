// What a bidder puts on the ledger under seal, signed by the bid's own key (docs/spec/entries.md), and the requests
// that carry it (docs/spec/submission.md).

import { sha256 } from "@noble/hashes/sha2.js";
import type { BidKeys } from "./bid_keys.ts";
import { type Bytes, toHex } from "./bytes.ts";
import { dumps, type Json, type JsonObject } from "./canonical.ts";
import { encode } from "./encoding.ts";

/** How a sealed file stands in a bid: hexadecimal but for its name and size. */
export interface SealedPart {
  readonly part: string;
  readonly sha256: string;
  readonly size: number;
  readonly header: string;
  readonly share: string;
  readonly knowledge: string;
}

export interface BidSubmitted {
  readonly type: "bid-submitted/v1";
  readonly origin: string;
  readonly lot: string;
  readonly bid: string;
  readonly sequence: number;
  readonly parts: readonly SealedPart[];
  readonly signature: string;
}

export interface BidWithdrawn {
  readonly type: "bid-withdrawn/v1";
  readonly origin: string;
  readonly lot: string;
  readonly bid: string;
  readonly signature: string;
}

export type Fact = BidSubmitted | BidWithdrawn;

export function bidSubmitted(
  { origin, lot }: { origin: string; lot: string },
  keys: BidKeys,
  sequence: number,
  parts: readonly SealedPart[],
): BidSubmitted {
  const statement = { type: "bid-submitted/v1" as const, origin, lot, bid: keys.bid, sequence, parts };
  return { ...statement, signature: signed(keys, statement as unknown as JsonObject) };
}

export function bidWithdrawn({ origin, lot }: { origin: string; lot: string }, keys: BidKeys): BidWithdrawn {
  const statement = { type: "bid-withdrawn/v1" as const, origin, lot, bid: keys.bid };
  return { ...statement, signature: signed(keys, statement) };
}

/** The canonical bytes of a fact, which the ledger's entry hides. */
export function factBytes(fact: Fact): Bytes {
  return dumps(fact as unknown as Json);
}

/** Asking for the receipts of a bid again. `time` is in POSIX seconds. */
export function receiptRequest(origin: string, keys: BidKeys, time: number): JsonObject {
  const signature = keys.signing.signFields("sunseal/receipt-request/v1", origin, keys.signing.publicKey, time);
  return { bid: keys.bid, time, signature: toHex(signature) };
}

/** SHA-256(encode("sunseal/sealed/v1", salt, body)): what a `sealed` entry has of a fact, in hexadecimal. */
export function commitment(salt: Uint8Array, body: Uint8Array): string {
  return toHex(sha256(encode("sunseal/sealed/v1", salt, body)));
}

function signed(keys: BidKeys, statement: JsonObject): string {
  return toHex(keys.signing.signFields("sunseal/signed-entry/v1", dumps(statement)));
}
