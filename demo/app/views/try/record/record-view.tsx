/** A row of a table, a text or plain numbers to try: the form, the probabilities, and the reasons. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { formatCount } from "../../../../ui/format.ts";
import { Section } from "../../../../ui/section.tsx";
import { originOf } from "../../../data/demo-dataset.ts";
import { brief } from "../../../data/text.ts";
import type { Session } from "../../../state/session.ts";
import { Decision } from "../decision.tsx";
import { PredictPanel } from "../files/predict-panel.tsx";
import { Probabilities, spokenAnswer } from "../probabilities.tsx";
import { UnlikeNotice } from "../unlike-notice.tsx";
import { UntrainedNotice } from "../untrained-notice.tsx";
import { CellField } from "./cell-field.tsx";
import { MarkedTexts } from "./marked-text.tsx";
import { ReasonBars } from "./reason-bars.tsx";
import { MOST_FIELDS } from "./record-form.ts";
import { RecordTrial } from "./record-trial.ts";
import { strangeTexts } from "./word-count.ts";
import "../../../styles/tables.css";

/** Fields of a table at most; further columns keep the cells of the row. */
const MOST_COLUMNS = 100;
/** Time without a change after which the answer is read out, ms. */
const SILENCE = 700;

export function RecordView({ session }: { readonly session: Session }) {
  const trial = recordOf(session);
  useEffect(() => trial.follow(), [trial]);
  const spoken = useSpokenAnswer(trial);
  const { columns } = trial.form;
  const isText = columns.length === 1 && columns[0].kind === "text";
  const snapshot = session.run.inUse.value?.snapshot ?? null;
  const usual = session.likeness.latest.value;
  const terms = trial.terms.value;
  const strange = useMemo(
    () => (usual && terms ? strangeTexts(trial, usual.words) : []),
    [trial, terms, usual],
  );
  return (
    <>
      <div class="try columns">
        <Section title={isText ? "Text" : "Row"}>
          <RowButtons trial={trial} />
          <Fields trial={trial} isText={isText} />
        </Section>
        <Section title="Probabilities">
          {snapshot ? (
            <>
              <UnlikeNotice terms={terms} likeness={usual?.likeness ?? null} strange={strange} />
              <Probabilities drawing={trial} classes={snapshot.classes} />
              <Decision session={session} prediction={trial.prediction.value} />
            </>
          ) : (
            <UntrainedNotice session={session} stays="what you have typed stays." />
          )}
          <p class="unseen" role="status">
            {spoken}
          </p>
        </Section>
        <Section title="Why">
          {snapshot && terms ? (
            <>
              <MarkedTexts trial={trial} />
              <ReasonBars trial={trial} />
            </>
          ) : (
            <p class="hint">The reasons for the answer appear here, once there is one.</p>
          )}
        </Section>
      </div>
      {trial.form.encoder && <PredictPanel session={session} isText={isText} />}
    </>
  );
}

/** Returns the session's row; a new one for another data set. */
function recordOf(session: Session): RecordTrial {
  const dataset = session.dataset.value;
  if (session.record?.dataset !== dataset) session.record = new RecordTrial(dataset, session.run);
  return session.record;
}

/** Returns the answer for a screen reader, once it has not changed for a while. */
function useSpokenAnswer(trial: RecordTrial): string {
  const [spoken, setSpoken] = useState("");
  const prediction = trial.prediction.value;
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(spokenAnswer(trial)), SILENCE);
    return () => clearTimeout(timer);
  }, [trial, prediction]);
  return spoken;
}

function RowButtons({ trial }: { readonly trial: RecordTrial }) {
  const row = trial.row.value;
  const { validation } = trial.dataset;
  const name = row === null ? null : (originOf(validation, row) ?? `number ${formatCount(row + 1)}`);
  return (
    <>
      <div class="buttons">
        {row === null ? (
          validation.x.rows > 0 && (
            <button type="button" onClick={() => trial.take(1)}>
              Take a validation row
            </button>
          )
        ) : (
          <>
            <button type="button" onClick={() => trial.take(-1)}>
              Previous
            </button>
            <button type="button" onClick={() => trial.take(1)}>
              Next
            </button>
          </>
        )}
        <button type="button" onClick={() => trial.reset()}>
          Reset
        </button>
      </div>
      <p class="hint" role="status">
        {row === null || name === null
          ? "Change anything: the answer follows at once."
          : `Validation row, ${name} of the file, labelled ${brief(String(validation.y[row]))}. The model was not trained on it.`}
      </p>
    </>
  );
}

function Fields({ trial, isText }: { readonly trial: RecordTrial; readonly isText: boolean }) {
  const { columns, encoder } = trial.form;
  const cells = trial.cells.value;
  const problems = trial.problems.value;
  if (!encoder && columns.length > MOST_FIELDS) {
    const remedy =
      trial.dataset.validation.x.rows > 0 ? "take validation rows" : "open data with rows to try them";
    return (
      <p>
        Its {formatCount(columns.length)} numbers are too many for fields; {remedy}.
      </p>
    );
  }
  const shown = columns.slice(0, MOST_COLUMNS);
  return (
    <div class="cells-form">
      {shown.map((column) => (
        <CellField
          key={column.name}
          column={column}
          cell={cells.get(column.name) ?? ""}
          problem={problems.get(column.name) ?? ""}
          isLarge={isText}
          onType={(cell) => trial.type(column.name, cell)}
        />
      ))}
      {columns.length > shown.length && (
        <p class="hint">
          {formatCount(columns.length - shown.length)} more columns have their usual values, or those of the
          validation row.
        </p>
      )}
    </div>
  );
}
