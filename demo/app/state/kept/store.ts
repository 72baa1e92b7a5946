/**
 * The database of this browser: a few records of one session. A connection is open only while it is used, so that
 * another tab can always delete or replace the database.
 */

/** Another version of the database is deleted, not read. Raise it with every change of what is kept. */
const VERSION = 2;
const STORE = "session";
/** Browsers that never answer count as ones that keep nothing, ms. */
const PATIENCE = 4000;

/** `"id"` changes with the data set, so that a run is never read with the data of another tab. */
const KEYS = ["id", "data", "run"] as const;

/** Records by their keys. */
export type Records = Readonly<Partial<Record<(typeof KEYS)[number], unknown>>>;

export class KeptStore {
  readonly #name: string;

  /** @param path the folder of the page: other pages of the site have databases of their own */
  constructor(path: string) {
    this.#name = `softmax-webgpu demo at ${path}`;
  }

  /** Returns the records that there are, as one write left them. @throws DOMException the browser's refusal */
  async read(): Promise<Records> {
    const database = await this.#open();
    try {
      const store = database.transaction(STORE).objectStore(STORE);
      const [id, data, run] = await Promise.all(KEYS.map((key) => resultOf(store.get(key))));
      return { id, data, run };
    } finally {
      database.close();
    }
  }

  /**
   * Writes records, all or none.
   *
   * @param expected the id that must be there; default: any
   * @returns false, with nothing written, if another is
   * @throws DOMException the browser's refusal, for example for want of space
   */
  async write(records: Records, expected?: string): Promise<boolean> {
    try {
      return await this.#put(records, expected);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "UnknownError")) throw error;
      // WebKit keeps no Blobs in private windows, but bytes.
      return await this.#put(await withBytes(records), expected);
    }
  }

  async #put(records: Records, expected: string | undefined): Promise<boolean> {
    const database = await this.#open();
    try {
      const transaction = database.transaction(STORE, "readwrite");
      const ended = endOf(transaction);
      // An error is thrown by the transaction's end as well.
      ended.catch(() => {});
      const store = transaction.objectStore(STORE);
      if (expected !== undefined && (await resultOf(store.get("id"))) !== expected) return false;
      for (const [key, record] of Object.entries(records)) {
        if (record === undefined) store.delete(key);
        else store.put(record, key);
      }
      await ended;
      return true;
    } finally {
      database.close();
    }
  }

  /** Deletes the database. @throws DOMException the browser's refusal */
  async delete(): Promise<void> {
    await patiently(resultOf(factory().deleteDatabase(this.#name)));
  }

  async #open(): Promise<IDBDatabase> {
    try {
      return await this.#openVersion();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "VersionError")) throw error;
      // A later version of this page was here.
      await this.delete();
      return await this.#openVersion();
    }
  }

  async #openVersion(): Promise<IDBDatabase> {
    const request = factory().open(this.#name, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      for (const store of Array.from(database.objectStoreNames)) database.deleteObjectStore(store);
      database.createObjectStore(STORE);
    };
    const opening = resultOf(request);
    const database = await patiently(opening).catch((error) => {
      // One that opens too late is not used.
      opening.then(
        (late) => late.close(),
        () => {},
      );
      throw error;
    });
    database.onversionchange = () => database.close();
    return database;
  }
}

/** @throws Error a browser without databases; DOMException one that forbids them */
function factory(): IDBFactory {
  const { indexedDB: found } = globalThis as { readonly indexedDB?: IDBFactory | null };
  if (!found) throw new Error("This browser has no database.");
  return found;
}

/** Returns the records with bytes in place of Blobs. */
async function withBytes(records: Records): Promise<Records> {
  const converted = Object.entries(records).map(async ([key, record]) => {
    if (typeof record !== "object" || record === null) return [key, record] as const;
    const fields = Object.entries(record).map(
      async ([name, value]) =>
        [name, value instanceof Blob ? new Uint8Array(await value.arrayBuffer()) : value] as const,
    );
    return [key, Object.fromEntries(await Promise.all(fields))] as const;
  });
  return Object.fromEntries(await Promise.all(converted));
}

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("The database gave the write up."));
  });
}

/** @throws Error after a while without an answer */
function patiently<Result>(answer: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error("The database of this browser does not answer.")),
      PATIENCE,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
