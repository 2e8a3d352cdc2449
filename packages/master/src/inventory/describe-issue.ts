import { didYouMean } from "@sloth/dsl";
import type { z } from "zod";
import { ENTRY_FIELDS } from "./inventory-schema.js";

type Issue = z.core.$ZodIssue;

/** What a person is told of a mistake in `agents.yaml`, and the path of what has it. */
export interface DescribedIssue {
  path: readonly PropertyKey[];
  problem: string;
}

const EXPECTED = 'An agent looks like this: build1: { address: "localhost:50051" }';
const SECRETS = ["token", "secret", "password", "key", "join", "line"];
const TO_A_FILE = "credential: { file: PATH } or { env: NAME }";

/** A mistyped key is the cause of the one that is missing, so it comes first. */
export function describeIssue(issues: readonly Issue[], data: unknown): DescribedIssue {
  const unknown = issues.find(({ code }) => code === "unrecognized_keys");
  const issue = unknown ?? issues[0];
  if (!issue) return { path: [], problem: EXPECTED };
  const { path } = issue;
  if (path.length === 0) return { path, problem: `it must be a map of agents. ${EXPECTED}` };
  const [agent, ...rest] = path;
  if (rest.length === 0 && Array.isArray(memberAt(data, path)))
    return {
      path,
      problem: `"${String(agent)}" is a list: agents stand at the top of the file, each by its name. ${EXPECTED}`,
    };
  const where = [`"${String(agent)}"`, ...rest.map(String)].join(" → ");
  if (issue.code === "unrecognized_keys") return describeUnknown(issue, { where, data });
  if (rest[0] === "credential") return describeCredential(path, data, where);
  return { path, problem: `${where}: ${issue.message}.${rest.length === 0 ? ` ${EXPECTED}` : ""}` };
}

function describeUnknown(
  { path, keys }: Extract<Issue, { code: "unrecognized_keys" }>,
  { where, data }: { where: string; data: unknown },
): DescribedIssue {
  const [key = ""] = keys;
  const at = [...path, key];
  if (SECRETS.includes(key.toLowerCase())) return { path: at, problem: refuseSecret(where, key) };
  if (path.length === 1 && isAgent(memberAt(data, at)))
    return { path, problem: `"${key}" stands below ${where}: agents stand at the top of the file.` };
  const near = didYouMean(key, ENTRY_FIELDS) || ".";
  return { path: at, problem: `${where} has the unknown field "${key}"${near}` };
}

function memberAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    data,
  );
}

function isAgent(value: unknown): boolean {
  return typeof value === "object" && value !== null && "address" in value;
}

/** The value is not shown: it may be the secret itself. */
function describeCredential(path: readonly PropertyKey[], data: unknown, where: string): DescribedIssue {
  const [agent] = path;
  const given = (data as Record<PropertyKey, { credential?: unknown }>)[agent as PropertyKey]?.credential;
  if (typeof given !== "object" || given === null)
    return { path, problem: refuseSecret(`"${String(agent)}"`, "credential") };
  const [key = ""] = Object.keys(given);
  if (SECRETS.includes(key.toLowerCase())) return { path, problem: refuseSecret(where, key) };
  return { path, problem: `${where} must say where it is to be found: ${TO_A_FILE}.` };
}

function refuseSecret(where: string, key: string): string {
  return `${where}: "${key}" has no secret in this file, which others read. Say where it is: ${TO_A_FILE}.`;
}
