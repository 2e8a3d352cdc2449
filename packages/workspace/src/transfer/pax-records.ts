import type { Body } from "./bodies.js";

/** The records of the PAX header that announces a content too large for a header. */
export function paxRecords(body: Body): string {
  return paxRecord("path", body.digest) + paxRecord("size", String(body.sizeBytes));
}

/** A PAX record begins with its own length in decimal, these digits included; both of ours have two. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  return `${rest.length + 2}${rest}`;
}
