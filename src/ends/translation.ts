/** A conversation whose addresses or ports are translated on the way (NAT), as connection tracking knows it. */

/** One direction of a conversation. Addresses as text, ports 0 where the protocol has none; ICMP: its id as both ports. */
export interface Tuple {
  /** IANA number: 6 TCP, 17 UDP, 1 ICMP. */
  readonly protocol: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

export interface Translation {
  /** The same for as long as the entry lives: the namespace's node, and CTA_ID. */
  readonly id: string;
  /** Id of the node of the namespace that translates. */
  readonly node: string;
  readonly zone: number;
  /** As the one who began sent it (CTA_TUPLE_ORIG). */
  readonly original: Tuple;
  /** As the other side answers (CTA_TUPLE_REPLY): what is there between the translation and the other side, turned round. */
  readonly reply: Tuple;
  /** Epoch ms. */
  readonly since: number;
  /** Undefined while it lives. */
  readonly until?: number;
}

/** Where a probe says what is translated; of conversations that are not, nothing is said. */
export interface TranslationWriter {
  tell(translations: readonly Translation[]): void;
  end(ids: readonly string[], at: number): void;
  /** These, and no others, live in a namespace at `at`. */
  all(node: string, translations: readonly Translation[], at: number): void;
  gone(node: string, at: number): void;
}
