// An applicant's side of a platform's letters (docs/spec/guarantee-letter.md): public lists, fetched whole, whichever of
// it is wanted, and the mailbox of one application. Mirrors app/letter_client.py.

import { fromHex, utf8 } from "../core/bytes.ts";
import { type Guarantor, isOffered, type LotNotice, parseLots, parseProduct, type Product, readListed } from "../core/guarantors.ts";
import { type Letter, letterText, LETTERS, parseLetter } from "../core/letters.ts";
import type { Mailbox, MailFile } from "../core/mail.ts";
import { verifyParty } from "../core/party_keys.ts";
import { BidError } from "../core/said.ts";
import { authorization } from "../core/tokens.ts";
import { ask, type Channel } from "./channel.ts";
import { Mailboxes } from "./mailboxes.ts";

const OFFICE = new Mailboxes(LETTERS, "/api/applications/v1", "letters", true);

const FORGED = new BidError("letter-forged", {
  zh: "信箱中有一封信件并非由该保证人现行登记的密钥签署，未予打开。请另循途径联系保证人和监督部门。",
  en: "A letter in this mailbox is not signed by the guarantor's listed key, and was not opened. Ask the guarantor and the supervisor by another way.",
});
const LIST = new BidError("list-forged", {
  zh: "本平台的保证人名录中有未经您核对的监督部门公钥签署的条目，名录不予采信。请告知监督部门。",
  en: "An entry of this platform's list of guarantors is not signed by the supervisor's key that you compared: the list is not believed. Tell the supervisor.",
});

/** The lists as the platform gives them; `supervisors` are the keys that sign the listings, none believed yet. */
export interface Published {
  readonly origin: string;
  readonly guarantors: readonly { leaf: string; licensed: boolean }[];
  readonly products: readonly { content: string; signature: string }[];
  readonly lots: readonly LotNotice[];
  readonly supervisors: readonly string[];
}

/** What is believed of the lists. Guarantors are by credit code. */
export interface Offers {
  readonly origin: string;
  readonly guarantors: ReadonlyMap<string, Guarantor>;
  readonly products: readonly Product[];
  readonly lots: readonly LotNotice[];
}

/** A letter of the mailbox as it was opened. */
export interface Opened {
  readonly isMine: boolean;
  readonly letter: Letter;
  readonly files: readonly MailFile[];
}

export async function published(channel: Channel): Promise<Published> {
  const listed = async (what: string) => ask(channel, { method: "GET", url: `${OFFICE.base}/${what}` });
  const [where, guarantors, products, lots] = await Promise.all([listed("where"), listed("guarantors"), listed("products"), listed("lots")]);
  const found = (await guarantors.json()) as Published["guarantors"];
  return {
    origin: String(((await where.json()) as { origin: string }).origin),
    guarantors: found,
    products: (await products.json()) as Published["products"],
    lots: parseLots(utf8(await lots.text())),
    supervisors: [...new Set(found.map(({ leaf }) => String((JSON.parse(leaf) as { supervisor: unknown }).supervisor)))],
  };
}

/** BidError for a guarantor that this supervisor did not sign. A product that another key signed is passed over. */
export async function believed({ origin, guarantors, products, lots }: Published, supervisor: string): Promise<Offers> {
  let listed: Guarantor[];
  try {
    listed = guarantors.map(({ leaf, licensed }) => readListed(leaf, licensed === true, supervisor, origin));
  } catch {
    throw LIST;
  }
  const byCode = new Map(listed.map((one) => [one.guarantor, one]));
  const offered: Product[] = [];
  for (const { content, signature } of products) {
    const product = parseProduct(content);
    const guarantor = byCode.get(product.guarantor);
    if (guarantor && (await isOffered(content, signature, guarantor))) offered.push(product);
  }
  return { origin, guarantors: byCode, products: offered, lots };
}

/** All letters of the mailbox. BidError for one that the guarantor did not sign, and for a gap in the numbers. */
export async function read(channel: Channel, origin: string, guarantor: Guarantor, mailbox: Mailbox, now: number): Promise<Opened[]> {
  const verify = (signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>) => verifyParty(fromHex(guarantor.key), signature, message);
  const received = await OFFICE.read(channel, origin, mailbox, verify, now);
  return received.map(({ held, text }) => {
    if (!text) throw FORGED;
    return { isMine: !held.is_reply, letter: parseLetter(text.text), files: text.files };
  });
}

/** The applicant's letter, sealed to the guarantor and to the applicant; with a blind token it is taken whatever others send. */
export async function write(
  channel: Channel,
  origin: string,
  guarantor: Guarantor,
  mailbox: Mailbox,
  { letter, files = [], token }: { letter: Letter; files?: readonly MailFile[]; token?: Uint8Array | undefined },
  now: number,
): Promise<void> {
  const message = { text: letterText(letter), files };
  const headers = token ? { Authorization: authorization(token) } : {};
  const recipients = [guarantor.recipient, mailbox.recipient];
  await OFFICE.write(channel, origin, mailbox, { kind: guarantor.guarantor, recipients, message, headers }, now);
}
