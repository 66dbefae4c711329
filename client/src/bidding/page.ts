// What the three pages of the wallet share: their data, their language, how they say that something went wrong.

import { reasonOf } from "../core/reasons.ts";
import type { Said } from "../core/said.ts";
import { BidError, type Language } from "../core/said.ts";
import { JobError } from "./jobs.ts";
import { WORDS } from "./words.ts";

export const language: Language = document.documentElement.lang === "en" ? "en" : "zh";
/** For Accept-Language: the answers of the platform are read by the same person. */
export const languageTag = language === "zh" ? "zh-CN" : "en";

/** The element that the template has; a template without it is a mistake of ours. */
export function need<E extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): E {
  const found = within.querySelector<E>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** What the template says to this program, in a data block that nothing runs. */
export function pageData<T>(): T {
  return JSON.parse(need("#page-data").textContent ?? "") as T;
}

/** A sentence in the reader's language, with {name} filled in. */
export function say(said: Said, values: Readonly<Record<string, string | number>> = {}): string {
  return said[language].replace(/\{(\w+)(?::[^}]*)?\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function word(name: keyof typeof WORDS, values: Readonly<Record<string, string | number>> = {}): string {
  return say(WORDS[name], values);
}

/** The codes of the specification's table with their sentences, where a page gives them. */
let sentences: Readonly<Record<string, Said>> = {};

export function useSentences(table: Readonly<Record<string, Said>>): void {
  sentences = table;
}

/** A sentence that is in the reader's language already. */
export class PlainError extends Error {}

/** What a person is told about an error: one sentence or more. */
export function sentencesOf(error: unknown): string[] {
  if (error instanceof PlainError) return [error.message];
  if (error instanceof BidError) return error.said.map((one) => say(one));
  if (error instanceof JobError) {
    const { code, said, values } = error.failure;
    if (said.length > 0) return said.map((one) => say(one));
    const known = sentences[code] ?? (code in WORDS ? WORDS[code as keyof typeof WORDS] : undefined);
    return [known ? say(known, values) : word("failed", { reason: say(reasonOf(values["reason"] ?? code)) })];
  }
  if (error instanceof DOMException && error.name === "AbortError") return [word("cancelled")];
  return [word("failed", { reason: say(reasonOf(error)) })];
}

/** Says it in the page's alert, and takes the focus there. */
export function showError(error: unknown): void {
  const box = need("#page-alert");
  const list = need("ul", box);
  list.replaceChildren(...sentencesOf(error).map((text) => element("li", text)));
  box.hidden = false;
  box.focus();
}

export function clearError(): void {
  need("#page-alert").hidden = true;
}

/** For screen readers and everybody: what has just been done. */
export function tell(text: string): void {
  need("#page-status").textContent = text;
}

/** Runs what a button is for: the button waits meanwhile, errors are shown. */
export function onClick(button: HTMLButtonElement, work: () => Promise<void>): void {
  button.addEventListener("click", () => void running(button, work));
}

export function onSubmit(form: HTMLFormElement, work: () => Promise<void>): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void running(need<HTMLButtonElement>("button[type=submit]", form), work);
  });
}

async function running(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  clearError();
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    showError(error);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

export function element<K extends keyof HTMLElementTagNameMap>(name: K, text = "", attributes: Record<string, string> = {}): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Offers bytes as a file. */
export function download(name: string, data: BlobPart): void {
  const link = element("a", "", { download: name });
  link.href = URL.createObjectURL(new Blob([data]));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const UNITS = ["B", "KiB", "MiB", "GiB"];

export function shownSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${UNITS[unit]}`;
}

/** An instant, given in POSIX seconds, in Beijing time. */
export function shownTime(seconds: number): string {
  return new Intl.DateTimeFormat(languageTag, {
    timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "medium", hourCycle: "h23",
  }).format(seconds * 1000);
}
