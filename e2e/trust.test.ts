import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { accessSync, chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startAgent } from "./support/agent.js";
import { freePort } from "./support/free-port.js";
import { masterBinary, sloth, startAgentProcess } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { slothInTerminal, whyNoTerminal } from "./support/terminal.js";
import { writeWorkflow } from "./support/workflow-file.js";

const secretOf = (path: string): string => JSON.parse(readFileSync(path, "utf8")).token;

function workflowFor(address: string, command = "true"): string {
  return writeWorkflow(
    temporaryDirectory(),
    `TaskDefinitions = { g = { delegate_to = "${address}", tasks = { t = { command = [[${command}]] } } } }`,
  );
}

/** What agents leave, and what is added, apart from all other tests. */
function home(): { XDG_STATE_HOME: string; XDG_CONFIG_HOME: string } {
  const directory = temporaryDirectory();
  return { XDG_STATE_HOME: join(directory, "state"), XDG_CONFIG_HOME: join(directory, "config") };
}

const localFile = (env: { XDG_STATE_HOME: string }, port: number) =>
  join(env.XDG_STATE_HOME, "sloth", "local-agents", `${port}.json`);

describe("an agent and a master of one user on one machine", () => {
  it("find each other with nothing typed, and nothing secret is seen", async () => {
    const env = home();
    const agent = await startAgent([], { env });
    const token = secretOf(localFile(env, agent.port));
    const command = "env; tr '\\0' ' ' < /proc/$PPID/cmdline; tr '\\0' ' ' < /proc/$PPID/environ";

    const { code, stdout, stderr } = await sloth(["run", "-f", workflowFor(agent.address, command)], { env });

    expect(code, stderr).toBe(0);
    expect(stdout + stderr + agent.output).not.toContain(token);
    agent.kill("SIGINT");
    await agent.ended;
    expect(() => accessSync(localFile(env, agent.port))).toThrow(/ENOENT/);
  });

  it("stay together after a new token", async () => {
    const env = home();
    const agent = await startAgent([], { env });
    const init = startAgentProcess(["init", "--state-dir", agent.stateDirectory, "--rotate-token"], { env });
    expect((await init.ended).code).toBe(0);
    expect((await sloth(["run", "-f", workflowFor(agent.address)], { env })).code).toBe(0);
  });
});

describe("a process that has taken the port of an agent that was killed", () => {
  async function killedAgent() {
    const env = home();
    const agent = await startAgent([], { env });
    const file = workflowFor(agent.address, "echo confidential");
    expect((await sloth(["run", "-f", file], { env })).code).toBe(0);
    agent.kill("SIGKILL");
    await agent.ended;
    return { env, port: agent.port, file, token: secretOf(localFile(env, agent.port)) };
  }

  it("is sent nothing but the greeting of TLS when it listens in plaintext", async () => {
    const { env, port, file, token } = await killedAgent();
    const received: Buffer[] = [];
    const squatter = createServer((socket) => {
      socket
        .on("error", () => {})
        .on("data", (data) => {
          received.push(data);
          socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
        });
    }).listen(port, "127.0.0.1");
    onTestFinished(() => void squatter.close());
    await once(squatter, "listening");

    const { code, stderr } = await sloth(["run", "-f", file], { env });

    expect([code, stderr]).toEqual([3, expect.stringMatching(/does not speak TLS/)]);
    const all = Buffer.concat(received);
    // A handshake record of TLS.
    expect(all[0]).toBe(0x16);
    expect(all.includes(token) || all.includes("confidential")).toBe(false);
  });

  it("is sent nothing when it is another agent", async () => {
    const { env, port, file } = await killedAgent();
    const impostor = await startAgent([], { env: home(), port });

    const { code, stderr } = await sloth(["run", "-f", file], { env });

    expect([code, stderr]).toEqual([3, expect.stringMatching(/another certificate/)]);
    expect(impostor.output).not.toMatch(/refused a call/);
  });
});

