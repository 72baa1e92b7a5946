/** Numbers as a reader of mathematics expects them: a true minus sign, powers of ten for the very small and large. */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const MINUS = "−";

/** A number with `digits` after the point; where that would show too little or too much of it, m·10ⁿ. */
export function format(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size < 10 ** -digits || size >= 1e5) return scientific(value);
  return signed(value.toFixed(digits));
}

/** A number with three digits after the point, for tables in which the very small may look like 0. */
export function fixed(value: number): string {
  if (isTiny(value)) return "0.000";
  return Math.abs(value) < 1e5 ? signed(value.toFixed(3)) : format(value);
}

/** Whether nothing is left of a number with three digits after the point. */
export function isTiny(value: number): boolean {
  return Math.abs(value) < 0.0005;
}

/** A number as m·10ⁿ. */
export function scientific(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return format(value);
  const [mantissa, exponent] = value.toExponential(1).split("e");
  const power = Number(exponent);
  const digits = Array.from(String(Math.abs(power)), (digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `${signed(mantissa)} · 10${power < 0 ? "⁻" : ""}${digits}`;
}

/** A count, thousands grouped. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

function signed(text: string): string {
  return text.replace("-", MINUS);
}
