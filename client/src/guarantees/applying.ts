// The form of an application. What is typed is kept in the wallet as it is typed, and the mailbox's keys with it: an
// application that was sent, and whose answer was lost, is found again and not sent twice.

import { SigningKey } from "../core/bid_keys.ts";
import { fromHex, toHex, utf8 } from "../core/bytes.ts";
import { line } from "../core/fields.ts";
import { type LotNotice, premium, type Product } from "../core/guarantors.ts";
import { type Letter, letterText, LETTERS, MAX_PLAIN, parseLetter, signedApplication } from "../core/letters.ts";
import { type MailFile, newEntropy } from "../core/mail.ts";
import { canonicalYuan, parseYuan, shownYuan } from "../core/money.ts";
import { element, language, need, PlainError, showError, shownTime, word as wordOfBids } from "../bidding/page.ts";
import { read } from "../net/letters.ts";
import type { GuaranteeDraft, GuaranteeRecord } from "../store/wallet_content.ts";
import { guarantorOf, type Post, send, settle, stateOf } from "./application.ts";
import { missingOf } from "./asked_documents.ts";
import { type Word, word } from "./words.ts";

const SAVE_AFTER = 600; // milliseconds without a key
const DAY = 86_400;
const NOTE = "note.txt";
const PROOF = "party-proof.json";
const MAX_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);

export const shownMoney = (cents: number, currency: string): string => `${shownYuan(BigInt(cents))} ${currency}`;

export class ApplicationForm {
  readonly #post: Post;
  readonly #root = need<HTMLFormElement>("#application-form");
  readonly #offers = need("#application-offers");
  #files: File[] = [];
  #saving: ReturnType<typeof setTimeout> | undefined;

  /** `lot` is what the address names: it is chosen unless another was chosen before. */
  constructor(post: Post, lot: string) {
    this.#post = post;
    const { lots } = post.offers;
    const draft = this.#draft;
    if (lots.some((one) => one.lot === lot) && draft.lot !== lot) Object.assign(draft, { lot, amount: "", until: "", offer: "" });
    this.#select("lot").replaceChildren(
      element("option", "—", { value: "" }),
      ...lots.map((one) => element("option", word("lot", { tender: one.tender_title, lot: one.lot_title, bond: shownMoney(one.bond, one.currency) }), { value: one.lot })),
    );
    need("#application-no-lot").hidden = lots.length > 0;
    need("#application-no-lot").textContent = word("lot-none");
    this.#fill();
    this.#root.addEventListener("input", (event) => this.#typed(event));
    need("#application-document-list").addEventListener("click", (event) => this.#remove(event));
    need<HTMLInputElement>("#application-documents").addEventListener("change", (event) => this.#choose(event.target as HTMLInputElement));
  }

  /** Signs, seals and sends; the record of the application that the platform has then. BidError, PlainError with all that is to be put right. */
  async send(): Promise<{ record: GuaranteeRecord; wasThere: boolean }> {
    const { wallet, offers, channel, now } = this.#post;
    const { party } = wallet.content;
    if (!party) throw new PlainError(word("no-party"));
    const notice = this.#notice;
    if (!notice) throw new PlainError(word("choose-lot"));
    const product = this.#product;
    if (!product) throw new PlainError(word("choose-offer"));
    const draft = this.#draft;
    const said = this.#required(notice, product);
    const lost = this.#lost;
    if (lost.length > 0) throw new PlainError(word("choose-again", { names: lost.join(", ") }));
    const files = await this.#documents(product);
    draft.entropy ||= toHex(newEntropy());
    await wallet.save(); // the mailbox's keys, before anything is put in it
    const mailbox = LETTERS.mailboxOf(fromHex(draft.entropy));
    const guarantor = guarantorOf(offers, product.guarantor);
    let text = signedApplication(new SigningKey(fromHex(party.seed)), {
      guarantor: product.guarantor,
      mailbox: toHex(mailbox.signing.publicKey),
      applicant: { name: party.name, credit_code: party.credit_code },
      tender: notice.tender,
      lot: notice.lot,
      product: product.product,
      amount: said.amount,
      currency: notice.currency,
      expiry: said.expiry,
      contact: said.contact,
    });
    const letter = parseLetter(text);
    const sent = await read(channel, offers.origin, guarantor, mailbox, now());
    const first = sent[0]?.letter;
    await settle(wallet, mailbox, sent);
    if (first) text = letterText(first); // what arrived before is what counts
    else await send(this.#post, offers.origin, product.guarantor, draft.entropy, letter, files, 0);
    const record = this.#record(draft.entropy, first ?? letter, text);
    record.state = stateOf(sent);
    const { guarantees = [] } = wallet.content;
    wallet.content.guarantees = [...guarantees, record];
    wallet.content.guaranteeDraft = { ...structuredClone(NEW_DRAFT), contact: draft.contact };
    this.#files = [];
    await wallet.save();
    this.#fill();
    return { record, wasThere: first !== undefined };
  }

  get #draft(): GuaranteeDraft {
    return (this.#post.wallet.content.guaranteeDraft ??= structuredClone(NEW_DRAFT));
  }

  get #notice(): LotNotice | undefined {
    return this.#post.offers.lots.find(({ lot }) => lot === this.#draft.lot);
  }

  get #product(): Product | undefined {
    return this.#post.offers.products.find((one) => offerOf(one) === this.#draft.offer);
  }

