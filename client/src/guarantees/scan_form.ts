// The fields that put a scan of a paper guarantee into one part of a bid. What they make is what `sunseal guarantee paper`
// makes; the scan itself stays on this computer until the part is packed and sealed.

import { fromUtf8 } from "../core/bytes.ts";
import { canonicalYuan } from "../core/money.ts";
import { lastDay, paperBytes, type PaperEntered, type PaperField, paperIn, scanOf, wrongFields } from "../core/paper.ts";
import { need, PlainError, shownSize } from "../bidding/page.ts";
import type { PartRecord } from "../store/wallet_content.ts";
import { word } from "./words.ts";

const FIELDS: readonly PaperField[] = ["name", "credit_code", "number", "amount", "until"];

export interface Put {
  /** The name of the package's member. */
  readonly name: string;
  readonly file: File;
}

export class ScanForm {
  readonly #root: HTMLElement;
  readonly #record: PartRecord;
  readonly #currency: string;
  readonly #put: (put: Put) => void;
  #file: File | undefined;

  /** `put` is told of a scan once its guarantee.json is in `record`: it takes the file among the documents. */
  constructor(root: HTMLElement, record: PartRecord, currency: string, put: (put: Put) => void) {
    this.#root = root;
    this.#record = record;
    this.#currency = currency;
    this.#put = put;
    root.addEventListener("input", () => (record.scan = this.#entered));
    need<HTMLButtonElement>("[data-scan-put]", root).addEventListener("click", () => void this.#take());
    this.fill();
  }

  /** From the record, or where that has none from the guarantee in it. */
  fill(): void {
    const entered = this.#record.scan ?? this.#stated;
    if (entered) for (const field of FIELDS) this.#field(field).value = entered[field];
    this.show();
  }

  /** The member that the guarantee in the record names; "" if it is none of a scan. */
  get name(): string {
    return paperIn(this.#record.guarantee)?.scan.name ?? "";
  }

  /** PlainError unless the document of that name is the very file whose SHA-256 is stated. */
  require(documents: readonly Put[]): void {
    const { name } = this;
    if (name === "") return;
    const found = documents.find((one) => one.name === name);
    if (!found || found.file !== this.#file) throw new PlainError(word("scan-again"));
  }

  forget(): void {
    this.#file = undefined;
    this.show();
  }

  show(): void {
    const stated = paperIn(this.#record.guarantee);
    const place = need("[data-scan-here]", this.#root);
    place.hidden = stated === undefined;
    place.textContent = stated ? word(this.#file ? "scan-here" : "scan-again", { number: stated.number, size: shownSize(stated.scan.size), sha256: stated.scan.sha256 }) : "";
    if (stated) (this.#root as HTMLDetailsElement).open = true;
  }

  #field(name: PaperField): HTMLInputElement {
    return need<HTMLInputElement>(`[data-scan=${name}]`, this.#root);
  }

  get #entered(): PaperEntered {
    return Object.fromEntries(FIELDS.map((field) => [field, this.#field(field).value.trim()])) as unknown as PaperEntered;
  }

  get #stated(): PaperEntered | undefined {
    const stated = paperIn(this.#record.guarantee);
    if (!stated) return undefined;
    const { guarantor, number, amount, expiry } = stated;
    return { ...guarantor, number, amount: canonicalYuan(BigInt(amount)), until: lastDay(expiry) };
  }

  async #take(): Promise<void> {
    const entered = this.#entered;
    const input = need<HTMLInputElement>("[data-scan-file]", this.#root);
    const file = input.files?.[0];
    const wrong = wrongFields(entered);
    for (const field of FIELDS) this.#mark(this.#field(field), wrong.includes(field));
    this.#mark(input, !file || file.size === 0);
    const sentences = [...wrong.map((field) => word(`scan-${field}`)), ...(!file || file.size === 0 ? [word("scan-file")] : [])];
    this.#say(sentences.join(" "));
    if (!file || sentences.length > 0) {
      need<HTMLInputElement>("[aria-invalid=true]", this.#root).focus();
      return;
    }
    try {
      const scan = await scanOf(file);
      this.#record.guarantee = fromUtf8(paperBytes(entered, this.#currency, scan));
      this.#file = file;
      input.value = "";
      this.#put({ name: scan.name, file });
      this.show();
    } catch {
      this.#say(word("scan-unreadable"));
    }
  }

  #mark(field: HTMLInputElement, isWrong: boolean): void {
    if (isWrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  #say(sentence: string): void {
    const place = need("[data-scan-wrong]", this.#root);
    place.textContent = sentence;
    place.hidden = sentence === "";
  }
}
