/** The outcome of a run in plain words, and what to do with the model. */
import { useState } from "preact/hooks";
import { unitOf } from "../../state/choices.ts";
import { shareLink } from "../../state/link.ts";
import type { Session } from "../../state/session.ts";
import { CrossCheckWords } from "./cross-check-words.tsx";
import { gapText, intervalText, type Outcome, outcomeText, rowWords } from "./outcome-words.ts";
import { statusText } from "./run-words.ts";

/** Shown after a run. */
export function OutcomeWords({ session }: { readonly session: Session }) {
  const { run } = session;
  const dataset = session.dataset.value;
  const words = rowWords(dataset);
  const outcome = outcomeOf(session);
  if (!outcome) return null;
  return (
    <div class="outcome">
      <p class="outcome-sentence">{outcomeText(outcome, words, run.device.value)}</p>
      <p class="hint">
        {intervalText(outcome, words)} {gapText(outcome, words)} {endedText(session)}
      </p>
      {run.status.value === "idle" && (
        <p class="hint">Options have changed: Start trains a new model, and this one stays until then.</p>
      )}
      <CrossCheckWords session={session} />
      <NextSteps session={session} />
    </div>
  );
}

function endedText({ run, choices }: Session): string {
  const { solver, epochs: planned } = choices.value;
  const latest = run.history.value.at(-1);
  return statusText({
    status: "done",
    latest,
    unit: unitOf(solver),
    planned,
    stopReason: run.stopReason.value,
  });
}

/** Returns null if there are no figures, as for a run without validation rows. */
function outcomeOf({ run, dataset }: Session): Outcome | null {
  const last = run.history.value.at(-1);
  const accuracy = last?.validationAccuracy ?? run.opened.value?.accuracy ?? Number.NaN;
  const rows = dataset.value.validation.x.rows;
  if (!Number.isFinite(accuracy) || rows === 0) return null;
  return { accuracy, rows, trainingAccuracy: last?.accuracy ?? Number.NaN, seconds: run.seconds.value };
}

function NextSteps({ session }: { readonly session: Session }) {
  const [said, setSaid] = useState("");
  const canDraw = session.dataset.value.image?.channels === 1;
  return (
    <>
      <div class="buttons">
        {canDraw ? (
          <button type="button" onClick={() => document.getElementById("draw-here")?.focus()}>
            Draw one
          </button>
        ) : (
          <a class="button" href="#try">
            Try it
          </a>
        )}
        <button
          type="button"
          onClick={() => void share(shareLink(session.dataset.value, session.choices.value)).then(setSaid)}
        >
          Share
        </button>
        <a class="button" href="#model">
          Get the code
        </a>
        <button type="button" onClick={() => document.querySelector<HTMLElement>(".own-data input")?.focus()}>
          Use your own data
        </button>
      </div>
      <p class="hint" role="status">
        {said}
      </p>
    </>
  );
}

/** Shares an address, or copies it if the browser shares nothing. Returns what has happened. */
async function share(url: string): Promise<string> {
  try {
    if (navigator.share) {
      await navigator.share({ title: document.title, url });
      return "";
    }
    await navigator.clipboard.writeText(url);
    return "The link is copied.";
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return "";
    return `The browser does not let the page copy the link. It is ${url}`;
  }
}
