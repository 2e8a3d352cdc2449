import { type Attach, type ExecuteResponse, OutputStream } from "@sloth/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameLog, TakenOver } from "./frame-log.js";

const never = new AbortController().signal;
const { OUTPUT_STREAM_STDOUT: STDOUT, OUTPUT_STREAM_STDERR: STDERR } = OutputStream;

const QUEUED: ExecuteResponse = { frame: { $case: "queued", queued: { position: 1 } } };
const STARTED: ExecuteResponse = { frame: { $case: "started", started: { verifyUs: 0, updateUs: 0 } } };

/** Numbers what is printed as an attempt does. */
class Printer {
  #seq = 0;
  readonly #offsets = new Map<OutputStream, number>();

  output(stream: OutputStream, text: string): ExecuteResponse {
    const data = Buffer.from(text);
    const offset = this.#offsets.get(stream) ?? 0;
    this.#offsets.set(stream, offset + data.length);
    return { frame: { $case: "output", output: { seq: ++this.#seq, stream, offset, data } } };
  }

  log(message: string): ExecuteResponse {
    return { frame: { $case: "log", log: { seq: ++this.#seq, level: 2, message, fields: undefined } } };
  }
}

/** What a master has, and how it takes frames: what is not the next is an error. */
class Reader {
  readonly streams = new Map([
    [STDOUT, ""],
    [STDERR, ""],
  ]);
  readonly logs: string[] = [];
  seq = 0;

  take({ frame }: ExecuteResponse): void {
    if (frame?.$case === "log") this.logs.push(frame.log.message);
    if (frame?.$case === "output") {
      const before = this.streams.get(frame.output.stream) ?? "";
      if (frame.output.offset !== before.length) throw new Error(`a gap at ${before.length}`);
      this.streams.set(frame.output.stream, before + Buffer.from(frame.output.data).toString());
    }
    if (frame?.$case === "log") this.seq = frame.log.seq;
    if (frame?.$case === "output") this.seq = frame.output.seq;
  }

  get has(): Attach {
    const length = (stream: OutputStream) => this.streams.get(stream)?.length ?? 0;
    return { stdoutBytes: length(STDOUT), stderrBytes: length(STDERR), logs: this.logs.length };
  }
}

async function kinds(frames: AsyncIterable<ExecuteResponse>): Promise<(string | undefined)[]> {
  const seen = [];
  for await (const { frame } of frames) seen.push(frame?.$case);
  return seen;
}

describe("FrameLog", () => {
  it("repeats output and what follows it, and nothing of what came before", async () => {
    const log = new FrameLog();
    const printer = new Printer();
    await log.push(QUEUED, never);
    log.keep();
    for (const frame of [STARTED, printer.output(STDOUT, "a"), printer.log("b")])
      await log.push(frame, never);
    log.finish();
    expect(await kinds(log.read())).toEqual(["queued", "started", "output", "log"]);
    expect(await kinds(log.read({ stdoutBytes: 0, stderrBytes: 0, logs: 0 }))).toEqual(["output", "log"]);
    expect(await kinds(log.read({ stdoutBytes: 1, stderrBytes: 0, logs: 0 }))).toEqual(["log"]);
  });

  it("tells a reader that another one has taken its place", async () => {
    const log = new FrameLog();
    const first = log.read();
    const waiting = first.next();
    const second = log.read().next();
    await expect(waiting).rejects.toThrow(TakenOver);
    log.finish();
    expect((await second).done).toBe(true);
  });

  it("lets who prints wait while much is held, until it is acknowledged or given up", async () => {
    const log = new FrameLog();
    log.keep();
    const printer = new Printer();
    const much = "x".repeat(5 * 2 ** 20);
    const first = log.push(printer.output(STDOUT, much), never);
    const given = new AbortController();
    const second = log.push(printer.output(STDOUT, "y"), given.signal);
    const stillWaits = Symbol();
    expect(await Promise.race([first, new Promise((r) => setTimeout(r, 50, stillWaits))])).toBe(stillWaits);
    log.acknowledge(2);
    await first;
    await second;
    const third = log.push(printer.output(STDOUT, much), given.signal);
    given.abort(new Error("nobody wants it"));
    await expect(third).rejects.toThrow("nobody wants it");
  });

  it("gives every byte once to a master that comes back any number of times, whatever it has acknowledged", async () => {
    const step = fc.oneof(
      fc.record({
        print: fc.constantFrom(STDOUT, STDERR),
        text: fc.string({ minLength: 1, unit: "grapheme-ascii" }),
      }),
      fc.record({ log: fc.string() }),
      fc.record({ read: fc.nat(5) }),
      fc.constant({ acknowledge: true }),
      // What a record lacks of what was read: at most what was not acknowledged.
      fc.constant({ cut: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const log = new FrameLog();
        log.keep();
        const [printer, reader] = [new Printer(), new Reader()];
        const printed = new Map([
          [STDOUT, ""],
          [STDERR, ""],
        ]);
        const logs: string[] = [];
        let frames = log.read();
        let pending = 0;
        for (const one of steps) {
          if ("print" in one) {
            await log.push(printer.output(one.print, one.text), never);
            printed.set(one.print, printed.get(one.print) + one.text);
            pending += 1;
          } else if ("log" in one) {
            await log.push(printer.log(one.log), never);
            logs.push(one.log);
            pending += 1;
          } else if ("read" in one) {
            for (let n = Math.min(one.read, pending); n > 0; n--, pending--) {
              const { value } = await frames.next();
              if (value) reader.take(value);
            }
          } else if ("acknowledge" in one) log.acknowledge(reader.seq);
          else frames = log.read(reader.has);
        }
        log.finish();
        for await (const frame of frames) reader.take(frame);
        expect([...reader.streams]).toEqual([...printed]);
        expect(reader.logs).toEqual(logs);
      }),
    );
  });
});
