/** What is asked about: a packet from one address to another. */
export interface Packet {
  /** In their one spelling. */
  readonly source: string;
  readonly destination: string;
  readonly family: 4 | 6;
  /** IANA number; undefined: not said. */
  readonly protocol: number | undefined;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
}

/** The other way round. */
export function answerOf({ source, destination, sourcePort, destinationPort, ...rest }: Packet): Packet {
  return {
    ...rest,
    ...{ source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort },
  };
}
