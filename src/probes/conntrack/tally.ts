/** What a dump counts: entries by protocol and state, by zone, and half-open ones by where they want to go. */

import { IPS } from '../../native/ctnetlink.ts';
import { destinationText, type Entries, TCP } from './entry.ts';

/** Of others that are half-open no more is said than how many they are. */
const DESTINATIONS_MAX = 16_384;
/** Zones that are told one by one: those with the most entries. */
const ZONES_SHOWN = 32;
const DESTINATIONS_SHOWN = 10;

export class Tally {
  entries = 0;
  translated = 0;
  halfOpen = 0;
  /** Half-open ones to destinations that found no place. */
  destinationsNotKept = 0;
  readonly #tcp = new Uint32Array(TCP_STATES.length);
  readonly #udp = new Uint32Array(UDP_STATES.length);
  readonly #protocols = new Uint32Array(256);
  readonly #zones = new Map<number, number>();
  readonly #destinations = new Map<number | string, number>();

  add(entry: Entries): void {
    this.entries++;
    if (entry.isTranslated) this.translated++;
    const { protocol, status, tcpState, zone } = entry;
    if (protocol === TCP) this.#addTcp(entry, tcpState);
    else if (protocol === UDP) more(this.#udp, status & IPS.assured ? 2 : status & IPS.seenReply ? 1 : 0);
    else more(this.#protocols, protocol);
    this.#zones.set(zone, (this.#zones.get(zone) ?? 0) + 1);
  }

  /** By name; of zones those with the most. */
  levels(): Record<string, number> {
    const levels: Record<string, number> = {
      Translated: this.translated,
      HalfOpen: this.halfOpen,
    };
    TCP_STATES.forEach((name, state) => {
      levels[`Tcp${name}`] = this.#tcp[state] as number;
    });
    UDP_STATES.forEach((name, state) => {
      levels[`Udp${name}`] = this.#udp[state] as number;
    });
    let others = 0;
    this.#protocols.forEach((count, protocol) => {
      const name = PROTOCOLS[protocol];
      if (name === undefined) others += count;
      else levels[name] = count;
    });
    levels.OtherProtocols = others;
    for (const [zone, count] of this.#largestZones()) levels[`Zone${zone}`] = count;
    return levels;
  }

  /** Other than 0, which is where entries are when nobody says otherwise. */
  zones(): number[] {
    return this.#largestZones()
      .map(([zone]) => zone)
      .sort((a, b) => a - b);
  }

  /** Where half-open connections go to, those with the most first. */
  destinations(least: number): { readonly Destination: string; readonly Count: number }[] {
    return [...this.#destinations]
      .filter(([, count]) => count >= least)
      .sort(([, a], [, b]) => b - a)
      .slice(0, DESTINATIONS_SHOWN)
      .map(([destination, count]) => ({ Destination: destinationText(destination), Count: count }));
  }

  #addTcp(entry: Entries, state: number): void {
    more(this.#tcp, state < TCP_STATES.length ? state : 0);
    if (!HALF_OPEN.has(state)) return;
    this.halfOpen++;
    const destination = entry.destination();
    const count = this.#destinations.get(destination);
    if (count === undefined && this.#destinations.size >= DESTINATIONS_MAX) this.destinationsNotKept++;
    else this.#destinations.set(destination, (count ?? 0) + 1);
  }

  #largestZones(): [number, number][] {
    return [...this.#zones]
      .filter(([zone]) => zone !== 0)
      .sort(([, a], [, b]) => b - a)
      .slice(0, ZONES_SHOWN);
  }
}

function more(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] as number) + 1;
}

const UDP = 17;

/** enum tcp_conntrack (linux/netfilter/nf_conntrack_tcp.h), by number. */
const TCP_STATES = [
  ...['None', 'SynSent', 'SynRecv', 'Established', 'FinWait', 'CloseWait', 'LastAck', 'TimeWait', 'Close', 'SynSent2'],
];
/** SYN_SENT, SYN_RECV, SYN_SENT2. */
const HALF_OPEN = new Set([1, 2, 9]);
const UDP_STATES = ['Unreplied', 'Replied', 'Assured'];
const PROTOCOLS: Readonly<Record<number, string>> = { 1: 'Icmp', 47: 'Gre', 58: 'Icmpv6', 132: 'Sctp', 136: 'Udplite' };
