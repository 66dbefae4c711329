// RFC 8785 canonical JSON. JavaScript writes numbers and strings as the RFC asks, and sorts text by UTF-16 units, so
// little is left to do.

import { type Bytes, equal, fromUtf8, utf8 } from "./bytes.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

const MAX_DEPTH = 32;

/** The canonical bytes. Throws for what Sunseal's documents never have: unsafe integers, more than 32 levels. */
export function dumps(value: Json): Bytes {
  return utf8(written(value, MAX_DEPTH));
}

/** The value whose canonical form is exactly `data`; throws for anything else. */
export function loads(data: Uint8Array): Json {
  const value = JSON.parse(fromUtf8(data)) as Json;
  if (!equal(dumps(value), data)) throw new Error("JSON, but not in the canonical form of RFC 8785");
  return value;
}

/** The same, and it is an object. */
export function loadsObject(data: Uint8Array): JsonObject {
  const value = loads(data);
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error("it is no object");
  return value as JsonObject;
}

function written(value: Json, levels: number): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw new Error("a number that canonical JSON cannot hold");
    }
    return JSON.stringify(value);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (levels === 0) throw new Error(`JSON of more than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return `[${value.map((item: Json) => written(item, levels - 1)).join(",")}]`;
  const members = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${written(item, levels - 1)}`).join(",")}}`;
}
