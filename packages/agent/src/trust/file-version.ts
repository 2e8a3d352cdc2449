import { statSync } from "node:fs";

/** Another text once a file has been changed, replaced, made or removed. */
export function fileVersion(path: string): string {
  const about = statSync(path, { throwIfNoEntry: false });
  return `${about?.ino} ${about?.mtimeMs} ${about?.size}`;
}
