import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A fresh directory that is removed when the test has finished. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "sloth-e2e-"));
  onTestFinished(() => removeTree(path));
  return path;
}

/** Also removes directories that their owner may not write. */
export function removeTree(path: string): void {
  execFileSync("sh", ["-c", 'chmod -R u+rwX "$1" 2>/dev/null; rm -rf "$1"', "sh", path]);
}
