/** Bounds of everything that comes from outside. Each has a counter for when it is met. */
export interface ApiLimits {
  /** Bytes of one request body. */
  readonly bodyBytesMax: number;
  /** Bytes of one request body that may have a trace in it (POST /api/injectpacket). */
  readonly injectionBytesMax: number;
  /** Bytes of one request body in YAML, which takes a hundred times as long to read as JSON. */
  readonly yamlBytesMax: number;
  /** Bytes of one trace (POST /api/pcap). */
  readonly traceBytesMax: number;
  /** Traces that are read at the same time. */
  readonly tracesMax: number;
  /** Queries that run at the same time; one more is answered 429. */
  readonly queriesMax: number;
  /** Time one query may take, ms. */
  readonly queryMs: number;
  /** Open connections, WebSockets included; one more is closed at once. */
  readonly connectionsMax: number;
  readonly webSocketsMax: number;
  /** Bytes of one WebSocket message. */
  readonly messageBytesMax: number;
  /** Requests a second from one address that is not loopback; twice as many in a burst. */
  readonly requestsPerSecond: number;
  /** Wrong tokens and passwords of one address, or for one name, that cost no wait; each after them costs twice the one before. */
  readonly wrongGuessesFree: number;
  /** A WebSocket is pinged this often. */
  readonly pingMs: number;
  /** After so many pings without a byte in either direction a client counts as gone. */
  readonly silentPingsMax: number;
  /** Replies that wait for one client that does not read. */
  readonly repliesMax: number;
  /** Bytes handed to a socket before we wait for it to drain. */
  readonly socketBytesMax: number;
  /** Messages of one publisher that wait to be applied; its socket is paused meanwhile. */
  readonly publishedMax: number;
  /** Messages of one publisher that are applied and not archived yet; it waits meanwhile. */
  readonly unkeptMax: number;
  /** A standing query is asked again at most this often. */
  readonly standingQueryMs: number;
}

export const defaultLimits: ApiLimits = {
  bodyBytesMax: 4 * 1024 * 1024,
  injectionBytesMax: 10 * 1024 * 1024,
  yamlBytesMax: 64 * 1024,
  traceBytesMax: 1024 * 1024 * 1024,
  tracesMax: 4,
  queriesMax: 128,
  queryMs: 30_000,
  connectionsMax: 2_000,
  webSocketsMax: 500,
  messageBytesMax: 32 * 1024 * 1024,
  requestsPerSecond: 500,
  wrongGuessesFree: 10,
  pingMs: 2_000,
  silentPingsMax: 3,
  repliesMax: 10_000,
  socketBytesMax: 1024 * 1024,
  publishedMax: 5_000,
  unkeptMax: 20_000,
  standingQueryMs: 50,
};

/** Work goes on this long before the event loop gets its turn. */
export const sliceMs = 5;
