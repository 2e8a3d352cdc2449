import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.js";

describe("the command line of the agent", () => {
  it("listens on 50051 unless told otherwise", async () => {
    expect(await parseCommandLine([])).toMatchObject({ kind: "serve", options: { port: 50051 } });
  });

  it.each([[["--port", "4000"]], [["-p", "4000"]], [["--port=4000"]]])(
    "takes the port from %j",
    async (args) => {
      expect(await parseCommandLine(args)).toMatchObject({ kind: "serve", options: { port: 4000 } });
    },
  );

  it("takes slots and the state directory", async () => {
    expect(await parseCommandLine(["--slots", "3", "--state-dir", "/s"])).toMatchObject({
      options: { slots: 3, stateDirectory: "/s" },
    });
  });

  it("takes a name and labels, in one word and in several", async () => {
    const args = ["--name", "box", "--labels", "zone=eu,gpu", "--labels", "disk=fast"];
    expect(await parseCommandLine(args)).toMatchObject({
      options: { labels: { name: "box", zone: "eu", gpu: "true", disk: "fast" } },
    });
    expect(await parseCommandLine([])).toMatchObject({ options: { labels: {} } });
  });

  it.each([
    [["--labels", "os=plan9"], /tells os by itself/],
    [["--labels", "zone="], /zone=VALUE/],
    [["--labels", "a b=c"], /no label/],
    [["--labels", "zone=e u"], /without blanks/],
    [["--labels", "a,a"], /more than once/],
    [["--name", "a", "--name", "b"], /more than once/],
    [["--name", "a b"], /without blanks/],
    [["--name", ""], /--name is empty/],
  ])("refuses %j", async (args, message) => {
    expect(await parseCommandLine(args)).toMatchObject({
      kind: "usage-error",
      message: expect.stringMatching(message),
    });
  });

  it("takes how it is operated, and has defaults for it", async () => {
    expect(await parseCommandLine([])).toMatchObject({ options: { drainMs: 20_000, logFormat: "text" } });
    const args = ["--drain", "2m", "--metrics-port", "9100", "--log-format", "json"];
    expect(await parseCommandLine(args)).toMatchObject({
      options: { drainMs: 120_000, metricsPort: 9100, logFormat: "json" },
    });
    expect(await parseCommandLine(["--drain", "0"])).toMatchObject({ options: { drainMs: 0 } });
  });

  it("takes what tasks may do", async () => {
    const args = ["--allow-commands", "make, tar", "--accept-env", "CI,X_*", "--pass-env", "PATH"];
    expect(await parseCommandLine(args)).toMatchObject({
      options: {
        policy: { programs: ["make", "tar"], acceptedVariables: ["CI", "X_*"] },
        passEnvironment: ["PATH"],
      },
    });
    expect(await parseCommandLine(["--allow-commands", "none"])).toMatchObject({
      options: { policy: { programs: [], acceptedVariables: [] } },
    });
  });

  it("takes the memory of Lua", async () => {
    expect(await parseCommandLine(["--lua-memory", "1GiB"])).toMatchObject({
      options: { luaMemoryLimitBytes: 1024 ** 3 },
    });
  });

  it.each([
    ["30s", 30_000],
    ["2", 2_000],
    ["0", 0],
  ])("takes %s as the longest grace", async (text, ms) => {
    expect(await parseCommandLine(["--max-grace", text])).toMatchObject({ options: { longestGraceMs: ms } });
  });

  it.each([
    [["--port", "65536"]],
    [["--drain", "soon"]],
    [["--drain", "1s", "--drain", "2s"]],
    [["--metrics-port", "99999"]],
    [["--metrics-port", "x"]],
    [["--log-format", "xml"]],
    [["--allow-commands", ""]],
    [["--accept-env", "A"]],
    [["--port", "-1"]],
    [["--port", "http"]],
    [["--port", ""]],
    [["--port", "1", "--port", "2"]],
    [["--slots", "0"]],
    [["--slots", "1.5"]],
    [["--state-dir", ""]],
    [["--lua-memory", "much"]],
    [["--lua-memory", "1GiB", "--lua-memory", "2GiB"]],
    [["--max-grace", "soon"]],
    [["--max-grace", "2h"]],
    [["--max-grace", "1s", "--max-grace", "2s"]],
    [["--host", ""]],
    [["--host", "0.0.0.0:4000"]],
    [["--host", "::1", "--host", "::1"]],
    [["--tls-cert", "c.pem"]],
    [["--tls-cert", "c.pem", "--tls-key", "k.pem"]],
    [["--insecure", "--tls-cert", "c", "--tls-key", "k", "--tls-client-ca", "a"]],
    [["init", "--port", "0"]],
    [["init", "--state-dir", ""]],
    [["init", "again"]],
    [["--bind=0.0.0.0"]],
    [["start"]],
  ])("refuses %j in one line", async (args) => {
    const result = await parseCommandLine(args);
    expect(result.kind).toBe("usage-error");
    expect((result as { message: string }).message).not.toContain("\n");
  });

  it("takes where it listens and how callers are known", async () => {
    expect(await parseCommandLine([])).toMatchObject({ options: { isInsecure: false } });
    const files = ["--tls-cert", "c", "--tls-key", "k", "--tls-client-ca", "a"];
    expect(await parseCommandLine(["--host", "::", ...files])).toMatchObject({
      options: { host: "::", authority: { certificate: "c", key: "k", clientCa: "a" } },
    });
    expect(await parseCommandLine(["--insecure"])).toMatchObject({ options: { isInsecure: true } });
  });

  it("takes init with its own options", async () => {
    expect(await parseCommandLine(["init"])).toMatchObject({
      kind: "init",
      options: { port: 50_051, rotatesToken: false },
    });
    expect(await parseCommandLine(["init", "--rotate-token", "--state-dir", "/s"])).toMatchObject({
      options: { rotatesToken: true, stateDirectory: "/s" },
    });
  });
});
