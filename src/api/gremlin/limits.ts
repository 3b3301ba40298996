/** Bounds of the Gremlin door. Each is told to whoever meets it, and counted. */
export interface GremlinLimits {
  readonly connectionsMax: number;
  /** Bytes of one message. Gremlin Server's maxContentLength. */
  readonly messageBytesMax: number;
  /** Traversals that run at the same time, of all connections. */
  readonly runningMax: number;
  /** Requests that wait for that, of all connections: Gremlin Server's maxWorkQueueSize. One more is answered 429. */
  readonly waitingMax: number;
  /** Of these, traversals of one connection. */
  readonly runningPerConnectionMax: number;
  /** Requests of one connection that wait or run; more are not read from its socket. */
  readonly perConnectionMax: number;
  /** Time of one traversal, ms; a request may ask for less, and for up to `timeMsMax`. */
  readonly timeMs: number;
  readonly timeMsMax: number;
  /** Results in one message when the request does not say. */
  readonly batchSize: number;
  readonly batchSizeMax: number;
  readonly bindingsMax: number;
  /** Bytes handed to a socket before we wait for it to drain. */
  readonly socketBytesMax: number;
  /** A connection that takes nothing for so long is closed, ms. */
  readonly stalledMs: number;
  readonly pingMs: number;
  /** After so many pings without an answer the other side counts as gone. */
  readonly silentPingsMax: number;
  /** Time to log in, ms. */
  readonly loginMs: number;
  /** Bytes of requests that wait for the login of their connection. */
  readonly loginBytesMax: number;
  /** Wrong passwords of one address: so many at once, and so many a minute. */
  readonly wrongPasswordsPerMinute: number;
  /** After this long, connections that do not take leave are cut when the server stops, ms. */
  readonly closeMs: number;
}

export const defaultGremlinLimits: GremlinLimits = {
  connectionsMax: 500,
  messageBytesMax: 10 * 1024 * 1024,
  runningMax: 128,
  waitingMax: 8192,
  runningPerConnectionMax: 32,
  perConnectionMax: 1024,
  timeMs: 30_000,
  timeMsMax: 600_000,
  batchSize: 64,
  batchSizeMax: 10_000,
  bindingsMax: 256,
  socketBytesMax: 1024 * 1024,
  stalledMs: 60_000,
  pingMs: 20_000,
  silentPingsMax: 3,
  loginMs: 5_000,
  loginBytesMax: 1024 * 1024,
  wrongPasswordsPerMinute: 30,
  closeMs: 1_000,
};
