import type { Delegation } from "../model.js";
import { DELEGATION_FIELDS, refuseField } from "./known-fields.js";
import { describeType, isRawTable, type RawTable, type RawValue } from "./raw-model.js";

/** Where `{ address = "host" }` without a port points. */
const DEFAULT_PORT = 50051;

/** A {@link Delegation} by address. */
export type Address = Extract<Delegation, { kind: "address" }>;

/** Roughly: what it means is for the network to say. */
const IPV6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%[\w.-]+)?$/;

/** A value that was read, or what is wrong with it. */
export type Parsed<T> = { value: T } | { problem: string };

/** Reads `delegate_to`: `"host:port"`, `"name"`, `{ address = … }`, `{ name = … }`, or `false`. */
export function parseDelegation(raw: RawValue): Parsed<Delegation | false> {
  if (raw === false) return { value: false };
  if (typeof raw === "string") return raw.includes(":") ? parseAddress(raw) : parseName(raw);
  if (isRawTable(raw)) return parseTable(raw);
  return { problem: `must be an address, a name, a table or false, got ${describeType(raw)}` };
}

function parseTable(table: RawTable): Parsed<Delegation> {
  for (const field of Object.keys(table)) {
    const problem = refuseField(field, DELEGATION_FIELDS);
    if (problem) return { problem };
  }
  const { address, name } = table;
  if (address !== undefined && name !== undefined) return { problem: "takes an address or a name, not both" };
  if (address === undefined && name === undefined) return { problem: "needs an address or a name" };
  const [field, value] = address === undefined ? ["name", name] : ["address", address];
  if (typeof value !== "string") return { problem: `${field} must be a string, got ${describeType(value)}` };
  return field === "name" ? parseName(value) : parseAddress(value, DEFAULT_PORT);
}

function parseName(name: string): Parsed<Delegation> {
  if (name === "") return { problem: "is empty; write an address or the name of an agent" };
  if (!/^[\w.-]+$/.test(name))
    return { problem: `"${name}" is not a name: letters, digits, ".", "_" and "-" may occur in it` };
  return { value: { kind: "name", name } };
}

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
