// An owner's side of mailboxes over HTTP: without cookies, without a referrer, and no redirect is followed.

import { dumps } from "../core/canonical.ts";
import type { Held, Mail, Mailbox, MailText, Verify } from "../core/mail.ts";
import { BidError } from "../core/said.ts";
import { ask, type Channel, RefusedError } from "./channel.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const OCTETS = { "Content-Type": "application/octet-stream" };
/** What platforms say of a mailbox in which nothing was put yet. */
const ABSENT = new Set(["not-found", "unknown"]);

const KEPT_BACK = new BidError("kept-back", {
  zh: "平台扣留了该信箱中的信件，或给出了其他信箱的信件。请告知监督部门。",
  en: "The platform keeps back a message of this mailbox, or gives another mailbox's. Tell the supervisor.",
});

/** What was opened is in `text`; one's own message that is sealed to the other side alone stays null, and so does a forged one. */
export interface Received {
  readonly held: Held;
  readonly text: MailText | null;
  readonly forged: boolean;
}

export interface Outgoing {
  readonly kind: string;
  readonly recipients: readonly string[];
  readonly message: MailText;
  /** Beside the type of content: a blind token that the post spends. */
  readonly headers?: Record<string, string>;
}

/** The mailboxes of one use on this platform. `posts` is the route that takes messages. */
export class Mailboxes {
  readonly mail: Mail;
  readonly base: string;
  readonly #posts: string;
  readonly #opensOwn: boolean;

  /** `opensOwn`: one's own messages are sealed to oneself too. */
  constructor(mail: Mail, base: string, posts: string, opensOwn: boolean) {
    this.mail = mail;
    this.base = base;
    this.#posts = posts;
    this.#opensOwn = opensOwn;
  }

  /** What the mailbox has; an empty list where there is none. `now` is in POSIX seconds. */
  async fetch(channel: Channel, origin: string, mailbox: Mailbox, now: number): Promise<Held[]> {
    const body = dumps(this.mail.fetchQuestion(mailbox, origin, Math.floor(now)));
    try {
      const answer = await ask(channel, { method: "POST", url: `${this.base}/fetch`, headers: JSON_TYPE, body });
      return (await answer.json()) as Held[];
    } catch (error) {
      if (error instanceof RefusedError && ABSENT.has(error.code)) return [];
      throw error;
    }
  }

  /** Seals and sends, numbered behind all that is there; as the platform holds it. Throws for a receipt of something else. */
  async write(channel: Channel, origin: string, mailbox: Mailbox, out: Outgoing, now: number): Promise<Held> {
    const number = (await this.fetch(channel, origin, mailbox, now)).length;
    const content = await this.mail.sealed(out.message, out.recipients);
    const body = this.mail.post(mailbox, origin, out.kind, number, content);
    const headers = { ...OCTETS, ...out.headers };
    const answer = await ask(channel, { method: "POST", url: `${this.base}/${this.#posts}`, headers, body });
    const [held] = (await answer.json()) as Held[];
    if (!held || held.number !== number || held.mailbox !== mailbox.id) throw new Error("the receipt is for another message");
    return held;
  }

  /** All that is in a mailbox, opened; an empty list where there is none. Throws if the platform keeps back a message. */
  async read(channel: Channel, origin: string, mailbox: Mailbox, verify: Verify, now: number): Promise<Received[]> {
    const received: Received[] = [];
    for (const held of await this.fetch(channel, origin, mailbox, now)) {
      if (held.number !== received.length || held.mailbox !== mailbox.id) throw KEPT_BACK;
      received.push(await this.#one(channel, origin, mailbox, verify, held));
    }
    return received;
  }

  async #one(channel: Channel, origin: string, mailbox: Mailbox, verify: Verify, held: Held): Promise<Received> {
    if (!held.is_reply && !this.#opensOwn) return { held, text: null, forged: false };
    const answer = await ask(channel, { method: "GET", url: `${this.base}/sealed/${held.sha256}` });
    const content = new Uint8Array(await answer.arrayBuffer());
    if (held.is_reply) {
      try {
        await this.mail.checkReply(held, origin, content, verify);
      } catch {
        return { held, text: null, forged: true };
      }
    }
    return { held, text: await this.mail.unsealed(content, mailbox), forged: false };
  }
}
