/** Disposes of what a test opens, also if the test fails. */
import { onTestFinished } from "vitest";

/** Disposes of this after the test, the last opened first. Returns it. */
export function disposeLater<T extends { dispose(): void }>(opened: T): T {
  onTestFinished(() => opened.dispose());
  return opened;
}
