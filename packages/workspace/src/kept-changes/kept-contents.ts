import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { quote, systemCode, systemReason, WorkspaceError } from "../errors.js";
import { copyChecked } from "../layout/copy-checked.js";
import type { Body } from "../transfer/bodies.js";
import type { StagedContents } from "../transfer/receive-contents.js";
import { damaged, FILES } from "./kept-record.js";

/** The contents that came with kept changes. They are copied for use, never handed out. */
export class KeptContents {
  readonly #directory: string;
  readonly #bodies: ReadonlyMap<string, Body>;

  constructor(directory: string, bodies: readonly Body[]) {
    this.#directory = directory;
    this.#bodies = new Map(bodies.map((body) => [body.digest, body]));
    for (const body of bodies) this.#locate(body);
  }

  /** All of one content, in memory. Undefined when it is none of the new ones. @throws {WorkspaceError} BAD_ARCHIVE */
  async read(digest: string): Promise<Uint8Array | undefined> {
    const body = this.#bodies.get(digest);
    if (body === undefined) return undefined;
    const bytes = await readFile(this.#locate(body));
    if (createHash("sha256").update(bytes).digest("hex") !== digest) throw this.#isAnother(body);
    return bytes;
  }

  /**
   * Copies every content to `stagingDir` and checks the copy, so that an `apply` may use it up and fail, and what is
   * kept is still there.
   * @throws {WorkspaceError} BAD_ARCHIVE, IO_FAILED; then `stagingDir` is gone
   */
  async stage(stagingDir: string, signal?: AbortSignal): Promise<StagedContents> {
    const remove = () => rm(stagingDir, { recursive: true, force: true });
    const staged = new Map<string, string>();
    let bytes = 0;
    try {
      await mkdir(stagingDir, { recursive: true, mode: 0o700 });
      for (const body of this.#bodies.values()) {
        signal?.throwIfAborted();
        const location = join(stagingDir, String(staged.size));
        await this.#copy(body, location);
        staged.set(body.digest, location);
        bytes += body.sizeBytes;
      }
    } catch (cause) {
      await remove();
      throw asWorkspaceError(this.#directory, cause);
    }
    // Nothing travelled; the list of digests stands for the bytes that would have.
    const sha256 = createHash("sha256")
      .update([...staged.keys()].join("\n"))
      .digest("hex");
    return {
      summary: { bytes, entries: staged.size, sha256 },
      pathOf: (digest) => staged.get(digest),
      remove,
    };
  }

  async #copy(body: Body, location: string): Promise<void> {
    if (!(await copyChecked(this.#locate(body), location, body))) throw this.#isAnother(body);
  }

  /** A link or a pipe in its place is refused before it is opened. */
  #locate(body: Body): string {
    const location = join(this.#directory, FILES.contents, body.digest);
    const stats = lstatSync(location, { throwIfNoEntry: false });
    if (stats === undefined) throw damaged(this.#directory, `the content of ${quote(body.path)} is missing`);
    if (!stats.isFile() || stats.size !== body.sizeBytes) throw this.#isAnother(body);
    return location;
  }

  #isAnother(body: Body): WorkspaceError {
    return damaged(this.#directory, `the content of ${quote(body.path)} is not what came`);
  }
}

function asWorkspaceError(directory: string, cause: unknown): unknown {
  if (cause instanceof WorkspaceError || systemCode(cause) === undefined) return cause;
  const message = `Cannot use the kept changes in ${quote(directory)}: ${systemReason(cause)}.`;
  return new WorkspaceError("IO_FAILED", message, { path: directory, cause });
}
