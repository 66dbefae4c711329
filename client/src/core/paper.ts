// guarantee.json of a scanned paper guarantee, as `sunseal guarantee paper` writes it (guarantees/paper.py,
// docs/spec/guarantee-letter.md): what the bidder says of it, and which document of the same package has the scan.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, toHex, utf8 } from "./bytes.ts";
import * as f from "./fields.ts";
import type { Party } from "./letters.ts";
import { parseYuan } from "./money.ts";
import { DOCUMENTS } from "./names.ts";

export interface Scan {
  /** Of the package's member. */
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

export interface PaperGuarantee {
  readonly guarantor: Party;
  readonly number: string;
  /** Hundredths of the currency. */
  readonly amount: number;
  readonly currency: string;
  /** POSIX seconds: the last one in which it can be demanded. */
  readonly expiry: number;
  readonly scan: Scan;
}

/** What a person enters: yuan as they are written, and the last day as YYYY-MM-DD, in Beijing. */
export interface PaperEntered {
  readonly name: string;
  readonly credit_code: string;
  readonly number: string;
  readonly amount: string;
  readonly until: string;
}

export type PaperField = keyof PaperEntered;

const TYPE = "paper-guarantee/v1";
const SCAN: f.Fields = { name: f.text(/^documents\/[^\x00-\x1f\x7f]+$/, 512), sha256: f.hash, size: f.whole(1) };
const PAPER: f.Fields = {
  guarantor: f.party,
  number: f.number,
  amount: f.cents,
  currency: f.currency,
  expiry: f.time,
  scan: f.object(SCAN),
};
const DAY = 86_400;

/** The name of the package's member: our own, which keeps only what kind of file it is. */
export function scanName(file: string): string {
  const suffix = /.(\.[A-Za-z0-9]{1,8})$/s.exec(file)?.[1] ?? "";
  return `${DOCUMENTS}guarantee-scan${suffix.toLowerCase()}`;
}

/** Reads the file once, in pieces. */
export async function scanOf(file: File): Promise<Scan> {
  const digest = sha256.create();
  const reader = file.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) digest.update(read.value);
  return { name: scanName(file.name), sha256: toHex(new Uint8Array(digest.digest())), size: file.size };
}

/** The fields that have to be put right; none if all are. */
export function wrongFields(entered: PaperEntered): PaperField[] {
  const checks: Readonly<Record<PaperField, () => boolean>> = {
    name: () => f.line(entered.name.trim()),
    credit_code: () => f.creditCode(entered.credit_code.trim()),
    number: () => f.number(entered.number.trim()),
    amount: () => f.cents(amountOf(entered)),
    until: () => lastDay(expiryOf(entered)) === entered.until, // no 30 February
  };
  return (Object.keys(checks) as PaperField[]).filter((field) => !holds(checks[field]));
}

/** guarantee.json; throws for fields that `wrongFields` names. */
export function paperBytes(entered: PaperEntered, currency: string, scan: Scan): Bytes {
  const said: PaperGuarantee = {
    guarantor: { name: entered.name.trim(), credit_code: entered.credit_code.trim() },
    number: entered.number.trim(),
    amount: amountOf(entered),
    currency,
    expiry: expiryOf(entered),
    scan,
  };
  return f.recordBytes(TYPE, PAPER, said);
}

/** What a guarantee.json states, if it is one of a scan; undefined for anything else. */
export function paperIn(text: string): PaperGuarantee | undefined {
  try {
    return f.parseRecord<PaperGuarantee>(TYPE, PAPER, utf8(text));
  } catch {
    return undefined;
  }
}

/** The last day in Beijing of an expiry, as YYYY-MM-DD. */
export function lastDay(expiry: number): string {
  return new Date((expiry + DAY / 3) * 1000).toISOString().slice(0, 10);
}

function amountOf({ amount }: PaperEntered): number {
  const fen = parseYuan(amount);
  return fen > BigInt(Number.MAX_SAFE_INTEGER) ? Number.NaN : Number(fen);
}

function expiryOf({ until }: PaperEntered): number {
  return Math.floor(Date.parse(`${until}T23:59:59+08:00`) / 1000);
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
