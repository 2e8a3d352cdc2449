/** Takes JSON for programs, and nothing else. What it gives resolves when more can be taken. */
export interface JsonSink {
  /** One document, on a line of its own. */
  line(json: string): Promise<void>;
  /** Whole lines in UTF-8, with their line breaks. */
  write(lines: Uint8Array): Promise<void>;
}
