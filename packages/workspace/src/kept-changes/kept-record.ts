import { quote, WorkspaceError } from "../errors.js";
import { KEPT_REASONS, type KeptAbout, type KeptSummary } from "./kept-about.js";

/*
 * A directory of kept changes, version 1:
 *
 *   changes.json      who, when, why, how much; digests of the two lists
 *   base, changeset   what was sent and what came back, in the package's own encodings
 *   contents/<sha256> the new contents
 *   applied           when they were applied after all
 *
 * It appears by one rename, so it is there wholly or not at all. Non-guarantee: whoever can write to it can replace
 * all of it with changes of his own; the digests find damage, not malice.
 */
export const FILES = {
  record: "changes.json",
  base: "base",
  changeset: "changeset",
  contents: "contents",
  applied: "applied",
} as const;

const VERSION = 1;
const LONGEST_MESSAGE = 16_384;

/** What is written to `changes.json`. */
export interface KeptRecord extends KeptSummary {
  /** SHA-256 of the encoded lists. */
  baseSha256: string;
  changesetSha256: string;
}

export function encodeRecord(record: Omit<KeptRecord, "appliedAtMs">): string {
  const { message, timeMs, ...rest } = record;
  const time = new Date(timeMs).toISOString();
  const shortened =
    message === undefined ? {} : { message: message.slice(0, LONGEST_MESSAGE).replaceAll("\0", "\ufffd") };
  return `${JSON.stringify({ version: VERSION, time, ...rest, ...shortened }, undefined, 2)}\n`;
}

/** @throws {WorkspaceError} BAD_ARCHIVE, naming `directory` */
export function decodeRecord(text: string, directory: string): KeptRecord {
  const fields = new RecordFields(parse(text, directory), directory);
  if (fields.number("version") !== VERSION) {
    const message = `The kept changes in ${quote(directory)} are of a version that is not known here.`;
    throw new WorkspaceError("BAD_ARCHIVE", message, { path: directory });
  }
  const message = fields.optionalText("message");
  return {
    ...readAbout(fields),
    ...(message === undefined ? {} : { message }),
    counts: readCounts(fields.nested("counts")),
    contentBytes: fields.number("contentBytes"),
    hasContents: fields.flag("hasContents"),
    baseSha256: fields.text("baseSha256"),
    changesetSha256: fields.text("changesetSha256"),
  };
}

function readAbout(fields: RecordFields): KeptAbout {
  const why = fields.text("why");
  const reason = KEPT_REASONS.find((known) => known === why);
  const workspaceRoot = fields.text("workspaceRoot");
  if (reason === undefined) throw fields.fault('an unknown "why"');
  if (!workspaceRoot.startsWith("/")) throw fields.fault('a "workspaceRoot" that is not absolute');
  return {
    run: fields.text("run"),
    group: fields.text("group"),
    task: fields.text("task"),
    attempt: fields.number("attempt"),
    agent: fields.text("agent"),
    workspaceRoot,
    why: reason,
    timeMs: fields.time("time"),
    protect: fields.texts("protect"),
    workflowFiles: fields.texts("workflowFiles"),
  };
}

function readCounts(fields: RecordFields): KeptSummary["counts"] {
  return {
    added: fields.number("added"),
    modified: fields.number("modified"),
    deleted: fields.number("deleted"),
  };
}

function parse(text: string, directory: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(directory, `${FILES.record} is not JSON`, cause);
  }
}

/** Takes fields of the kinds that are expected, and nothing else. */
class RecordFields {
  readonly #fields: Record<string, unknown>;
  readonly #directory: string;

  constructor(value: unknown, directory: string) {
    this.#directory = directory;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.fault("no fields");
    this.#fields = value as Record<string, unknown>;
  }

  text(name: string): string {
    const value = this.#own(name);
    if (typeof value === "string" && !value.includes("\0")) return value;
    throw this.fault(`no text ${quote(name)}`);
  }

  optionalText(name: string): string | undefined {
    return this.#own(name) === undefined ? undefined : this.text(name);
  }

  texts(name: string): string[] {
    const value = this.#own(name);
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw this.fault(`no list of texts ${quote(name)}`);
  }

  number(name: string): number {
    const value = this.#own(name);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.fault(`no number ${quote(name)}`);
  }

  flag(name: string): boolean {
    const value = this.#own(name);
    if (typeof value === "boolean") return value;
    throw this.fault(`neither true nor false for ${quote(name)}`);
  }

  time(name: string): number {
    const timeMs = Date.parse(this.text(name));
    if (Number.isFinite(timeMs)) return timeMs;
    throw this.fault(`no time ${quote(name)}`);
  }

  nested(name: string): RecordFields {
    return new RecordFields(this.#own(name), this.#directory);
  }

  fault(what: string): WorkspaceError {
    return damaged(this.#directory, `${FILES.record} has ${what}`);
  }

  #own(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
}

export function damaged(directory: string, what: string, cause?: unknown): WorkspaceError {
  const message = `The kept changes in ${quote(directory)} are damaged: ${what}.`;
  return new WorkspaceError("BAD_ARCHIVE", message, { path: directory, cause });
}
