// What a wallet holds, as JSON: tokens, the key that signs for the bidder, the bids. All binary values are hexadecimal.

import type { SealedPart } from "../core/entries.ts";
import type { Filled } from "../core/forms.ts";
import type { ListedMember } from "../core/manifest.ts";
import type { PaperEntered } from "../core/paper.ts";

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
  /** What is typed of a paper guarantee whose scan is put in; also before it is. */
  scan?: PaperEntered;
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
  /** party-proof.json, by which a guarantor sees in the ledger that the key is this organisation's; a manager has it. */
  proof?: string;
}

/** What is typed for an application that was not sent yet. `entropy` makes its mailbox, also when it is sent again. */
export interface GuaranteeDraft {
  entropy: string;
  lot: string;
  /** Guarantor and product, with a space between them. */
  offer: string;
  amount: string;
  until: string;
  contact: string;
  note: string;
  /** Names of the documents that were chosen last; after a reload they are to be chosen again. */
  documents: string[];
}

/** An application for a guarantee that the platform has. */
export interface GuaranteeRecord {
  /** 16 bytes, from which the mailbox's keys follow. */
  entropy: string;
  origin: string;
  /** Its text, which the party's key signed. */
  application: string;
  guarantor: string;
  title: string;
  /** When it was found to be in the mailbox, and when the mailbox was asked last: POSIX seconds. */
  sent: number;
  asked: number;
  state: GuaranteeState;
  /** The text of guarantee.json once it was fetched and held every check, or "". */
  guarantee: string;
}

export type GuaranteeState = "sent" | "quoted" | "accepted" | "invoiced" | "paid" | "delivered" | "refused" | "cancelled";

export interface WalletContent {
  version: 1;
  /** The policy that was accepted: whom this bidder believes. */
  policy: string;
  party: PartyKey | null;
  /** A key whose registration was asked for, and not yet confirmed. */
  candidate?: PartyKey;
  tokens: TokenRecord[];
  bids: BidRecord[];
  /** The supervisor's public key that was compared: the list of guarantors is believed by it. Older wallets have none. */
  supervisor?: string;
  /** Whether each letter to a guarantor spends a blind token. */
  guaranteeTokens?: boolean;
  guaranteeDraft?: GuaranteeDraft;
  guarantees?: GuaranteeRecord[];
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
