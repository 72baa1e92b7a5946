/** Figures as people read them: three digits, a unit, a dash where there is no number. Text only, no markup. */
import type { Spread } from "../record.ts";

/** Stands where a figure could not be had. */
export const NOTHING = "–";

const THREE_DIGITS = new Intl.NumberFormat("en", {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Three significant digits, thousands grouped. */
export function formatNumber(value: number): string {
  return Number.isFinite(value) ? THREE_DIGITS.format(value) : NOTHING;
}

/** A count, thousands grouped. */
export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** A share as whole percent. */
export function formatPercent(share: number | null): string {
  return share === null || !Number.isFinite(share) ? NOTHING : `${WHOLE.format(100 * share)} %`;
}

/** How many times as much, to two decimals. */
export function formatRatio(ratio: number | null): string {
  return ratio === null || !Number.isFinite(ratio) ? NOTHING : ratio.toFixed(2);
}

/** Milliseconds in the unit that suits their size. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return NOTHING;
  if (ms < 1) return `${formatNumber(ms * 1000)} µs`;
  return ms < 1000 ? `${formatNumber(ms)} ms` : `${formatNumber(ms / 1000)} s`;
}

/** From the smallest to the largest measurement. */
export function formatSpan({ min, max, count }: Spread, format: (value: number) => string): string {
  return count === 1 ? "measured once" : `${format(min)} to ${format(max)}`;
}

/** An error, which may have come out as no number at all. */
export function formatError(error: number): string {
  if (Number.isNaN(error)) return "not a number";
  return error === 0 ? "0" : error.toExponential(1);
}

/** Bytes in whole binary units. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${formatCount(bytes / 1024 ** unit)} ${units[unit]}`;
}
