/** Text cells of a table as values: missing ones, numbers, dates, yes and no. */

/** How the numbers and dates of a column are written. */
export interface Reading {
  /** `","`: commas are decimal and points part groups of digits; `"."`: the other way round. */
  readonly decimal: "." | ",";
  /** Order of day and month in dates such as 3/4/2024; ISO dates and those with points are read by themselves. */
  readonly dates: "d/m" | "m/d";
}

export const PLAIN_READING: Reading = { decimal: ".", dates: "m/d" };

const MISSING_CELL = /^(|-|\?|na|n\/a|nan|null|none)$/i;

/** Returns whether a cell stands for no value: empty, `-`, `?`, `NA`, `N/A`, `NaN`, `null` or `None`. */
export function isMissing(cell: string): boolean {
  return cell.length <= LONGEST_MISSING ? MISSING_CELL.test(cell.trim()) : cell.trim() === "";
}

const LONGEST_MISSING = 12;

const DECIMAL_COMMA = /^[-+]?(\d+(,\d*)?|,\d+)(e[-+]?\d+)?$/i;
const COMMA_GROUPS = /^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const POINT_GROUPS = /^[-+]?\d{1,3}(\.\d{3})+(,\d*)?$/;
const PLAIN_NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
/** Characters of a number at most, so that patterns stay quick. */
const LONGEST_NUMBER = 400;

/** Returns a number, NaN if the cell holds none or one that float32 cannot hold. */
export function readNumber(cell: string, decimal: Reading["decimal"]): number {
  const text = cell.trim();
  if (text.length > LONGEST_NUMBER) return Number.NaN;
  const value = decimal === "." ? pointNumber(text) : commaNumber(text);
  return Number.isFinite(Math.fround(value)) ? value : Number.NaN;
}

function pointNumber(text: string): number {
  if (PLAIN_NUMBER.test(text)) return Number(text);
  return COMMA_GROUPS.test(text) ? Number(text.replaceAll(",", "")) : Number.NaN;
}

function commaNumber(text: string): number {
  if (DECIMAL_COMMA.test(text)) return Number(text.replace(",", "."));
  return POINT_GROUPS.test(text) ? Number(text.replaceAll(".", "").replace(",", ".")) : Number.NaN;
}

const DAY = 86_400_000;
const ISO_DATE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s?(?:Z|([-+])(\d{2}):?(\d{2}))?)?$/i;
const POINT_DATE = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const SLASH_DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:,?\s(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const LONGEST_DATE = 40;

/** Returns a date as days since 1970-01-01, NaN if the cell holds none. A time without a zone is taken as UTC. */
export function readDate(cell: string, dates: Reading["dates"]): number {
  const text = cell.trim();
  if (text.length > LONGEST_DATE) return Number.NaN;
  const iso = ISO_DATE.exec(text);
  if (iso) {
    const [, year, month, day, hour, minute, second, sign, hours, minutes] = iso;
    const zone = (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
    return dayOf(year, month, day, hour, minute, second) - zone / 1440;
  }
  const points = POINT_DATE.exec(text);
  if (points) return dayOf(points[3], points[2], points[1], points[4], points[5], points[6]);
  const slashes = SLASH_DATE.exec(text);
  if (!slashes) return Number.NaN;
  const [, first, second, year, ...time] = slashes;
  return dates === "d/m" ? dayOf(year, second, first, ...time) : dayOf(year, first, second, ...time);
}

/** Returns the day with its time as a fraction, NaN for days and times that do not exist. */
function dayOf(year: string, month: string, day: string, hour = "0", minute = "0", second = "0"): number {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!exists || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  return date.getTime() / DAY + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) / 86_400;
}

/** Returns the two numbers that begin a date with slashes; null for another cell. */
export function slashPair(cell: string): readonly [number, number] | null {
  const parts = cell.length <= LONGEST_DATE ? SLASH_DATE.exec(cell.trim()) : null;
  return parts && [Number(parts[1]), Number(parts[2])];
}

const YES = /^(yes|y|true|ja|j|oui|o|si|sí|wahr|vrai)$/i;
const NO = /^(no|n|false|nein|non|falsch|faux)$/i;
const LONGEST_YES_NO = 12;

/** Returns 1 for yes, 0 for no, in a few languages; NaN for another cell. */
export function readYesNo(cell: string): number {
  if (cell.length > LONGEST_YES_NO) return Number.NaN;
  const text = cell.trim();
  if (YES.test(text) || text === "1") return 1;
  return NO.test(text) || text === "0" ? 0 : Number.NaN;
}