describe("an agent that has been added by its join line", () => {
  /** An agent, and a master that is not of the same user as far as their files go. */
  async function added() {
    const agent = await startAgent([], { env: home() });
    const env = home();
    const line = await joinLineOf(agent.stateDirectory);
    return { agent, env, line, add: (more: string[] = []) => addAgent(agent.address, { env, line, more }) };
  }

  async function joinLineOf(stateDirectory: string): Promise<string> {
    const { stdout } = await startAgentProcess(["init", "--state-dir", stateDirectory]).ended;
    return stdout.trim();
  }

  function addAgent(
    address: string,
    { env, line, more }: { env: NodeJS.ProcessEnv; line: string; more: string[] },
  ) {
    const args = [masterBinary, "agents", "add", address, ...more];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      env: { ...process.env, ...env },
      input: `${line}\n`,
    });
    return { code: status, stdout, stderr };
  }

  it("is trusted until it is removed", async () => {
    const { agent, env, line, add } = await added();
    const run = () => sloth(["run", "-f", workflowFor(agent.address)], { env });
    const before = await run();
    expect([before.code, before.stderr]).toEqual([3, expect.stringContaining(`agents add ${agent.address}`)]);
    expect(await joinLineOf(agent.stateDirectory)).toBe(line);
    expect(add().code).toBe(0);
    expect((await run()).code).toBe(0);
    expect((await sloth(["agents", "remove", agent.address], { env })).code).toBe(0);
    expect((await run()).code).toBe(3);
    expect((await sloth(["agents", "remove", agent.address], { env })).code).toBe(2);
  });

  it("is told of before a run, with the exit code of that", async () => {
    const { agent, env, add } = await added();
    const file = workflowFor(agent.address);
    const rehearsals = () =>
      Promise.all(
        [
          ["run", "--dry-run"],
          ["sync", "--dry-run"],
        ].map((command) => sloth([...command, "-f", file], { env })),
      );
    for (const { code, stderr } of await rehearsals())
      expect([code, stderr]).toEqual([3, expect.stringContaining("has not been added")]);
    expect(add().code).toBe(0);
    expect((await rehearsals()).map(({ code }) => code)).toEqual([0, 0]);
    await startAgentProcess(["init", "--state-dir", agent.stateDirectory, "--rotate-token"]).ended;
    for (const { code, stderr } of await rehearsals())
      expect([code, stderr]).toEqual([3, expect.stringContaining("token is wrong")]);
  });

  it("is replaced only when that is typed", async () => {
    const { add } = await added();
    expect(add().code).toBe(0);
    expect(add()).toMatchObject({ code: 2, stderr: expect.stringContaining("--replace") });
    expect(add(["--replace"]).code).toBe(0);
  });

  it("is not taken from a mistyped line, and nobody is called", async () => {
    const { agent, env, line } = await added();
    const mistyped = line.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const { code, stderr } = addAgent(agent.address, { env, line: mistyped, more: [] });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/mistyped/)]);
    expect(agent.output).not.toMatch(/refused a call/);
  });

  it("is not taken when another one answers, and that is sent nothing", async () => {
    const { line } = await added();
    const other = await startAgent([], { env: home() });
    const { code, stderr } = addAgent(other.address, { env: home(), line, more: [] });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/not the agent of this join line/)]);
    expect(other.output).not.toMatch(/refused a call/);
  });

  it("refuses those that have its old token, and says what to type", async () => {
    const { agent, env, add } = await added();
    expect(add().code).toBe(0);
    await startAgentProcess(["init", "--state-dir", agent.stateDirectory, "--rotate-token"]).ended;
    const { code, stderr } = await sloth(["run", "-f", workflowFor(agent.address)], { env });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/token is wrong.*agents add .* --replace/)]);
    const stale = add(["--replace"]);
    expect([stale.code, stale.stderr]).toEqual([3, expect.stringMatching(/token is wrong/)]);
  });

  it("is not trusted any more when it has made another key", async () => {
    const { agent, env, add } = await added();
    expect(add().code).toBe(0);
    agent.kill("SIGINT");
    await agent.ended;
    await startAgent([], { env: home(), port: agent.port });
    const { code, stderr } = await sloth(["run", "-f", workflowFor(agent.address)], { env });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/another certificate.*init.*--replace/)]);
  });

  it("is not taken for one that shows the certificate which it had before", async () => {
    const { agent, env, add } = await added();
    const old = temporaryDirectory();
    copyFileSync(join(agent.stateDirectory, "credentials.json"), join(old, "credentials.json"));
    expect(add().code).toBe(0);
    agent.kill("SIGINT");
    await agent.ended;
    const renewed = await startAgent([], { env: home(), port: agent.port });
    const line = await joinLineOf(renewed.stateDirectory);
    expect(addAgent(renewed.address, { env, line, more: ["--replace"] }).code).toBe(0);
    renewed.kill("SIGINT");
    await renewed.ended;
    // Whoever has found the old key.
    const impostor = await startAgent([], { env: home(), port: agent.port, stateDirectory: old });
    const { code, stderr } = await sloth(["run", "-f", workflowFor(agent.address)], { env });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/another certificate.*Nothing was sent/)]);
    expect(impostor.output).not.toMatch(/refused a call/);
  });

  it("is not used when others could have changed what is known of it", async () => {
    const { agent, env, add } = await added();
    expect(add().code).toBe(0);
    chmodSync(join(env.XDG_CONFIG_HOME, "sloth", "agents"), 0o777);
    const { code, stderr } = await sloth(["run", "-f", workflowFor(agent.address)], { env });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/chmod 700/)]);
  });
});

