// A reporter's side of the mailboxes.

import type { Held, Mailbox, MailText } from "../core/mail.ts";
import { commitmentOf, readWhere, REPORTS, verifierOf, type Where } from "../core/report_mail.ts";
import { ask, type Channel } from "./channel.ts";
import { Mailboxes, type Received } from "./mailboxes.ts";

const DESK = new Mailboxes(REPORTS, "/api/reports/v1", "messages", false);

/** Where reports go; null where the platform takes none. Throws for a word that its key did not sign. */
export async function whereTo(channel: Channel): Promise<Where | null> {
  const answer = await ask(channel, { method: "GET", url: `${DESK.base}/where` });
  return readWhere((await answer.json()) as { origin: string; group: string | null });
}

/** Seals and sends; the message as the platform holds it. Throws for a receipt of something else. */
export async function write(channel: Channel, where: Where, mailbox: Mailbox, kind: string, message: MailText, now: number): Promise<Held> {
  return DESK.write(channel, where.origin, mailbox, { kind, recipients: [where.recipient], message }, now);
}

/** All that is in a mailbox, the answers opened; an empty list where there is none. */
export async function read(channel: Channel, where: Where, mailbox: Mailbox, now: number): Promise<Received[]> {
  return DESK.read(channel, where.origin, mailbox, verifierOf(where), now);
}

/** What the reader keeps of a message: enough to find it in the ledger for ever. */
export function receipt(held: Held, where: Where): string {
  const { mailbox, number, sha256, salt } = held;
  return JSON.stringify({ origin: where.origin, mailbox, number, sha256, salt, commitment: commitmentOf(held) }, null, 1);
}
