// What the fields of Sunseal's records may hold (guarantees/fields.py, ledger/entries/fields.py), and records of them:
// RFC 8785 of {"type": "<name>/v<version>", <the fields>}, all there and no others.

import { dumps, type Json, type JsonObject, loadsObject } from "./canonical.ts";
import { recipientKey } from "./bid_keys.ts";

export type Check = (value: Json) => boolean;
export type Fields = Readonly<Record<string, Check>>;

const INVISIBLE = "\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff";
const PRINTS = new RegExp(`^[^\\s${INVISIBLE}]([^${INVISIBLE}]*[^\\s${INVISIBLE}])?$`, "u");

export function text(pattern: RegExp, most: number, least = 0): Check {
  return (value) => {
    if (typeof value !== "string" || !value.isWellFormed()) return false;
    const size = [...value].length;
    return size >= least && size <= most && pattern.test(value);
  };
}

export function whole(least = 0, most = Number.MAX_SAFE_INTEGER): Check {
  return (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

export function list(check: Check, most: number, least = 0): Check {
  return (value) => Array.isArray(value) && value.length >= least && value.length <= most && value.every(check);
}

export function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

/** An object with exactly these fields. */
export function object(fields: Fields): Check {
  return (value) => isObject(value) && wrongField(value, fields) === null;
}

export const line = text(PRINTS, 300);
export const lineOrNone: Check = (value) => value === "" || line(value);
export const paragraph = text(PRINTS, 2000);
export const name = text(/^[^]*$/u, 200, 1);
export const number = text(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 64);
export const creditCode = text(/^[0-9A-HJ-NPQRTUWXY]{18}$/, 18);
export const code = text(/^[a-z0-9]+(-[a-z0-9]+)*$/, 40);
export const lotId = text(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/, 128);
export const currency = text(/^[A-Z]{3}$/, 3);
export const address = text(/^[0-9a-f]{40}$/, 40);
export const hash = text(/^[0-9a-f]{64}$/, 64);
export const hex = text(/^([0-9a-f]{2})*$/, 60_000);
export const cents = whole(1);
export const centsOrNone = whole();
export const count = whole();
export const time = whole();
export const bool: Check = (value) => typeof value === "boolean";
export const party = object({ name: line, credit_code: creditCode });
export const recipient: Check = (value) => {
  try {
    return typeof value === "string" && recipientKey(value).length === 32;
  } catch {
    return false;
  }
};
export const oneOf = (...words: string[]): Check => (value) => typeof value === "string" && words.includes(value);

/** The record whose canonical bytes are exactly `data`, without its type; throws for anything else. */
export function parseRecord<T>(type: string, fields: Fields, data: Uint8Array): T {
  return checked<T>(type, fields, loadsObject(data));
}

/** The same, of an object that was read already. */
export function checked<T>(type: string, fields: Fields, value: JsonObject): T {
  const { type: said, ...rest } = value;
  if (said !== type) throw new Error(`it is no ${type}`);
  const wrong = wrongField(rest, fields);
  if (wrong !== null) throw new Error(`${type}: the field ${wrong} is missing, is of another kind, or is too many`);
  return rest as unknown as T;
}

/** The canonical bytes; throws for a value that a field cannot have. */
export function recordBytes(type: string, fields: Fields, value: object): Uint8Array<ArrayBuffer> {
  const whole = { ...(value as JsonObject), type };
  checked(type, fields, whole);
  return dumps(whole);
}

export function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function wrongField(value: JsonObject, fields: Fields): string | null {
  for (const [field, check] of Object.entries(fields)) {
    const found = Object.hasOwn(value, field) ? value[field] : undefined;
    if (found === undefined || !check(found)) return field;
  }
  return Object.keys(value).find((field) => !Object.hasOwn(fields, field)) ?? null;
}
