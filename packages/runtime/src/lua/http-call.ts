import type { IncomingMessage } from "node:http";
import type { HttpOutcome, HttpRequest } from "@sloth/dsl";
import { limitExceeded, startTimer } from "../attempt/time-limit.js";
import { type Exchange, readHeaders, send } from "../http/exchange.js";
import { describeProblem, HttpProblem } from "../http/http-problem.js";
import { followUp, parseUrl } from "../http/redirect.js";
import { findTarget, saveBody } from "../http/save-body.js";
import { confinement } from "../policy/confined-files.js";
import { KeptOutput, LIMIT_BYTES } from "./kept-output.js";

const MAX_REDIRECTS = 10;

interface HttpCallOptions {
  /** Of a file that is made. */
  umask: number;
  /** The directory that files are kept to. Undefined: all that this user can reach. */
  confinedTo: string | undefined;
  signal: AbortSignal;
}

/** Makes a request for a Lua function. Its connection is closed when it returns. */
export async function callHttp(request: HttpRequest, options: HttpCallOptions): Promise<HttpOutcome> {
  const call = new HttpCall(request, options);
  try {
    return await call.run();
  } catch (error) {
    return { error: call.describe(error) };
  } finally {
    call.release();
  }
}

class HttpCall {
  readonly #request: HttpRequest;
  readonly #options: HttpCallOptions;
  readonly #end = new AbortController();
  readonly #endNow = () => this.#end.abort();
  #place: string;
  #isTooLate = false;
  #cancelTimer = () => {};

  constructor(request: HttpRequest, options: HttpCallOptions) {
    this.#request = request;
    this.#options = options;
    this.#place = request.method;
    options.signal.addEventListener("abort", this.#endNow);
    if (options.signal.aborted) this.#endNow();
    this.#restartTimer();
  }

  async run(): Promise<HttpOutcome> {
    const { saveTo } = this.#request;
    const { confinedTo } = this.#options;
    if (saveTo !== undefined && confinedTo !== undefined) confinement([confinedTo]).inside(saveTo);
    const target = saveTo === undefined ? undefined : await findTarget(saveTo, this.#options.umask);
    const answer = await this.#answer();
    try {
      const { statusCode: status = 0, statusMessage } = answer;
      const headers = readHeaders(answer);
      if (!target) return { status, headers, body: await readBody(answer) };
      if (status >= 400) throw new HttpProblem(`the answer is ${status} ${statusMessage}`);
      await saveBody(answer, target, () => this.#restartTimer());
      return { status, headers, body: new Uint8Array() };
    } finally {
      answer.destroy();
    }
  }

  /** Where it failed and why, without what is secret in a URL. */
  describe(error: unknown): string {
    const limit = limitExceeded(this.#request.timeoutMs);
    return `${this.#place}: ${this.#isTooLate ? limit : describeProblem(error)}`;
  }

  release(): void {
    this.#cancelTimer();
    this.#options.signal.removeEventListener("abort", this.#endNow);
  }

  /** The answer that is no redirect, or the first one where none is to be followed. */
  async #answer(): Promise<IncomingMessage> {
    const { url, method, headers, body, follow } = this.#request;
    let exchange: Exchange = { url: parseUrl(url), method, headers, body };
    for (let redirects = 0; ; redirects++) {
      this.#place = `${exchange.method} ${exchange.url.origin}`;
      const answer = await send(exchange, this.#end.signal);
      const { statusCode: status = 0, headers } = answer;
      const next = follow ? this.#next(exchange, answer, { status, location: headers.location }) : undefined;
      if (!next) return answer;
      answer.destroy();
      if (redirects === MAX_REDIRECTS)
        throw new HttpProblem(`there were more than ${MAX_REDIRECTS} redirects`);
      exchange = next;
    }
  }

  #next(sent: Exchange, answer: IncomingMessage, seen: Parameters<typeof followUp>[1]): Exchange | undefined {
    try {
      return followUp(sent, seen);
    } catch (error) {
      answer.destroy();
      throw error;
    }
  }

  #restartTimer(): void {
    this.#cancelTimer();
    this.#cancelTimer = startTimer(this.#request.timeoutMs, () => {
      this.#isTooLate = true;
      this.#endNow();
    });
  }
}

async function readBody(answer: IncomingMessage): Promise<Uint8Array> {
  const kept = new KeptOutput();
  for await (const chunk of answer) {
    kept.add(chunk);
    if (kept.problem === undefined) continue;
    const limit = `${LIMIT_BYTES / 1024 / 1024} MiB`;
    throw new HttpProblem(`the body is larger than the ${limit} that can be returned; use net.download`);
  }
  return kept.take();
}
