// Reports without a name: what is theirs alone of mailboxes (docs/spec/report.md).

import { verifyEd25519 } from "./bid_keys.ts";
import { fromHex, utf8 } from "./bytes.ts";
import { dumps, loadsObject } from "./canonical.ts";
import { encode } from "./encoding.ts";
import { commitment } from "./entries.ts";
import { type Held, Mail, type Verify } from "./mail.ts";

export const PADDING = 64 << 10;

export const REPORTS = new Mail("report", (length) => length + ((PADDING - (length % PADDING)) % PADDING), 64 << 20);

/** Where reports go: which log they are signed for, whose word that is, and to what they are sealed. */
export interface Where {
  readonly origin: string;
  readonly supervisor: string;
  readonly recipient: string;
}

/** The supervisor answers. */
export function verifierOf({ supervisor }: Where): Verify {
  return (signature, message) => verifyEd25519(fromHex(supervisor), signature, message);
}

/**
 * What `GET where` says: null where there is no group yet. Throws unless the key in the proposal signed it.
 * Whether that key is the supervisor's is for the reader to compare.
 */
export function readWhere({ origin, group }: { origin: string; group: string | null }): Where | null {
  if (group === null) return null;
  const { signature, ...statement } = loadsObject(utf8(group));
  const supervisor = String(statement["supervisor"]);
  const message = encode("sunseal/signed-entry/v1", dumps(statement));
  if (
    statement["type"] !== "group-proposed/v1" ||
    statement["origin"] !== origin ||
    !verifyEd25519(fromHex(supervisor), fromHex(String(signature)), message)
  ) {
    throw new Error("the platform does not show where the supervisor takes reports");
  }
  return { origin, supervisor, recipient: String(statement["recipient"]) };
}

/** What the ledger has, or will have, of a message: with it the sender finds it there. */
export function commitmentOf(held: Held): string {
  const body = dumps({ message: held.sha256, number: held.number, type: "message-received/v1" });
  return commitment(fromHex(held.salt), body);
}
