// The wallet in this browser: one record in IndexedDB, sealed as an age file, that no crash loses half of.
//
//     lock      an age identity, sealed with the passphrase
//     content   WalletContent, sealed to that identity's recipient; replaced as a whole, durably, at each change
//
// It is open in one tab at a time (a Web Lock). What is exported is one age file under the passphrase, which any age
// program opens. Not guaranteed: anything against whoever reads the memory of this page.

import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { type Bytes, fromUtf8, utf8 } from "../core/bytes.ts";
import { BidError } from "../core/said.ts";
import { NEW_WALLET, parseWallet, type WalletContent } from "./wallet_content.ts";

const NAME = "sunseal-wallet";
const STORE = "wallet";
const KEY = "wallet";
const WORK_FACTOR = 16;
const MIN_PASSPHRASE = 12;

interface Row {
  lock: Bytes;
  content: Bytes;
}

const WRONG_PASSPHRASE = new BidError("passphrase", {
  zh: "口令不正确，或文件不是投标钱包。",
  en: "The passphrase is wrong, or the file is no wallet.",
});
const OPEN_ELSEWHERE = new BidError("open-elsewhere", {
  zh: "投标钱包已在另一个标签页中打开：请先关闭该标签页。",
  en: "The wallet is open in another tab: close that tab first.",
});
const WEAK_PASSPHRASE = new BidError("weak-passphrase", {
  zh: `口令至少${MIN_PASSPHRASE}个字符。忘记口令后，任何人都无法恢复钱包。`,
  en: `A passphrase has at least ${MIN_PASSPHRASE} characters. Nobody can recover a wallet whose passphrase is lost.`,
});

/** Whether there is a wallet in this browser. */
export async function exists(): Promise<boolean> {
  return (await read()) !== undefined;
}

export class Wallet {
  readonly content: WalletContent;
  readonly #row: Row;
  readonly #recipient: string;
  readonly #release: () => void;
  #saving: Promise<void> = Promise.resolve();

  private constructor(content: WalletContent, row: Row, recipient: string, release: () => void) {
    this.content = content;
    this.#row = row;
    this.#recipient = recipient;
    this.#release = release;
  }

  /** A new wallet in this browser. */
  static async create(passphrase: string): Promise<Wallet> {
    return Wallet.#make(structuredClone(NEW_WALLET), passphrase);
  }

  /** The wallet of an exported file, in the place of the one that is here. */
  static async restore(file: Uint8Array, passphrase: string): Promise<Wallet> {
    return Wallet.#make(parseWallet(fromUtf8(await opened(file, passphrase))), passphrase);
  }

  /** The wallet that is here. BidError for a wrong passphrase, or if it is open in another tab. */
  static async open(passphrase: string): Promise<Wallet> {
    const release = await lockTab();
    try {
      const row = await read();
      if (!row) throw WRONG_PASSPHRASE;
      const identity = fromUtf8(await opened(row.lock, passphrase));
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      const content = parseWallet(await decrypter.decrypt(row.content, "text"));
      return new Wallet(content, row, await identityToRecipient(identity), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  static async #make(content: WalletContent, passphrase: string): Promise<Wallet> {
    if ([...passphrase].length < MIN_PASSPHRASE) throw WEAK_PASSPHRASE;
    const release = await lockTab();
    try {
      const identity = await generateX25519Identity();
      const row: Row = { lock: await locked(utf8(identity), passphrase), content: new Uint8Array() };
      const wallet = new Wallet(content, row, await identityToRecipient(identity), release);
      await wallet.save();
      return wallet;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Makes what `content` is now durable, one save after the other. */
  async save(): Promise<void> {
    const text = JSON.stringify(this.content);
    const before = this.#saving.catch(() => undefined);
    this.#saving = before.then(async () => {
      const encrypter = new Encrypter();
      encrypter.addRecipient(this.#recipient);
      this.#row.content = new Uint8Array(await encrypter.encrypt(text));
      await write(this.#row);
    });
    return this.#saving;
  }

  /** A file for safekeeping, sealed with the passphrase, which is checked. */
  async exported(passphrase: string): Promise<Bytes> {
    await opened(this.#row.lock, passphrase);
    return locked(utf8(JSON.stringify(this.content)), passphrase);
  }

  close(): void {
    this.#release();
  }
}

async function locked(data: Bytes, passphrase: string): Promise<Bytes> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  encrypter.setPassphrase(passphrase);
  return new Uint8Array(await encrypter.encrypt(data));
}

async function opened(data: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(data);
  } catch {
    throw WRONG_PASSPHRASE;
  }
}

/** Holds the wallet for this tab; what it gives lets it go. */
async function lockTab(): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(NAME, { ifAvailable: true }, (lock) => {
        if (!lock) throw OPEN_ELSEWHERE;
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

async function database(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

async function read(): Promise<Row | undefined> {
  const db = await database();
  try {
    return await done<Row | undefined>(db.transaction(STORE).objectStore(STORE).get(KEY));
  } finally {
    db.close();
  }
}

async function write(row: Row): Promise<void> {
  const db = await database();
  try {
    const transaction = db.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.objectStore(STORE).put(row, KEY);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
