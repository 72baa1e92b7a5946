/**
 * Gives the browser's language a valid name before uPlot reads it. With the locale `C`, WebKitGTK says `"c"`, which
 * `Intl` refuses with a RangeError while uPlot loads. Imported before uPlot.
 */

function isValid(language: string): boolean {
  try {
    new Intl.NumberFormat(language);
    return true;
  } catch {
    return false;
  }
}

if (!isValid(navigator.language)) Object.defineProperty(navigator, "language", { value: "en" });
