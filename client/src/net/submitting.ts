// The final request and its receipt, replacement and withdrawal (docs/spec/submission.md, "The final request").
//
// A bid is submitted when its receipt is here and holds: the entry that the witnesses saw hides exactly the body that
// was signed. Before that nothing was promised. What is sent is in the wallet before it is sent, so every step may be
// run again.

import type { Sealer } from "../bidding/jobs.ts";
import { bidKeys } from "../core/bid_keys.ts";
import { fromHex, fromUtf8, utf8 } from "../core/bytes.ts";
import { dumps, type Json, loads } from "../core/canonical.ts";
import { bidSubmitted, bidWithdrawn, type BidSubmitted, type Fact, factBytes, receiptRequest, type SealedPart } from "../core/entries.ts";
import type { Policy } from "../core/policy.ts";
import { verifyFact } from "../core/receipt.ts";
import { BidError, DeceivedError } from "../core/said.ts";
import type { LotSheet } from "../core/sheet.ts";
import { authorization } from "../core/tokens.ts";
import { Tokens } from "../store/tokens.ts";
import type { Wallet } from "../store/wallet.ts";
import type { BidRecord, FactRecord } from "../store/wallet_content.ts";
import { ask, type Channel, RefusedError, tries, UnreachableError } from "./channel.ts";

/** Of refusals: the token is worth nothing, and another one may do. */
export const WORTHLESS = new Set(["token-spent", "token-expired", "token-invalid"]);
const ANEW = new Set(["upload-unknown", "upload-expired"]);
const JSON_TYPE = { "Content-Type": "application/json" };

export function factOf(record: FactRecord): Fact {
  return loads(utf8(record.body)) as unknown as Fact;
}

export function isWithdrawn(bid: BidRecord): boolean {
  return bid.facts.some((one) => factOf(one).type === "bid-withdrawn/v1");
}

/** What was submitted last, sent or confirmed. */
export function lastSubmission(bid: BidRecord): { record: FactRecord; fact: BidSubmitted } | undefined {
  for (const record of bid.facts.toReversed()) {
    const fact = factOf(record);
    if (fact.type === "bid-submitted/v1") return { record, fact };
  }
  return undefined;
}

export class Submitter {
  readonly #channel: Channel;
  readonly #prefix: string;
  readonly #wallet: Wallet;
  readonly #tokens: Tokens;
  readonly #policy: Policy;
  readonly #sealer: Sealer;

  constructor(channel: Channel, prefix: string, wallet: Wallet, policy: Policy, sealer: Sealer) {
    this.#channel = channel;
    this.#prefix = prefix;
    this.#wallet = wallet;
    this.#tokens = new Tokens(wallet);
    this.#policy = policy;
    this.#sealer = sealer;
  }

  /** How many tokens the next submission of this bid still takes out of the wallet. */
  tokensNeeded(bid: BidRecord): number {
    const kept = this.#kept(bid);
    return 1 + Object.values(bid.parts).filter(({ sealed }) => sealed && !kept.has(sealed.part.sha256) && !sealed.isUploaded).length;
  }

  /** Uploads what the platform does not have from before: the capability of each part. `progress` is told bytes sent. */
  async uploadAll(bid: BidRecord, progress: (part: string, sent: number) => void): Promise<Record<string, string>> {
    const kept = this.#kept(bid);
    const uploads: Record<string, string> = {};
    for (const [name, { sealed }] of Object.entries(bid.parts)) {
      if (!sealed || kept.has(sealed.part.sha256)) continue;
      uploads[name] = await this.#upload(sealed.file, `upload/${sealed.part.sha256}`, (sent) => progress(name, sent));
      sealed.isUploaded = true;
      await this.#wallet.save();
    }
    return uploads;
  }

  /**
   * Submits, or replaces what was submitted before by what is sealed now.
   *
   * 1. What is sent is kept, with a sequence higher than the last; unfinished, the last is taken up again.
   * 2. Each file that the platform does not have from before is uploaded.
   * 3. The final request, again and again until there is a receipt, which is verified and kept.
   */
  async submit(bid: BidRecord, sheet: LotSheet, progress: (part: string, sent: number) => void): Promise<FactRecord> {
    const parts = sheet.parts.map(({ name }) => bid.parts[name]?.sealed?.part as SealedPart);
    if (parts.some((part) => !part)) throw new Error("a part is not sealed");
    const { record, fact, isResumed } = await this.#fact(bid, sheet, parts); // 1.
    if (isResumed && !record.receipt) await this.fetch(bid, sheet).catch(onlyRefusals);
    if (record.receipt) return record;
    const uploads = await this.uploadAll(bid, progress); // 2.
    const purpose = `submit/${bid.bid}/${fact.sequence}`;
    await this.#final({ body: fact as unknown as Json, uploads }, record, purpose); // 3.
    for (const part of parts) await this.#tokens.spent(`upload/${part.sha256}`);
    await this.#tokens.spent(purpose);
    return record;
  }

