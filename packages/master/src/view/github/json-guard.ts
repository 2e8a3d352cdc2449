import type { JsonSink } from "../json-sink.js";

/**
 * Lines of JSON in which the runner of GitHub Actions finds no command: it looks for `##[name]` anywhere in a line. In
 * JSON `#` stands in strings only, and has another spelling there.
 */
export class JsonGuard implements JsonSink {
  constructor(private readonly sink: JsonSink) {}

  line(json: string): Promise<void> {
    return this.sink.line(respelled(json));
  }

  write(lines: Uint8Array): Promise<void> {
    // Byte by byte, whatever characters they are of: none of a longer one is a `#`.
    return this.sink.write(Buffer.from(respelled(Buffer.from(lines).toString("latin1")), "latin1"));
  }
}

function respelled(json: string): string {
  return json.replaceAll("#", "\\u0023");
}
