// Signed notes and verifier keys (c2sp.org/signed-note), checkpoints (tlog-checkpoint) and cosignatures
// (tlog-cosignature), read as strictly as the Python core reads them.

import { sha256 } from "@noble/hashes/sha2.js";
import { verifyEd25519 } from "./bid_keys.ts";
import { type Bytes, concat, fromBase64, fromUtf8, toHex, utf8 } from "./bytes.ts";

export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;
const MAX_SIGNATURES = 100;
const MAX_TIMESTAMP = 2n ** 63n - 1n;
const MAX_SIZE = 2n ** 63n - 1n;

export interface NoteKey {
  readonly name: string;
  readonly type: number;
  readonly id: string;
  readonly key: Bytes;
}

/** The key of `<name>+<hex id>+<base64>`; throws for anything else, also for an id that is not its own. */
export function parseKey(vkey: string): NoteKey {
  const [name, id, ...rest] = vkey.split("+");
  const material = fromBase64(rest.join("+"));
  if (!name || !id || !isKeyName(name) || material.length !== 33) throw new Error("not an Ed25519 verifier key");
  const type = material[0] as number;
  if (type !== ED25519 && type !== COSIGNATURE_V1) throw new Error("a verifier key of an unknown type");
  const own = toHex(sha256(concat(utf8(`${name}\n`), material)).slice(0, 4));
  if (own !== id) throw new Error("the key ID of the verifier key is not its key's");
  return { name, type, id, key: new Uint8Array(material.slice(1)) };
}

interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly signature: Bytes;
}

export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Nothing is verified. */
export function parseNote(data: Uint8Array): Note {
  const whole = fromUtf8(data);
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || !whole.endsWith("\n")) throw new Error("no empty line between the note's text and its signatures");
  const text = whole.slice(0, split + 1);
  if (/[\x00-\x09\x0b-\x1f]/.test(text)) throw new Error("a note's text has no control character");
  const lines = whole.slice(split + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new Error(`a note has at most ${MAX_SIGNATURES} signatures`);
  return { text, signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const match = /^— (\S+) (\S+)$/u.exec(line);
  if (!match || !isKeyName(match[1] as string)) throw new Error("not a signature line");
  const blob = fromBase64(match[2] as string);
  if (blob.length < 5) throw new Error("a signature line holds a key ID and a signature");
  return { name: match[1] as string, id: toHex(blob.slice(0, 4)), signature: new Uint8Array(blob.slice(4)) };
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Bytes;
}

export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n");
  const [origin, size, root] = lines;
  if (lines.length < 4 || lines.pop() !== "" || lines.some((line) => line === "")) {
    throw new Error("a checkpoint has three lines or more, each ending in a newline");
  }
  return { origin: origin as string, size: parseSize(size as string), root: parseHash(root as string) };
}

export function parseSize(text: string): bigint {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_SIZE) throw new Error("not a size without leading zeroes");
  return BigInt(text);
}

export function parseHash(text: string): Bytes {
  const value = fromBase64(text);
  if (value.length !== 32) throw new Error("a hash has 32 bytes");
  return value;
}

/** Throws unless one of the log's keys signed the note's text, and no signature of one of them fails. */
export function requireSignature(note: Note, keys: readonly NoteKey[]): void {
  const own = known(note, keys);
  for (const { signature, key } of own) {
    if (!verifyEd25519(key.key, signature.signature, utf8(note.text))) throw new Error(`the signature of ${key.name} does not hold`);
  }
  if (own.length === 0) throw new Error("the log has not signed the checkpoint");
}

/** The latest time that each of these witnesses cosigned at (POSIX seconds), by its name. Throws if one does not hold. */
export function cosignatures(note: Note, witnesses: readonly NoteKey[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { signature, key } of known(note, witnesses)) {
    const [stamp, rest] = [signature.signature.slice(0, 8), signature.signature.slice(8)];
    const time = BigInt(`0x${toHex(stamp)}`);
    const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
    if (rest.length !== 64 || time > MAX_TIMESTAMP || !verifyEd25519(key.key, rest, message)) {
      throw new Error(`the cosignature of ${key.name} does not hold`);
    }
    times.set(key.name, Math.max(Number(time), times.get(key.name) ?? 0));
  }
  return times;
}

function known(note: Note, keys: readonly NoteKey[]): { signature: NoteSignature; key: NoteKey }[] {
  return note.signatures.flatMap((signature) => {
    const key = keys.find((one) => one.name === signature.name && one.id === signature.id);
    return key ? [{ signature, key }] : [];
  });
}

function isKeyName(name: string): boolean {
  return name !== "" && !/[+\s\x00-\x1f]/u.test(name);
}