describe("plaintext", () => {
  it("has to be typed on both sides, and both warn each time", async () => {
    const env = home();
    const agent = await startAgent(["--insecure"], { env });
    const file = workflowFor(agent.address);
    expect(agent.stderr).toMatch(/--insecure/);
    expect((await sloth(["run", "-f", file], { env })).code).toBe(3);

    const { code, stderr } = await sloth(["run", "-f", file, "--insecure"], { env });

    expect([code, stderr]).toEqual([0, expect.stringMatching(/warning: --insecure/)]);
  });

  it("is not spoken with an agent that is known, nor understood by one that is not", async () => {
    const env = home();
    const agent = await startAgent([], { env });
    const file = workflowFor(agent.address);
    expect((await sloth(["run", "-f", file, "--insecure"], { env })).code).toBe(0);
    const { code, stderr } = await sloth(["run", "-f", file, "--insecure"], { env: home() });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/speaks TLS.*agents add/)]);
  });
});

/** Of the user `nobody`. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const otherUser = otherUserProblem();

function otherUserProblem(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, to make another user";
  if (spawnSync("useradd", ["--help"]).status !== 0) return "no useradd";
  const asOther = spawnSync(process.execPath, [masterBinary, "--version"], { ...NOBODY, cwd: "/" });
  return asOther.status === 0 ? undefined : "another user cannot read this checkout";
}

/** A user of this machine, until the test has finished. */
function makeUser(): { uid: number; gid: number } {
  const name = `sloth-test-${process.pid}`;
  const made = spawnSync("useradd", ["--no-create-home", "--shell", "/usr/sbin/nologin", name], {
    encoding: "utf8",
  });
  expect([made.status, made.stderr]).toEqual([0, ""]);
  onTestFinished(() => void spawnSync("userdel", [name]));
  const number = (option: string) => Number(spawnSync("id", [option, name], { encoding: "utf8" }).stdout);
  return { uid: number("-u"), gid: number("-g") };
}

describe.skipIf(otherUser)(`another user of the same machine${otherUser ? ` (${otherUser})` : ""}`, () => {
  it("can neither read the credential nor call", async () => {
    const user = makeUser();
    const env = home();
    const agent = await startAgent([], { env });
    const path = localFile(env, agent.port);
    // Even where the directories above let others in.
    for (const part of ["", "state", "state/sloth"]) chmodSync(join(env.XDG_STATE_HOME, "..", part), 0o755);
    expect(spawnSync("cat", [path], user).status).not.toBe(0);
    expect(spawnSync("ls", [agent.stateDirectory], user).status).not.toBe(0);

    const known = JSON.parse(readFileSync(path, "utf8"));
    const theirs = home();
    const forged = localFile(theirs, agent.port);
    const file = workflowFor(agent.address);
    const run = (...more: string[]) => {
      const { status, stderr } = spawnSync(process.execPath, [masterBinary, "run", "-f", file, ...more], {
        ...user,
        encoding: "utf8",
        env: { ...process.env, ...theirs },
      });
      return { code: status, stderr };
    };
    spawnSync("chown", ["-R", String(user.uid), join(theirs.XDG_STATE_HOME, ".."), join(file, "..")]);

    expect(run()).toMatchObject({ code: 3, stderr: expect.stringMatching(/has not been added/) });
    expect(run("--insecure").code).toBe(3);
    // The certificate is no secret: whoever asks is shown it.
    mkdirSync(join(forged, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(forged, JSON.stringify({ ...known, token: randomBytes(32).toString("base64url") }), {
      mode: 0o600,
    });
    spawnSync("chown", ["-R", String(user.uid), theirs.XDG_STATE_HOME]);
    expect(run()).toMatchObject({ code: 3, stderr: expect.stringMatching(/token is wrong/) });
  });
});

it("says on which machine to do what when nobody listens", async () => {
  const { code, stderr } = await sloth(["run", "-f", workflowFor(`localhost:${await freePort()}`)], {
    env: home(),
  });
  expect([code, stderr]).toEqual([3, expect.stringMatching(/connection refused.*npx @sloth\/agent/)]);
});

describe.skipIf(whyNoTerminal())("a person who adds an agent", () => {
  it("pastes the line when asked for it, and it is not shown", async () => {
    const agent = await startAgent([], { env: home() });
    const line = (await startAgentProcess(["init", "--state-dir", agent.stateDirectory]).ended).stdout.trim();
    const session = slothInTerminal(["agents", "add", agent.address], {
      columns: 100,
      rows: 20,
      env: home(),
    });
    await session.until(() => session.raw.includes("join line"));

    session.type(`${line}\r`);

    expect(await session.ended).toBe(0);
    expect(session.raw).toContain("is trusted from now on");
    expect(session.raw).not.toContain(line.slice(0, 20));
  });
});
