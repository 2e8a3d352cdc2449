/** A word that may stand where the cursor is. */
export interface Candidate {
  /** The whole word, also what is typed of it already. */
  value: string;
  /** For shells that show it. */
  describe?: string;
}

/** Words, or what the shell itself knows to complete. */
export type Candidates = readonly Candidate[] | "files" | "directories";

export function words(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value }));
}
