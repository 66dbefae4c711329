// The pages of reports without a name: what is written is sealed here, to the supervisor, and the words that open the
// mailbox are made here. Nothing is kept: not in the address, not in a store, not on the platform.

import { serverNow } from "./app.ts";
import { entropyOf, wordsOf } from "./core/code_phrase.ts";
import { type Held, type Mailbox, type MailFile, newEntropy } from "./core/mail.ts";
import { PADDING, REPORTS, type Where } from "./core/report_mail.ts";
import { reasonOf } from "./core/reasons.ts";
import { BidError } from "./core/said.ts";
import { type Channel, RefusedError, UnreachableError } from "./net/channel.ts";
import type { Received } from "./net/mailboxes.ts";
import { read, receipt, whereTo, write } from "./net/report_desk.ts";

const english = document.documentElement.lang === "en";
const language = english ? "en" : "zh";
const channel: Channel = { language: document.documentElement.lang, patience: 20_000 };
const words = JSON.parse(document.getElementById("report-words")?.dataset["words"] ?? "{}") as Record<string, string>;
const say = (key: string): string => words[key] ?? key;
const part = <T extends HTMLElement>(selector: string, within: ParentNode = document): T => {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
};

/** A sentence for the reader. */
class Wrong extends Error {}

const form = document.getElementById("report-form");
const mailboxPlace = document.getElementById("report-mailbox");
const shown = form ?? mailboxPlace;
if (shown) {
  for (const one of document.querySelectorAll<HTMLElement>("[data-report-without]")) one.hidden = true;
  shown.hidden = false;
  const where = asked(shown);
  if (form) writing(form, where);
  else if (mailboxPlace) answering(mailboxPlace, where);
}

/** Asks where reports go, and shows whose word that is. */
function asked(place: HTMLElement): Promise<Where> {
  const key = part("[data-report-key]", place);
  const found = whereTo(channel).then((where) => {
    if (!where) throw new Wrong(say("none"));
    key.textContent = (where.supervisor.match(/.{1,8}/g) ?? []).join(" ");
    return where;
  });
  found.catch((error: unknown) => {
    key.textContent = sentence(error, "untrusted");
  });
  return found;
}

function writing(place: HTMLElement, where: Promise<Where>): void {
  const send = part<HTMLButtonElement>("[data-report-send]", place);
  const status = part("[data-report-status]", place);
  send.addEventListener("click", () => {
    void working(send, part("[data-report-error]", place), async () => {
      const entropy = newEntropy();
      const to = await compared(place, where);
      const held = await sent(place, to, REPORTS.mailboxOf(entropy), place.dataset["kind"] ?? "report", status);
      part("[data-report-phrase]").textContent = wordsOf(entropy, language);
      keep(part<HTMLAnchorElement>("[data-report-receipt]"), held, to);
      place.hidden = true;
      part("#report-done").hidden = false;
      part("#done").focus();
    });
  });
}

function answering(place: HTMLElement, where: Promise<Where>): void {
  let mailbox: Mailbox | undefined;
  let kind = "report";
  const open = part<HTMLButtonElement>("[data-report-open]", place);
  const send = part<HTMLButtonElement>("[data-report-send]", place);
  const phrase = part<HTMLTextAreaElement>("#report-phrase", place);

  async function show(opened: Mailbox, to: Where): Promise<void> {
    part("[data-report-status]", place).textContent = say("opening");
    const received = await read(channel, to, opened, serverNow() / 1000);
    if (received.length === 0) throw new Wrong(say("absent"));
    kind = received[0]?.held.kind ?? kind;
    part("[data-report-list]", place).replaceChildren(...lines(received));
    part("#report-messages").hidden = false;
    part("#report-again").hidden = false;
    part("[data-report-status]", place).textContent = "";
  }

  open.addEventListener("click", () => {
    void working(open, part("[data-report-error]", place), async () => {
      const to = await compared(place, where);
      try {
        mailbox = REPORTS.mailboxOf(entropyOf(phrase.value));
      } catch {
        throw new Wrong(say("phrase"));
      }
      await show(mailbox, to);
      phrase.value = "";
      part("#messages").focus();
    });
  });
  send.addEventListener("click", () => {
    void working(send, part("[data-report-again-error]", place), async () => {
      if (!mailbox) return;
      const to = await where;
      const status = part("[data-report-sent]", place);
      const held = await sent(part("#report-again"), to, mailbox, kind, status);
      const link = document.createElement("a");
      link.download = "receipt.json";
      link.textContent = `${held.sha256.slice(0, 16)}…`;
      keep(link, held, to);
      status.replaceChildren(`${say("sent")} `, link);
      part<HTMLTextAreaElement>("#report-text").value = "";
      await show(mailbox, to);
    });
  });
}

