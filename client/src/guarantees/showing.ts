// One's applications on the page: each with how it stands, what was written, and what can be done next.

import { download, element, need, onClick, sentencesOf, shownTime } from "../bidding/page.ts";
import type { Letter } from "../core/letters.ts";
import type { Opened } from "../net/letters.ts";
import type { GuaranteeRecord, GuaranteeState } from "../store/wallet_content.ts";
import { applicationOf, type Delivered, deliveredIn, openQuote } from "./application.ts";
import { shownMoney } from "./applying.ts";
import { type Word, word } from "./words.ts";

const TONES: Readonly<Record<GuaranteeState, string>> = {
  sent: "tone tone-quiet",
  quoted: "tone tone-work",
  accepted: "tone tone-quiet",
  invoiced: "tone tone-work",
  paid: "tone tone-quiet",
  delivered: "tone tone-done",
  refused: "tone tone-halt",
  cancelled: "tone tone-quiet",
};
/** States in which the guarantor may still be told that it is not wanted. */
const OPEN: readonly GuaranteeState[] = ["sent", "quoted", "accepted", "invoiced", "paid"];

/** What the buttons of an application do. Each gives the letters that are there afterwards, or nothing if they are as before. */
export interface Acts {
  /** Where the lot's bid is prepared; undefined before one was begun. */
  bidPage(record: GuaranteeRecord): string | undefined;
  ask(record: GuaranteeRecord): Promise<readonly Opened[]>;
  accept(record: GuaranteeRecord, letters: readonly Opened[]): Promise<readonly Opened[]>;
  fetch(record: GuaranteeRecord, delivered: Delivered): Promise<void>;
  cancel(record: GuaranteeRecord, reason: string): Promise<readonly Opened[]>;
  forget(record: GuaranteeRecord): Promise<void>;
}

/** Shows the applications, newest first. `letters` are those that were read since the page was opened. */
export function renderApplications(records: readonly GuaranteeRecord[], letters: ReadonlyMap<GuaranteeRecord, readonly Opened[]>, acts: Acts): void {
  need("#applications-none").hidden = records.length > 0;
  need("#applications-list").replaceChildren(...records.toReversed().map((one) => card(one, letters.get(one) ?? [], acts)));
}

function card(record: GuaranteeRecord, letters: readonly Opened[], acts: Acts): HTMLElement {
  const said = applicationOf(record);
  const place = element("article", "", { class: "case-step", "data-application": said.lot });
  const facts = element("dl", "", { class: "facts" });
  const fact = (name: Word, ...content: (Node | string)[]) => {
    const value = element("dd");
    value.append(...content);
    facts.append(element("dt", word(name)), value);
  };
  fact("lot-label", `${record.title} · `, element("code", said.lot));
  fact("amount-label", shownMoney(said.amount, said.currency));
  fact("state-label", element("span", word(`state-${record.state}`), { class: TONES[record.state], "data-state": record.state }));
  fact("asked-label", record.asked === 0 ? word("never") : shownTime(record.asked));
  place.append(element("h3", record.guarantor), facts, course(letters, record));
  const delivered = delivery(letters, place);
  if (delivered) {
    const { number } = delivered.guarantee.undertaking;
    const { code } = delivered.guarantee;
    fact("code-label", element("code", code));
    const address = `/guarantees/check?${new URLSearchParams({ number, code }).toString()}`;
    const line = element("p");
    line.append(element("a", word("check-public"), { href: address }));
    place.append(line);
  }
  const page = acts.bidPage(record);
  if (record.guarantee !== "" && page !== undefined) {
    const line = element("p");
    line.append(element("a", word("to-bid"), { href: page }));
    place.append(line);
  }
  place.append(buttons(record, letters, delivered, acts));
  if (OPEN.includes(record.state)) place.append(cancelling(record, acts));
  return place;
}

/** What was delivered; what is wrong with it stands in `place`. */
function delivery(letters: readonly Opened[], place: HTMLElement): Delivered | undefined {
  try {
    return deliveredIn(letters);
  } catch (error) {
    place.append(element("p", sentencesOf(error).join(" "), { class: "field-error" }));
    return undefined;
  }
}

function course(letters: readonly Opened[], record: GuaranteeRecord): HTMLElement {
  const list = element("ol", "", { class: "bid-files" });
  const { currency } = applicationOf(record);
  for (const { letter, isMine } of letters) {
    list.append(element("li", word("who-said", { who: isMine ? word("mine") : record.guarantor, what: sentence(letter, currency) })));
  }
  return list;
}

function buttons(record: GuaranteeRecord, letters: readonly Opened[], delivered: Delivered | undefined, acts: Acts): HTMLElement {
  const row = element("div", "", { class: "buttons mt-3" });
  const named = `${record.guarantor} ${record.title}`;
  const add = (name: Word, tone: string, act: () => Promise<unknown>) => {
    const button = element("button", word(name), { type: "button", class: `btn ${tone}`.trim(), "data-act": name, "aria-label": `${word(name)}: ${named}` });
    onClick(button, async () => void (await act()));
    row.append(button);
  };
  const isNext = delivered === undefined && !openQuote(letters);
  add("ask-now", isNext ? "btn-primary" : "", () => acts.ask(record));
  if (openQuote(letters)) add("accept-now", "btn-primary", () => acts.accept(record, letters));
  if (delivered) {
    add("fetch-now", "btn-primary", () => acts.fetch(record, delivered));
    const { pdf, file } = delivered;
    if (pdf) add("letter-now", "", async () => download(pdf.name, pdf.content));
    add("file-now", "", async () => download("guarantee.json", file));
  }
  if (!OPEN.includes(record.state)) add("forget-now", "", () => acts.forget(record));
  return row;
}

/** A reason, and the button that sends it. */
function cancelling(record: GuaranteeRecord, acts: Acts): HTMLElement {
  const place = element("details", "", { class: "mt-3" });
  const label = element("label", word("reason"), { class: "form-label" });
  const field = element("input", "", { class: "form-control", maxlength: "300", autocomplete: "off", name: "reason" });
  label.append(field);
  const button = element("button", word("cancel-now"), { type: "button", class: "btn btn-danger mt-3", "data-act": "cancel-now", "aria-label": `${word("cancel-now")}: ${record.guarantor} ${record.title}` });
  onClick(button, async () => void (await acts.cancel(record, field.value.trim())));
  place.append(element("summary", word("cancel-now")), label, button);
  return place;
}

/** `asked` is the currency of the application, in which the premium is paid. */
function sentence({ kind, said }: Letter, asked: string): string {
  switch (kind) {
    case "application":
      return word("said-application", { amount: shownMoney(said.amount, said.currency), expiry: shownTime(said.expiry) });
    case "acceptance":
      return word("said-acceptance", { quote: said.quote, premium: shownMoney(said.premium, asked) });
    case "cancellation":
      return word("said-cancellation", { reason: said.reason });
    case "quote": {
      const text = word("said-quote", { number: said.number, premium: shownMoney(said.premium, said.currency), until: shownTime(said.valid_until) });
      return said.note === null ? text : `${text} ${said.note}`;
    }
    case "invoice":
      return word("said-invoice", { number: said.number, amount: shownMoney(said.amount, said.currency), due: shownTime(said.due), pay_to: said.pay_to });
    case "receipt":
      return word("said-receipt", { invoice: said.invoice, amount: shownMoney(said.amount, said.currency), paid: shownTime(said.paid) });
    case "delivery":
      return word("said-delivery", { number: said.number, block: said.block });
    case "refusal":
      return word("said-refusal", { reason: said.reason });
  }
}
