// The vectors of letters to guarantors and of guarantees (tests/vectors/guarantee_vectors.py).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import { SigningKey } from "../src/core/bid_keys.ts";
import { fromHex, fromUtf8, toHex, utf8 } from "../src/core/bytes.ts";
import { SignedGuarantee } from "../src/core/guarantee.ts";
import { troubles } from "../src/core/guarantee_checks.ts";
import { isOffered, type LotNotice, parseLots, parseProduct, premium, readListed } from "../src/core/guarantors.ts";
import { letterText, LETTERS, parseLetter, signedApplication } from "../src/core/letters.ts";
import type { Held, MailText } from "../src/core/mail.ts";
import { missingOf } from "../src/guarantees/asked_documents.ts";
import { verifyParty } from "../src/core/party_keys.ts";

const FILE = join(import.meta.dirname, "../../tests/vectors/client/guarantees.json");
const vectors: any = JSON.parse(readFileSync(FILE, "utf8"));
const mailbox = LETTERS.mailboxOf(fromHex(vectors.mailbox.entropy));
const listed = readListed(vectors.listed.good, true, vectors.supervisor, vectors.origin);
const messageOf = ({ text, files }: any): MailText => ({
  text,
  files: files.map(({ name, content }: any) => ({ name, content: new Uint8Array(Buffer.from(content, "base64")) })),
});
const hash = (data: Uint8Array): string => toHex(sha256(data));
const isTaken = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch {
    return false;
  }
};

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

test("an application's mailbox has keys of its own", () => {
  const { recipient, key, id } = vectors.mailbox;
  assert.deepEqual([mailbox.recipient, toHex(mailbox.signing.publicKey), mailbox.id], [recipient, key, id]);
  assert.deepEqual(LETTERS.fetchQuestion(mailbox, vectors.origin, vectors.fetch.at), vectors.fetch);
});

test("an application is signed as the reference does", () => {
  const { party_seed, said, text } = vectors.application;
  assert.equal(signedApplication(new SigningKey(fromHex(party_seed)), said), text);
  assert.throws(() => signedApplication(new SigningKey(fromHex(party_seed)), { ...said, contact: "two\nlines" }));
});

test("letters are written, padded, sealed and signed as the reference does", async () => {
  for (const [number, one] of vectors.letters.entries()) {
    const message = messageOf(one);
    assert.equal(letterText(parseLetter(message.text)), message.text);
    const plain = LETTERS.plaintext(message);
    assert.deepEqual([plain.length, hash(plain)], [one.size, one.plaintext]);
    const content = await withSevens(() => LETTERS.sealed(message, [vectors.recipient, mailbox.recipient]));
    assert.equal(hash(content), one.sealed);
    const body = LETTERS.post(mailbox, vectors.origin, listed.guarantor, number, content);
    assert.equal(fromUtf8(body.slice(0, body.indexOf(0x0a))), one.post);
    assert.deepEqual(await LETTERS.unsealed(content, mailbox), message);
  }
});

test("letters of a guarantor are taken and refused as the reference does", () => {
  for (const { text, is_taken } of vectors.kinds) assert.equal(isTaken(() => parseLetter(text)), is_taken, text);
  assert.ok(vectors.kinds.some((one: any) => one.is_taken) && vectors.kinds.some((one: any) => !one.is_taken));
});

test("a reply opens, and one that the guarantor did not sign is refused", async () => {
  const { reply, origin } = vectors;
  const content = await withSevens(() => LETTERS.sealed(messageOf(reply), reply.recipients));
  const held = { ...reply, is_reply: true } as Held;
  const verify = (signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>) => verifyParty(fromHex(reply.key), signature, message);
  await LETTERS.checkReply(held, origin, content, verify);
  assert.deepEqual(await LETTERS.unsealed(content, mailbox), messageOf(reply));
  await assert.rejects(LETTERS.checkReply({ ...held, number: 2 }, origin, content, verify));
  await assert.rejects(LETTERS.checkReply(held, "another.example", content, verify));
  await assert.rejects(LETTERS.checkReply(held, origin, content, (...said) => verifyParty(fromHex(vectors.keys[0].spki), ...said)));
});

test("signatures of every kind of key are verified", async () => {
  for (const { spki, signature, message } of vectors.keys) {
    assert.ok(await verifyParty(fromHex(spki), fromHex(signature), fromHex(message)));
    assert.ok(!(await verifyParty(fromHex(spki), fromHex(signature), fromHex(`${message}00`))));
    assert.ok(!(await verifyParty(fromHex(`${spki}00`), fromHex(signature), fromHex(message))));
    const damaged = fromHex(signature);
    damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
    assert.ok(!(await verifyParty(fromHex(spki), damaged, fromHex(message))));
  }
});

test("a guarantor counts only if the supervisor that is believed signed it for this log", () => {
  assert.equal(listed.recipient, vectors.recipient);
  for (const leaf of vectors.listed.bad) {
    assert.throws(() => readListed(leaf, true, vectors.supervisor, vectors.origin), Error, leaf);
  }
});

test("a product counts only if its guarantor signed it, and costs what the reference says", async () => {
  const { content, signature, refused, premiums } = vectors.products;
  const product = parseProduct(content);
  assert.ok(await isOffered(content, signature, listed));
  assert.ok(!(await isOffered(content.replace("1001", "1002"), signature, listed)));
  assert.ok(!(await isOffered(content, "zz", listed)));
  for (const text of refused) assert.throws(() => parseProduct(text), Error, text);
  for (const one of premiums) assert.equal(premium(product, one.amount), one.premium);
});

test("open lots are read whole", () => {
  assert.deepEqual(parseLots(utf8(vectors.lots)).map(({ lot }) => lot), ["2026031700001.0", "2026031700001.1"]);
  assert.throws(() => parseLots(utf8(vectors.lots.replace('"bond":80000000', '"bond":-1'))));
  assert.throws(() => parseLots(utf8(`${vectors.lots} `)));
});

test("guarantee.json is read, and its code, commitment and id are those of the reference", async () => {
  const { file, code, commitment, id } = vectors.guarantee;
  const found = SignedGuarantee.parse(utf8(file));
  assert.ok(await found.isSigned());
  assert.deepEqual([found.code, toHex(found.commitment), found.id], [code, commitment, id]);
  for (const { text, is_taken } of vectors.files) assert.equal(isTaken(() => SignedGuarantee.parse(utf8(text))), is_taken, text);
});

test("a guarantee is checked as the command checks it", async () => {
  for (const one of vectors.checks) {
    const guarantors = new Map([[listed.guarantor, { ...listed, licensed: one.licensed }]]);
    const known = { guarantors, notice: one.notice as LotNotice, bidder: one.bidder };
    assert.deepEqual(await troubles(SignedGuarantee.parse(utf8(one.file)), known, one.now), one.words);
  }
  assert.ok(new Set(vectors.checks.flatMap(({ words }: any) => words)).size >= 14);
});

test("the documents that are asked for are told by the names of the files", () => {
  const asked = ["营业执照", "Audit report", "Bank statement"];
  assert.deepEqual(missingOf(asked, []), asked);
  assert.deepEqual(missingOf(asked, ["甲公司营业执照.pdf", "audit_report 2025.PDF"]), ["Bank statement"]);
  assert.deepEqual(missingOf([], ["x.pdf"]), []);
});
