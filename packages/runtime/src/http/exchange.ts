import type { IncomingMessage } from "node:http";

/** One request, as it is sent. */
export interface Exchange {
  method: string;
  /** Of http or https. */
  url: URL;
  /** By names in small letters. */
  headers: Record<string, string>;
  body?: Uint8Array | undefined;
}

/**
 * Sends a request over a connection of its own, and gives the answer as soon as its head is there; whoever gets it
 * destroys it. Proxies of the environment are not used.
 */
export async function send(exchange: Exchange, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, url, headers, body } = exchange;
  // Only now, since few tasks need them.
  const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: headersOf(headers, body), agent: false, signal });
    sent.on("response", resolve);
    sent.on("error", reject);
    // Where the other side wants to speak another protocol there is neither.
    sent.on("close", () => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    sent.end(body);
  });
}

function headersOf(given: Record<string, string>, body: Uint8Array | undefined): Record<string, string> {
  const headers: Record<string, string> = { accept: "*/*", "user-agent": "sloth" };
  // As bytes of UTF-8, each of which Node writes for one character.
  for (const [name, value] of Object.entries(given)) headers[name] = Buffer.from(value).toString("latin1");
  if (body) headers["content-length"] = String(body.length);
  return headers;
}

/** All headers of an answer, by name in small letters, those of the same name joined. */
export function readHeaders({ rawHeaders }: IncomingMessage): Record<string, string | Uint8Array> {
  const headers: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    const value = rawHeaders[i + 1] ?? "";
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const bytes: Record<string, string | Uint8Array> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    const isText = /^[\0-\x7f]*$/.test(value);
    bytes[name] = isText ? value : new Uint8Array(Buffer.from(value, "latin1"));
  }
  return bytes;
}
