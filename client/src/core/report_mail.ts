// Messages of a report without a name: what is sealed, what is signed around it, what the supervisor must have signed
// (docs/spec/report.md). Mirrors mailboxes/messages.py.

import { sha256 } from "@noble/hashes/sha2.js";
import { Decrypter, Encrypter } from "age-encryption";
import { verifyEd25519 } from "./bid_keys.ts";
import { type Bytes, concat, equal, fromHex, toHex, utf8 } from "./bytes.ts";
import { dumps, type JsonObject, loadsObject } from "./canonical.ts";
import type { Mailbox } from "./code_phrase.ts";
import { encode } from "./encoding.ts";
import { commitment } from "./entries.ts";

export const PADDING = 64 << 10;
export const MAX_SEALED = 64 << 20;

export interface MailFile {
  readonly name: string;
  readonly content: Bytes;
}

export interface MailText {
  readonly text: string;
  readonly files: readonly MailFile[];
}

/** A message as the platform holds it. */
export interface Held {
  readonly mailbox: string;
  readonly kind: string;
  readonly recipient: string;
  readonly number: number;
  readonly is_reply: boolean;
  readonly sha256: string;
  readonly signature: string;
  readonly salt: string;
  readonly index: number | null;
}

/** Where reports go: which log they are signed for, whose word that is, and to what they are sealed. */
export interface Where {
  readonly origin: string;
  readonly supervisor: string;
  readonly recipient: string;
}

/** The plaintext, padded with zeros. */
export function plaintext({ text, files }: MailText): Bytes {
  const listed = files.map(({ name, content }) => ({ name, size: content.length }));
  const head = dumps({ files: listed, text, type: "report-message/v1" });
  const whole = concat(head, utf8("\n"), ...files.map((file) => file.content));
  return concat(whole, new Uint8Array((PADDING - (whole.length % PADDING)) % PADDING));
}

/** Throws unless `data` is exactly one message. */
export function readPlaintext(data: Uint8Array): MailText {
  const end = data.indexOf(0x0a);
  const head = loadsObject(data.slice(0, Math.max(end, 0)));
  let at = end + 1;
  const files = (head["files"] as { name: string; size: number }[]).map(({ name, size }) => {
    const content = new Uint8Array(data.slice(at, at + size));
    at += size;
    return { name, content };
  });
  const message = { text: String(head["text"]), files };
  if (!equal(plaintext(message), data)) throw new Error("what was sealed is no message in its one form");
  return message;
}

export async function sealed(message: MailText, recipients: readonly string[]): Promise<Bytes> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return new Uint8Array(await encrypter.encrypt(plaintext(message)));
}

/** Throws if it is not sealed to this mailbox, was altered, or is no message. */
export async function unsealed(data: Uint8Array, mailbox: Mailbox): Promise<MailText> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(mailbox.identity);
  return readPlaintext(await decrypter.decrypt(data));
}

/** The body of a post: a line of JSON that the mailbox's key signed, and the sealed bytes. */
export function post(mailbox: Mailbox, origin: string, kind: string, number: number, content: Uint8Array): Bytes {
  const hash = sha256(content);
  const fields = [origin, fromHex(mailbox.id), kind, number, mailbox.recipient, hash];
  const head = dumps({
    key: toHex(mailbox.signing.publicKey),
    kind,
    number,
    recipient: mailbox.recipient,
    sha256: toHex(hash),
    signature: toHex(mailbox.signing.signFields("sunseal/report-post/v1", ...fields)),
    type: "report-post/v1",
  });
  return concat(head, utf8("\n"), content);
}

/** What asks for a mailbox. `at` is in POSIX seconds. */
export function fetchQuestion(mailbox: Mailbox, origin: string, at: number): JsonObject {
  const signature = mailbox.signing.signFields("sunseal/report-fetch/v1", origin, fromHex(mailbox.id), at);
  return { at, key: toHex(mailbox.signing.publicKey), signature: toHex(signature) };
}

/** Throws unless the supervisor signed exactly this answer of these sealed bytes. */
export function checkReply(held: Held, where: Where, content: Uint8Array): void {
  const hash = sha256(content);
  const said = encode("sunseal/report-reply/v1", where.origin, fromHex(held.mailbox), held.number, hash);
  if (toHex(hash) !== held.sha256 || !verifyEd25519(fromHex(where.supervisor), fromHex(held.signature), said)) {
    throw new Error("the reply is not signed by the supervisor, for this platform");
  }
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

