/** Saves bytes or text as a file, and makes file names. */

/** Starts a download by the browser. */
export function saveFile(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The click only requests the download, which needs the address for a while.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Returns lower-case letters, digits and single hyphens, which every system takes as a file name. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
