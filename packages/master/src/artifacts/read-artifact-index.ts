import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { z } from "zod";
import { ARTIFACT_INDEX, type ArtifactEntries } from "./artifact-entry.js";

const mode = z.int().min(0).max(0o777);
const isInside = (path: string) => {
  const normal = posix.normalize(path);
  return !posix.isAbsolute(normal) && normal !== ".." && !normal.startsWith("../") && !path.includes("\0");
};
const entry = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), mode, digest: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.object({ kind: z.literal("directory"), mode }),
  z.object({ kind: z.literal("symlink"), target: z.string().min(1) }),
]);
const index = z
  .array(z.tuple([z.string().min(1).refine(isInside), entry]))
  .refine((entries) =>
    entries.every(
      ([path, saved]) =>
        saved.kind !== "symlink" ||
        (!posix.isAbsolute(saved.target) && isInside(posix.join(posix.dirname(path), saved.target))),
    ),
  );

/**
 * What an earlier run has saved; nothing where it has saved nothing, or what is there leads out of a working directory:
 * a run store may have come along with somebody's files.
 */
export async function readArtifactIndex(directory: string): Promise<ArtifactEntries> {
  try {
    return new Map(index.parse(JSON.parse(await readFile(join(directory, ARTIFACT_INDEX), "utf8"))));
  } catch {
    // What then is missed is said by the task that consumes it.
    return new Map();
  }
}
