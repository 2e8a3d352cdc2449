import { randomUUID } from "node:crypto";
import { type Dirent, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { systemCode } from "../errors.js";
import { Pace } from "../pacing.js";
import { isAlive, markIn, processMark } from "./process-mark.js";
import { ensureDirectory } from "./state-directory.js";

/** Private directories below `.sloth/staging`, each named by the process that made it. */
export class Staging {
  readonly #directory: string;

  constructor(stateDirectory: string) {
    this.#directory = `${stateDirectory}/staging`;
    ensureDirectory(this.#directory, 0o700);
  }

  create(): string {
    ensureDirectory(this.#directory, 0o700);
    const directory = `${this.#directory}/${processMark()}-${randomUUID()}`;
    ensureDirectory(directory, 0o700);
    return directory;
  }

  /** What is usually in one, many plain files, goes at once; Node's own recursion takes a promise for each. */
  async remove(directory: string): Promise<void> {
    const pace = new Pace(undefined);
    for (const entry of entriesIn(directory)) {
      if (entry.isFile()) rmSync(`${directory}/${entry.name}`, { force: true });
      if (pace.isDue()) await pace.rest();
    }
    await rm(directory, { recursive: true, force: true });
  }

  /** Removes what processes left that are no more. Names of another form are not ours and stay. */
  async removeStale(): Promise<void> {
    for (const name of readdirSync(this.#directory)) {
      const mark = markIn(name);
      if (mark !== undefined && !isAlive(mark)) await this.remove(`${this.#directory}/${name}`);
    }
  }
}

function entriesIn(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return [];
    throw cause;
  }
}
