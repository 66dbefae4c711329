// Bytes and their texts. Parsers refuse what is not canonical, as the Python core does.

import { base64, base64url, hex } from "@scure/base";

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8. Throws for a lone surrogate, which has none. */
export function utf8(text: string): Bytes {
  if (!text.isWellFormed()) throw new Error("a lone surrogate has no UTF-8");
  return encoder.encode(text);
}

/** The text whose UTF-8 is exactly `data`; throws for anything else. */
export function fromUtf8(data: Uint8Array): string {
  return decoder.decode(data);
}

export function concat(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

export function toHex(data: Uint8Array): string {
  return hex.encode(data);
}

/** The bytes whose lower-case hexadecimal is exactly `text`; throws for anything else. */
export function fromHex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("not lower-case hexadecimal");
  return new Uint8Array(hex.decode(text));
}

export function toBase64(data: Uint8Array): string {
  return base64.encode(data);
}

/** The bytes whose padded base64 is exactly `text`; throws for anything else. */
export function fromBase64(text: string): Bytes {
  return new Uint8Array(base64.decode(text));
}

/** base64url with padding, as RFC 9577 asks for. */
export function toBase64Url(data: Uint8Array): string {
  return base64url.encode(data);
}

/** base64url, padded or not. */
export function fromBase64Url(text: string): Bytes {
  return new Uint8Array(base64url.decode(text + "=".repeat((4 - (text.length % 4)) % 4)));
}

/** Big-endian, `size` bytes. */
export function uint(value: number | bigint, size: number): Bytes {
  const bytes = new Uint8Array(size);
  let rest = BigInt(value);
  for (let index = size - 1; index >= 0; index -= 1, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  if (rest !== 0n || value < 0) throw new RangeError(`${value} has no ${size} bytes`);
  return bytes;
}

export function random(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size));
}
