// The supervisor's list of guarantors, what they offer, and what open lots ask (docs/spec/guarantee-letter.md). The
// platform's word counts for nothing in it but whether a licence is in force today. Mirrors app/letter_client.py.

import { fromHex, utf8 } from "./bytes.ts";
import { verifyEd25519 } from "./bid_keys.ts";
import { dumps, type Json, loads, loadsObject } from "./canonical.ts";
import { encode } from "./encoding.ts";
import * as f from "./fields.ts";
import type { Party } from "./letters.ts";
import { verifyParty } from "./party_keys.ts";

const MILLION = 1_000_000n;

export interface Guarantor {
  readonly origin: string;
  readonly guarantor: string;
  readonly name: string;
  readonly account: string;
  readonly key: string;
  readonly recipient: string;
  readonly since: number;
  readonly until: number;
  readonly supervisor: string;
  readonly signature: string;
  /** The platform's word on today. */
  readonly licensed: boolean;
}

export interface Product {
  readonly guarantor: string;
  readonly product: string;
  readonly version: number;
  readonly name_zh: string;
  readonly name_en: string;
  readonly currency: string;
  /** Of the amount, in millionths; `minimum` at least. */
  readonly rate: number;
  readonly minimum: number;
  readonly least: number;
  readonly most: number;
  readonly days: number;
  readonly documents: readonly string[];
  readonly text: string | null;
}

export interface LotNotice {
  readonly tender: string;
  readonly tender_title: string;
  readonly lot: string;
  readonly lot_title: string;
  readonly beneficiary: Party;
  readonly bond: number;
  readonly currency: string;
  readonly deadline: number;
  /** The first second at which the bids bind no longer. */
  readonly valid_until: number;
  readonly chain_id: number;
  readonly registry: string;
  readonly account: string;
}

const LISTED: f.Fields = {
  origin: f.text(/^[^]*$/u, 255, 1),
  guarantor: f.creditCode,
  name: f.name,
  account: f.address,
  key: f.hex,
  recipient: f.recipient,
  since: f.time,
  until: f.time,
  supervisor: f.hash,
  signature: f.text(/^[0-9a-f]{128}$/, 128),
};
const PRODUCT: f.Fields = {
  guarantor: f.creditCode,
  product: f.code,
  version: f.whole(1, 1_000_000),
  name_zh: f.line,
  name_en: f.line,
  currency: f.currency,
  rate: f.whole(0, 1_000_000),
  minimum: f.centsOrNone,
  least: f.cents,
  most: f.cents,
  days: f.whole(1, 3650),
  documents: f.list(f.line, 20),
  text: f.orNull(f.paragraph),
};
const LOT: f.Fields = {
  tender: f.lotId,
  tender_title: f.line,
  lot: f.lotId,
  lot_title: f.line,
  beneficiary: f.party,
  bond: f.centsOrNone,
  currency: f.currency,
  deadline: f.time,
  valid_until: f.time,
  chain_id: f.whole(1),
  registry: f.address,
  account: f.address,
};

/** A listing; throws unless `supervisor` signed it for this log. */
export function readListed(leaf: string, licensed: boolean, supervisor: string, origin: string): Guarantor {
  const value = loadsObject(utf8(leaf));
  const entry = f.checked<Omit<Guarantor, "licensed">>("guarantor-listed/v1", LISTED, value);
  const { signature: _, ...statement } = value;
  const message = encode("sunseal/signed-entry/v1", dumps(statement));
  const isSigned = verifyEd25519(fromHex(entry.supervisor), fromHex(entry.signature), message);
  if (!isSigned || entry.supervisor !== supervisor || entry.origin !== origin || entry.since >= entry.until) {
    throw new Error("a guarantor on the list is not signed by the supervisor that you believe, for this platform");
  }
  return { ...entry, licensed };
}

/** A product; throws for what is none. Whether its guarantor signed it is `isOffered`'s. */
export function parseProduct(content: string): Product {
  const found = f.parseRecord<Product>("guarantee-product/v1", PRODUCT, utf8(content));
  if (found.least > found.most) throw new Error("product: its least amount is above its most");
  return found;
}

/** Whether the guarantor's listed key signed this product. */
export async function isOffered(content: string, signature: string, guarantor: Guarantor): Promise<boolean> {
  if (!f.hex(signature)) return false;
  return verifyParty(fromHex(guarantor.key), fromHex(signature), encode("sunseal/guarantee-product/v1", utf8(content)));
}

/** What guaranteeing `amount` costs, in cents, rounded up. */
export function premium({ rate, minimum }: Product, amount: number): number {
  const rated = (BigInt(amount) * BigInt(rate) + MILLION - 1n) / MILLION;
  return rated > BigInt(minimum) ? Number(rated) : minimum;
}

/** All open lots; throws for anything but exactly such a list. */
export function parseLots(data: Uint8Array): LotNotice[] {
  const found = loads(data);
  if (!Array.isArray(found)) throw new Error("the lots are no list");
  return found.map((one: Json) => {
    if (!f.isObject(one)) throw new Error("a lot is no object");
    return f.checked<LotNotice>("guarantee-lot/v1", LOT, one);
  });
}
