// Files of evidence, of any size, before the form that they go with is sent: begun, sent in pieces, completed by their
// SHA-256 (app/api/complaints/files.py). Each then stands in the form as a ticked line. Without this program the form
// sends them itself.

import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "./core/bytes.ts";
import { reasonOf } from "./core/reasons.ts";

const PIECE = 8 << 20;
const TRIES = 5;

interface Words {
  readonly sending: string;
  readonly checking: string;
  readonly failed: string;
  readonly done: string;
}

/** What the platform says of a request, in the reader's language already. */
class Refused extends Error {}

const place = document.querySelector<HTMLFieldSetElement>("[data-evidence]");
if (place) follow(place);

function follow(place: HTMLFieldSetElement): void {
  const input = place.querySelector<HTMLInputElement>("input[type=file]");
  const list = place.querySelector<HTMLElement>("[data-evidence-list]");
  const status = place.querySelector<HTMLElement>("[data-evidence-status]");
  const form = place.form ?? place.closest("form");
  if (!input || !list || !status || !form) return;
  const words = JSON.parse(place.dataset["words"] ?? "{}") as Words;
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  let last = Promise.resolve();
  input.addEventListener("change", () => {
    const chosen = [...(input.files ?? [])];
    input.value = ""; // sent here, and not once more with the form
    for (const file of chosen) last = last.then(() => one(file));
  });

  async function one(file: File): Promise<void> {
    if (button) button.disabled = true;
    const say = (text: string): void => {
      status!.textContent = `${file.name}: ${text}`;
    };
    try {
      const id = await sent(place.dataset["evidence"] ?? "", token(form!), file, (done) => {
        say(done < file.size ? `${words.sending} ${Math.floor((100 * done) / Math.max(file.size, 1))}%` : words.checking);
      });
      list!.append(line(id, file));
      say(words.done);
    } catch (error) {
      say(`${words.failed} (${error instanceof Refused ? error.message : reasonOf(error)[document.documentElement.lang === "en" ? "en" : "zh"]})`);
    } finally {
      if (button) button.disabled = false;
    }
  }
}

/** The id of the complete file. */
async function sent(base: string, csrf: string, file: File, progress: (done: number) => void): Promise<string> {
  const begun = await ask("POST", base, csrf, JSON.stringify({ name: file.name, media_type: kind(file.type) }), "application/json");
  const { id } = (await begun.json()) as { id: string };
  const whole = sha256.create();
  for (let number = 0, at = 0; number === 0 || at < file.size; number += 1, at += PIECE) {
    const piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    whole.update(piece);
    await ask("PUT", `${base}/${id}/pieces/${number}`, csrf, piece, "application/octet-stream");
    progress(Math.min(at + PIECE, file.size));
  }
  await ask("POST", `${base}/${id}/completion`, csrf, JSON.stringify({ sha256: toHex(whole.digest()) }), "application/json");
  return id;
}

/** The same request may come twice: a piece is told by its number. A cut line is tried again for a while. */
async function ask(method: string, url: string, csrf: string, body: BodyInit, type: string): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    let response: Response | undefined;
    try {
      response = await fetch(url, {
        method,
        body,
        headers: { "Content-Type": type, "X-CSRFToken": csrf, "Accept-Language": document.documentElement.lang },
      });
    } catch (error) {
      if (tried >= TRIES) throw error;
    }
    if (response?.ok) return response;
    if (response && (response.status < 500 || tried >= TRIES)) {
      const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
      throw new Refused([problem.title, problem.detail].filter(Boolean).join(" ") || `HTTP ${response.status}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tried));
  }
}

function line(id: string, file: File): HTMLElement {
  const label = document.createElement("label");
  label.className = "form-check";
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "files", value: id, checked: true, className: "form-check-input" });
  const name = document.createElement("span");
  name.className = "form-check-label";
  name.textContent = `${file.name} · ${file.size} B`;
  label.append(box, " ", name);
  return label;
}

function token(form: HTMLFormElement): string {
  return form.querySelector<HTMLInputElement>("input[name=csrf_token]")?.value ?? "";
}

function kind(type: string): string {
  return /^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,60}$/.test(type) ? type : "application/octet-stream";
}
