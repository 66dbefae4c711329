// The vectors of tests/vectors/client, which the Python reference made, and those that others published.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Decrypter } from "age-encryption";
import { bidKeys, SigningKey } from "../src/core/bid_keys.ts";
import { concat, fromHex, fromUtf8, toHex, utf8 } from "../src/core/bytes.ts";
import { dumps, type Json, loads, loadsObject } from "../src/core/canonical.ts";
import { encode } from "../src/core/encoding.ts";
import { bidSubmitted, bidWithdrawn, commitment, factBytes, receiptRequest, type SealedPart } from "../src/core/entries.ts";
import { findings } from "../src/core/findings.ts";
import { type Filled, formBytes, readForm } from "../src/core/forms.ts";
import { knowledgeContext, verifyKnowledge } from "../src/core/knowledge.ts";
import { signByKey, signedBytes } from "../src/core/manifest.ts";
import { checkName, checkNames, NameError } from "../src/core/names.ts";
import { rehearse } from "../src/core/package_reader.ts";
import { manifestOf, measure, sealPackage } from "../src/core/packing.ts";
import { parsePolicy } from "../src/core/policy.ts";
import { verifyFact } from "../src/core/receipt.ts";
import { partOf, parseSheet } from "../src/core/sheet.ts";
import { finalizeToken, requestToken } from "../src/core/blinding.ts";
import { requestBytes, tokenKey } from "../src/core/tokens.ts";

const FOLDER = join(import.meta.dirname, "../../tests/vectors");
const vectors = (name: string): any => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
const silent = () => undefined;

/** Runs `work` while every random byte comes from `draws`, in their order. */
async function withRandom<T>(draw: (size: number) => Uint8Array, work: () => Promise<T>): Promise<T> {
  const real = crypto.getRandomValues;
  crypto.getRandomValues = ((array: Uint8Array) => {
    if (array.length > 0) array.set(draw(array.length));
    return array;
  }) as typeof crypto.getRandomValues;
  try {
    return await work();
  } finally {
    crypto.getRandomValues = real;
  }
}

test("canonical JSON is written and read as the reference does", () => {
  const { values, refused } = vectors("client/canonical.json");
  for (const { value, text } of values) {
    assert.equal(fromUtf8(dumps(value as Json)), text);
    assert.deepEqual(loads(utf8(text)), value);
  }
  for (const text of refused) assert.throws(() => loads(utf8(text)), Error, text);
});

test("statements are encoded as the reference does", () => {
  for (const { domain, fields, encoded } of vectors("client/encoding.json").cases) {
    const taken = fields.map((field: { hex: string } | string | number) => (typeof field === "object" ? fromHex(field.hex) : field));
    assert.equal(toHex(encode(domain, ...taken)), encoded);
  }
});

test("a bid's keys follow from its seed", () => {
  for (const { seed, ...expected } of vectors("client/keys.json").keys) {
    const { bid, identity, recipient } = bidKeys(fromHex(seed));
    assert.deepEqual({ bid, identity, recipient }, expected);
  }
});

test("members' names are refused for the same reasons", () => {
  const { names, sets } = vectors("client/names.json");
  const code = (check: () => void) => {
    try {
      check();
      return null;
    } catch (error) {
      assert.ok(error instanceof NameError);
      return error.code;
    }
  };
  for (const one of names) assert.equal(code(() => checkName(one.name)), one.code, JSON.stringify(one.name));
  for (const one of sets) assert.equal(code(() => checkNames(one.names)), one.code, JSON.stringify(one.names));
});

test("forms come out as the same bytes, with the same findings", () => {
  const { sheet, forms } = vectors("client/forms.json");
  const lot = parseSheet(utf8(sheet));
  for (const one of forms) {
    const { bidder, ...given } = one.filled;
    const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));
    const filled: Filled = {
      total: text(given.total),
      period_days: text(given.period_days),
      quality: text(given.quality),
      manager: text(given.manager),
      lines: given.lines ?? [],
      certificates: given.certificates ?? [],
    };
    const part = partOf(lot, one.part);
    if (one.bytes === null) {
      assert.throws(() => readForm(filled, lot, part, bidder), Error, JSON.stringify(filled));
      continue;
    }
    const form = readForm(filled, lot, part, bidder);
    assert.equal(fromUtf8(formBytes(form)), one.bytes);
    const codes = findings(lot, part, form, ["bid.json", "guarantee.json"]).map(({ code }) => code);
    assert.deepEqual(codes, one.findings);
  }
});

