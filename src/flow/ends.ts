/** Who is at the ends of a flow and what it is beyond a translation. Whoever knows of sockets tells it: this part does not. */

/** A flow as one asks about it. */
export interface SeenConversation {
  /** TID of the node it was captured at. */
  readonly node: string;
  /** IANA number: 6 TCP, 17 UDP, 1 ICMP. */
  readonly protocol: number;
  readonly a: string;
  readonly b: string;
  /** ICMP: its id as both. */
  readonly aPort: number;
  readonly bPort: number;
}

/** What is known of it; what is not known now may be so at its next update. */
export interface KnownEnds {
  readonly Process?: Both<string>;
  readonly Pid?: Both<number>;
  readonly ContainerID?: Both<string>;
  readonly Service?: string;
  readonly NAT?: Omit<Translated, 'TrackingID'>;
}

/** Asked each time a flow is told for which not all is known: it has to be quick. */
export type LookUpEnds = (conversation: SeenConversation) => KnownEnds | undefined;

export interface Both<T> {
  readonly A?: T;
  readonly B?: T;
}

/** The same conversation on the other side of a translation of its addresses; A is the one who began there too. */
export interface Translated {
  readonly Type: 'SNAT' | 'DNAT' | 'SNAT,DNAT';
  readonly A: string;
  readonly B: string;
  /** 0 where there are no ports. */
  readonly APort: number;
  readonly BPort: number;
  /** Of that conversation: what its flows have as theirs. */
  readonly TrackingID: string;
  /** This flow is what came of the translation, and the other what it was before. */
  readonly IsTranslated: boolean;
  /** Id of the node of the namespace that translates. */
  readonly Node: string;
  /** Zone of connection tracking. */
  readonly Zone: number;
}

export interface FlowEnds {
  readonly Process?: Both<string>;
  readonly Pid?: Both<number>;
  readonly ContainerID?: Both<string>;
  readonly Service?: string;
  readonly NAT?: Translated;
}
