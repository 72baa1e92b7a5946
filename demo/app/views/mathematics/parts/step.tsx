/** @jsxImportSource preact */
/** One step of the calculation: its formula and what it says, beside the numbers of the sample. */
import type { ComponentChildren } from "preact";
import { Section } from "../../../../../bench/page/components/section.tsx";

interface StepProps {
  readonly title: string;
  /** Formulas and words. */
  readonly theory: ComponentChildren;
  /** The numbers. */
  readonly children: ComponentChildren;
}

/** The panel. */
export function Step({ title, theory, children }: StepProps) {
  return (
    <Section title={title}>
      <div class="step">
        <div class="theory">{theory}</div>
        <div class="practice">{children}</div>
      </div>
    </Section>
  );
}
