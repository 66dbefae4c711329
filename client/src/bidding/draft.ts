// The bid of a lot in the wallet: found again after a reload, begun anew if there is none or it was withdrawn.

import { bidKeys } from "../core/bid_keys.ts";
import { random, toHex, utf8 } from "../core/bytes.ts";
import { EMPTY } from "../core/forms.ts";
import { parseSheet } from "../core/sheet.ts";
import { isWithdrawn } from "../net/submitting.ts";
import { guaranteeFor, putGuarantee } from "../guarantees/into_bid.ts";
import type { Wallet } from "../store/wallet.ts";
import type { BidRecord } from "../store/wallet_content.ts";

export interface Draft {
  readonly bid: BidRecord;
  /** The lot's keys or what it asks for have changed since, and what was sealed is void. */
  readonly isVoid: boolean;
}

/** The bid for the lot of this sheet (its canonical text). `page` is where it is prepared. */
export async function draftOf(wallet: Wallet, sheetText: string, page: string): Promise<Draft> {
  const sheet = parseSheet(utf8(sheetText));
  const { bids } = wallet.content;
  let bid = bids.findLast((one) => lotOf(one) === `${sheet.origin} ${sheet.lot}` && !isWithdrawn(one));
  if (!bid) {
    const seed = random(32);
    bid = { seed: toHex(seed), bid: bidKeys(seed).bid, sheet: sheetText, page, begun: Math.floor(Date.now() / 1000), parts: {}, facts: [] };
    bids.push(bid);
  }
  const isNew = Object.keys(bid.parts).length === 0;
  let isVoid = false;
  if (bid.sheet !== sheetText) {
    const before = new Map(parseSheet(utf8(bid.sheet)).parts.map((part) => [part.name, JSON.stringify(part)]));
    for (const part of sheet.parts) {
      const record = bid.parts[part.name];
      if (!record?.sealed || before.get(part.name) === JSON.stringify(part)) continue;
      delete record.sealed;
      isVoid = true;
    }
    bid.sheet = sheetText;
  }
  for (const { name } of sheet.parts) bid.parts[name] ??= { filled: structuredClone(EMPTY), guarantee: "", documents: [] };
  if (isNew) putGuarantee(bid, guaranteeFor(wallet.content, sheet.origin, sheet.lot));
  await wallet.save();
  return { bid, isVoid };
}

function lotOf(bid: BidRecord): string {
  const sheet = parseSheet(utf8(bid.sheet));
  return `${sheet.origin} ${sheet.lot}`;
}
