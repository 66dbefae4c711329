// The vectors of scanned paper guarantees (tests/vectors/guarantee_vectors.py).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fromUtf8 } from "../src/core/bytes.ts";
import { lastDay, paperBytes, type PaperEntered, paperIn, scanOf, wrongFields } from "../src/core/paper.ts";

const FILE = join(import.meta.dirname, "../../tests/vectors/client/guarantees.json");
const { paper: vectors, guarantee }: any = JSON.parse(readFileSync(FILE, "utf8"));

test("a scan is stated in the bytes that the command writes", async () => {
  assert.ok(vectors.length >= 6);
  for (const { entered, file, content, text } of vectors) {
    assert.deepEqual(wrongFields(entered), []);
    const scan = await scanOf(new File([content], file));
    assert.equal(fromUtf8(paperBytes(entered, "CNY", scan)), text);
  }
});

test("what is stated is read again, also the day", () => {
  for (const { entered, text } of vectors) {
    const found = paperIn(text);
    assert.deepEqual([found?.guarantor.name, found?.number, found && lastDay(found.expiry)], [entered.name, entered.number, entered.until]);
  }
  for (const text of ["", "{}", "[]", guarantee.file, `${vectors[0].text} `, vectors[0].text.replace("documents/", "elsewhere/")]) {
    assert.equal(paperIn(text), undefined, text);
  }
});

test("each field that is wrong is named, and no record is made of it", () => {
  const { entered } = vectors[0];
  const wrong: Readonly<Record<string, readonly string[]>> = {
    name: ["", " ", "a\nb"],
    credit_code: ["", "91110000600037341", "91110000600037341l"],
    number: ["", "保函1", "-1", "1".repeat(65)],
    amount: ["", "0", "-1", "1.234", "eight", "90071992547409.92"],
    until: ["", "2026-13-01", "2026-02-30", "31.12.2026"],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const changed: PaperEntered = { ...entered, [field]: value };
      assert.deepEqual(wrongFields(changed), [field], `${field}: ${value}`);
      if (value !== "2026-02-30") assert.throws(() => paperBytes(changed, "CNY", { name: "documents/guarantee-scan.pdf", sha256: "00".repeat(32), size: 1 }));
    }
  }
  assert.throws(() => paperBytes(entered, "CNY", { name: "documents/guarantee-scan.pdf", sha256: "00".repeat(32), size: 0 }));
});
