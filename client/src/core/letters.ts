// The kinds of letters between an applicant and a guarantor, each a record (docs/spec/guarantee-letter.md). Amounts are
// cents, times POSIX seconds. Mirrors guarantees/letters/.

import type { SigningKey } from "./bid_keys.ts";
import { fromUtf8, toHex, utf8 } from "./bytes.ts";
import { encode } from "./encoding.ts";
import { loadsObject } from "./canonical.ts";
import * as f from "./fields.ts";
import { Mail } from "./mail.ts";
import { spkiOf } from "./party_keys.ts";

const SMALLEST = 64 << 10;
const MAX_SEALED = 16 << 20;
/** Of a letter with its documents: the next power of two, and what sealing adds, would be more than is taken. */
export const MAX_PLAIN = MAX_SEALED / 2;

/** Lengths are padded to 64 KiB, 128 KiB, 256 KiB ...: one bit a doubling is all that a length tells. */
export const LETTERS = new Mail("guarantee-mail", paddedToPowers, MAX_SEALED);

export interface Party {
  readonly name: string;
  readonly credit_code: string;
}

export interface Application {
  readonly guarantor: string;
  readonly mailbox: string;
  readonly applicant: Party;
  readonly tender: string;
  readonly lot: string;
  readonly product: string;
  readonly amount: number;
  readonly currency: string;
  /** The earliest that will do. */
  readonly expiry: number;
  readonly contact: string;
  readonly key: string;
  readonly signature: string;
}

export interface Quote {
  readonly number: number;
  readonly amount: number;
  readonly premium: number;
  readonly currency: string;
  readonly expiry: number;
  readonly valid_until: number;
  readonly note: string | null;
}

export interface Invoice {
  readonly number: string;
  readonly amount: number;
  readonly currency: string;
  readonly due: number;
  readonly pay_to: string;
}

export type Letter =
  | { kind: "application"; said: Application }
  | { kind: "acceptance"; said: { quote: number; premium: number } }
  | { kind: "cancellation"; said: { reason: string } }
  | { kind: "quote"; said: Quote }
  | { kind: "invoice"; said: Invoice }
  | { kind: "receipt"; said: { invoice: string; amount: number; currency: string; paid: number } }
  | { kind: "delivery"; said: { number: string; guarantee: string; block: number } }
  | { kind: "refusal"; said: { reason: string } };

const FIELDS: Readonly<Record<Letter["kind"], f.Fields>> = {
  application: {
    guarantor: f.creditCode,
    mailbox: f.hash,
    applicant: f.party,
    tender: f.lotId,
    lot: f.lotId,
    product: f.code,
    amount: f.cents,
    currency: f.currency,
    expiry: f.time,
    contact: f.line,
    key: f.hex,
    signature: f.hex,
  },
  acceptance: { quote: f.count, premium: f.centsOrNone },
  cancellation: { reason: f.line },
  quote: {
    number: f.count,
    amount: f.cents,
    premium: f.centsOrNone,
    currency: f.currency,
    expiry: f.time,
    valid_until: f.time,
    note: f.orNull(f.paragraph),
  },
  invoice: { number: f.number, amount: f.centsOrNone, currency: f.currency, due: f.time, pay_to: f.paragraph },
  receipt: { invoice: f.number, amount: f.centsOrNone, currency: f.currency, paid: f.time },
  delivery: { number: f.number, guarantee: f.hash, block: f.count },
  refusal: { reason: f.paragraph },
};

/** The canonical JSON. Throws for a value that a field cannot have. */
export function letterText({ kind, said }: Letter): string {
  return fromUtf8(f.recordBytes(typeOf(kind), FIELDS[kind], said));
}

/** The letter whose text this is, by its type; throws for anything else. */
export function parseLetter(text: string): Letter {
  const value = loadsObject(utf8(text));
  const kind = (Object.keys(FIELDS) as Letter["kind"][]).find((one) => typeOf(one) === value["type"]);
  if (!kind) throw new Error("there is no letter of that type");
  return { kind, said: f.checked(typeOf(kind), FIELDS[kind], value) } as Letter;
}

/** The application, signed by the applicant's party key: for one mailbox and one guarantor. */
export function signedApplication(key: SigningKey, said: Omit<Application, "key" | "signature">): string {
  const unsigned = { ...said, key: toHex(spkiOf(key)), signature: "" };
  const message = encode("sunseal/guarantee-application/v1", letterText({ kind: "application", said: unsigned }));
  return letterText({ kind: "application", said: { ...unsigned, signature: toHex(key.sign(message)) } });
}

function typeOf(kind: Letter["kind"]): string {
  return `guarantee-${kind}/v1`;
}

function paddedToPowers(length: number): number {
  let room = SMALLEST;
  while (room < length) room *= 2;
  return room;
}
