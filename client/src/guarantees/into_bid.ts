// The guarantee that was fetched, in the bid of its lot.

import { utf8 } from "../core/bytes.ts";
import { parseLetter } from "../core/letters.ts";
import { parseSheet } from "../core/sheet.ts";
import { isWithdrawn } from "../net/submitting.ts";
import type { BidRecord, GuaranteeRecord, WalletContent } from "../store/wallet_content.ts";

/** Of the lot that an application names. */
export function lotOf({ application }: GuaranteeRecord): string {
  const { kind, said } = parseLetter(application);
  if (kind !== "application") throw new Error("the wallet's record is no application");
  return said.lot;
}

/** The text of the newest guarantee.json that was fetched for the lot, or "". */
export function guaranteeFor({ guarantees = [] }: WalletContent, origin: string, lot: string): string {
  return guarantees.findLast((one) => one.guarantee !== "" && one.origin === origin && lotOf(one) === lot)?.guarantee ?? "";
}

/** The bid that is being prepared for the lot; undefined before one was begun. */
export function bidFor({ bids }: WalletContent, origin: string, lot: string): BidRecord | undefined {
  return bids.findLast((bid) => {
    const sheet = parseSheet(utf8(bid.sheet));
    return sheet.origin === origin && sheet.lot === lot && !isWithdrawn(bid);
  });
}

/** Puts the guarantee into the part that takes one; the part's name, or undefined if none does. */
export function putGuarantee(bid: BidRecord, guarantee: string): string | undefined {
  const part = parseSheet(utf8(bid.sheet)).parts.find((one) => one.guarantee !== "none");
  const record = part && bid.parts[part.name];
  if (!record || guarantee === "") return undefined;
  record.guarantee = guarantee;
  return part.name;
}
