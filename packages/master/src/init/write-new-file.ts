import { writeFile } from "node:fs/promises";
import { MasterError } from "../master-error.js";

/**
 * Writes a file where nothing of its name is, be it a link that leads nowhere; says whether it did.
 * @throws {MasterError} NOT_FOUND when it cannot be written
 */
export async function writeNewFile(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new MasterError("NOT_FOUND", `Cannot write ${path}: ${(cause as Error).message}.`, { cause });
  }
}
