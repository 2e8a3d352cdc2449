import { randomUUID } from "node:crypto";
import { renameSync } from "node:fs";
import { basename } from "node:path";
import { processMark } from "../root/process-mark.js";
import { ensureDirectory } from "../root/state-directory.js";

/**
 * The private directory of one commit, which has what is to come (`new-<number>`), what was there (`old-<number>`)
 * and the plan. Where it stands says what is owed to the tree, and each move is one rename:
 * - in `staging`, nothing: no step was done, or all are. It may be removed.
 * - in `journal`, all steps: it is carried through, now or by whoever comes next.
 * - in `rollback`, none: its name ends with the number of steps that had begun, and these are undone.
 */
export class CommitArea {
  readonly #stateDirectory: string;
  #location: string;
  #isOwedNothing = true;

  constructor(stateDirectory: string, location: string) {
    this.#stateDirectory = stateDirectory;
    this.#location = location;
  }

  get location(): string {
    return this.#location;
  }

  /** Whether it may be removed. */
  get isOwedNothing(): boolean {
    return this.#isOwedNothing;
  }

  /** The commit mark. */
  enterJournal(): void {
    this.#moveTo("journal", basename(this.#location));
    this.#isOwedNothing = false;
  }

  /** The mark that the commit is given up. */
  enterRollback(begunSteps: number): void {
    this.#moveTo("rollback", `${basename(this.#location)}+${begunSteps}`);
  }

  /** The mark that nothing is owed any more. */
  leave(): void {
    this.#moveTo("staging", `${processMark()}-${randomUUID()}`);
    this.#isOwedNothing = true;
  }

  #moveTo(place: "staging" | "journal" | "rollback", name: string): void {
    const directory = `${this.#stateDirectory}/${place}`;
    ensureDirectory(directory, 0o700);
    renameSync(this.#location, `${directory}/${name}`);
    this.#location = `${directory}/${name}`;
  }
}

/** How many steps of a directory in `rollback` had begun; undefined when its name is not of ours. */
export function begunStepsIn(name: string): number | undefined {
  const digits = /\+(\d{1,15})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
