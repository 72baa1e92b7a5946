/** Finds the four IDX files of a data set in a folder by their usual names. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FILES, type FileName } from "./job.ts";

/** Returns the path of each file. @throws Error naming the missing files */
export async function findIdxFiles(folder: string): Promise<Record<FileName, string>> {
  const names = await readdir(folder);
  const found = FILES.map((file) => {
    const pattern = new RegExp(`^${file.replace("t10k", "(t10k|test)")}[-.]idx[13]-ubyte(\\.gz)?$`);
    const match = names.find((name) => pattern.test(name));
    if (!match)
      throw new Error(
        `${folder} has no ${file}-idx${file.endsWith("images") ? 3 : 1}-ubyte, with or without .gz`,
      );
    return [file, join(folder, match)] as const;
  });
  return Object.fromEntries(found) as Record<FileName, string>;
}
