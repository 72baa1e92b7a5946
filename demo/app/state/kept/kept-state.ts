/** Notices about the session that this browser keeps, and the actions that they offer. */
import { type Signal, signal } from "@preact/signals";

/** Said if the database is missing, forbidden or full. */
export const KEEPS_NOTHING = "This browser keeps nothing: reloading loses the session.";

/** A notice with buttons. */
export interface KeptNotice {
  readonly text: string;
  readonly actions: readonly KeptAction[];
}

export interface KeptAction {
  readonly label: string;
  readonly act: () => void;
}

export class KeptState {
  readonly notice: Signal<KeptNotice | null> = signal<KeptNotice | null>(null);
  /** Why nothing is kept; empty if the session is kept. */
  readonly problem: Signal<string> = signal("");
  /** Whether there may be something to forget. */
  readonly canForget: Signal<boolean> = signal(false);
  /** Whether the page may start a training by itself: not after a restored session, nor against its link. */
  mayStart = true;
  /** Deletes everything that is kept, and begins afresh. Null if nothing is kept. */
  forget: (() => Promise<void>) | null = null;

  /** Shows a notice with these buttons and one that closes it. */
  say(text: string, actions: readonly KeptAction[] = []): void {
    const close = { label: "Close", act: () => this.close() };
    this.notice.value = { text, actions: [...actions, close] };
  }

  close(): void {
    this.notice.value = null;
  }
}
