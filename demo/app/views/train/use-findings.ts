/** What the model makes of the validation rows, asked for again as it learns: never twice at once, and not too often. */
import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../../state/session.ts";
import { type Findings, findingsOf } from "./findings.ts";

/** Time from one asking to the next, ms; and how many times as long as an answer took, to leave time for training. */
const INTERVAL = 1000;
const REST = 4;

/** The latest findings; null where there is no model. */
export function useFindings(session: Session): Findings | null {
  const [findings, setFindings] = useState<Findings | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    let timer = 0;
    let isAsking = false;
    let isStale = false;
    let next = 0;
    const ask = async () => {
      timer = 0;
      isAsking = true;
      isStale = false;
      const began = performance.now();
      const found = await findOut(session, controller.signal);
      isAsking = false;
      next = began + Math.max(INTERVAL, REST * (performance.now() - began));
      if (session.model === null) setFindings(null);
      else if (found) setFindings(found);
      if (isStale) plan();
    };
    const plan = () => {
      isStale = true;
      if (!isAsking) timer ||= window.setTimeout(() => void ask(), next - performance.now());
    };
    const stop = effect(() => {
      void session.version.value;
      if (session.snapshot.value === null) setFindings(null);
      plan();
    });
    return () => {
      stop();
      controller.abort();
      isStale = false;
      clearTimeout(timer);
    };
  }, [session]);
  return findings;
}

/** Null without a model, or where it went meanwhile: what went wrong then is the session's to say. */
async function findOut({ model, dataset }: Session, signal: AbortSignal): Promise<Findings | null> {
  if (!model) return null;
  const current = dataset.peek();
  const { x, y } = current.validation;
  try {
    // Both begin with the parameters of this moment.
    const [report, probabilities] = await Promise.all([
      model.report(x, y as string[]),
      model.predictProba(x),
    ]);
    return await findingsOf({ dataset: current, samples: current.validation, report, probabilities }, signal);
  } catch {
    return null;
  }
}
