/** What one run may use. Each is met with a sentence that names it, and a count. */
export interface RunLimits {
  /** From its begin to its end, ms. */
  readonly wallMs: number;
  /** Of the processor, ms. */
  readonly cpuMs: number;
  /** Of its world, in pages of 64 KiB: WebAssembly cannot have more. */
  readonly memoryPages: number;
  /** Of its calls, bytes. More than 128 KiB and the thread's own would end first. */
  readonly stackBytes: number;
  /** Of its result as JSON, UTF-16 units. */
  readonly resultMax: number;
  /** Lines of its console that are kept. */
  readonly linesMax: number;
  /** Of one such line, and of all of them. */
  readonly lineMax: number;
  readonly consoleMax: number;
  /** Requests to the API. */
  readonly asksMax: number;
  /** Of one request, and of one answer: what is larger would not leave room for looking at it. */
  readonly askMax: number;
  readonly answerMax: number;
  /** UTF-16 units. */
  readonly sourceMax: number;
  readonly paramsMax: number;
}

export const defaultRunLimits: RunLimits = {
  wallMs: 120_000,
  cpuMs: 10_000,
  memoryPages: 1024,
  stackBytes: 128 * 1024,
  resultMax: 8 * 1024 * 1024,
  linesMax: 1_000,
  lineMax: 4_096,
  consoleMax: 256 * 1024,
  asksMax: 10_000,
  askMax: 1024 * 1024,
  answerMax: 8 * 1024 * 1024,
  sourceMax: 256 * 1024,
  paramsMax: 1024 * 1024,
};

/** Of the thread around it, MB. What is asked for beyond ends the thread, not the process. */
export const threadLimits = { stackSizeMb: 8, maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** A run that does not end by itself is ended this long after its time. */
export const graceMs = 1_000;
