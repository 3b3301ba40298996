/** What a flow table says of itself: totals since its start, and what it holds. */
export interface FlowTableStats {
  readonly flows: number;
  readonly places: number;
  /** Flows told to listeners. */
  readonly updates: number;
  readonly created: number;
  /** Ended for lack of packets, by FIN or RST, or with their place. */
  readonly ended: number;
  readonly expired: number;
  /** Ended early because the table was full. */
  readonly evicted: number;
  readonly observations: number;
  /** Buffers of which a rest could not be read. */
  readonly undecodable: number;
  /** Observations of places that are not there (any more). */
  readonly refused: number;
  readonly rawPackets: number;
  /** Raw packets that found no room, or no flow. */
  readonly rawRefused: number;
  readonly rawBytes: number;
  /** First payloads held, and those that found no room. */
  readonly payloadBytes: number;
  readonly payloadsRefused: number;
  /** Payloads on which a decoder failed. */
  readonly payloadsFailed: number;
  /** Of typed memory. */
  readonly sizeBytes: number;
}
