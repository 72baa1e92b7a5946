/** @jsxImportSource preact */
/** The data: what is trained on now, and what else could be, built in or from files chosen or dropped. */
import { useEffect, useRef } from "preact/hooks";
import { Section } from "../../../../bench/page/components/section.tsx";
import type { Session } from "../../state/session.ts";
import { BuiltInButtons } from "./data/built-in-buttons.tsx";
import { DataFacts } from "./data/data-facts.tsx";
import { FileButtons } from "./data/file-buttons.tsx";
import { OpeningStage } from "./data/opening-stage.tsx";
import { useDrops } from "./data/use-drops.ts";

/** The panel. */
export function DataPanel({ session }: { readonly session: Session }) {
  const dataset = session.dataset.value;
  const { opening } = session;
  const stage = opening.stage.value;
  const problem = opening.problem.value;
  const isOver = useDrops((files) => void opening.offer(files));
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (stage.kind === "idle") return;
    // The form or the button that had the focus is gone then.
    return () => {
      if (document.activeElement === document.body) place.current?.focus();
    };
  }, [stage.kind]);
  return (
    <Section title="Data">
      <div class={isOver ? "data over" : "data"} ref={place} tabIndex={-1}>
        <DataFacts dataset={dataset} />
        <div>
          <BuiltInButtons
            inUse={dataset.isBuiltIn ? dataset.name : null}
            onOpen={(builtIn) => void opening.make(builtIn)}
          />
          <p class="own-data">
            Or your own: drop files or a folder anywhere on this page. They stay in this tab.
          </p>
          <FileButtons onFiles={(files) => void opening.offer(files)} />
          <p class="hint">
            IDX files such as MNIST’s, a CSV file with a header, x.npy with y.npy, or a folder that has a
            folder of pictures for each class. Gzip is fine. What was learnt of other data is forgotten.
          </p>
          <OpeningStage opening={opening} />
          <p role="alert" class={problem ? "message error" : "message-place"}>
            {problem}
          </p>
        </div>
      </div>
    </Section>
  );
}
