import type { LineSink } from "../line-writer.js";

/**
 * Lines of JSON in which the runner of GitHub Actions finds no command: it looks for `##[name]` anywhere in a line. In
 * JSON `#` stands in strings only, and has another spelling there.
 */
export class JsonGuard implements LineSink {
  readonly color = false;

  constructor(private readonly sink: LineSink) {}

  line(json: string): Promise<void> {
    return this.sink.line(json.replaceAll("#", "\\u0023"));
  }

  async lines(prefix: string, lines: readonly Uint8Array[]): Promise<void> {
    for (const line of lines) await this.line(prefix + Buffer.from(line).toString("utf8"));
  }
}
