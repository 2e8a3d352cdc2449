import type { ManifestEntry } from "../manifest/entry.js";
import { type FileIdentity, microseconds } from "./file-identity.js";

/** The entry of a regular file that was seen with this identity and has this content. */
export function fileEntry(path: string, identity: FileIdentity, digest: string): ManifestEntry {
  const { mode, mtimeNs, sizeBytes } = identity;
  return { path, kind: "file", mode: mode & 0o777, mtimeUs: microseconds(mtimeNs), sizeBytes, digest };
}