async function compared(place: HTMLElement, where: Promise<Where>): Promise<Where> {
  const to = await where;
  if (!part<HTMLInputElement>("#compared", place).checked) throw new Wrong(say("compare"));
  return to;
}

async function sent(place: HTMLElement, where: Where, mailbox: Mailbox, kind: string, status: HTMLElement): Promise<Held> {
  const text = part<HTMLTextAreaElement>("#report-text", place).value.trim();
  if (!text) throw new Wrong(say("empty"));
  const chosen = [...(part<HTMLInputElement>("#report-files", place).files ?? [])];
  if (chosen.reduce((size, file) => size + file.size, 4 * text.length + 2 * PADDING) > REPORTS.maxSealed) throw new Wrong(say("large"));
  status.textContent = say("sealing");
  const files: MailFile[] = [];
  for (const file of chosen) files.push({ name: file.name, content: new Uint8Array(await file.arrayBuffer()) });
  status.textContent = say("sending");
  const held = await write(channel, where, mailbox, kind, { text, files }, serverNow() / 1000);
  status.textContent = "";
  return held;
}

function keep(link: HTMLAnchorElement, held: Held, where: Where): void {
  link.href = URL.createObjectURL(new Blob([receipt(held, where)], { type: "application/json" }));
}

function lines(received: readonly Received[]): HTMLElement[] {
  const found = received.map(({ held, text, forged }) => {
    const place = document.createElement("article");
    place.className = "case-step";
    const title = document.createElement("h3");
    title.textContent = held.is_reply ? say("answer") : say("mine").replace("{number}", String(held.number + 1));
    place.append(title);
    if (forged) place.append(paragraph(say("forged"), "field-error"));
    if (text) place.append(paragraph(text.text, "text-block"), ...text.files.map(download));
    return place;
  });
  if (!received.some(({ held }) => held.is_reply)) found.push(paragraph(say("nothing"), "nothing"));
  return found;
}

function paragraph(text: string, name: string): HTMLElement {
  const made = document.createElement("p");
  made.className = name;
  made.textContent = text;
  return made;
}

function download({ name, content }: MailFile): HTMLElement {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  link.download = name;
  link.textContent = name;
  const place = document.createElement("p");
  place.append(link);
  return place;
}

async function working(button: HTMLButtonElement, wrong: HTMLElement, work: () => Promise<void>): Promise<void> {
  button.disabled = true;
  wrong.textContent = "";
  try {
    await work();
  } catch (error) {
    wrong.textContent = sentence(error);
    for (const one of document.querySelectorAll("[data-report-status], [data-report-sent]")) one.textContent = "";
  } finally {
    button.disabled = false;
  }
}

function sentence(error: unknown, otherwise = "refused"): string {
  if (error instanceof Wrong) return error.message;
  if (error instanceof UnreachableError) return say("unreachable");
  if (error instanceof RefusedError) return `${say("refused")} ${error.said[0]?.[language] ?? ""}`;
  if (error instanceof BidError) return error.said.map((one) => one[language]).join(" ");
  return `${say(otherwise)} ${otherwise === "refused" ? reasonOf(error)[language] : ""}`.trim();
}
