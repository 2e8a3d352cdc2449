/** What is saved of one path. A file's content is beside the index, under its SHA-256. */
export type ArtifactEntry =
  | { kind: "file"; mode: number; digest: string }
  | { kind: "directory"; mode: number }
  | { kind: "symlink"; target: string };

/** By path, relative to the working directory. */
export type ArtifactEntries = ReadonlyMap<string, ArtifactEntry>;

/** In the directory of the contents: what their names are. */
export const ARTIFACT_INDEX = "index.json";
