/** The capture points of a flow table: what their number stands for. */
export interface CapturePlace {
  /** TID of the node. */
  readonly node: string;
  /** UUID of the capture. */
  readonly capture: string;
  readonly host: string;
  /** Application layers decoded in full. */
  readonly layers: ReadonlySet<string>;
  /** TCPMetric is shown. */
  readonly hasTcpMetric: boolean;
}

/** How long a flow lives, ms. */
export interface FlowLife {
  /** What was added is told so often. */
  readonly updateMs: number;
  /** Without a packet for so long it is over. */
  readonly expireMs: number;
  /** The same for single applications, by name: { ARP: 10_000, DNS: 10_000 }. */
  readonly applicationMs: Readonly<Record<string, number>>;
  /** Kept so long after its FIN or RST, for stragglers. */
  readonly finishedMs: number;
}
