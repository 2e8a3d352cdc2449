import type { Exchange } from "./exchange.js";
import { HttpProblem } from "./http-problem.js";

/** What an answer of these leads to is asked for instead. */
const REDIRECTS = [301, 302, 303, 307, 308];

/** Headers that belong to a body. */
const OF_BODY = ["content-encoding", "content-language", "content-location", "content-type"];

/** Headers that say who is asking: another server must not learn it. */
const OF_CALLER = ["authorization", "cookie", "proxy-authorization", "host"];

/**
 * The request that follows an answer; undefined where that is no redirect. As in RFC 9110 and as browsers do: the
 * method becomes GET after 303, and after 301 and 302 where it was POST.
 * @throws {HttpProblem} for a place that cannot be asked
 */
export function followUp(
  sent: Exchange,
  { status, location }: { status: number; location: string | undefined },
): Exchange | undefined {
  if (!REDIRECTS.includes(status) || location === undefined) return undefined;
  const url = parseUrl(Buffer.from(location, "latin1").toString(), sent.url);
  const headers = { ...sent.headers };
  if (url.origin !== sent.url.origin) for (const name of OF_CALLER) delete headers[name];
  const becomesGet = status === 303 ? sent.method !== "HEAD" : status < 303 && sent.method === "POST";
  if (!becomesGet) return { ...sent, url, headers };
  for (const name of OF_BODY) delete headers[name];
  return { method: "GET", url, headers };
}

/** @throws {HttpProblem} without the URL, which may hold a password */
export function parseUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new HttpProblem("the URL is not valid");
  const url = new URL(text, base);
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw new HttpProblem("the URL is neither of http nor of https");
}
