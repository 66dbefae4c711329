// What a check says of what does not hold reaches a Chinese page in Chinese: the sources are read for every sentence.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CHINESE, inChinese, reasonOf } from "../src/core/reasons.ts";
import { DeceivedError } from "../src/core/said.ts";

const SOURCES = join(import.meta.dirname, "../src");
const THROWN = /new (?:Error|RangeError|TypeError|DeceivedError)\(\s*(?:"([^"]*)"|`([^`]*)`|([^\s;][^;\n]*))/g;
/** What login.ts throws says only to itself that something failed. */
const UNHEARD = new Set(["login.ts"]);
/** An error passed on whole. */
const PASSED_ON = "error)";
const HAN = /\p{Script=Han}/u;

function* thrown(): Generator<[file: string, sentence: string]> {
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || UNHEARD.has(file)) continue;
    for (const [, plain, filled, other] of readFileSync(join(SOURCES, file), "utf8").matchAll(THROWN)) {
      if (other !== undefined && other === PASSED_ON) continue;
      yield [file, plain ?? filled?.replace(/\$\{[^}]*\}/g, "{}") ?? `not a sentence: ${other}`];
    }
  }
}

test("every sentence that is thrown has Chinese", () => {
  const sentences = [...thrown()];
  assert.ok(sentences.length > 90);
  const missing = sentences.filter(([, sentence]) => !Object.hasOwn(CHINESE, sentence));
  assert.deepEqual(missing, []);
});

test("nothing is translated that nobody says, and each translation is Chinese with the same gaps", () => {
  const said = new Set([...thrown()].map(([, sentence]) => sentence));
  for (const [english, chinese] of Object.entries(CHINESE)) {
    assert.ok(said.has(english), english);
    assert.ok(HAN.test(chinese), english);
    assert.equal(chinese.split("{}").length, english.split("{}").length, english);
  }
});

test("a reason inside a reason is said in Chinese too", () => {
  const inner = "2 of the 3 cosignatures needed";
  assert.equal(inChinese(`the key for tokens has no receipt that holds: ${inner}`), "匿名令牌公钥没有有效的回执：见证人联署只有 2 个，需要 3 个");
  assert.equal(inChinese("the inclusion proof is too long"), "包含证明过长");
});

test("an error of the browser's own is named as such", () => {
  assert.deepEqual(reasonOf(new TypeError("Failed to fetch")), { zh: "浏览器报告：Failed to fetch", en: "Failed to fetch" });
});

test("what a bidder reads of a deceiving platform is in one language", () => {
  const { said } = new DeceivedError(new Error("the entry hides something else"));
  assert.match(said[0]!.zh, /（条目所密封的是另一内容）/);
  assert.doesNotMatch(said[0]!.zh, /[a-z]{4}/);
  assert.match(said[0]!.en, /\(the entry hides something else\)/);
});
