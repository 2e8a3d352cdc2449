import { type Attach, type ExecuteResponse, heldBytesOf, OutputStream } from "@sloth/protocol";
import { withResolvers } from "./with-resolvers.js";

/** Output that is held for a master; whoever prints more waits until some of it was acknowledged. */
const MOST_HELD_BYTES = 4 * 2 ** 20;
/** Of a character, what it begins with. */
const LONGEST_BEGINNING_BYTES = 3;

const STAYING = ["output", "log", "finished", "changes"] as const;

interface Held {
  response: ExecuteResponse;
  /** As {@link heldBytesOf} says. */
  bytes: number;
  /** Log frames of the attempt up to this frame, itself included. */
  logs: number;
}

/** The reader of a {@link FrameLog} whose place another one has taken. */
export class TakenOver extends Error {
  override name = "TakenOver";
  constructor() {
    super("Another stream has taken this attempt over.");
  }
}

/**
 * The frames of one attempt for its master, in their order, so that a stream that broke can be followed by another:
 *
 * 1. What comes up to `started` is gone once it has been read: an attempt that has not started ends with its stream, and
 *    whoever joins it later is told of its start apart.
 * 2. Output and log frames stay until they are acknowledged, by their number or by a reader that has them; the last three
 *    bytes of each stream longer, since a master does not record the beginning of a character alone.
 * 3. What comes after them stays until the attempt is over.
 *
 * One reads at a time. Memory: {@link MOST_HELD_BYTES} of output and a frame, and the encoded changeset.
 */
export class FrameLog {
  #frames: Held[] = [];
  /** The index of the one that is read next. */
  #next = 0;
  #heldBytes = 0;
  #logs = 0;
  #isKeeping = false;
  #end: { error?: unknown } | undefined;
  #reader: object | undefined;
  #changed = withResolvers<void>();

  /** From now on frames stay after they were read. */
  keep(): void {
    this.#isKeeping = true;
  }

  /** Waits while much is held. Rejects with the signal's reason when it is aborted meanwhile. */
  async push(response: ExecuteResponse, signal: AbortSignal): Promise<void> {
    const { frame } = response;
    const bytes = heldBytesOf(frame);
    if (frame?.$case === "log") this.#logs += 1;
    this.#frames.push({ response, bytes, logs: this.#logs });
    this.#heldBytes += bytes;
    this.#wake();
    if (this.#heldBytes <= MOST_HELD_BYTES) return;
    const onAbort = () => this.#wake();
    signal.addEventListener("abort", onAbort);
    try {
      while (this.#heldBytes > MOST_HELD_BYTES) {
        signal.throwIfAborted();
        await this.#changed.promise;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** No frame follows; with an error, whoever reads hears of it after the last frame. */
  finish(error?: unknown): void {
    this.#end = error === undefined ? {} : { error };
    this.#wake();
  }

  /** The master has all output up to this number. */
  acknowledge(seq: number): void {
    this.#forget(({ response }) => (seqOf(response) ?? Number.POSITIVE_INFINITY) <= seq);
  }

  #forget(isKnown: (held: Held) => boolean): void {
    const known = this.#frames.filter(isKnown);
    const kept = lastBytesOf(known);
    const forgotten = new Set(known.filter((held) => !kept.has(held)));
    if (forgotten.size === 0) return;
    const readBefore = this.#frames.slice(0, this.#next);
    this.#next -= readBefore.filter((held) => forgotten.has(held)).length;
    this.#frames = this.#frames.filter((held) => !forgotten.has(held));
    for (const { bytes } of forgotten) this.#heldBytes -= bytes;
    this.#wake();
  }

  /**
   * The frames, and those that come; ends after the last one. Who read before is told that it is over.
   * @param attach - what the reader has recorded: of what is held, the rest is sent. Absent: it has what was read.
   * @throws {TakenOver}
   */
  async *read(attach?: Attach): AsyncGenerator<ExecuteResponse> {
    const me = {};
    this.#reader = me;
    if (attach) this.#rewind(attach);
    this.#wake();
    for (;;) {
      if (this.#reader !== me) throw new TakenOver();
      const held = this.#take();
      if (held) yield* attach ? this.#restOf(held, attach) : [held.response];
      else if (this.#end) {
        if ("error" in this.#end) throw this.#end.error;
        return;
      } else await this.#changed.promise;
    }
  }

  #take(): Held | undefined {
    const held = this.#frames[this.#next];
    if (!held) return undefined;
    if (this.#stays(held)) this.#next += 1;
    else this.#drop(this.#next);
    return held;
  }

  /** To the first frame that stays; those before it are not repeated. What the reader has it need not acknowledge. */
  #rewind(attach: Attach): void {
    while (this.#frames[0] && !this.#stays(this.#frames[0])) this.#drop(0);
    this.#next = 0;
    this.#forget((held) => lacking(held, attach) === undefined);
  }

  /** Whoever joins is told of the start apart. */
  #restOf(held: Held, has: Attach): ExecuteResponse[] {
    const rest = this.#stays(held) ? lacking(held, has) : undefined;
    return rest ? [rest] : [];
  }

  #stays({ response: { frame } }: Held): boolean {
    return this.#isKeeping && STAYING.some((kind) => kind === frame?.$case);
  }

  #drop(index: number): void {
    const [held] = this.#frames.splice(index, 1);
    this.#heldBytes -= held?.bytes ?? 0;
    if (held?.bytes) this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = withResolvers<void>();
  }
}

function seqOf({ frame }: ExecuteResponse): number | undefined {
  if (frame?.$case === "output") return frame.output.seq;
  return frame?.$case === "log" ? frame.log.seq : undefined;
}

/** Of frames in their order those with the last bytes of each stream. */
function lastBytesOf(frames: readonly Held[]): Set<Held> {
  const found = new Set<Held>();
  const bytes = new Map<OutputStream, number>();
  for (const held of frames.toReversed()) {
    const { frame } = held.response;
    if (frame?.$case !== "output") continue;
    const { stream, data } = frame.output;
    const after = bytes.get(stream) ?? 0;
    if (after >= LONGEST_BEGINNING_BYTES) continue;
    bytes.set(stream, after + data.length);
    found.add(held);
  }
  return found;
}

/** Of a frame, what a master lacks that has so much; undefined where that is nothing. */
function lacking({ response, logs }: Held, has: Attach): ExecuteResponse | undefined {
  const { frame } = response;
  if (frame?.$case === "log" && logs <= has.logs) return undefined;
  if (frame?.$case !== "output") return response;
  const { output } = frame;
  const hasBytes = output.stream === OutputStream.OUTPUT_STREAM_STDOUT ? has.stdoutBytes : has.stderrBytes;
  const known = Math.max(0, hasBytes - output.offset);
  if (known >= output.data.length) return undefined;
  const rest = { ...output, offset: output.offset + known, data: output.data.subarray(known) };
  return { frame: { $case: "output", output: rest } };
}
