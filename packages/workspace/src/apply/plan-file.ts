import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from "node:fs";
import { checkPath } from "../manifest/path-rules.js";
import { type FileIdentity, identityOf } from "../snapshot/file-identity.js";
import type { PlanStep, Put } from "./commit-plan.js";
import { LineWriter, readLines } from "./json-lines.js";

/*
 * The plan of a commit, in the file `plan` of its directory: lines of JSON, each an array.
 *   ["sloth-plan", 1, <root>, <directory>]    what it was written for, each as [<inode>, <time of birth in ns>]
 *   ["remove", <path>, <old>, <identity>]
 *   ["remove-directory", <path>, <mode>]
 *   ["make-directory", <path>]
 *   ["put", <path>, <staged>, <identity of what is put>, <old>, <identity of what it replaces>]    the last two or neither
 *   ["set-mode", <path>, <before>, <after>]    the path may be "", the root
 *   ["end", <number of steps>]
 * An identity is [<inode>, <size>, <mtime in ns>, <ctime in ns>, <mode>]. Integers beyond 2^53 are decimal text.
 *
 * A repository that somebody cloned may bring such a file along. No checkout can choose the inode numbers and the
 * times of birth of directories, so a plan that was not written here, or was copied with its tree, is told by them.
 */
const VERSION = 1;
const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A step as it is read back: what is put is known by its identity, since it may be in the tree by now. */
export type RecordedStep = Exclude<PlanStep, Put> | (Put & { after: FileIdentity });

/** What a plan is bound to. */
export interface PlanPlace {
  root: string;
  /** The directory of the commit, wherever it stands now. */
  directory: string;
}

/** Why a file is not a plan to be followed. */
class UnusablePlan extends Error {}

export function writePlan(place: PlanPlace, steps: Iterable<PlanStep>): void {
  const descriptor = openSync(`${place.directory}/plan`, CREATE_FLAGS, 0o600);
  try {
    const lines = new LineWriter(descriptor);
    lines.add(["sloth-plan", VERSION, birthOf(place.root), birthOf(place.directory)]);
    let count = 0;
    for (const step of steps) {
      lines.add(encodeStep(step, place.directory));
      count++;
    }
    lines.add(["end", count]);
    lines.flush();
  } finally {
    closeSync(descriptor);
  }
}

/** @throws {Error} saying why the plan cannot be followed */
export function readPlan(place: PlanPlace): RecordedStep[] {
  const descriptor = openSync(`${place.directory}/plan`, OPEN_FLAGS);
  try {
    if (!fstatSync(descriptor).isFile()) throw new UnusablePlan("it is no file");
    const lines = readLines(descriptor);
    checkHeader(lines.next().value, place);
    const steps: RecordedStep[] = [];
    for (const line of lines) {
      const fields = new Fields(line);
      const kind = fields.text();
      if (kind === "end") {
        if (fields.integer() !== steps.length || lines.next().done !== true) break;
        return steps;
      }
      steps.push(decodeStep(kind, fields));
      fields.end();
    }
    throw new UnusablePlan("it is not complete");
  } finally {
    closeSync(descriptor);
  }
}

function encodeStep(step: PlanStep, directory: string): unknown[] {
  switch (step.kind) {
    case "remove":
      return [step.kind, step.path, step.old, encodeIdentity(step.before)];
    case "remove-directory":
      return [step.kind, step.path, step.mode];
    case "make-directory":
      return [step.kind, step.path];
    case "set-mode":
      return [step.kind, step.path, step.before, step.after];
    case "put": {
      const after = identityOf(lstatSync(`${directory}/new-${step.staged}`, { bigint: true }));
      const replaced = step.replaces && [step.replaces.old, encodeIdentity(step.replaces.before)];
      return [step.kind, step.path, step.staged, encodeIdentity(after), ...(replaced ?? [])];
    }
  }
}

function decodeStep(kind: string, fields: Fields): RecordedStep {
  switch (kind) {
    case "remove":
      return { kind, path: fields.path(), old: fields.integer(), before: fields.identity() };
    case "remove-directory":
      return { kind, path: fields.path(), mode: fields.mode(0o7777) };
    case "make-directory":
      return { kind, path: fields.path() };
    case "set-mode":
      return { kind, path: fields.pathOrRoot(), before: fields.mode(0o777), after: fields.mode(0o777) };
    case "put": {
      const put = { path: fields.path(), staged: fields.integer(), after: fields.identity() };
      const replaces = fields.hasMore() ? { old: fields.integer(), before: fields.identity() } : undefined;
      return { kind, ...put, replaces };
    }
    default:
      throw new UnusablePlan("it has a step that this version does not know");
  }
}

function encodeIdentity({ inode, sizeBytes, mtimeNs, ctimeNs, mode }: FileIdentity): unknown[] {
  return [String(inode), sizeBytes, String(mtimeNs), String(ctimeNs), mode];
}

function birthOf(directory: string): [string, string] {
  const { ino, birthtimeNs }: BigIntStats = lstatSync(directory, { bigint: true });
  return [String(ino), String(birthtimeNs)];
}

function checkHeader(line: unknown, { root, directory }: PlanPlace): void {
  const [name, version, ofRoot, ofDirectory] = Array.isArray(line) ? line : [];
  if (name !== "sloth-plan") throw new UnusablePlan("it is no plan");
  if (version !== VERSION) throw new UnusablePlan(`it was written by another version (${String(version)})`);
  const isHere =
    String(ofRoot) === String(birthOf(root)) && String(ofDirectory) === String(birthOf(directory));
  if (!isHere) throw new UnusablePlan("it was not written for this directory, but copied or brought along");
}

/** Takes the fields of one line, each of the type that is due. */
class Fields {
  readonly #fields: readonly unknown[];
  #next = 0;

  constructor(line: unknown) {
    if (!Array.isArray(line)) throw new UnusablePlan("it has a line that is no list");
    this.#fields = line;
  }

  hasMore(): boolean {
    return this.#next < this.#fields.length;
  }

  end(): void {
    if (this.hasMore()) throw new UnusablePlan("it has a step with too many fields");
  }

  text(): string {
    const value = this.#take();
    if (typeof value !== "string") throw new UnusablePlan("it has a number in the place of a text");
    return value;
  }

  integer(): number {
    const value = this.#take();
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
      throw new UnusablePlan("it has something in the place of a number");
    return value;
  }

  mode(bits: number): number {
    const mode = this.integer();
    if (mode > bits) throw new UnusablePlan("it has a mode that cannot be");
    return mode;
  }

  path(): string {
    const path = this.text();
    checkPath(path);
    if (path === ".sloth" || path.startsWith(".sloth/")) throw new UnusablePlan("it changes our own state");
    return path;
  }

  pathOrRoot(): string {
    return this.#fields[this.#next] === "" ? this.text() : this.path();
  }

  identity(): FileIdentity {
    const fields = new Fields(this.#take());
    const [inode, sizeBytes, mtimeNs] = [fields.#bigint(), fields.integer(), fields.#bigint()];
    const identity = { inode, sizeBytes, mtimeNs, ctimeNs: fields.#bigint(), mode: fields.integer() };
    fields.end();
    return identity;
  }

  #bigint(): bigint {
    const text = this.text();
    if (!/^-?\d{1,20}$/.test(text)) throw new UnusablePlan("it has something in the place of a number");
    return BigInt(text);
  }

  #take(): unknown {
    return this.#fields[this.#next++];
  }
}
