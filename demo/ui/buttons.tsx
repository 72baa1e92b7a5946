/** Buttons: one that keeps the focus while it is disabled, presets to choose from, and a place for files. */

interface FocusableButtonProps {
  readonly label: string;
  readonly isDisabled: boolean;
  readonly onPress: () => void;
  /** Whether it is the main action. Default false. */
  readonly isPrimary?: boolean;
}

/** A button that keeps the keyboard's focus when it is disabled. */
export function FocusableButton({ label, isDisabled, onPress, isPrimary = false }: FocusableButtonProps) {
  return (
    <button
      type="button"
      class={isPrimary ? "primary" : undefined}
      aria-disabled={isDisabled}
      onClick={() => !isDisabled && onPress()}
    >
      {label}
    </button>
  );
}

interface Preset {
  readonly label: string;
  readonly hint: string;
}

interface PresetButtonsProps<P extends Preset> {
  readonly presets: readonly P[];
  readonly isChosen: (preset: P) => boolean;
  readonly onChoose: (preset: P) => void;
}

/** A button with a hint for each preset; the chosen one is pressed. */
export function PresetButtons<P extends Preset>({ presets, isChosen, onChoose }: PresetButtonsProps<P>) {
  return (
    <div class="presets">
      {presets.map((preset) => (
        <button
          key={preset.label}
          type="button"
          class="preset"
          aria-pressed={isChosen(preset)}
          onClick={() => onChoose(preset)}
        >
          <span class="preset-label">{preset.label}</span>
          <span class="hint">{preset.hint}</span>
        </button>
      ))}
    </div>
  );
}

interface FileDropProps {
  /** Text of the link, for example `"Open a model"`. */
  readonly label: string;
  /** The rest of the sentence, about dropping files. */
  readonly rest: string;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A large area that opens a file chooser. Dropped files are handled by `useDrops` and `areaOfDrops`. */
export function FileDrop({ label, rest, accept, multiple = false, onFiles }: FileDropProps) {
  return (
    <label class="drop">
      <input
        type="file"
        class="unseen"
        accept={accept}
        multiple={multiple}
        onChange={({ currentTarget }) => {
          const files = Array.from(currentTarget.files ?? []);
          // Without this the same files could not be chosen again.
          currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      <span>
        <span class="link">{label}</span> {rest}
      </span>
    </label>
  );
}
