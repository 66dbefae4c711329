// How far a bid is, as its own records say.

import { isWithdrawn, lastSubmission } from "../net/submitting.ts";
import type { BidRecord } from "../store/wallet_content.ts";

export type BidState = "draft" | "sealed" | "sent" | "submitted" | "withdrawn";

export function stateOf(bid: BidRecord): BidState {
  if (isWithdrawn(bid)) return "withdrawn";
  const last = lastSubmission(bid);
  if (last) return last.record.receipt ? "submitted" : "sent";
  const parts = Object.values(bid.parts);
  return parts.length > 0 && parts.every(({ sealed }) => sealed) ? "sealed" : "draft";
}

/** Whether what is sealed now is what was submitted last. */
export function isSubmitted(bid: BidRecord): boolean {
  const sent = lastSubmission(bid);
  if (!sent?.record.receipt) return false;
  return sent.fact.parts.every((part) => bid.parts[part.part]?.sealed?.part.sha256 === part.sha256);
}
