/** The outcome: the headline, a bar for every contender, and ways to share it. */
import { formatNumber } from "../../../demo/ui/format.ts";
import { Section } from "../../../demo/ui/section.tsx";
import { isCorrect } from "../../record.ts";
import { barsOf, type RateBar } from "../bars.ts";
import { headlineOf, headlineShape, headlineSteps } from "../headline.ts";
import { recordNames } from "../record-names.ts";
import type { BenchState, RecordEntry } from "../state.ts";
import { ShareButtons } from "./share-buttons.tsx";

/** Renders nothing as long as no record has steps. */
export function Outcome({ state }: { readonly state: BenchState }) {
  const entry = state.shown.value;
  const run = state.run.value;
  if (!entry) return null;
  const isRunning = run.status === "running" && run.recordId === entry.id;
  const { figure, rest, notes } = headlineOf(entry.record, entry.origin === "here");
  return (
    <Section title={entry.origin === "here" ? "Result" : "Another computer’s result"}>
      {entry.origin !== "here" && <Foreign entry={entry} />}
      <p class="headline">
        {figure && <strong>{figure}</strong>} {rest}
      </p>
      {isRunning && <p class="hint">So far; the run goes on.</p>}
      {notes.map((note) => (
        <p key={note} class="headline-note">
          {note}
        </p>
      ))}
      <Bars bars={barsOf(entry.record)} />
      <p class="hint">{caption(entry)}</p>
      {!isRunning && <ShareButtons key={entry.id} record={entry.record} />}
    </Section>
  );
}

function Foreign({ entry }: { readonly entry: RecordEntry }) {
  const [{ machine, date }] = recordNames([entry.record]);
  return (
    <p>
      <span class="badge foreign">opened from a {entry.origin}</span> {machine}, {date}
    </p>
  );
}

/** Rows a second as bars. The texts say all that the bars show. */
function Bars({ bars }: { readonly bars: readonly RateBar[] }) {
  const longest = Math.max(...bars.map(({ rate }) => rate ?? 0));
  return (
    <ul class="bars" aria-label="Rows a second">
      {bars.map(({ label, rate, reason, isOwn }) => (
        <li key={label} class={isOwn ? "own" : undefined}>
          <span>{label}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect width={rate === null ? 0 : (100 * rate) / longest} height="10" />
          </svg>
          <span class="rate">{rate === null ? reason : formatNumber(rate)}</span>
        </li>
      ))}
    </ul>
  );
}

function caption({ record }: RecordEntry): string {
  const { rows, features, classes } = headlineShape(record);
  const [step] = headlineSteps(record).filter(isCorrect);
  const rounds = step ? `, median of ${step.time.count} ${step.time.count === 1 ? "round" : "rounds"}` : "";
  return `Rows a second: ${rows} rows a step, ${features} numbers a row, ${classes} classes${rounds}. Every result was compared with a float64 reference.`;
}
