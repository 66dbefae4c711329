// One part of the bid on the page: its fields, its guarantee, its documents. What is typed is kept in the wallet.

import { fromUtf8 } from "../core/bytes.ts";
import { dumps, type Json } from "../core/canonical.ts";
import { EMPTY, type Filled, formBytes, readForm, type Bidder } from "../core/forms.ts";
import { findings } from "../core/findings.ts";
import { canonicalYuan, parseYuan, canonicalQuantity, product, shownYuan } from "../core/money.ts";
import { DOCUMENTS, FORM, GUARANTEE, memberName } from "../core/names.ts";
import type { Content } from "../core/packing.ts";
import { BidError } from "../core/said.ts";
import { ScanForm } from "../guarantees/scan_form.ts";
import type { LotSheet, SheetPart } from "../core/sheet.ts";
import type { PartRecord } from "../store/wallet_content.ts";
import { element, need, PlainError, shownSize, word } from "./page.ts";

type Row = "lines" | "certificates";

export class PartForm {
  readonly part: SheetPart;
  readonly #root: HTMLElement;
  readonly #record: PartRecord;
  readonly #changed: () => void;
  readonly #scan: ScanForm | undefined;
  #documents: { name: string; file: File }[] = [];

  /** `changed` is told of each change, after it is in `record`. */
  constructor(root: HTMLElement, part: SheetPart, record: PartRecord, currency: string, changed: () => void) {
    this.part = part;
    this.#root = root;
    this.#record = record;
    this.#changed = changed;
    const scan = root.querySelector<HTMLElement>("[data-scan-form]");
    if (scan) this.#scan = new ScanForm(scan, record, currency, ({ name, file }) => this.#takeScan(name, file));
    this.#fill();
    root.addEventListener("input", () => this.#read());
    root.addEventListener("click", (event) => this.#click(event));
    root.querySelector<HTMLInputElement>("[data-documents]")?.addEventListener("change", (event) => this.#choose(event.target as HTMLInputElement));
    root.querySelector<HTMLInputElement>("[data-guarantee]")?.addEventListener("change", (event) => void this.#guarantee(event.target as HTMLInputElement));
  }

  /** What becomes the package's members. BidError with everything that is to be put right. */
  contents(sheet: LotSheet, bidder: Bidder): Content[] {
    const form = readForm(this.#record.filled, sheet, this.part, bidder);
    const lost = this.#record.documents.filter(({ name }) => !this.#documents.some((one) => one.name === name));
    if (lost.length > 0) throw new PlainError(word("choose-again", { names: lost.map(({ name }) => name.slice(DOCUMENTS.length)).join(", ") }));
    this.#scan?.require(this.#documents);
    const contents: Content[] = [
      { name: FORM, blob: new Blob([formBytes(form)]) },
      ...(this.#record.guarantee ? [{ name: GUARANTEE, blob: new Blob([this.#record.guarantee]) }] : []),
      ...this.#documents.map(({ name, file }) => ({ name, blob: file })),
    ];
    const wrong = findings(sheet, this.part, form, contents.map(({ name }) => name));
    if (wrong.length > 0) throw new BidError("findings", ...wrong.map(({ said }) => said));
    return contents;
  }

  get total(): string {
    try {
      return this.part.priced ? shownYuan(parseYuan(this.#record.filled.total)) : "";
    } catch {
      return "";
    }
  }

  #fill(): void {
    const { filled } = this.#record;
    for (const field of this.#fields()) field.value = String((filled as unknown as Record<string, string>)[field.name] ?? "");
    for (const kind of ["lines", "certificates"] as const) {
      this.#root.querySelector(`[data-rows=${kind}]`)?.replaceChildren();
      for (const row of filled[kind]) this.#addRow(kind, row);
    }
    this.#sum();
    this.#listDocuments();
    this.#showGuarantee();
  }

  #fields(): NodeListOf<HTMLInputElement> {
    return this.#root.querySelectorAll<HTMLInputElement>("input[data-field]");
  }

  /** What is on the page, into the record. */
  #read(): void {
    const filled: Filled = structuredClone(EMPTY);
    for (const field of this.#fields()) (filled as unknown as Record<string, string>)[field.name] = field.value;
    for (const kind of ["lines", "certificates"] as const) {
      for (const row of this.#root.querySelectorAll(`[data-rows=${kind}] > tr`)) {
        const cells = [...row.querySelectorAll<HTMLInputElement>("input")].map((input) => [input.name, input.value]);
        (filled[kind] as unknown[]).push(Object.fromEntries(cells));
      }
    }
    this.#record.filled = filled;
    this.#sum();
    this.#changed();
  }

  #click(event: Event): void {
    const target = (event.target as Element).closest<HTMLElement>("[data-add], [data-remove], [data-remove-document], [data-remove-guarantee], [data-multiply]");
    const added = target?.dataset["add"] as Row | undefined;
    if (added) need("input", this.#addRow(added)).focus();
    if (target?.hasAttribute("data-remove")) {
      target.closest("tr")?.remove();
    } else if (target?.dataset["removeDocument"]) {
      const name = target.dataset["removeDocument"];
      if (name === this.#scan?.name) this.#removeGuarantee();
      this.#removeDocument(name);
    } else if (target?.hasAttribute("data-remove-guarantee")) {
      this.#removeGuarantee();
    } else if (target?.hasAttribute("data-multiply")) this.#multiply();
    if (target) this.#read();
  }

  #addRow(kind: Row, values: Record<string, string> = {}): HTMLElement {
    const template = need<HTMLTemplateElement>(`template[data-row=${kind}]`, this.#root);
    const row = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    for (const input of row.querySelectorAll<HTMLInputElement>("input")) input.value = values[input.name] ?? "";
    need(`[data-rows=${kind}]`, this.#root).append(row);
    return row;
  }

  /** Fills in the amounts of the lines and the total, where they can be computed. */
  #multiply(): void {
    let sum = 0n;
    for (const row of this.#root.querySelectorAll("[data-rows=lines] > tr")) {
      const [quantity, price, amount] = ["quantity", "unit_price", "amount"].map((name) => need<HTMLInputElement>(`[name=${name}]`, row)) as [HTMLInputElement, HTMLInputElement, HTMLInputElement];
      try {
        const fen = product(canonicalQuantity(quantity.value), canonicalYuan(parseYuan(price.value)));
        amount.value = canonicalYuan(fen);
        sum += fen;
      } catch {
        quantity.focus();
        return;
      }
    }
    const total = this.#root.querySelector<HTMLInputElement>("input[name=total]");
    if (total) total.value = canonicalYuan(sum);
  }

  #sum(): void {
    const place = this.#root.querySelector("[data-sum]");
    if (!place) return;
    try {
      const sum = this.#record.filled.lines.reduce((fen, { amount }) => fen + parseYuan(amount), 0n);
      place.textContent = this.#record.filled.lines.length > 0 ? word("line-sum", { sum: shownYuan(sum) }) : "";
    } catch {
      place.textContent = "";
    }
  }

  #choose(input: HTMLInputElement): void {
    for (const file of input.files ?? []) {
      const name = memberName(file.name);
      this.#documents = [...this.#documents.filter((one) => one.name !== name), { name, file }];
      this.#record.documents = [...this.#record.documents.filter((one) => one.name !== name), { name, size: file.size }];
    }
    input.value = "";
    this.#listDocuments();
    this.#changed();
  }

  #listDocuments(): void {
    const place = this.#root.querySelector("[data-document-list]");
    if (!place) return;
    const here = new Set(this.#documents.map(({ name }) => name));
    place.replaceChildren(
      ...this.#record.documents.map(({ name, size }) => {
        const short = name.slice(DOCUMENTS.length);
        const item = element("li");
        item.append(element("span", `${short} · ${shownSize(size)} `, here.has(name) ? {} : { class: "late" }));
        item.append(element("button", word("remove"), { type: "button", class: "btn btn-sm", "data-remove-document": name, "aria-label": word("remove-named", { name: short }) }));
        return item;
      }),
    );
    const lost = this.#record.documents.filter(({ name }) => !here.has(name)).map(({ name }) => name.slice(DOCUMENTS.length));
    const note = need("[data-documents-lost]", this.#root);
    note.hidden = lost.length === 0;
    note.textContent = lost.length > 0 ? word("choose-again", { names: lost.join(", ") }) : "";
  }

  #removeDocument(name: string): void {
    this.#documents = this.#documents.filter((one) => one.name !== name);
    this.#record.documents = this.#record.documents.filter((one) => one.name !== name);
    this.#listDocuments();
  }

  /** With the scan that it names, if it names one: a scan without its statement is an unexplained document. */
  #removeGuarantee(): void {
    const name = this.#scan?.name ?? "";
    this.#record.guarantee = "";
    if (name !== "") this.#removeDocument(name);
    this.#scan?.forget();
    this.#showGuarantee();
  }

  /** In the place of an earlier scan, whatever that was called. */
  #takeScan(name: string, file: File): void {
    const isOther = (one: { name: string }) => !/^documents\/guarantee-scan(\.[a-z0-9]+)?$/.test(one.name);
    this.#documents = [...this.#documents.filter(isOther), { name, file }];
    this.#record.documents = [...this.#record.documents.filter(isOther), { name, size: file.size }];
    this.#listDocuments();
    this.#showGuarantee();
    this.#changed();
  }

  async #guarantee(input: HTMLInputElement): Promise<void> {
    const text = (await input.files?.[0]?.text()) ?? "";
    input.value = "";
    const wrong = need("[data-guarantee-wrong]", this.#root);
    wrong.hidden = true;
    try {
      const value: unknown = JSON.parse(text);
      if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error("no object");
      if (this.#scan?.name) this.#removeGuarantee();
      this.#record.guarantee = fromUtf8(dumps(value as Json)); // a package's JSON is canonical
      this.#scan?.fill();
    } catch {
      wrong.textContent = word("not-json");
      wrong.hidden = false;
    }
    this.#showGuarantee();
    this.#changed();
  }

  #showGuarantee(): void {
    const place = this.#root.querySelector<HTMLElement>("[data-guarantee-here]");
    if (place) place.hidden = this.#record.guarantee === "";
  }
}
