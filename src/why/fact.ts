/** One thing that changed, with a sentence for people. */
import type { Element, Value } from '../graph/element.ts';
import type { KindName } from './kinds.ts';
import type { Step } from './steps.ts';

export interface Fact extends Said {
  readonly step: Step;
  readonly time: number;
  readonly element: Element;
}

/** What a key, or an element, says. */
export interface Said {
  readonly kind: KindName;
  /** Without the where: `address 10.0.0.1/24 was removed from eth0`. */
  readonly text: string;
  readonly key: string | undefined;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
  /** Whether it is about these packets: their addresses, next hops, MACs, port; undefined: that cannot be told. */
  readonly isAbout: boolean | undefined;
}

/** What packets of the conversation look like on their way. */
export interface Traffic {
  /** Source, destination and next hops, in their one spelling. */
  readonly addresses: ReadonlySet<string>;
  /** Those of them that somebody had when all was well, with who that was, by id of the node. */
  readonly taken: ReadonlyMap<string, ReadonlySet<string>>;
  readonly macs: ReadonlySet<string>;
  /** Where they are sent to, and where translations send them; none: they have none. */
  readonly ports: ReadonlySet<number>;
  /** IANA number. */
  readonly protocol: number | undefined;
  /** Id of the namespace that they are for. */
  readonly end: string | undefined;
  /** Who has these addresses and MACs, by id of the node: that they are there is no news. */
  readonly holders: ReadonlySet<string>;
}
