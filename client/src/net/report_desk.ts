// A reporter's side of the mailboxes over HTTP: without cookies, without a referrer, and no redirect is followed.

import { dumps } from "../core/canonical.ts";
import type { Mailbox } from "../core/code_phrase.ts";
import { checkReply, commitmentOf, fetchQuestion, type Held, type MailText, post, readWhere, sealed, unsealed, type Where } from "../core/report_mail.ts";
import { ask, type Channel, RefusedError } from "./channel.ts";

const BASE = "/api/reports/v1";

/** An answer opens to `text`; one's own messages stay sealed, and `forged` ones are not opened. */
export interface Received {
  readonly held: Held;
  readonly text: MailText | null;
  readonly forged: boolean;
}

/** Where reports go; null where the platform takes none. Throws for a word that its key did not sign. */
export async function whereTo(channel: Channel): Promise<Where | null> {
  const answer = await ask(channel, { method: "GET", url: `${BASE}/where` });
  return readWhere((await answer.json()) as { origin: string; group: string | null });
}

/** Seals and sends; the message as the platform holds it. Throws for a receipt of something else. */
export async function write(channel: Channel, where: Where, mailbox: Mailbox, kind: string, message: MailText, now: number): Promise<Held> {
  const number = (await fetched(channel, where, mailbox, now)).length;
  const content = await sealed(message, [where.recipient]);
  const body = post(mailbox, where.origin, kind, number, content);
  const answer = await ask(channel, { method: "POST", url: `${BASE}/messages`, headers: OCTETS, body });
  const [held] = (await answer.json()) as Held[];
  if (!held || held.number !== number || held.mailbox !== mailbox.id) throw new Error("the receipt is for another message");
  return held;
}

/** All that is in a mailbox, the answers opened; an empty list where there is none. */
export async function read(channel: Channel, where: Where, mailbox: Mailbox, now: number): Promise<Received[]> {
  const received: Received[] = [];
  for (const held of await fetched(channel, where, mailbox, now)) {
    if (!held.is_reply) {
      received.push({ held, text: null, forged: false });
      continue;
    }
    const answer = await ask(channel, { method: "GET", url: `${BASE}/sealed/${held.sha256}` });
    const content = new Uint8Array(await answer.arrayBuffer());
    try {
      checkReply(held, where, content);
    } catch {
      received.push({ held, text: null, forged: true });
      continue;
    }
    received.push({ held, text: await unsealed(content, mailbox), forged: false });
  }
  return received;
}

/** What the reader keeps of a message: enough to find it in the ledger for ever. */
export function receipt(held: Held, where: Where): string {
  const { mailbox, number, sha256, salt } = held;
  return JSON.stringify({ origin: where.origin, mailbox, number, sha256, salt, commitment: commitmentOf(held) }, null, 1);
}

const JSON_TYPE = { "Content-Type": "application/json" };
const OCTETS = { "Content-Type": "application/octet-stream" };

async function fetched(channel: Channel, where: Where, mailbox: Mailbox, now: number): Promise<Held[]> {
  const body = dumps(fetchQuestion(mailbox, where.origin, Math.floor(now)));
  try {
    const answer = await ask(channel, { method: "POST", url: `${BASE}/fetch`, headers: JSON_TYPE, body });
    return (await answer.json()) as Held[];
  } catch (error) {
    if (error instanceof RefusedError && error.code === "not-found") return [];
    throw error;
  }
}
