/** @jsxImportSource preact */
/** A button that keeps the keyboard's focus when it is switched off. */

interface CalmButtonProps {
  readonly label: string;
  readonly isOff: boolean;
  readonly onPress: () => void;
  /** The one that is pressed first. Default false. */
  readonly isPrimary?: boolean;
}

/** The button. */
export function CalmButton({ label, isOff, onPress, isPrimary = false }: CalmButtonProps) {
  return (
    <button
      type="button"
      class={isPrimary ? "primary" : undefined}
      aria-disabled={isOff}
      onClick={() => !isOff && onPress()}
    >
      {label}
    </button>
  );
}
