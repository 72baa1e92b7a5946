/** @jsxImportSource preact */
/** The validation rows that the model gets most wrong. */
import { useMemo } from "preact/hooks";
import { Section } from "../../../../bench/page/components/section.tsx";
import type { Findings } from "./findings.ts";
import { mostWrong } from "./most-wrong.ts";
import { SampleCard } from "./sample-card.tsx";

const COUNT = 18;

/** The rows, the worst first. */
export function WrongPanel({ findings }: { readonly findings: Findings | null }) {
  const worst = useMemo(() => (findings ? mostWrong(findings, COUNT) : []), [findings]);
  return (
    <Section
      title="Most wrong"
      lead="Of the rows that were held back, those whose own label is the least probable to the model."
    >
      {findings && worst.length > 0 ? (
        <ol class="samples">
          {worst.map((judged) => (
            <SampleCard
              key={judged.row}
              dataset={findings.dataset}
              samples={findings.samples}
              judged={judged}
            />
          ))}
        </ol>
      ) : (
        <p class="nothing-yet">
          {findings ? "All are predicted right." : "They show up with the first round of training."}
        </p>
      )}
    </Section>
  );
}
