// What a wallet holds, as JSON: tokens, the key that signs for the bidder, the bids. All binary values are hexadecimal.

import type { SealedPart } from "../core/entries.ts";
import type { Filled } from "../core/forms.ts";
import type { ListedMember } from "../core/manifest.ts";

/**
 * pending:  requested of the issuer; the request can be sent again
 * ready:    to be spent
 * reserved: for one purpose, before anything was sent; asked again for that purpose it is the same token
 */
export type TokenRecord =
  | { state: "pending"; challenge: string; keyId: string; nonce: string; blinded: string; inverse: string }
  | { state: "ready"; token: string }
  | { state: "reserved"; token: string; purpose: string; idempotency: string };

/** A sealed file: how it stands in the bid, which package is in it, and under which name the browser keeps it. */
export interface SealedFile {
  part: SealedPart;
  packageSha256: string;
  members: ListedMember[];
  file: string;
  isRehearsed: boolean;
  isUploaded: boolean;
}

export interface PartRecord {
  filled: Filled;
  /** The text of guarantee.json, or "". */
  guarantee: string;
  /** Names and sizes of the documents that were chosen last; after a reload they are to be chosen again. */
  documents: { name: string; size: number }[];
  sealed?: SealedFile;
}

/** What was sent, before it was sent; with salt and receipt once it was accepted. */
export interface FactRecord {
  body: string;
  salt?: string;
  receipt?: string;
}

export interface BidRecord {
  seed: string;
  bid: string;
  /** The lot's sheet as it was when the bid was begun: canonical JSON. */
  sheet: string;
  page: string;
  begun: number;
  parts: Record<string, PartRecord>;
  facts: FactRecord[];
}

/** The key that signs for the bidder, registered on the ledger by its organisation, and what stands in every bid. */
export interface PartyKey {
  seed: string;
  name: string;
  credit_code: string;
}

export interface WalletContent {
  version: 1;
  /** The policy that was accepted: whom this bidder believes. */
  policy: string;
  party: PartyKey | null;
  /** A key whose registration was asked for, and not yet confirmed. */
  candidate?: PartyKey;
  tokens: TokenRecord[];
  bids: BidRecord[];
}

export const NEW_WALLET: WalletContent = { version: 1, policy: "", party: null, tokens: [], bids: [] };

/** Throws for what is no wallet of this version. */
export function parseWallet(text: string): WalletContent {
  const value = JSON.parse(text) as Partial<WalletContent> | null;
  if (value?.version !== 1 || !Array.isArray(value.tokens) || !Array.isArray(value.bids)) {
    throw new Error("not a wallet of this version");
  }
  return value as WalletContent;
}
