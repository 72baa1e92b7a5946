/** A number as a bar beside its text: blue above 0, orange below. */

interface BarProps {
  readonly value: number;
  /** The value of a full bar. */
  readonly full: number;
  /** Whether values have both signs; 0 is then in the middle. */
  readonly signed?: boolean;
}

export function Bar({ value, full, signed = false }: BarProps) {
  const share = full > 0 && Number.isFinite(value) ? Math.min(1, Math.abs(value) / full) : 0;
  const width = signed ? 50 * share : 100 * share;
  const start = signed ? (value < 0 ? 50 - width : 50) : 0;
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="ground" width="100" height="10" />
      <rect class={value < 0 ? "below" : "above"} x={start} width={width} height="10" />
      {signed && <rect class="axis" x="49.6" width="0.8" height="10" />}
    </svg>
  );
}
