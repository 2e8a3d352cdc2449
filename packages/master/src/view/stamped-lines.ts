import type { LineSink } from "./line-writer.js";

/** Puts a text in front of each line, as it is when the line comes. */
export class StampedLines implements LineSink {
  readonly color: boolean;

  constructor(
    private readonly sink: LineSink,
    private readonly stamp: () => string,
  ) {
    this.color = sink.color;
  }

  line(text: string): Promise<void> {
    const stamp = this.stamp();
    return this.sink.line(stamp + text.replaceAll("\n", `\n${stamp}`));
  }

  lines(prefix: string, lines: readonly Uint8Array[]): Promise<void> {
    return this.sink.lines(this.stamp() + prefix, lines);
  }
}