  /** Withdraws the bid, for good. */
  async withdraw(bid: BidRecord, sheet: LotSheet): Promise<FactRecord> {
    let record = bid.facts.find((one) => factOf(one).type === "bid-withdrawn/v1");
    record ??= await this.#begin(bid, bidWithdrawn(sheet, bidKeys(fromHex(bid.seed))));
    if (record.receipt) return record;
    const body = `{"body":${record.body}}`;
    try {
      return await this.#untilReceipt(record, async () => ({ method: "POST", url: `${this.#prefix}/withdrawals`, headers: JSON_TYPE, body }));
    } catch (error) {
      // Refused for good, or the platform would have answered as before: the bid stands as it stood.
      if (error instanceof RefusedError) bid.facts.splice(bid.facts.indexOf(record), 1);
      await this.#wallet.save();
      throw error;
    }
  }

  /** The receipts of all facts of this bid, from the platform; those that are missing here are kept. */
  async fetch(bid: BidRecord, sheet: LotSheet): Promise<void> {
    const request = receiptRequest(sheet.origin, bidKeys(fromHex(bid.seed)), Math.floor(Date.now() / 1000));
    const answer = await ask(this.#channel, { method: "POST", url: `${this.#prefix}/receipts`, headers: JSON_TYPE, body: fromUtf8(dumps(request)) });
    const { facts } = (await answer.json()) as { facts: { body: Json; salt: string; receipt: string | null }[] };
    for (const fact of facts) {
      const body = fromUtf8(dumps(fact.body));
      const own = bid.facts.find((one) => one.body === body);
      if (own && !own.receipt && fact.receipt !== null) await this.#keep(own, fact.salt, fact.receipt);
    }
  }

  async #fact(bid: BidRecord, sheet: LotSheet, parts: SealedPart[]): Promise<{ record: FactRecord; fact: BidSubmitted; isResumed: boolean }> {
    const last = lastSubmission(bid);
    if (last && fromUtf8(dumps(last.fact.parts as unknown as Json)) === fromUtf8(dumps(parts as unknown as Json))) {
      return { ...last, isResumed: true };
    }
    const fact = bidSubmitted(sheet, bidKeys(fromHex(bid.seed)), (last?.fact.sequence ?? 0) + 1, parts);
    return { record: await this.#begin(bid, fact), fact, isResumed: false };
  }

  async #begin(bid: BidRecord, fact: Fact): Promise<FactRecord> {
    const record: FactRecord = { body: fromUtf8(factBytes(fact)) };
    bid.facts.push(record);
    await this.#wallet.save();
    return record;
  }

  /** The hashes of the files that the platform has from submissions that it confirmed. */
  #kept(bid: BidRecord): Set<string> {
    const confirmed = bid.facts.filter(({ receipt }) => receipt).map(factOf);
    return new Set(confirmed.flatMap((fact) => (fact.type === "bid-submitted/v1" ? fact.parts.map(({ sha256 }) => sha256) : [])));
  }

  async #upload(file: string, purpose: string, progress: (sent: number) => void): Promise<string> {
    for (;;) {
      const { token, idempotency } = await this.#tokens.reserve(purpose);
      const job = { kind: "upload" as const, file, prefix: this.#prefix, authorization: authorization(token), idempotency, language: this.#channel.language };
      try {
        return await this.#sealer.run<"upload">(job, progress);
      } catch (error) {
        const code = (error as { failure?: { code: string } }).failure?.code ?? "";
        if (!WORTHLESS.has(code) && !ANEW.has(code)) throw error;
        await this.#tokens.spent(purpose); // that upload is gone, and its token with it
      }
    }
  }

  async #final(request: Json, record: FactRecord, purpose: string): Promise<FactRecord> {
    const body = fromUtf8(dumps(request));
    for (;;) {
      try {
        return await this.#untilReceipt(record, async () => {
          const { token } = await this.#tokens.reserve(purpose);
          return { method: "POST", url: `${this.#prefix}/submissions`, headers: { ...JSON_TYPE, Authorization: authorization(token) }, body };
        });
      } catch (error) {
        if (!(error instanceof RefusedError) || !WORTHLESS.has(error.code)) throw error;
        await this.#tokens.spent(purpose);
      }
    }
  }

  async #untilReceipt(record: FactRecord, prepared: Parameters<typeof ask>[1]): Promise<FactRecord> {
    for await (const _ of tries(this.#channel)) {
      const answer = (await (await ask(this.#channel, prepared)).json()) as { salt: string; receipt: string | null };
      if (answer.receipt !== null) return this.#keep(record, answer.salt, answer.receipt);
    }
    throw new BidError("receipt-pending", {
      zh: "请求已到达平台，但见证人尚未联署，回执未到；在取得回执之前，平台没有作出任何承诺。请稍后再次点击。",
      en: "The request has arrived, and its receipt has not, for the witnesses have not cosigned yet. Until it is here nothing is promised: try again in a moment.",
    });
  }

  async #keep(record: FactRecord, salt: string, receipt: string): Promise<FactRecord> {
    try {
      verifyFact(receipt, salt, utf8(record.body), this.#policy);
    } catch (error) {
      throw new DeceivedError(error);
    }
    record.salt = salt;
    record.receipt = receipt;
    await this.#wallet.save();
    return record;
  }
}

/** It may be in, and only the answer was lost: whatever the platform says to that, the bid is sent again. */
function onlyRefusals(error: unknown): void {
  if (!(error instanceof RefusedError) && !(error instanceof UnreachableError)) throw error;
}
