import { encodeLine } from "../events/encode-event.js";
import type { RunEvent } from "../events/run-event.js";
import { wholeCharacters } from "../events/whole-characters.js";
import type { JsonSink } from "./json-sink.js";
import type { RunView } from "./run-view.js";

/** Shows a run to a program: each event is a line of JSON, as `event-schema.ts` describes it. */
export class JsonView implements RunView {
  readonly #stdout: JsonSink;
  readonly #whole = wholeCharacters();

  constructor(stdout: JsonSink) {
    this.#stdout = stdout;
  }

  async show(event: RunEvent): Promise<void> {
    for (const whole of this.#whole(event)) await this.#stdout.write(encodeLine(whole));
  }

  close(): void {}
}
