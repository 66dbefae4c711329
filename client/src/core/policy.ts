// Whom a bidder believes: a c2sp.org/tlog-policy file that says t of n (docs/decisions/0013-policies-as-published-files.md).

import { sha256 } from "@noble/hashes/sha2.js";
import { toHex, utf8 } from "./bytes.ts";
import { COSIGNATURE_V1, ED25519, type NoteKey, parseKey } from "./note.ts";

export interface Policy {
  readonly origin: string;
  readonly logKeys: readonly NoteKey[];
  readonly threshold: number;
  readonly witnesses: readonly NoteKey[];
}

interface Group {
  readonly threshold: number;
  readonly witnesses: readonly NoteKey[];
}

/** Throws, naming the line, for what is not such a file, or names no log, or asks for no witness. */
export function parsePolicy(text: string): Policy {
  const logs: NoteKey[] = [];
  const groups = new Map<string, Group>([["none", { threshold: 0, witnesses: [] }]]);
  const singles = new Map<string, NoteKey>();
  let quorum: Group | undefined;
  const free = (name: string) => {
    if (groups.has(name)) throw new Error(`the name ${name} is given twice`);
  };
  const fresh = (key: NoteKey, type: number) => {
    const all = [...logs, ...singles.values()];
    if (key.type !== type || all.some((one) => toHex(one.key) === toHex(key.key))) throw new Error("a key of another kind, or listed twice");
  };
  const take = ([what, name, third, ...rest]: string[]) => {
    if (what === "log" && name && rest.length === 0) {
      const key = parseKey(name);
      fresh(key, ED25519);
      if (logs.some((one) => one.name !== key.name)) throw new Error("a second log");
      logs.push(key);
    } else if (what === "witness" && name && third && rest.length <= 1) {
      free(name);
      const key = parseKey(third);
      fresh(key, COSIGNATURE_V1);
      singles.set(name, key);
      groups.set(name, { threshold: 1, witnesses: [key] });
    } else if (what === "group" && name && third && rest.length > 0) {
      free(name);
      groups.set(name, group(third, rest, singles));
    } else if (what === "quorum" && name && third === undefined && !quorum && groups.has(name)) {
      quorum = groups.get(name);
    } else throw new Error("not a log, witness or group line, nor the one quorum line");
  };
  text.split("\n").forEach((line, index) => {
    const words = line.split(/[ \t]+/).filter(Boolean);
    if (words.length === 0 || words[0]?.startsWith("#")) return;
    try {
      take(words);
    } catch (error) {
      throw new Error(`line ${index + 1} of the policy: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  });
  const [log] = logs;
  if (!log || !quorum || quorum.threshold < 1) throw new Error("the policy names no log, or asks for no witness");
  return { origin: log.name, logKeys: logs, ...quorum };
}

/** What a person compares with what the supervisor published: SHA-256 of the file, in groups of four digits. */
export function fingerprint(text: string): string {
  return (toHex(sha256(utf8(text))).match(/.{4}/g) as string[]).join(" ");
}

function group(count: string, names: string[], singles: ReadonlyMap<string, NoteKey>): Group {
  const witnesses = names.map((name) => {
    const key = singles.get(name);
    if (!key) throw new Error(`${name} is no witness above this line; groups of groups are not read here`);
    return key;
  });
  const threshold = count === "all" ? names.length : count === "any" ? 1 : /^[1-9][0-9]{0,8}$/.test(count) ? Number(count) : 0;
  if (threshold < 1 || threshold > names.length || new Set(names).size < names.length) {
    throw new Error(`a group needs all, any or 1 to ${names.length} of its members`);
  }
  return { threshold, witnesses };
}
