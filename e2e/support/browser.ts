import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { repository } from "./processes.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** Where the pictures are kept that tests take. */
export const ARTEFACTS: string = join(repository, "e2e/artefacts");

export interface PageOptions {
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
  /** Of the address, with `#`. */
  fragment?: string;
}

/** A page in a browser of its own. */
export interface Page {
  /** The value of an expression; waited for where it is a promise. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** As a person would, in CSS pixels. */
  click(x: number, y: number): Promise<void>;
  press(key: string): Promise<void>;
  /** Keeps a picture of what is seen. */
  picture(name: string): Promise<void>;
  /** The addresses of everything that was asked for but the page itself, and messages of the browser. */
  requests: string[];
  complaints: string[];
}

/** A browser with nothing of another one's. */
export interface Browser {
  open(file: string, options?: PageOptions): Promise<Page>;
}

type Params = Record<string, unknown>;
type Listener = (params: Params) => void;

/**
 * Starts Chromium, and speaks the DevTools protocol with it over pipes
 * (https://chromedevtools.github.io/devtools-protocol/), so that no port is opened. Ends when the test has finished.
 */
export function openBrowser(program: string): Browser {
  const connection = connect(program);
  return { open: (file, options = {}) => openPage(connection, file, options) };
}

async function openPage(connection: Connection, file: string, options: PageOptions): Promise<Page> {
  const { width = 1280, height = 900, scheme = "light", fragment = "" } = options;
  const { send, on } = await openSession(connection);
  const page = followPage(on, file);
  for (const domain of ["Page", "Runtime", "Network", "Log"]) await send(`${domain}.enable`);
  const screen = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
  await send("Emulation.setDeviceMetricsOverride", screen);
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await send("Emulation.setEmulatedMedia", { features });
  const loaded = new Promise<void>((resolve) => on("Page.loadEventFired", () => resolve()));
  await send("Page.navigate", { url: pathToFileURL(file).href + fragment });
  await loaded;
  const actions = actionsOf(send);
  await actions.evaluate(DRAWN);
  return { ...page, ...actions };
}

/** The page draws when the screen does. */
const DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

/** A page of its own. */
async function openSession({ send, on }: Connection): Promise<Session> {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const id = String(sessionId);
  return {
    send: (method, params) => send(method, params, id),
    on: (event, listener) => on(event, listener, id),
  };
}

function followPage(on: Session["on"], file: string): Pick<Page, "requests" | "complaints"> {
  const requests: string[] = [];
  const complaints: string[] = [];
  on("Network.requestWillBeSent", ({ request }) => {
    const { url } = request as { url: string };
    if (url.split("#")[0] !== pathToFileURL(file).href) requests.push(url);
  });
  on("Runtime.exceptionThrown", (params) => complaints.push(JSON.stringify(params)));
  on("Log.entryAdded", ({ entry }) => complaints.push((entry as { text: string }).text));
  return { requests, complaints };
}

function actionsOf(send: Session["send"]): Omit<Page, "requests" | "complaints"> {
  async function evaluate<Value>(expression: string): Promise<Value> {
    const wanted = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send("Runtime.evaluate", wanted);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Value }).value;
  }
  const drawn = () => evaluate(DRAWN);
  return {
    evaluate,
    async click(x, y) {
      const at = { x, y, button: "left", clickCount: 1 };
      for (const type of ["mousePressed", "mouseReleased"])
        await send("Input.dispatchMouseEvent", { type, ...at });
      await drawn();
    },
    async press(key) {
      const text = key.length === 1 ? { text: key } : {};
      for (const type of ["keyDown", "keyUp"]) await send("Input.dispatchKeyEvent", { type, key, ...text });
      await drawn();
    },
    async picture(name) {
      await drawn();
      const { data } = await send("Page.captureScreenshot");
      const target = join(ARTEFACTS, `${name}.png`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, Buffer.from(String(data), "base64"));
    },
  };
}

interface Session {
  send(method: string, params?: Params): Promise<Params>;
  on(event: string, listener: Listener): void;
}

interface Connection {
  send(method: string, params?: Params, sessionId?: string): Promise<Params>;
  on(event: string, listener: Listener, sessionId: string): void;
}

function connect(program: string): Connection {
  const { input, output } = startBrowser(program);
  const waiting = new Map<number, { resolve: (result: Params) => void; reject: (error: Error) => void }>();
  const listeners: { event: string; listener: Listener; sessionId: string }[] = [];
  let last = 0;
  followMessages(output, ({ id, result, error, method, params, sessionId }) => {
    const call = id === undefined ? undefined : waiting.get(id);
    if (error) call?.reject(new Error(JSON.stringify(error)));
    else call?.resolve(result ?? {});
    for (const other of listeners)
      if (other.event === method && other.sessionId === sessionId) other.listener(params ?? {});
  });
  return {
    send(method, params = {}, sessionId = undefined) {
      const id = ++last;
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    on: (event, listener, sessionId) => void listeners.push({ event, listener, sessionId }),
  };
}

function startBrowser(program: string): { input: Writable; output: Readable } {
  // Without a sandbox since root has none; the pages are our own.
  const options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"];
  const place = `--user-data-dir=${temporaryDirectory()}`;
  const child = spawn(program, [...options, place, "--remote-debugging-pipe", "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  onTestFinished(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await ended;
  });
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  input.on("error", () => {
    // It has ended; whoever waits for an answer runs into the time limit of the test.
  });
  return { input, output };
}

interface Message {
  id?: number;
  result?: Params;
  error?: unknown;
  method?: string;
  params?: Params;
  sessionId?: string;
}

/** Each message ends with a zero byte. */
function followMessages(output: Readable, take: (message: Message) => void): void {
  let rest = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) take(JSON.parse(message));
  });
}
