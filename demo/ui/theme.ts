/** The colours of colours.css as numbers, for what is painted on a canvas; they change with the theme. */
import { signal } from "@preact/signals";

/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const darkScheme = matchMedia("(prefers-color-scheme: dark)");
const isDark = signal(darkScheme.matches);
const known = new Map<string, Rgb>();

darkScheme.addEventListener("change", () => {
  known.clear();
  isDark.value = darkScheme.matches;
});

/** Returns the colour of a variable in the theme at hand. An effect that reads it runs again when the theme changes. */
export function themeColour(variable: `--${string}`): Rgb {
  void isDark.value;
  let rgb = known.get(variable);
  if (!rgb) {
    rgb = parse(getComputedStyle(document.documentElement).getPropertyValue(variable));
    known.set(variable, rgb);
  }
  return rgb;
}

/** Returns a colour for a canvas's `fillStyle` and `strokeStyle`. */
export function cssColour([red, green, blue]: Rgb, alpha = 1): string {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** Reads an opaque colour, which a canvas brings to six digits however it is written. */
function parse(colour: string): Rgb {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) throw new Error("This browser has no 2D canvas.");
  context.fillStyle = colour;
  const digits = Number.parseInt(String(context.fillStyle).slice(1), 16);
  return [digits >> 16, (digits >> 8) & 255, digits & 255];
}
