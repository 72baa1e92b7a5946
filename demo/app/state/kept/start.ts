/** Begins the page's session: the one that its link asks for, else the one that this browser kept, else a new one. */
import type { DrawnDigit } from "../../../../src/data/strokes/stroke-digits.ts";
import { SoftmaxError } from "../../../../src/index.ts";
import { builtInShape, makeBuiltIn } from "../../data/built-in.ts";
import { viewOf } from "../../view-names.ts";
import { areSame } from "../choice-rules.ts";
import { choicesFor, unitOf } from "../choices.ts";
import { asksForSomething, type Link, readLink } from "../link.ts";
import { followLink } from "../link-follower.ts";
import { Session } from "../session.ts";
import { Keeping } from "./keeping.ts";
import { KEEPS_NOTHING } from "./kept-state.ts";
import type { KeptSession } from "./restore.ts";
import { KeptStore } from "./store.ts";

const DAMAGED = "What was kept of your last visit is damaged, and was dropped.";

/** The session of the last visit, or the reason why there is none. */
interface Found {
  readonly kept: KeptSession | null;
  /** `"refused"`: the browser keeps nothing. */
  readonly problem: "" | "damaged" | "refused";
}

/** Called while the session is prepared. */
export interface StartHooks {
  /** Called with what takes time. */
  readonly say: (text: string) => void;
  /** Called with each digit that is drawn. */
  readonly onDrawn: (drawn: DrawnDigit) => void;
}

/** Returns the session, which is kept from then on. */
export async function startSession({ say, onDrawn }: StartHooks): Promise<Session> {
  const link = readLink(location.hash);
  const store = new KeptStore(new URL(".", location.href).pathname);
  let found = await lookFor(store);
  const isOther = found.kept !== null && isForOther(link, found.kept);
  let session: Session | null = null;
  if (found.kept && !isOther) {
    say("Restoring your last visit …");
    session = await restored(found.kept);
    if (!session) found = await dropped(store);
  }
  const hasWork = session !== null && (!session.dataset.value.isBuiltIn || session.run.model !== null);
  session ??= await newSession(link, onDrawn);
  session.kept.mayStart = link.mayStart && !hasWork;
  const keeping = new Keeping(session, store);
  followLink(session, !link.mayStart, () => void keeping.reload());
  if (found.problem === "refused") session.kept.problem.value = KEEPS_NOTHING;
  tell(session, keeping, { link, isOther, hasWork, isDamaged: found.problem === "damaged" });
  if (isOther) holdBack(session, keeping);
  else if (found.problem !== "refused") {
    const id = found.kept?.id;
    void keeping.begin(id === undefined ? null : { id, dataset: session.dataset.value });
  }
  return session;
}

async function lookFor(store: KeptStore): Promise<Found> {
  try {
    const records = await store.read();
    if (records.id === undefined) return { kept: null, problem: "" };
    const { keptIn } = await import("./restore.ts");
    return { kept: keptIn(records), problem: "" };
  } catch (error) {
    const isDamaged = error instanceof SoftmaxError || (error as Error).name === "NotFoundError";
    return isDamaged ? dropped(store) : { kept: null, problem: "refused" };
  }
}

/** Returns null for a session that is damaged. */
async function restored(kept: KeptSession): Promise<Session | null> {
  try {
    return await (await import("./restore.ts")).restoreKept(kept);
  } catch {
    return null;
  }
}

/** Deletes what is damaged. */
async function dropped(store: KeptStore): Promise<Found> {
  try {
    await store.delete();
    return { kept: null, problem: "damaged" };
  } catch {
    return { kept: null, problem: "refused" };
  }
}

async function newSession({ data, choices }: Link, onDrawn: StartHooks["onDrawn"]): Promise<Session> {
  const session = new Session(await makeBuiltIn(data ?? "digits", onDrawn));
  session.choices.value = { ...choicesFor(session.dataset.value, "auto"), ...choices };
  return session;
}

/** Tells whether a link asks for something else than what was kept. */
function isForOther(link: Link, { builtIn, record }: KeptSession): boolean {
  if (!asksForSomething(link)) return false;
  if (builtIn !== (link.data ?? "digits")) return true;
  const usual = choicesFor(builtInShape(builtIn), "auto");
  return !areSame({ ...usual, ...link.choices }, record?.choices ?? usual);
}

interface Told {
  readonly link: Link;
  readonly isOther: boolean;
  readonly hasWork: boolean;
  readonly isDamaged: boolean;
}

function tell(session: Session, keeping: Keeping, { link, isOther, hasWork, isDamaged }: Told): void {
  const { kept } = session;
  kept.canForget.value = hasWork || isOther;
  const forget = { label: "Forget everything", act: () => void kept.forget?.() };
  const texts = [link.problem, isDamaged ? DAMAGED : ""];
  if (isOther) {
    const text = "This is what the link asks for. Your last session is kept, and this one is not.";
    const back = {
      label: "Back to your last session",
      act: () => void keeping.reload(`#${viewOf(location.hash)}`),
    };
    const keep = {
      label: "Keep this one instead",
      act: () => void keeping.begin(null).then(() => kept.close()),
    };
    kept.say([...texts, text].join(" ").trim(), [back, keep]);
  } else if (hasWork) {
    kept.say([...texts, restoredText(session)].join(" ").trim(), [forget]);
  } else if (texts.some(Boolean)) {
    kept.say(texts.join(" ").trim());
  }
}

function restoredText({ dataset, run, choices }: Session): string {
  const last = run.history.value.at(-1);
  const place = last ? ` after ${unitOf(choices.value.solver)} ${last.index}` : "";
  const words = { paused: `, paused${place}`, done: `, done${place}` } as const;
  const status = run.status.value;
  return `Restored from your last visit: “${dataset.value.name}”${status === "paused" || status === "done" ? words[status] : ""}.`;
}

/** Keeps the session only when other data are opened, which replace the last session's. */
function holdBack({ dataset }: Session, keeping: Keeping): void {
  const first = dataset.value;
  const stop = dataset.subscribe((latest) => {
    if (latest === first) return;
    stop();
    void keeping.begin(null);
  });
}
