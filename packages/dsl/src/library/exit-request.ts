/** What `os.exit` throws: it ends the call, and with it the task. */
export class ExitRequest extends Error {
  override name = "ExitRequest";
  constructor(
    /** From 0 to 255. */
    readonly exitCode: number,
  ) {
    super(`os.exit(${exitCode})`);
  }
}
