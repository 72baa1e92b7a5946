/**
 * Numbers as text for people. A missing number is a dash; a negative one has a true minus sign. Text only, no markup.
 */

/** Stands for a number that is unknown. */
export const NOTHING = "–";
const MINUS = "−";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const THREE_DIGITS = new Intl.NumberFormat("en", {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHARE = new Intl.NumberFormat("en", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const SIX_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
const TWO_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 2, useGrouping: false });
const ONE_DECIMAL = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Returns three significant digits, thousands grouped. */
export function formatNumber(value: number): string {
  return Number.isFinite(value) ? THREE_DIGITS.format(value) : NOTHING;
}

/** Returns a whole number, thousands grouped. */
export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** Returns `1 row` or `1,234 rows`. */
export function formatCounted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Returns at most six significant digits, thousands grouped; text stays as it is. */
export function formatSetting(value: string | number): string {
  return typeof value === "number" ? SIX_DIGITS.format(value) : value;
}

/** Returns a share as whole percent: `0.63` as `63 %`. */
export function formatPercent(share: number | null): string {
  return share === null || !Number.isFinite(share) ? NOTHING : `${WHOLE.format(100 * share)} %`;
}

/** Returns a share as percent with one decimal: `0.934` as `93.4%`. */
export function formatShare(share: number | undefined): string {
  return share === undefined || !Number.isFinite(share) ? NOTHING : SHARE.format(share);
}

/** Returns a loss with four decimals. */
export function formatLoss(loss: number | undefined): string {
  return loss === undefined || !Number.isFinite(loss) ? NOTHING : loss.toFixed(4);
}

/** Returns a ratio with two decimals. */
export function formatRatio(ratio: number | null): string {
  return ratio === null || !Number.isFinite(ratio) ? NOTHING : ratio.toFixed(2);
}

/** Returns milliseconds in the unit that suits their size. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return NOTHING;
  if (ms < 1) return `${formatNumber(ms * 1000)} µs`;
  return ms < 1000 ? `${formatNumber(ms)} ms` : `${formatNumber(ms / 1000)} s`;
}

/** Returns the range from the smallest to the largest measurement. */
export function formatSpan(
  { min, max, count }: { readonly min: number; readonly max: number; readonly count: number },
  format: (value: number) => string,
): string {
  return count === 1 ? "measured once" : `${format(min)} to ${format(max)}`;
}

/** Returns a numerical error, which may be NaN. */
export function formatError(error: number): string {
  if (Number.isNaN(error)) return "not a number";
  return error === 0 ? "0" : error.toExponential(1);
}

/** Returns bytes in whole binary units. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${formatCount(bytes / 1024 ** unit)} ${units[unit]}`;
}

/** Returns two significant digits: `0.000032` as `3.2e-5`. */
export function formatBrief(value: number): string {
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)
    ? value.toExponential(1).replace(".0e", "e").replace("+", "")
    : TWO_DIGITS.format(value);
}

/** Returns one digit after the point; never a negative 0. */
export function formatTenths(value: number): string {
  return withMinus(ONE_DECIMAL.format(Math.round(10 * value) / 10 || 0));
}

/** Returns `digits` after the point, with a sign unless they are all 0. */
export function formatSigned(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (Number(text) === 0) return text.replace("-", "");
  return value > 0 ? `+${text}` : withMinus(text);
}

/** Returns `digits` after the point; m · 10ⁿ if that would show too few or too many digits. */
export function formatDecimal(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size < 10 ** -digits || size >= 1e5) return formatScientific(value);
  return withMinus(value.toFixed(digits));
}

/** Returns three digits after the point, for tables in which very small numbers may look like 0. */
export function formatCell(value: number): string {
  if (isTiny(value)) return "0.000";
  return Math.abs(value) < 1e5 ? withMinus(value.toFixed(3)) : formatDecimal(value);
}

/** Returns whether three digits after the point are all 0. */
export function isTiny(value: number): boolean {
  return Math.abs(value) < 0.0005;
}

/** Returns m · 10ⁿ with two significant digits. */
export function formatScientific(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return formatDecimal(value);
  const [mantissa, exponent] = value.toExponential(1).split("e");
  const power = Number(exponent);
  const digits = Array.from(String(Math.abs(power)), (digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `${withMinus(mantissa)} · 10${power < 0 ? "⁻" : ""}${digits}`;
}

function withMinus(text: string): string {
  return text.replace("-", MINUS);
}
