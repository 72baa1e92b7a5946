/** From chosen files to a data set of the session: what is still to be asked, how far it is, and what went wrong. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { type CsvColumn, csvColumns } from "../../../data/csv-columns.ts";
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import {
  DEFAULT_PICTURES,
  type NamedFile,
  type OpenChoices,
  type OpenContext,
  type OpenProgress,
} from "../../../data/open-context.ts";
import { openFiles } from "../../../data/open-files.ts";
import { type KnownFiles, kindOf } from "../../../data/open-kind.ts";

/** `"table"` and `"pictures"` wait for choices. */
export type Stage =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly progress: OpenProgress }
  | { readonly kind: "table"; readonly known: KnownFiles; readonly columns: readonly CsvColumn[] }
  | { readonly kind: "pictures"; readonly known: KnownFiles };

const IDLE: Stage = { kind: "idle" };
const NO_CHOICES: OpenChoices = { table: null, pictures: DEFAULT_PICTURES };

/** Makes a data set without files. */
export type MakeDataset = (context: OpenContext) => Promise<DemoDataset>;

/** What the panel shows and can do. */
export interface Opening {
  readonly stage: Stage;
  /** What was answered last, for when it is asked again. */
  readonly choices: OpenChoices;
  /** What was wrong with the last files; empty if nothing was. */
  readonly problem: string;
  /** Makes a data set, and gives up others that are being made or opened. */
  readonly make: (make: MakeDataset) => Promise<void>;
  /** Takes files, and gives up others likewise. */
  readonly offer: (files: Promise<readonly NamedFile[]>) => Promise<void>;
  /** Goes on with what was asked; where it fails, asks again. */
  readonly answer: (choices: OpenChoices) => Promise<void>;
  /** Gives up. */
  readonly cancel: () => void;
}

/** Opens files one after another; `onOpen` gets the data sets. */
export function useOpening(onOpen: (dataset: DemoDataset) => Promise<void>): Opening {
  const [stage, setStage] = useState<Stage>(IDLE);
  const [choices, setChoices] = useState(NO_CHOICES);
  const [problem, setProblem] = useState("");
  const work = useMemo(createWork, []);
  useEffect(() => () => work.abort(), [work]);

  /** Does something that may be given up or fail; afterwards it is at the stage it gives, or at `onFailure`. */
  async function attempt(onFailure: Stage, act: (signal: AbortSignal) => Promise<Stage>): Promise<void> {
    const signal = work.begin();
    setProblem("");
    setStage({ kind: "working", progress: { text: "Looking at it", share: 0 } });
    try {
      const next = await act(signal);
      if (!signal.aborted) setStage(next);
    } catch (error) {
      if (signal.aborted) return;
      setStage(onFailure);
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  async function take(make: MakeDataset, signal: AbortSignal): Promise<Stage> {
    const onProgress = (progress: OpenProgress) => {
      if (!signal.aborted) setStage({ kind: "working", progress });
    };
    const dataset = await make({ signal, onProgress });
    signal.throwIfAborted();
    await onOpen(dataset);
    return IDLE;
  }

  const open = (known: KnownFiles, chosen: OpenChoices, signal: AbortSignal) =>
    take((context) => openFiles(known, chosen, context), signal);

  return {
    stage,
    choices,
    problem,
    make: (make) => attempt(IDLE, (signal) => take(make, signal)),
    offer: (files) => {
      setChoices(NO_CHOICES);
      return attempt(IDLE, async (signal) => {
        const known = await kindOf(await files);
        if (known.kind === "pictures") return { kind: "pictures", known };
        if (known.kind !== "table" || known.files.length > 1) return open(known, NO_CHOICES, signal);
        return { kind: "table", known, columns: await csvColumns(known.files[0], signal) };
      });
    },
    answer: (answered) => {
      setChoices(answered);
      return attempt(stage, async (signal) =>
        "known" in stage ? open(stage.known, answered, signal) : IDLE,
      );
    },
    cancel: () => {
      work.abort();
      setStage(IDLE);
      setProblem("");
    },
  };
}

/** One piece of work at a time: the next one aborts the one before. */
function createWork() {
  let controller = new AbortController();
  return {
    begin(): AbortSignal {
      controller.abort();
      controller = new AbortController();
      return controller.signal;
    },
    abort(): void {
      controller.abort();
    },
  };
}
