/** Starts and ends the keeping of a session in this browser. */
import type { Session } from "../session.ts";
import type { Keeper, Stored } from "./keeper.ts";
import type { KeptStore } from "./store.ts";

export class Keeping {
  readonly #session: Session;
  readonly #store: KeptStore;
  #keeper: Keeper | null = null;
  #isLeft = false;

  constructor(session: Session, store: KeptStore) {
    this.#session = session;
    this.#store = store;
    session.kept.forget = () => this.#forget();
  }

  /** Keeps the session from now on. `stored` is what the database holds of it. */
  async begin(stored: Stored | null): Promise<void> {
    if (this.#keeper) return;
    try {
      const { Keeper } = await import("./keeper.ts");
      if (this.#keeper || this.#isLeft) return;
      this.#keeper = new Keeper(this.#session, this.#store, stored);
      this.#keeper.follow();
    } catch {
      this.#session.kept.problem.value =
        "The code that keeps the session did not load: reloading the page loses what is done.";
    }
  }

  /** Writes what is not kept yet, and opens the page anew. */
  async reload(fragment = location.hash): Promise<void> {
    this.#isLeft = true;
    await this.#keeper?.finish();
    history.replaceState(null, "", fragment);
    location.reload();
  }

  async #forget(): Promise<void> {
    this.#isLeft = true;
    this.#keeper?.stop();
    try {
      await this.#store.delete();
    } catch (cause) {
      const text =
        "This browser did not delete what it keeps of the page. Clear the site’s data in its settings.";
      this.#session.run.message.value = { kind: "error", text, cause };
      return;
    }
    history.replaceState(null, "", "#train");
    location.reload();
  }
}
