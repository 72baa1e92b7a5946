/** @jsxImportSource preact */
/** How well it went: loss, accuracy, rounds and time. */
import { percent } from "../../components/percent.ts";
import type { Playground } from "./playground.ts";
import { brief } from "./words.ts";

/** The figures, or what is missing for them. */
export function Figures({ playground }: { readonly playground: Playground }) {
  const { trained, problem } = playground.training;
  const isSgd = playground.settings.value.solver === "sgd";
  const result = trained.value;
  return (
    <div class="figures">
      {problem.value && (
        <p class="notice" role="alert">
          {problem.value}
        </p>
      )}
      {result === null && problem.value === null && (
        <p class="notice">Place points of two classes or more, and they are told apart at once.</p>
      )}
      <dl>
        <Figure name="Loss" value={result ? brief(result.losses.at(-1) ?? Number.NaN) : "–"} />
        <Figure name="Accuracy" value={result ? percent(result.accuracy) : "–"} />
        <Figure
          name={isSgd ? "Epochs" : "Iterations"}
          value={result ? String(result.losses.length - 1) : "–"}
        />
        <Figure name="Time" value={result ? `${brief(result.milliseconds)} ms` : "–"} />
      </dl>
    </div>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
