// Packing, sealing and rehearsing all parts of a bid, one after the other, in the worker.

import { bidKeys, SigningKey } from "../core/bid_keys.ts";
import { fromHex } from "../core/bytes.ts";
import { sealedSize } from "../core/age.ts";
import { signByKey } from "../core/manifest.ts";
import { zipSize } from "../core/zip.ts";
import type { LotSheet } from "../core/sheet.ts";
import type { Wallet } from "../store/wallet.ts";
import type { BidRecord, PartyKey, SealedFile } from "../store/wallet_content.ts";
import { JobError, type Sealer } from "./jobs.ts";
import type { PartForm } from "./part_form.ts";

/** Which step of which part runs, and how many of how many bytes it has done. */
export type Watch = (step: "measuring" | "sealing" | "rehearsing", part: string, done: number, of: number) => void;

export class Preparer {
  readonly #wallet: Wallet;
  readonly #sealer: Sealer;
  readonly #watch: Watch;

  constructor(wallet: Wallet, sealer: Sealer, watch: Watch) {
    this.#wallet = wallet;
    this.#sealer = sealer;
    this.#watch = watch;
  }

  /**
   * All parts, or those in `forms`: nothing is packed before every form is right. What was sealed before is forgotten
   * only when the new file is whole, so a cancelled run changes nothing.
   */
  async sealAll(bid: BidRecord, sheet: LotSheet, forms: readonly PartForm[], party: PartyKey): Promise<void> {
    const contents = forms.map((form) => form.contents(sheet, party));
    for (const [index, form] of forms.entries()) {
      const record = bid.parts[form.part.name];
      if (!record) continue;
      const before = record.sealed;
      record.sealed = await this.#seal(bid, sheet, form, contents[index] as ReturnType<PartForm["contents"]>, party);
      await this.#wallet.save();
      if (before) await this.#sealer.run<"remove">({ kind: "remove", file: before.file }, () => undefined);
    }
    for (const form of forms) await this.rehearse(bid, sheet, form.part.name);
  }

  async #seal(bid: BidRecord, sheet: LotSheet, { part }: PartForm, contents: ReturnType<PartForm["contents"]>, party: PartyKey): Promise<SealedFile> {
    const binding = { origin: sheet.origin, lot: sheet.lot, part: part.name, bid: bid.bid };
    const total = contents.reduce((sum, { blob }) => sum + blob.size, 0);
    const { measured, manifest } = await this.#sealer.run<"measure">(
      { kind: "measure", contents, binding, limit: part.max_size },
      (done) => this.#watch("measuring", part.name, done, total),
    );
    const signature = signByKey(new SigningKey(fromHex(party.seed)), manifest);
    const members = measured.map(({ name, sha256, size }) => ({ name, sha256, size }));
    const size = sealedSize(zipSize(members) + manifest.length, 2);
    if (size > part.max_size) throw new JobError({ code: "sealed-size", said: [], values: { limit: part.max_size } });
    const file = `${crypto.randomUUID()}.age`;
    const own = bidKeys(fromHex(bid.seed)).recipient;
    const sealed = await this.#sealer.run<"seal">(
      { kind: "seal", file, binding, contents, measured, signature, recipient: part.recipient, own, maxSize: part.max_size },
      (done) => this.#watch("sealing", part.name, done, size),
    );
    return { part: sealed.part, packageSha256: sealed.packageSha256, members, file, isRehearsed: false, isUploaded: false };
  }

  /** Opens the bidder's own copy of a part, and compares. */
  async rehearse(bid: BidRecord, sheet: LotSheet, name: string): Promise<void> {
    const sealed = bid.parts[name]?.sealed;
    if (!sealed) return;
    const binding = { origin: sheet.origin, lot: sheet.lot, part: name, bid: bid.bid };
    const what = { described: sealed.part, packageSha256: sealed.packageSha256, binding, identity: bidKeys(fromHex(bid.seed)).identity };
    await this.#sealer.run<"rehearse">({ kind: "rehearse", file: sealed.file, ...what }, (done) =>
      this.#watch("rehearsing", name, done, 2 * sealed.part.size),
    );
    sealed.isRehearsed = true;
    await this.#wallet.save();
  }
}
