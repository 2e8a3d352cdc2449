import type { Host, HttpAnswer, HttpOutcome, HttpRequest } from "../host.js";
import type { LuaValue } from "../model.js";
import { CallOptions } from "./call-options.js";
import { absolutePath } from "./file-functions.js";
import type { Arguments } from "./host-function.js";
import { begin, type WaitingFunction } from "./waiting-calls.js";

const DEFAULT_TIMEOUT_MS = 30_000;

const OPTIONS = ["url", "method", "headers", "body", "timeout", "follow"];

/** What frames a message, which is not the caller's business. */
const OWN_HEADERS = [
  "connection",
  "content-length",
  "expect",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** `http.request` and `net.*`. */
export const httpFunctions: Record<string, WaitingFunction> = {
  "http.request": (args, host) =>
    begin(host, "http", readRequest(args), (outcome) => {
      if ("error" in outcome) return [null, outcome.error];
      const { status, headers, body } = outcome;
      return [{ status, headers, body }];
    }),
  "net.http_get": (args, host) => begin(host, "http", requestOf("GET", args.text(1)), bodyFirst),
  "net.http_post": (args, host) => begin(host, "http", readPost(args), bodyFirst),
  "net.download": (args, host) => begin(host, "http", readDownload(args, host), downloaded),
};

function bodyFirst(outcome: HttpOutcome): LuaValue[] {
  if ("error" in outcome) return [null, null, null, outcome.error];
  const { status, headers, body } = outcome satisfies HttpAnswer;
  return [body, status, headers];
}

function downloaded(outcome: HttpOutcome): LuaValue[] {
  return ["error" in outcome ? outcome.error : null];
}

function requestOf(method: string, url: string): HttpRequest {
  return { method, url, headers: {}, timeoutMs: DEFAULT_TIMEOUT_MS, follow: true };
}

function readRequest(args: Arguments): HttpRequest {
  const options = new CallOptions("http.request", args.value(1, "options"), OPTIONS);
  const url = options.text("url");
  if (url === undefined) throw options.mistake("url is missing");
  return {
    ...requestOf(readMethod(options), url),
    headers: readHeaders(options),
    body: options.bytes("body"),
    timeoutMs: options.durationMs("timeout") ?? DEFAULT_TIMEOUT_MS,
    follow: options.flag("follow") ?? true,
  };
}

function readPost(args: Arguments): HttpRequest {
  const given = { headers: args.value(3, "headers") };
  const headers = readHeaders(new CallOptions("net.http_post", given, ["headers"]));
  const body = args.value(2, "body") === null ? new Uint8Array() : args.bytes(2);
  return { ...requestOf("POST", args.text(1)), headers, body };
}

function readDownload(args: Arguments, host: Host): HttpRequest {
  return { ...requestOf("GET", args.text(1)), saveTo: absolutePath(host, "net.download", args, 2) };
}

function readMethod(options: CallOptions): string {
  const method = (options.text("method") ?? "GET").toUpperCase();
  if (/^[A-Z]+$/.test(method) && method !== "CONNECT") return method;
  throw options.mistake('method must be a method of HTTP, such as "POST"');
}

/** By names in small letters. Values are not told in messages: they may be secret. */
function readHeaders(options: CallOptions): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [written, value] of Object.entries(options.texts("headers") ?? {})) {
    const name = written.toLowerCase();
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw options.mistake(`headers has the impossible name "${name}"`);
    if (OWN_HEADERS.includes(name)) throw options.mistake(`headers.${name} is set by itself`);
    if (/(?!\t)\p{Cc}/u.test(value)) throw options.mistake(`headers.${name} holds a control character`);
    headers[name] = value;
  }
  return headers;
}
