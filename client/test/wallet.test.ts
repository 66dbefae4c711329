// What a wallet holds, across versions of the program, and the guarantee in the bid of its lot.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fromUtf8, utf8 } from "../src/core/bytes.ts";
import { dumps } from "../src/core/canonical.ts";
import { parseSheet } from "../src/core/sheet.ts";
import { bidFor, guaranteeFor, putGuarantee } from "../src/guarantees/into_bid.ts";
import { type BidRecord, type GuaranteeRecord, NEW_WALLET, parseWallet, type WalletContent } from "../src/store/wallet_content.ts";

const FOLDER = join(import.meta.dirname, "../../tests/vectors/client");
const vectors = (name: string): any => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
const { text: application, said } = vectors("guarantees.json").application;
const plain = vectors("forms.json").sheet;

function sheetFor(lot: string, guarantee: string): string {
  const sheet = JSON.parse(plain);
  sheet.lot = lot;
  sheet.parts[0].guarantee = guarantee;
  return fromUtf8(dumps(sheet));
}

function bid(sheet: string): BidRecord {
  const parts = Object.fromEntries(parseSheet(utf8(sheet)).parts.map(({ name }) => [name, { filled: {} as never, guarantee: "", documents: [] }]));
  return { seed: "", bid: "", sheet, page: "/bid", begun: 0, parts, facts: [] };
}

function record(origin: string, guarantee: string): GuaranteeRecord {
  return { entropy: "00", origin, application, guarantor: "", title: "", sent: 0, asked: 0, state: "sent", guarantee };
}

test("a wallet from before there were guarantees opens", () => {
  const older = { version: 1, policy: "p", party: null, tokens: [], bids: [] };
  assert.deepEqual(parseWallet(JSON.stringify(older)), older);
  assert.equal(guaranteeFor(parseWallet(JSON.stringify(older)), "o", "l"), "");
  assert.throws(() => parseWallet(JSON.stringify({ ...older, version: 2 })));
});

test("the newest guarantee of a lot goes into the part of its bid that takes one, and into no other lot's", () => {
  const sheet = sheetFor(said.lot, "required");
  const { origin } = parseSheet(utf8(sheet));
  const content: WalletContent = {
    ...structuredClone(NEW_WALLET),
    bids: [bid(sheet), bid(sheetFor("another.1", "required"))],
    guarantees: [record(origin, "first"), record(origin, "second"), record(origin, ""), record("another.example", "third")],
  };
  const found = bidFor(content, origin, said.lot);
  assert.equal(found, content.bids[0]);
  assert.equal(bidFor(content, "another.example", said.lot), undefined);
  assert.equal(guaranteeFor(content, origin, said.lot), "second");
  assert.equal(guaranteeFor(content, origin, "another.1"), "");
  const [part] = parseSheet(utf8(sheet)).parts;
  assert.equal(putGuarantee(content.bids[0] as BidRecord, "second"), part?.name);
  assert.equal(content.bids[0]?.parts[part?.name ?? ""]?.guarantee, "second");
  assert.equal(putGuarantee(content.bids[0] as BidRecord, ""), undefined);
  assert.equal(putGuarantee(bid(sheetFor(said.lot, "none")), "second"), undefined);
});
