/** @jsxImportSource preact */
/** Sets of choices that suit most visitors, one press each. */
import type { Choices } from "../choices.ts";
import { isChosen, PRESETS } from "../plan-of.ts";

interface PresetsProps {
  readonly choices: Choices;
  readonly onChange: (choices: Choices) => void;
}

/** A button for each; the one that is chosen is pressed. */
export function Presets({ choices, onChange }: PresetsProps) {
  return (
    <div class="presets">
      {PRESETS.map((preset) => (
        <button
          key={preset.label}
          type="button"
          class="preset"
          aria-pressed={isChosen(preset.choices, choices)}
          onClick={() => onChange(preset.choices)}
        >
          <span class="preset-label">{preset.label}</span>
          <span class="hint">{preset.hint}</span>
        </button>
      ))}
    </div>
  );
}
