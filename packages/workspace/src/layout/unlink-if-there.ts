import { unlinkSync } from "node:fs";
import { systemCode } from "../errors.js";

/** Removes a name that somebody else may have removed before. */
export function unlinkIfThere(location: string): void {
  try {
    unlinkSync(location);
  } catch (cause) {
    if (systemCode(cause) !== "ENOENT") throw cause;
  }
}
