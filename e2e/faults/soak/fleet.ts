import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { leftoversIn } from "../../support/agent.js";
import { type Running, startAgentProcess } from "../../support/processes.js";
import { knowByPort } from "../know-by-port.js";
import { startTcpProxy, type TcpProxy } from "../tcp-proxy.js";

/** An agent behind a line, both of which can be made to fail. */
export class FaultyAgent {
  readonly #home: string;
  readonly #slots: number;
  #agent: { running: Running; port: number } | undefined;
  #proxy: TcpProxy | undefined;
  /** One fault at a time. */
  isSuffering = false;

  constructor(home: string, slots: number) {
    this.#home = home;
    this.#slots = slots;
    for (const name of ["state", "tmp"]) mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
  }

  async start(): Promise<void> {
    const port = this.#agent?.port ?? 0;
    const options = ["--port", String(port), "--slots", String(this.#slots), "--state-dir", this.#state];
    const running = startAgentProcess(options, { env: { TMPDIR: this.#temporary } });
    const [, listening] = await running.until(/listening on 127\.0\.0\.1:(\d+)/);
    this.#agent = { running, port: Number(listening) };
    if (this.#proxy) return;
    this.#proxy = await startTcpProxy({ targetPort: Number(listening) });
    await knowByPort(Number(listening), this.#proxy.port);
  }

  /** Where masters find it. */
  get address(): string {
    return `localhost:${this.#proxy?.port}`;
  }

  get running(): Running {
    if (!this.#agent) throw new Error("It has not been started.");
    return this.#agent.running;
  }

  async killAndRestart(): Promise<void> {
    this.running.kill("SIGKILL");
    await this.running.ended;
    await this.start();
  }

  async suspend(forMs: number): Promise<void> {
    this.running.kill("SIGSTOP");
    await sleep(forMs);
    this.running.kill("SIGCONT");
  }

  async stall(forMs: number): Promise<void> {
    this.#proxy?.stall();
    await sleep(forMs);
    this.#proxy?.resume();
  }

  async cut(): Promise<void> {
    this.#proxy?.cut();
  }

  /** What attempts have left with it. */
  leftovers(): string[] {
    return [...leftoversIn(this.#state), ...readdirSync(this.#temporary)];
  }

  async close(): Promise<void> {
    this.#agent?.running.kill("SIGTERM");
    await this.#agent?.running.ended;
    await this.#proxy?.close();
  }

  get #state(): string {
    return join(this.#home, "state");
  }

  get #temporary(): string {
    return join(this.#home, "tmp");
  }
}
