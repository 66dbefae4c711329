// One application: what its letters say of how it stands, and what its applicant does next.

import { fromHex, fromUtf8 } from "../core/bytes.ts";
import { SignedGuarantee } from "../core/guarantee.ts";
import { troubles } from "../core/guarantee_checks.ts";
import type { Guarantor } from "../core/guarantors.ts";
import { type Application, type Letter, LETTERS, parseLetter, type Quote } from "../core/letters.ts";
import type { Mailbox, MailFile } from "../core/mail.ts";
import { PlainError } from "../bidding/page.ts";
import { BidError, type Said } from "../core/said.ts";
import { type Channel, RefusedError } from "../net/channel.ts";
import { type Offers, type Opened, read, write } from "../net/letters.ts";
import { WORTHLESS } from "../net/submitting.ts";
import { Tokens } from "../store/tokens.ts";
import type { Wallet } from "../store/wallet.ts";
import type { GuaranteeRecord, GuaranteeState } from "../store/wallet_content.ts";
import { word } from "./words.ts";

const STATES: Readonly<Record<Letter["kind"], GuaranteeState>> = {
  application: "sent",
  quote: "quoted",
  acceptance: "accepted",
  invoice: "invoiced",
  receipt: "paid",
  delivery: "delivered",
  refusal: "refused",
  cancellation: "cancelled",
};
const GUARANTEE_FILE = "guarantee.json";
const LETTER_FILE = "letter.pdf";

/** What a letter needs to go out: `spends` a blind token, so that it is taken whatever strangers send. */
export interface Post {
  readonly channel: Channel;
  readonly wallet: Wallet;
  readonly offers: Offers;
  readonly spends: boolean;
  /** POSIX seconds. */
  readonly now: () => number;
}

/** Delivered counts for good; else the last letter says how it stands. */
export function stateOf(letters: readonly Opened[]): GuaranteeState {
  const kinds = letters.map(({ letter }) => letter.kind);
  return kinds.includes("delivery") ? "delivered" : STATES[kinds.at(-1) ?? "application"];
}

export function applicationOf(record: GuaranteeRecord): Application {
  const { kind, said } = parseLetter(record.application);
  if (kind !== "application") throw new Error("the wallet's record is no application");
  return said;
}

export function guarantorOf({ guarantors }: Offers, credit_code: string): Guarantor {
  const found = guarantors.get(credit_code);
  if (!found) throw new PlainError(word("not-listed"));
  return found;
}

/** Asks the mailbox; how it stands is in the record afterwards. */
export async function ask(post: Post, record: GuaranteeRecord): Promise<Opened[]> {
  const guarantor = guarantorOf(post.offers, applicationOf(record).guarantor);
  const mailbox = LETTERS.mailboxOf(fromHex(record.entropy));
  const letters = await read(post.channel, record.origin, guarantor, mailbox, post.now());
  record.state = stateOf(letters);
  record.asked = Math.floor(post.now());
  await settle(post.wallet, mailbox, letters);
  await post.wallet.save();
  return letters;
}

/** Sends a letter behind all that is there. A token that did not go stays reserved for the next. */
export async function send(post: Post, origin: string, credit_code: string, entropy: string, letter: Letter, files: readonly MailFile[], number: number): Promise<void> {
  const guarantor = guarantorOf(post.offers, credit_code);
  const mailbox = LETTERS.mailboxOf(fromHex(entropy));
  const tokens = new Tokens(post.wallet);
  const purpose = purposeOf(mailbox, number);
  for (;;) {
    const token = post.spends ? (await tokens.reserve(purpose)).token : undefined;
    try {
      await write(post.channel, origin, guarantor, mailbox, { letter, files, token }, post.now());
      break;
    } catch (error) {
      if (!token || !(error instanceof RefusedError) || !WORTHLESS.has(error.code)) throw error;
      await tokens.spent(purpose);
    }
  }
  await tokens.spent(purpose);
}

/** Tokens of letters that arrived although the answer was lost are spent. */
export async function settle(wallet: Wallet, mailbox: Mailbox, letters: readonly Opened[]): Promise<void> {
  const tokens = new Tokens(wallet);
  for (const [number, { isMine }] of letters.entries()) if (isMine) await tokens.spent(purposeOf(mailbox, number));
}

function purposeOf(mailbox: Mailbox, number: number): string {
  return `letter ${mailbox.id} ${number}`;
}

/** The newest quote, as long as nothing that follows has answered it. */
export function openQuote(letters: readonly Opened[]): Quote | undefined {
  const last = letters.at(-1)?.letter;
  return last?.kind === "quote" ? last.said : undefined;
}

/** Takes the newest quote, once; the letters that are there afterwards. */
export async function accept(post: Post, record: GuaranteeRecord, seen: Quote): Promise<Opened[]> {
  const letters = await ask(post, record);
  const quote = openQuote(letters);
  if (!quote) return letters; // it was answered before, or is withdrawn by what came since
  if (quote.number !== seen.number || quote.premium !== seen.premium) throw new PlainError(word("quote-newer"));
  if (quote.valid_until < post.now()) throw new PlainError(word("quote-over"));
  const letter: Letter = { kind: "acceptance", said: { quote: quote.number, premium: quote.premium } };
  await send(post, record.origin, applicationOf(record).guarantor, record.entropy, letter, [], letters.length);
  return ask(post, record);
}

export async function cancel(post: Post, record: GuaranteeRecord, reason: string): Promise<Opened[]> {
  const letters = await ask(post, record);
  const letter: Letter = { kind: "cancellation", said: { reason } };
  await send(post, record.origin, applicationOf(record).guarantor, record.entropy, letter, [], letters.length);
  return ask(post, record);
}

export interface Delivered {
  readonly guarantee: SignedGuarantee;
  readonly file: string;
  readonly pdf: MailFile | undefined;
}

/** What the newest delivery brought; undefined before there is one. Throws for one that is not what its letter says. */
export function deliveredIn(letters: readonly Opened[]): Delivered | undefined {
  const found = letters.findLast(({ letter, isMine }) => letter.kind === "delivery" && !isMine);
  if (found?.letter.kind !== "delivery") return undefined;
  const file = found.files.find(({ name }) => name === GUARANTEE_FILE);
  if (!file) throw new PlainError(word("no-guarantee"));
  const guarantee = parsed(file.content);
  if (guarantee.id !== found.letter.said.guarantee || guarantee.undertaking.number !== found.letter.said.number) {
    throw new PlainError(word("other-guarantee"));
  }
  return { guarantee, file: fromUtf8(file.content), pdf: found.files.find(({ name }) => name === LETTER_FILE) };
}

function parsed(content: Uint8Array): SignedGuarantee {
  try {
    return SignedGuarantee.parse(content);
  } catch {
    throw new PlainError(word("malformed"));
  }
}

/** BidError with a sentence for each check that fails. */
export async function requireSound(post: Post, record: GuaranteeRecord, { guarantee }: Delivered, sentences: Readonly<Record<string, Said>>): Promise<void> {
  const { lot, applicant } = applicationOf(record);
  const notice = post.offers.lots.find((one) => one.lot === lot);
  if (!notice) throw new PlainError(word("lot-closed"));
  const known = { guarantors: post.offers.guarantors, notice, bidder: applicant.credit_code };
  const wrong = await troubles(guarantee, known, post.now());
  if (wrong.length > 0) throw new BidError("guarantee", ...wrong.map((one) => sentences[one] ?? { zh: one, en: one }));
}
