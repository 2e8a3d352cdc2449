import { describe, expect, it } from "vitest";
import { startAgent, type TestAgent } from "./support/agent.js";
import { type Authority, hasOpenssl, makeAuthority } from "./support/authority.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory, writeWorkflow } from "./support/workflow-file.js";

interface Files {
  certificate: string;
  key: string;
}

function serve({ ca }: Authority, { certificate, key }: Files): Promise<TestAgent> {
  return startAgent(["--tls-cert", certificate, "--tls-key", key, "--tls-client-ca", ca]);
}

function run({ address }: TestAgent, ca: string, { certificate, key }: Files) {
  const file = writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { delegate_to = "${address}", tasks = { t = { command = "echo here" } } } }`,
  );
  return sloth(["run", "-f", file, "--tls-ca", ca, "--tls-cert", certificate, "--tls-key", key]);
}

describe.skipIf(!hasOpenssl)(`certificates of one's own CA${hasOpenssl ? "" : " (no openssl)"}`, () => {
  it("let a master in that shows one, without any token", async () => {
    const authority = makeAuthority();
    const agent = await serve(authority, authority.issue("agent"));

    const { code, stdout, stderr } = await run(agent, authority.ca, authority.issue("master"));

    expect(code, stderr).toBe(0);
    expect(stdout).toContain("here");
  });

  it("are read again when they change, without a restart", async () => {
    const authority = makeAuthority();
    const agent = await serve(authority, authority.issue("agent", { isExpired: true }));
    const master = authority.issue("master");
    const early = await run(agent, authority.ca, master);
    expect(early.code).toBe(3);
    expect(early.stderr).toMatch(/has expired/);
    expect(agent.stderr).toMatch(/agent\.pem expired on .*: no master accepts it/);
    const doctor = await sloth([
      ...["doctor", "--json", "--agents", writeInventory(temporaryDirectory(), { far: agent.address })],
      ...["--tls-ca", authority.ca, "--tls-cert", master.certificate, "--tls-key", master.key],
    ]);
    const found = JSON.parse(doctor.stdout).checks;
    const of = (name: string) => found.find((check: { name: string }) => check.name === name);
    expect(of("certificate of far")).toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/expired/),
    });
    expect(of("certificate of this master")).toMatchObject({ outcome: "ok" });

    authority.issue("agent");

    expect((await run(agent, authority.ca, master)).code).toBe(0);
  });

  it("are warned of when the CA of masters has expired", async () => {
    const authority = makeAuthority();
    const { certificate, key } = authority.issue("agent");
    const old = authority.issue("old", { isExpired: true }).certificate;
    const files = ["--tls-cert", certificate, "--tls-key", key, "--tls-client-ca", old];
    expect((await startAgent(files)).stderr).toMatch(/The CA .*old\.pem expired on .*: no master/);
  });

  it("keep out a master with one of another CA, with an expired one, or with none", async () => {
    const [authority, other] = [makeAuthority(), makeAuthority()];
    const agent = await serve(authority, authority.issue("agent"));

    const foreign = await run(agent, authority.ca, other.issue("master"));
    expect([foreign.code, foreign.stderr]).toEqual([3, expect.stringContaining("--tls-cert")]);
    const expired = await run(agent, authority.ca, authority.issue("old", { isExpired: true }));
    expect([expired.code, expired.stderr]).toEqual([3, expect.stringMatching(/--tls-cert has expired/)]);
    const file = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { delegate_to = "${agent.address}", tasks = { t = { command = "true" } } } }`,
    );
    expect((await sloth(["run", "-f", file])).code).toBe(3);
  });

  it("keep a master from an agent with one of another CA, or made out to another name", async () => {
    const [authority, other] = [makeAuthority(), makeAuthority()];
    const master = authority.issue("master");
    const stranger = await serve(authority, other.issue("agent"));
    const foreign = await run(stranger, authority.ca, master);
    expect([foreign.code, foreign.stderr]).toEqual([3, expect.stringMatching(/not signed by --tls-ca/)]);
    const elsewhere = await serve(authority, authority.issue("agent", { host: "elsewhere.example" }));
    const named = await run(elsewhere, authority.ca, master);
    expect([named.code, named.stderr]).toEqual([3, expect.stringMatching(/elsewhere\.example/)]);
  });

  it("are refused at the start where they do not fit together", async () => {
    const authority = makeAuthority();
    const [one, other] = [authority.issue("one"), authority.issue("other")];
    const agent = startAgent([
      ...["--tls-cert", one.certificate, "--tls-key", other.key, "--tls-client-ca", authority.ca],
    ]);
    await expect(agent).rejects.toThrow(/is not the key of/);
    const { code } = await sloth(["doctor", "--tls-ca", authority.ca]);
    expect(code).toBe(2);
  });
});
