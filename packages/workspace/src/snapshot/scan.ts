import { statSync } from "node:fs";
import { runScanJob, type ScanAnswer, type ScanJob } from "./scan-job.js";
import { scanOnThread } from "./scan-threads.js";

/** What is over sooner than this costs less here than asking a thread and waiting for its answer. */
const SHORT_MS = 10;
/** Some 200 entries; a tree of which nothing is known may be as small. */
const SMALL_INDEX_BYTES = 16 * 1024;

class TookLong extends Error {}

/**
 * Scans: a small tree on this thread, another one on a thread of its own.
 * @throws {WorkspaceError} as scanTree does; rejects with the signal's reason when it is aborted
 */
export async function scan(job: ScanJob, signal?: AbortSignal): Promise<ScanAnswer> {
  signal?.throwIfAborted();
  const answer = indexBytes(job) <= SMALL_INDEX_BYTES ? scanHere(job, SHORT_MS) : undefined;
  return answer ?? scanOnThread(job, signal);
}

/** Whether a scan of the tree with this index will be given to a thread, as far as can be known before. */
export function isLikelyLong(indexFile: string): boolean {
  return fileBytes(indexFile) > SMALL_INDEX_BYTES;
}

/** Undefined, with nothing done, when it takes longer than `limitMs`. */
export function scanHere(job: ScanJob, limitMs: number): ScanAnswer | undefined {
  const untilMs = performance.now() + limitMs;
  try {
    return runScanJob(job, () => {
      if (performance.now() > untilMs) throw new TookLong();
    });
  } catch (cause) {
    if (cause instanceof TookLong) return undefined;
    throw cause;
  }
}

function indexBytes({ known, indexFile }: ScanJob): number {
  if (known !== undefined) return known.encoded.length + known.identities.byteLength;
  return indexFile === undefined ? 0 : fileBytes(indexFile);
}

/** Only a guess of how long a scan takes: where it cannot be told, whoever reads the file says why. */
function fileBytes(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
