import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { credentialsPath, currentToken, openOwnCredentials, rotateToken } from "./own-credentials.js";

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "sloth-credentials-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("the credentials that an agent makes", () => {
  it("are valid whatever a clock says, and fit together", async () => {
    const { certificate, key, token } = await openOwnCredentials(directory());
    const read = new X509Certificate(certificate);
    expect(new Date(read.validFrom).getUTCFullYear()).toBe(2000);
    expect(new Date(read.validTo).getUTCFullYear()).toBe(9999);
    expect(read.ca).toBe(false);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(key).toContain("PRIVATE KEY");
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
  });

  it("stay the same, in one file of their owner's", async () => {
    const state = directory();
    const made = await openOwnCredentials(state);
    expect(await openOwnCredentials(state)).toEqual(made);
    expect(statSync(credentialsPath(state)).mode & 0o777).toBe(0o600);
    expect(readdirSync(state)).toEqual(["credentials.json"]);
  });

  it("are the same for agents that start at once", async () => {
    const state = directory();
    const made = await Promise.all(Array.from({ length: 5 }, () => openOwnCredentials(state)));
    for (const one of made) expect(one).toEqual(made[0]);
  });

  it("get a new token that a running agent asks for at once", async () => {
    const state = directory();
    const made = await openOwnCredentials(state);
    const current = currentToken(state, made);
    expect(current()).toBe(made.token);
    const rotated = await rotateToken(state);
    expect(rotated).toMatchObject({ key: made.key, certificate: made.certificate });
    expect(rotated.token).not.toBe(made.token);
    expect(current()).toBe(rotated.token);
  });

  it("stay with a running agent when their file is damaged or removed", async () => {
    const state = directory();
    const made = await openOwnCredentials(state);
    const current = currentToken(state, made);
    writeFileSync(credentialsPath(state), "no JSON");
    expect(current()).toBe(made.token);
    rmSync(credentialsPath(state));
    expect(current()).toBe(made.token);
  });

  it("are refused when their file is damaged, without quoting it", async () => {
    const state = directory();
    writeFileSync(credentialsPath(state), '{"key": "s3cr3t', { mode: 0o600 });
    const failure = await openOwnCredentials(state).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: "DAMAGED", message: expect.stringContaining("rm ") });
    expect(String((failure as Error).stack)).not.toContain("s3cr3t");
  });
});