  get #lost(): string[] {
    return this.#draft.documents.filter((name) => !this.#files.some((file) => file.name === name));
  }

  #record(entropy: string, letter: Letter, application: string): GuaranteeRecord {
    if (letter.kind !== "application") throw new Error("the first letter of a mailbox is an application");
    const { offers, now } = this.#post;
    const notice = offers.lots.find(({ lot }) => lot === letter.said.lot);
    return {
      entropy,
      origin: offers.origin,
      application,
      guarantor: guarantorOf(offers, letter.said.guarantor).name,
      title: notice ? `${notice.tender_title} · ${notice.lot_title}` : letter.said.lot,
      sent: Math.floor(now()),
      asked: 0,
      state: "sent",
      guarantee: "",
    };
  }

  /** What is entered, as the letter has it. */
  #required(notice: LotNotice, product: Product): { amount: number; expiry: number; contact: string } {
    const draft = this.#draft;
    const amount = this.#amount(draft.amount, notice);
    if (amount === undefined) throw new PlainError(word("amount"));
    if (amount < notice.bond) throw new PlainError(word("below-bond", { bond: shownMoney(notice.bond, notice.currency) }));
    if (amount < product.least || amount > product.most) {
      throw new PlainError(word("outside-product", { least: shownMoney(product.least, product.currency), most: shownMoney(product.most, product.currency) }));
    }
    // A day's end in Beijing, as an expiry is written on paper.
    const expiry = draft.until === "" ? notice.valid_until : Math.floor(Date.parse(`${draft.until}T23:59:59+08:00`) / 1000);
    if (!(expiry + 1 >= notice.valid_until)) throw new PlainError(word("too-early", { until: shownTime(notice.valid_until) }));
    if (expiry > this.#post.now() + product.days * DAY) throw new PlainError(word("too-long", { days: product.days }));
    const contact = draft.contact.trim();
    if (!line(contact)) throw new PlainError(word("contact"));
    return { amount, expiry, contact };
  }

  async #documents(product: Product): Promise<MailFile[]> {
    const note = this.#draft.note.trim();
    const files: MailFile[] = [];
    for (const file of this.#files) files.push({ name: file.name, content: new Uint8Array(await file.arrayBuffer()) });
    if (note !== "") files.push({ name: NOTE, content: utf8(note) });
    const proof = this.#post.wallet.content.party?.proof;
    if (proof !== undefined && !files.some(({ name }) => name === PROOF)) files.push({ name: PROOF, content: utf8(proof) });
    if (files.reduce((size, { content }) => size + content.length + 1024, 8192) > MAX_PLAIN) throw new PlainError(word("too-large"));
    const missing = this.#missing(product);
    if (missing !== "" && !confirm(word("missing-documents", { documents: missing }))) {
      throw new PlainError(word("documents-needed", { documents: missing }));
    }
    return files;
  }

  /** What is typed, in cents; the bond if nothing is, undefined for what is no amount. */
  #amount(text: string, notice: LotNotice): number | undefined {
    try {
      const cents = text.trim() === "" ? BigInt(notice.bond) : parseYuan(text);
      return cents > 0n && cents <= MAX_NUMBER ? Number(cents) : undefined;
    } catch {
      return undefined;
    }
  }

  #typed(event: Event): void {
    const field = event.target as HTMLInputElement | HTMLSelectElement;
    const draft = this.#draft;
    if (!(field.name in draft) || field.name === "documents") return;
    (draft as unknown as Record<string, string>)[field.name] = field.value;
    if (field.name === "lot") Object.assign(draft, { amount: "", until: "", offer: "" });
    if (field.name === "lot") this.#fill();
    else if (field.name === "amount") this.#list();
    else if (field.name === "offer") this.#hint();
    this.#save();
  }

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => void this.#post.wallet.save().catch(showError), SAVE_AFTER);
  }

  #choose(input: HTMLInputElement): void {
    for (const file of input.files ?? []) {
      this.#files = [...this.#files.filter(({ name }) => name !== file.name), file];
      this.#draft.documents = [...this.#draft.documents.filter((name) => name !== file.name), file.name];
    }
    input.value = "";
    this.#listDocuments();
    this.#save();
  }

  #remove(event: Event): void {
    const name = (event.target as Element).closest<HTMLElement>("[data-remove]")?.dataset["remove"];
    if (name === undefined) return;
    this.#files = this.#files.filter((file) => file.name !== name);
    this.#draft.documents = this.#draft.documents.filter((one) => one !== name);
    this.#listDocuments();
    this.#save();
  }

  #fill(): void {
    const draft = this.#draft;
    const notice = this.#notice;
    this.#select("lot").value = notice ? draft.lot : "";
    for (const name of ["amount", "until", "contact", "note"] as const) need<HTMLInputElement>(`[name=${name}]`, this.#root).value = draft[name];
    const amount = need<HTMLInputElement>("[name=amount]", this.#root);
    if (notice && draft.amount === "") amount.value = draft.amount = canonicalYuan(BigInt(notice.bond));
    need("#application-amount-hint").textContent = notice ? word("bond-hint", { bond: shownMoney(notice.bond, notice.currency) }) : "";
    need("#application-until-hint").textContent = notice ? word("until-hint", { until: shownTime(notice.valid_until) }) : "";
    this.#list();
    this.#listDocuments();
  }

  /** The products that are offered for what is typed, the cheapest first. */
  #list(): void {
    const notice = this.#notice;
    const amount = notice && this.#amount(this.#draft.amount, notice);
    const { products, guarantors } = this.#post.offers;
    const fit = notice && amount
      ? products.filter((one) => guarantors.get(one.guarantor)?.licensed && one.currency === notice.currency && one.least <= amount && amount <= one.most)
      : [];
    if (!fit.some((one) => offerOf(one) === this.#draft.offer)) this.#draft.offer = "";
    if (fit.length === 1 && fit[0]) this.#draft.offer = offerOf(fit[0]);
    fit.sort((a, b) => premium(a, amount ?? 0) - premium(b, amount ?? 0));
    this.#offers.replaceChildren(...fit.map((one) => this.#choice(one, amount ?? 0)));
    if (notice && fit.length === 0) this.#offers.append(element("p", word(amount ? "offer-none" : "amount"), { class: "nothing" }));
    this.#hint();
  }

  #choice(one: Product, amount: number): HTMLElement {
    const label = element("label", "", { class: "form-check" });
    const input = element("input", "", { class: "form-check-input", type: "radio", name: "offer", value: offerOf(one) });
    input.checked = this.#draft.offer === offerOf(one);
    const values = {
      guarantor: this.#post.offers.guarantors.get(one.guarantor)?.name ?? one.guarantor,
      product: language === "zh" ? one.name_zh : one.name_en,
      premium: shownMoney(premium(one, amount), one.currency),
      days: one.days,
    };
    label.append(input, " ", element("span", word("offer", values), { class: "form-check-label" }));
    return label;
  }

  #hint(): void {
    const product = this.#product;
    const documents = product?.documents.join(language === "zh" ? "、" : ", ") ?? "";
    const name: Word = documents === "" ? "documents-none" : "documents";
    const missing = this.#draft.documents.length > 0 ? this.#missing(product) : "";
    const said = product ? [word(name, { documents })] : [];
    if (missing !== "") said.push(word("missing-now", { documents: missing }));
    need("#application-asked").textContent = said.join(" ");
  }

  /** The documents that the product asks for and no chosen file is named after. */
  #missing(product: Product | undefined): string {
    return missingOf(product?.documents ?? [], this.#draft.documents).join(language === "zh" ? "、" : ", ");
  }

  #listDocuments(): void {
    const lost = this.#lost;
    const items = this.#draft.documents.map((name) => {
      const item = element("li");
      item.append(element("span", `${name} `, lost.includes(name) ? { class: "late" } : {}));
      item.append(element("button", wordOfBids("remove"), { type: "button", class: "btn btn-sm", "data-remove": name, "aria-label": wordOfBids("remove-named", { name }) }));
      return item;
    });
    need("#application-document-list").replaceChildren(...items);
    const note = need("#application-lost");
    note.hidden = lost.length === 0;
    note.textContent = lost.length > 0 ? word("choose-again", { names: lost.join(", ") }) : "";
    this.#hint();
  }

  #select(name: string): HTMLSelectElement {
    return need<HTMLSelectElement>(`select[name=${name}]`, this.#root);
  }
}

const NEW_DRAFT: GuaranteeDraft = { entropy: "", lot: "", offer: "", amount: "", until: "", contact: "", note: "", documents: [] };

function offerOf({ guarantor, product }: Product): string {
  return `${guarantor} ${product}`;
}
