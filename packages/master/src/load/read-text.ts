import { readFileSync } from "node:fs";
import { MasterError, type MasterErrorCode } from "../master-error.js";

/** A file that a person named, and what it is called in messages. */
export interface NamedFile {
  file: string;
  /** As in "The inventory". */
  what: string;
  /** Of the error that it becomes. */
  code: MasterErrorCode;
}

/** @throws {MasterError} of the given code when it cannot be read */
export function readText({ file, what, code }: NamedFile): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code: reasonCode, message } = cause as NodeJS.ErrnoException;
    const reason = reasonCode === "ENOENT" ? "it does not exist" : message;
    throw new MasterError(code, `${what} ${file} cannot be read: ${reason}.`, { cause });
  }
}
