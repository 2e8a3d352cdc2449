/** Where `{ address = "host" }` without a port points. */
export const DEFAULT_PORT = 50051;

/** Where an agent listens: `host` is not empty, `port` is from 1 to 65535. */
export interface Address {
  kind: "address";
  host: string;
  port: number;
}

/** Roughly: what it means is for the network to say. */
const IPV6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%[\w.-]+)?$/;

/** A value that was read, or what is wrong with it. */
export type Parsed<T> = { value: T } | { problem: string };

/** `host:port` or `[ipv6]:port`; the port may be left out where a default is given. */
export function parseAddress(text: string, defaultPort?: number): Parsed<Address> {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(text);
  if (text.includes("://")) return { problem: `"${text}" must be an address without a scheme: host:port` };
  if (!match) return { problem: `"${text}" is not host:port; write an IPv6 address as [::1]:50051` };
  const [, bracketed, plain, port] = match;
  const host = bracketed ?? plain ?? "";
  if (host === "") return { problem: `"${text}" has no host` };
  const possible = bracketed === undefined ? /^[\w.-]+$/.test(host) : IPV6.test(host);
  if (!possible) return { problem: `"${text}" has an impossible host "${host}"` };
  if (port !== undefined) return parsePort(text, host, port);
  if (defaultPort === undefined) return { problem: `"${text}" has no port; write "${text}:${DEFAULT_PORT}"` };
  return { value: { kind: "address", host, port: defaultPort } };
}

function parsePort(text: string, host: string, digits: string): Parsed<Address> {
  if (!/^\d+$/.test(digits)) return { problem: `"${text}" has a port that is not a number` };
  const port = Number(digits);
  if (port < 1 || port > 65_535) return { problem: `"${text}" has a port outside of 1 to 65535` };
  return { value: { kind: "address", host, port } };
}
