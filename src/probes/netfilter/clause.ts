/** What a rule consists of, in its order: conditions that a packet has to meet, and what is done with it then. */
import type { Metadata } from '../../graph/element.ts';

/** All of them have to hold for what follows to be done. */
export type Condition = Metadata & {
  /** As nft writes it: `ip saddr`, `tcp dport`, `meta iifname`, `ct state`; several are joined by ` . `. */
  readonly Key: string;
  /** `any`: one of the flags is set; `none`: none of them is. */
  readonly Op: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'any' | 'none';
  /** One of these: `22`, `80-90`, `10.0.0.0/8`, `"eth*"` without its quotes; of several keys joined by ` . `. */
  readonly Values?: readonly string[];
  /** Laid over the key first, where it is no prefix. */
  readonly Mask?: string;
  /** Name of the set that it has to be in, instead of Values. */
  readonly Set?: string;
  /** Not all of Values are told. */
  readonly IsCut?: boolean;
};

export type Action = Metadata & {
  /** accept, drop, jump, goto, return, continue, queue, reject, snat, dnat, masquerade, redirect, vmap, limit, set, … */
  readonly Do: string;
  /** Of jump and goto. */
  readonly Chain?: string;
  /** Of snat and dnat: an address, or a range; of redirect, masquerade, snat and dnat: a port, or a range. */
  readonly Address?: string;
  readonly Port?: string;
  /** What is looked up, in a map: of vmap, and where address and port are taken from a map; what is set. */
  readonly Key?: string;
  /** `22 : accept`, `80 : 10.0.0.2 . 8080`. */
  readonly Map?: readonly string[];
  /** Name of a map, instead of Map. */
  readonly MapName?: string;
  readonly Value?: string;
  readonly Mask?: string;
  readonly IsCut?: boolean;
};

export type Clause = Condition | Action;

/** With its words. */
export interface Said {
  readonly clause: Clause;
  /** As `nft -s list ruleset` writes it; '' of what is not written. */
  readonly text: string;
}
