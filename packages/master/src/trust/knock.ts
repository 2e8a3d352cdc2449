import { connect } from "node:net";

/**
 * Whether somebody listens, without sending a byte: the code of the error, undefined where somebody does.
 * @param options.timeoutMs - then it is `ETIMEDOUT`
 */
export function knock(
  { host, port }: { host: string; port: number },
  { timeoutMs }: { timeoutMs: number },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (code: string | undefined) => {
      socket.destroy();
      resolve(code);
    };
    socket.setTimeout(timeoutMs, () => end("ETIMEDOUT"));
    socket.once("connect", () => end(undefined));
    socket.once("error", (error: NodeJS.ErrnoException) => end(codeOf(error)));
  });
}

/** Of several addresses, each with its error, the first one's. */
function codeOf(error: NodeJS.ErrnoException): string {
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error;
  return first.code ?? first.message;
}
