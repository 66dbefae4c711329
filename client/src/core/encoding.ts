// The one encoding of what Sunseal hashes and signs (docs/spec/encoding.md).
//
//     encode(domain, f1, f2, ...) = L(domain) || L(f1) || L(f2) || ...
//     L(x) = length of x as 8 bytes big-endian || x

import { sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, uint, utf8 } from "./bytes.ts";

export type Field = Uint8Array | string | number | bigint;

/** Text is taken as UTF-8, a number as 8 bytes big-endian. */
export function encode(domain: string, ...fields: Field[]): Bytes {
  if (!/^[ -~]+$/.test(domain)) throw new Error("a domain is printable ASCII and not empty");
  return concat(...[domain, ...fields].flatMap((field) => prefixed(bytesOf(field))));
}

/** SHA-512 over `encode(domain, ...fields)`: 64 bytes. */
export function hash512(domain: string, ...fields: Field[]): Bytes {
  return new Uint8Array(sha512(encode(domain, ...fields)));
}

function prefixed(value: Uint8Array): Uint8Array[] {
  return [uint(value.length, 8), value];
}

function bytesOf(field: Field): Uint8Array {
  if (field instanceof Uint8Array) return field;
  return typeof field === "string" ? utf8(field) : uint(field, 8);
}