test("a part is packed and sealed to the very same bytes, and opens", async () => {
  const v = vectors("client/package.json");
  const contents = Object.entries(v.contents as Record<string, string>).map(([name, text]) => ({ name, blob: new Blob([text]) }));
  const measured = await measure(contents, v.max_size, silent);
  const manifest = manifestOf(v.binding, measured);
  assert.equal(fromUtf8(manifest), v.manifest);
  assert.equal(toHex(signedBytes(manifest)), v.signed);
  const keys = bidKeys(fromHex(v.seed));
  const signature = signByKey(new SigningKey(fromHex(v.party_seed)), manifest);
  assert.deepEqual({ ...signature, type: "bid-signature/v1" }, loadsObject(utf8(v.signature)));
  const job = { binding: v.binding, contents, measured, signature, recipient: v.recipient, own: keys.recipient, maxSize: v.max_size };
  const pieces: Uint8Array[] = [];
  const random = (size: number) => new Uint8Array(size).fill(5);
  const result = await withRandom(random, () => sealPackage(job, (piece) => void pieces.push(piece.slice()), silent));
  assert.equal(result.packageSha256, v.package_sha256);
  assert.equal(toHex(concat(...pieces)), v.sealed);
  assert.deepEqual(result.part, v.part);

  const described = v.part as SealedPart;
  const context = knowledgeContext(v.binding.origin, v.binding.lot, v.binding.part, fromHex(described.sha256));
  verifyKnowledge(fromHex(described.share), context, fromHex(described.knowledge));
  assert.throws(() => verifyKnowledge(fromHex(described.share), utf8("another"), fromHex(described.knowledge)));

  const decrypter = new Decrypter();
  decrypter.addIdentity(v.lot_identity);
  assert.equal(toHex(await decrypter.decrypt(concat(...pieces))), v.package);

  const file = new Blob(pieces as Uint8Array<ArrayBuffer>[]);
  const what = { described, packageSha256: v.package_sha256, binding: v.binding, identity: keys.identity };
  assert.equal((await rehearse(file, what, silent)).packageSha256, v.package_sha256);
  const other = { ...v.binding, part: "technical" };
  await assert.rejects(rehearse(file, { ...what, binding: other }, silent), /another part/);
  await assert.rejects(rehearse(file, { ...what, packageSha256: "00".repeat(32) }, silent), /not what was packed/);
  await assert.rejects(rehearse(file.slice(0, -1), what, silent), /not the one/);
});

test("facts are signed and hidden as the reference does", () => {
  const v = vectors("client/facts.json");
  const keys = bidKeys(fromHex(v.seed));
  const submitted = bidSubmitted(v, keys, v.sequence, v.parts);
  assert.equal(fromUtf8(factBytes(submitted)), v.submitted);
  assert.equal(fromUtf8(factBytes(bidWithdrawn(v, keys))), v.withdrawn);
  assert.equal(commitment(fromHex(v.salt), factBytes(submitted)), v.commitment);
  assert.equal(fromUtf8(dumps(receiptRequest(v.origin, keys, v.receipt_request_time))), v.receipt_request);
});

test("receipts hold exactly when the policy says so", () => {
  const v = vectors("client/receipts.json");
  const policy = parsePolicy(v.policy);
  for (const receipt of v.good) {
    const found = verifyFact(receipt, v.salt, utf8(v.body), policy);
    assert.equal(found.index, BigInt(v.index));
    assert.equal(found.witnesses.size, 2);
    assert.throws(() => verifyFact(receipt, "00".repeat(32), utf8(v.body), policy));
    assert.throws(() => verifyFact(receipt, v.salt, utf8(`${v.body} `), policy));
  }
  for (const [why, receipt] of Object.entries(v.bad as Record<string, string>)) {
    assert.throws(() => verifyFact(receipt, v.salt, utf8(v.body), policy), Error, why);
  }
  for (const text of v.bad_policies) assert.throws(() => parsePolicy(text), Error, text);
});

test("tokens are those of RFC 9578", async () => {
  for (const v of vectors("data/rfc9578.json").issuance) {
    const key = tokenKey(fromHex(v.pkS));
    const draws = [v.nonce, v.salt, v.blind].map((one: string) => fromHex(one));
    const pending = await withRandom(
      () => draws.shift() as Uint8Array,
      () => requestToken(key, fromHex(v.token_challenge)),
    );
    assert.equal(toHex(requestBytes(pending)), v.token_request);
    assert.equal(toHex(await finalizeToken(key, pending, fromHex(v.token_response))), v.token);
    const wrong = fromHex(v.token_response);
    wrong[9] = (wrong[9] as number) ^ 1;
    await assert.rejects(finalizeToken(key, pending, wrong));
  }
});
