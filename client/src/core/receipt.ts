// Receipts: a .tlog-proof file (c2sp.org/tlog-proof) that proves for ever that an entry is in the log.
//
//     c2sp.org/tlog-proof@v1
//     extra <the entry in base64>
//     index <index>
//     [<hash of the inclusion proof in base64>...]
//     (empty line)
//     <checkpoint with cosignatures>

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, equal, fromBase64, fromHex, fromUtf8, utf8 } from "./bytes.ts";
import { type JsonObject, loadsObject } from "./canonical.ts";
import { commitment } from "./entries.ts";
import { cosignatures, parseCheckpoint, parseHash, parseNote, parseSize, requireSignature } from "./note.ts";
import type { Policy } from "./policy.ts";

const HEADER = "c2sp.org/tlog-proof@v1";

export interface Receipt {
  readonly entry: JsonObject;
  readonly index: bigint;
  readonly size: bigint;
  /** When each witness cosigned, by its name, in POSIX seconds. */
  readonly witnesses: ReadonlyMap<string, number>;
}

/**
 * What the file proves under the policy; throws for one that does not hold.
 *
 * 1. Hash the entry to its leaf.
 * 2. The checkpoint is the log's and signed by one of its keys.
 * 3. Enough witnesses cosigned it.
 * 4. The leaf is in the checkpoint's tree, at that index.
 */
export function verifyReceipt(data: Uint8Array, policy: Policy): Receipt {
  const text = fromUtf8(data);
  const split = text.indexOf("\n\n");
  const [header, extra, index, ...path] = text.slice(0, split).split("\n");
  if (split < 0 || header !== HEADER || !extra?.startsWith("extra ") || !index?.startsWith("index ")) {
    throw new Error("not a receipt with its entry");
  }
  const entry = fromBase64(extra.slice("extra ".length));
  const leaf = hash(0, entry); // 1.
  const note = parseNote(utf8(text.slice(split + 2)));
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== policy.origin) throw new Error(`a checkpoint of another log: ${checkpoint.origin}`);
  requireSignature(note, policy.logKeys); // 2.
  const witnesses = cosignatures(note, policy.witnesses); // 3.
  if (witnesses.size < policy.threshold) {
    throw new Error(`${witnesses.size} of the ${policy.threshold} cosignatures needed`);
  }
  const at = parseSize(index.slice("index ".length));
  requireInclusion(leaf, at, checkpoint.size, path.map(parseHash), checkpoint.root); // 4.
  return { entry: loadsObject(entry), index: at, size: checkpoint.size, witnesses };
}

/** The receipt of a fact: it holds, and its entry hides exactly `body` under the salt. Throws otherwise. */
export function verifyFact(receipt: string, salt: string, body: Uint8Array, policy: Policy): Receipt {
  const found = verifyReceipt(utf8(receipt), policy);
  if (found.entry["type"] !== "sealed/v1") throw new Error("the receipt is of an entry that is not sealed");
  if (found.entry["commitment"] !== commitment(fromHex(salt), body)) throw new Error("the entry hides something else");
  return found;
}

/** RFC 9162 section 2.1.3.2, its steps by number. */
function requireInclusion(leaf: Bytes, index: bigint, size: bigint, path: Bytes[], root: Bytes): void {
  // 1.
  if (index >= size) throw new Error(`a tree of size ${size} has no leaf ${index}`);
  // 2. and 3.
  let [fn, sn, result] = [index, size - 1n, leaf];
  // 4.
  for (const sibling of path) {
    if (sn === 0n) throw new Error("the inclusion proof is too long");
    if (fn & 1n || fn === sn) {
      result = hash(1, sibling, result);
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else result = hash(1, result, sibling);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  // 5.
  if (sn !== 0n) throw new Error("the inclusion proof is too short");
  if (!equal(result, root)) throw new Error("the inclusion proof leads to another root");
}

function hash(prefix: number, ...parts: Uint8Array[]): Bytes {
  return new Uint8Array(sha256(concat(new Uint8Array([prefix]), ...parts)));
}
