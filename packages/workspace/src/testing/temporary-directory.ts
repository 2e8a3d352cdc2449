import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, mkdtempSync, readdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A fresh directory, removed when the test ends. Not usable inside a property: see {@link withTemporaryDirectory}. */
export function temporaryDirectory(): string {
  const directory = make();
  onTestFinished(() => remove(directory));
  return directory;
}

export async function withTemporaryDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = make();
  try {
    return await work(directory);
  } finally {
    remove(directory);
  }
}

function make(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "workspace-test-")));
}

function remove(directory: string): void {
  openUp(directory);
  // Node's own recursion goes through names as text.
  execFileSync("rm", ["-rf", "--", directory]);
}

/** Names are bytes here: a test may have made one that is no UTF-8. */
function openUp(directory: string | Buffer): void {
  chmodSync(directory, 0o700);
  for (const name of readdirSync(directory, { encoding: "buffer" })) {
    const location = Buffer.concat([Buffer.from(directory), Buffer.from("/"), name]);
    if (lstatSync(location).isDirectory()) openUp(location);
  }
}
