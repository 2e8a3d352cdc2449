import { chmodSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
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
  rmSync(directory, { recursive: true, force: true });
}

function openUp(directory: string): void {
  chmodSync(directory, 0o700);
  for (const name of readdirSync(directory)) {
    const location = join(directory, name);
    if (lstatSync(location).isDirectory()) openUp(location);
  }
}
