/** The panel that predicts a file of new rows, and gives the predictions back as a file. */
import { useEffect, useState } from "preact/hooks";
import { FileDrop } from "../../../../ui/buttons.tsx";
import { formatBytes } from "../../../../ui/format.ts";
import { saveFile } from "../../../../ui/save-file.ts";
import { Section } from "../../../../ui/section.tsx";
import { areaOfDrops } from "../../../../ui/use-drops.ts";
import { WorkInProgress } from "../../../components/work-in-progress.tsx";
import { droppedFiles } from "../../../data/dropped-files.ts";
import { type NamedFile, named, type OpenContext } from "../../../data/open-context.ts";
import type { Session } from "../../../state/session.ts";
import { limitsOf } from "../decide.ts";
import { FilePrediction, type PredictedFile } from "./file-prediction.ts";

/** Imports the code with the first file, to keep the view small. */
const predictors = () => import("./predict-table.ts");

interface PredictPanelProps {
  readonly session: Session;
  /** Whether the only column is a text. */
  readonly isText: boolean;
}

/** Predicts a file with the columns of the data set. */
export function PredictPanel({ session, isText }: PredictPanelProps) {
  const predict = async (files: readonly NamedFile[], context: OpenContext) => {
    if (files.length > 1) throw new Error("One file at a time is predicted: choose or drop a single one.");
    const [file] = files;
    const { encoder } = session.dataset.peek();
    const inUse = session.run.inUse.peek();
    if (!encoder || !inUse || !file) throw new Error("Train the model first, then open the file again.");
    const { predictTable } = await predictors();
    return predictTable(file, encoder, inUse, context, limitsOf(session));
  };
  const [prediction] = useState(() => new FilePrediction());
  const offer = (files: Promise<readonly NamedFile[]>) =>
    void prediction.start(async (context) => predict(await files, context));
  const columns = session.dataset.value.encoder?.columns ?? [];
  return (
    <FilePanel
      title="Predict a file"
      lead={
        isText
          ? `A table with the column ${columns[0]?.name}: predictions are added to its rows.`
          : "A table with the same columns, the labels may be missing: predictions are added to its rows."
      }
      label="Choose a file"
      rest="of new rows, or drop it here"
      accept=".csv,.tsv,.txt,.gz,.json,.jsonl,.ndjson,.xlsx,.parquet"
      isTrained={session.run.inUse.value !== null}
      prediction={prediction}
      onFiles={offer}
    />
  );
}

interface FilePanelProps {
  readonly title: string;
  readonly lead: string;
  readonly label: string;
  readonly rest: string;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly isTrained: boolean;
  readonly prediction: FilePrediction;
  readonly onFiles: (files: Promise<readonly NamedFile[]>) => void;
}

/** A place for files, the progress, and the result to download. Going to another view cancels. */
export function FilePanel({ title, lead, label, rest, accept, multiple, ...panel }: FilePanelProps) {
  const { isTrained, prediction, onFiles } = panel;
  const [isOver, setOver] = useState(false);
  useEffect(() => () => prediction.cancel(), [prediction]);
  const stage = prediction.stage.value;
  const problem = prediction.problem.value;
  return (
    <Section title={title} lead={lead}>
      <div
        class={isOver ? "predict-files over" : "predict-files"}
        {...areaOfDrops(setOver, (dropped) => onFiles(droppedFiles(dropped)))}
      >
        {isTrained ? (
          <FileDrop
            label={label}
            rest={rest}
            accept={accept}
            {...(multiple && { multiple })}
            onFiles={(files) => onFiles(Promise.resolve(files.map(named)))}
          />
        ) : (
          <p class="hint">Train the model first.</p>
        )}
        {stage.kind === "working" && (
          <WorkInProgress {...stage.progress} onCancel={() => prediction.cancel()} />
        )}
        <div role="status">{stage.kind === "done" && <Result {...stage.result} />}</div>
        <p role="alert" class={problem ? "message error" : "message-place"}>
          {problem}
        </p>
      </div>
    </Section>
  );
}

function Result({ name, content, summary }: PredictedFile) {
  return (
    <div class="predicted box">
      <p>{summary}</p>
      <button type="button" class="primary" onClick={() => saveFile(name, content, "text/csv")}>
        Download {name}
      </button>{" "}
      <span class="hint">{formatBytes(content.size)}</span>
    </div>
  );
}
