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

  get seq(): number {
    return this.#seq;
  }

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
  readonly #most = new Map<OutputStream, number>();
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

  /** All but so many of the last bytes of each stream that it has ever had are recorded. */
  forget(bytes: number): void {
    for (const [stream, text] of this.streams) {
      const most = Math.max(text.length, this.#most.get(stream) ?? 0);
      this.#most.set(stream, most);
      this.streams.set(stream, text.slice(0, Math.max(0, most - bytes)));
    }
  }

  get has(): Attach {
    const length = (stream: OutputStream) => this.streams.get(stream)?.length ?? 0;
    return { stdoutBytes: length(STDOUT), stderrBytes: length(STDERR), logs: this.logs.length };
  }
}

const PIECE_BYTES = 256 * 1024;
/** More than is held. */
const MUCH_BYTES = 20 * PIECE_BYTES;

/** Resolves when all of it was taken; the pieces are there at once. */
async function pushMuch(log: FrameLog, printer: Printer, signal: AbortSignal): Promise<void> {
  const piece = "x".repeat(PIECE_BYTES);
  const pushing: Promise<void>[] = [];
  for (let bytes = 0; bytes < MUCH_BYTES; bytes += PIECE_BYTES)
    pushing.push(log.push(printer.output(STDOUT, piece), signal));
  await Promise.all(pushing);
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
    const given = new AbortController();
    const first = pushMuch(log, printer, never);
    const second = log.push(printer.output(STDOUT, "y"), given.signal);
    const stillWaits = Symbol();
    expect(await Promise.race([first, new Promise((r) => setTimeout(r, 50, stillWaits))])).toBe(stillWaits);
    log.acknowledge(printer.seq);
    await first;
    await second;
    const third = pushMuch(log, printer, given.signal);
    given.abort(new Error("nobody wants it"));
    await expect(third).rejects.toThrow("nobody wants it");
  });

  it("counts what a frame costs beside its data, so that small ones and log records are few too", async () => {
    const print: ((printer: Printer) => ExecuteResponse)[] = [
      (printer) => printer.output(STDOUT, "x"),
      (printer) => printer.log("x"),
    ];
    for (const next of print) {
      const [log, printer, given] = [new FrameLog(), new Printer(), new AbortController()];
      log.keep();
      let frames = 0;
      const pushing = (async () => {
        for (; frames < 100_000; frames++) await log.push(next(printer), given.signal);
      })();
      pushing.catch(() => {});
      // It waits when it does not go on by itself.
      for (let before = -1; before < frames; ) {
        before = frames;
        await new Promise(setImmediate);
      }
      expect(frames).toBeGreaterThan(1000);
      expect(frames).toBeLessThan(10_000);
      log.acknowledge(frames);
      await new Promise(setImmediate);
      expect(frames).toBeGreaterThan(10_000);
      given.abort();
      await expect(pushing).rejects.toThrow();
    }
  });

  it("tells of its start once to a master that comes before it was told", async () => {
    const log = new FrameLog();
    log.keep();
    const frames = log.read({ stdoutBytes: 0, stderrBytes: 0, logs: 0 });
    const first = frames.next();
    await log.push(STARTED, never);
    await log.push(new Printer().output(STDOUT, "a"), never);
    expect((await first).value?.frame?.$case).toBe("output");
  });

  it("goes on for a master that has all that is held, which it need not acknowledge again", async () => {
    const [log, printer] = [new FrameLog(), new Printer()];
    log.keep();
    const pushing = pushMuch(log, printer, never);
    const frames = log.read({ stdoutBytes: MUCH_BYTES, stderrBytes: 0, logs: 0 });
    const next = frames.next();
    await pushing;
    await log.push(printer.output(STDERR, "y"), never);
    expect((await next).value?.frame?.$case).toBe("output");
  });

  it("gives every byte once to a master that comes back any number of times, whatever it has acknowledged", async () => {
    const step = fc.oneof(
      fc.record({
        print: fc.constantFrom(STDOUT, STDERR),
        text: fc.string({ minLength: 1, maxLength: 4, unit: "grapheme-ascii" }),
      }),
      fc.record({ log: fc.string() }),
      fc.record({ read: fc.nat(5) }),
      fc.constant({ acknowledge: true }),
      // A record may lack the beginning of a character.
      fc.record({ lacking: fc.nat(3) }),
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
        const hasAll = () =>
          reader.logs.length === logs.length &&
          [...printed].every(([stream, text]) => reader.streams.get(stream) === text);
        for (const one of steps) {
          if ("print" in one) {
            await log.push(printer.output(one.print, one.text), never);
            printed.set(one.print, printed.get(one.print) + one.text);
          } else if ("log" in one) {
            await log.push(printer.log(one.log), never);
            logs.push(one.log);
          } else if ("read" in one) {
            for (let n = one.read; n > 0 && !hasAll(); n--) {
              const { value } = await frames.next();
              if (value) reader.take(value);
            }
          } else if ("acknowledge" in one) log.acknowledge(reader.seq);
          else {
            reader.forget(one.lacking);
            frames = log.read(reader.has);
          }
        }
        log.finish();
        for await (const frame of frames) reader.take(frame);
        expect([...reader.streams]).toEqual([...printed]);
        expect(reader.logs).toEqual(logs);
      }),
    );
  });
});
