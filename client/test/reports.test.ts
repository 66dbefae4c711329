// The vectors of a report without a name (tests/vectors/report_vectors.py): words, keys, letters, signatures.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import { fromHex, fromUtf8, toHex } from "../src/core/bytes.ts";
import { entropyOf, wordsOf } from "../src/core/code_phrase.ts";
import type { Held, MailText } from "../src/core/mail.ts";
import { commitmentOf, readWhere, REPORTS, verifierOf } from "../src/core/report_mail.ts";

const FILE = join(import.meta.dirname, "../../tests/vectors/client/reports.json");
const vectors: any = JSON.parse(readFileSync(FILE, "utf8"));
const mailbox = REPORTS.mailboxOf(fromHex(vectors.phrases[0].entropy));
const messageOf = ({ text, files }: any): MailText => ({
  text,
  files: files.map(({ name, content }: any) => ({ name, content: new Uint8Array(Buffer.from(content, "base64")) })),
});
const hash = (data: Uint8Array): string => toHex(sha256(data));

/** Runs `work` while every random byte is 0x07, as it was for the reference. */
async function withSevens<T>(work: () => Promise<T>): Promise<T> {
  const real = crypto.getRandomValues;
  crypto.getRandomValues = ((array: Uint8Array) => array.fill(7)) as typeof crypto.getRandomValues;
  try {
    return await work();
  } finally {
    crypto.getRandomValues = real;
  }
}

test("words and keys follow from the entropy, in both languages", () => {
  for (const { entropy, en, zh, recipient, key, mailbox: id } of vectors.phrases) {
    const bytes = fromHex(entropy);
    assert.deepEqual([wordsOf(bytes, "en"), wordsOf(bytes, "zh")], [en, zh]);
    for (const said of [en, zh, zh.replaceAll(" ", ""), `  ${en.toUpperCase()}\n`]) assert.equal(toHex(entropyOf(said)), entropy);
    const made = REPORTS.mailboxOf(bytes);
    assert.deepEqual([made.recipient, toHex(made.signing.publicKey), made.id], [recipient, key, id]);
  }
  for (const words of vectors.refused_words) {
    assert.throws(() => entropyOf(words), (error: Error) => !error.message.includes(words.split(" ")[0]));
  }
});

test("a message is written, sealed and signed as the reference does", async () => {
  for (const one of vectors.messages) {
    const message = messageOf(one);
    const plain = REPORTS.plaintext(message);
    assert.deepEqual([plain.length, hash(plain)], [one.size, one.plaintext]);
    assert.deepEqual(REPORTS.readPlaintext(plain), message);
    const content = await withSevens(() => REPORTS.sealed(message, [vectors.recipient]));
    assert.equal(hash(content), one.sealed);
    const body = REPORTS.post(mailbox, vectors.origin, one.kind, one.number, content);
    assert.equal(fromUtf8(body.slice(0, body.indexOf(0x0a))), one.post);
  }
});

test("an answer opens, and one that the supervisor did not sign is refused", async () => {
  const { reply } = vectors;
  const where = { origin: vectors.origin, supervisor: reply.supervisor, recipient: vectors.recipient };
  const content = await withSevens(() => REPORTS.sealed(messageOf(reply), reply.recipients));
  const held = { ...vectors.commitment.held, ...reply, is_reply: true } as Held;
  await REPORTS.checkReply(held, where.origin, content, verifierOf(where));
  assert.deepEqual(await REPORTS.unsealed(content, mailbox), messageOf(reply));
  const another = { ...where, supervisor: vectors.phrases[0].key };
  await assert.rejects(REPORTS.checkReply({ ...held, number: 2 }, where.origin, content, verifierOf(where)));
  await assert.rejects(REPORTS.checkReply(held, "another.example", content, verifierOf(where)));
  await assert.rejects(REPORTS.checkReply(held, where.origin, content, verifierOf(another)));
  await assert.rejects(REPORTS.checkReply(held, where.origin, content.slice(0, -1), verifierOf(where)));
  await assert.rejects(REPORTS.unsealed(content, REPORTS.mailboxOf(fromHex(vectors.phrases[1].entropy))));
});

test("a mailbox is asked for, and a receipt is computed, as the reference does", () => {
  const { fetch, commitment } = vectors;
  assert.deepEqual(REPORTS.fetchQuestion(mailbox, vectors.origin, fetch.at), fetch);
  assert.equal(commitmentOf(commitment.held), commitment.value);
});

test("where reports go counts only if the key that is shown signed it", () => {
  const { origin, where } = vectors;
  assert.deepEqual(readWhere(where), { origin, supervisor: vectors.supervisor, recipient: vectors.recipient });
  assert.equal(readWhere({ origin, group: null }), null);
  const other = vectors.phrases[1].recipient;
  assert.throws(() => readWhere({ origin, group: where.group.replace(vectors.recipient, other) }));
  assert.throws(() => readWhere({ origin: "another.example", group: where.group }));
});
