/**
 * The book of sockets: what was heard and seen of them, from wherever, made one picture. Changes are heard as they
 * happen; looks see all there is, and take some time, in which what is heard is newer than what is seen.
 */
import type { Namespace } from '../probe.ts';
import { Acceptors } from './acceptors.ts';
import { type Entry, isSameTraffic, isService, takeEnds } from './entry.ts';
import { type Place, placeOf } from './place.ts';
import type { Records } from './record.ts';
import { type Holder, type Sight, STATE, TCP, UDP } from './sight.ts';

/** Sockets of namespaces that nobody told of yet. */
const WAITING_MAX = 4096;

export interface BookParts {
  readonly bootId: string;
  readonly count: (name: string) => void;
  /** Epoch ms, and CLOCK_MONOTONIC ns. */
  readonly nowMs: () => number;
  readonly nowNs: () => number;
  /** How many sockets are held at most. */
  readonly socketsMax: number;
}

export class Book {
  readonly places = new Map<string, Place>();
  /** Those of which there is something to tell. */
  readonly changed = new Set<Entry>();
  /** Those that carried more than was told. */
  readonly carried = new Set<Entry>();
  /** Places whose services are others. */
  readonly served = new Set<Place>();
  readonly #parts: BookParts;
  readonly #entries = new Map<number, Entry>();
  readonly #byNetns = new Map<number, Place>();
  readonly #waiting = new Set<Entry>();
  readonly #acceptors = new Acceptors();
  /** Cookies of those that closed while a look is under way. */
  readonly #closedMeanwhile = new Set<number>();
  /** Sockets whose known holder was not met yet in this look, and who else holds them. */
  readonly #claims = new Map<Entry, Holder | undefined>();
  #isLooking = false;
  #look = 0;
  #lookedNs = 0;

  constructor(parts: BookParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Since when, epoch ms, it is to be found out who holds some socket, or where it ends; undefined: of none it is. */
  get guessingSince(): number | undefined {
    return this.#acceptors.guessingSince;
  }

  add(namespace: Namespace): Place {
    const place = placeOf(namespace, this.#parts.bootId);
    this.places.set(place.node, place);
    if (place.netns !== 0) {
      this.#byNetns.set(place.netns, place);
      for (const entry of this.#waiting) if (entry.netns === place.netns) this.#settle(entry, place);
    }
    return place;
  }

  remove(node: string): void {
    const place = this.places.get(node);
    if (!place) return;
    this.places.delete(node);
    if (this.#byNetns.get(place.netns) === place) this.#byNetns.delete(place.netns);
    for (const entry of place.entries) this.#forget(entry);
    this.served.delete(place);
  }

  /** A change that the kernel told of, in the order things happened. `atMs`: epoch. */
  hear(records: Records, atMs: number): void {
    const { cookie, state } = records;
    let entry = this.#entries.get(cookie);
    if (state === STATE.close) {
      if (this.#isLooking) this.#closedMeanwhile.add(cookie);
      if (!entry) return;
      entry.traffic = entry.state === STATE.listen ? undefined : records.traffic;
      this.#close(entry, atMs);
      return;
    }
    this.#closedMeanwhile.delete(cookie);
    if (!entry) {
      entry = this.#open(records, records.netns, this.#byNetns.get(records.netns), atMs);
      if (!entry) return;
      if (records.before === STATE.synRecv && state === STATE.established) this.#acceptors.guess(entry);
    } else if (entry.localPort === 0 || state === STATE.established) takeEnds(entry, records);
    entry.changedNs = records.atNs;
    this.#become(entry, state);
    if (records.pid !== 0 && (!entry.holder || entry.isGuess)) this.#hold(entry, records.holder);
    if (entry.localPort === 0) this.#acceptors.ask(entry);
    this.#change(entry);
  }

  beginLook(): void {
    this.#look++;
    this.#claims.clear();
    this.#isLooking = true;
    this.#lookedNs = this.#parts.nowNs();
  }

  /** One of a namespace's own table. */
  see(sight: Sight, place: Place): void {
    const known = this.#entries.get(sight.cookie);
    // Who walked over all processes knows more of it than its namespace does.
    if (known && known.heldLook === this.#look && known.place) return;
    const entry = this.#seen(known, sight, place.netns, place, this.#lookedNs);
    if (!entry) return;
    entry.inode = sight.inode;
    if (sight.traffic) this.#carry(entry, sight.traffic);
  }

  /** Those that processes hold, so many of them; gives whether there are more. */
  walk(records: Records, most: number): boolean {
    for (let count = 0; count < most; count++) {
      if (!records.next()) return false;
      if (records.protocol === TCP ? records.state === STATE.close : records.localPort === 0) continue;
      const { cookie, netns, atNs } = records;
      const entry = this.#seen(this.#entries.get(cookie), records, netns, this.#byNetns.get(netns), atNs);
      if (!entry) continue;
      if (entry.heldLook !== this.#look) {
        entry.heldLook = this.#look;
        const { traffic } = records;
        if (traffic) this.#carry(entry, traffic);
      }
      this.#claim(entry, records);
    }
    return true;
  }

  /** All were walked over. */
  endWalk(): void {
    for (const [entry, holder] of this.#claims) if (entry.closedAt === undefined) this.#hold(entry, holder);
    for (const entry of this.#acceptors.guesses)
      if (entry.heldLook === this.#look && entry.localPort !== 0) this.#acceptors.sure(entry);
    this.#claims.clear();
  }

  /** Who holds which inode, where only that is known. */
  hold(holders: ReadonlyMap<number, Holder>): void {
    const seen = new Set<number>();
    for (const entry of this.#entries.values()) if (entry.look === this.#look) seen.add(entry.inode);
    for (const entry of this.#entries.values()) {
      const holder = holders.get(entry.inode);
      if (!holder || entry.inode === 0) continue;
      // A table that changes while it is told may leave one out; whose inode another has is gone.
      if (entry.look !== this.#look && !seen.has(entry.inode)) entry.look = this.#look;
      entry.heldLook = this.#look;
      if (
        entry.holder?.pid !== holder.pid ||
        entry.holder.started !== holder.started ||
        entry.holder.name !== holder.name
      )
        this.#hold(entry, holder);
    }
  }

  /**
   * What was not seen is closed: of namespaces whose own tables were read, all; of others what only processes can hold
   * open, when all processes were seen.
   */
  endLook({ read, isWalked }: { read: ReadonlySet<Place>; isWalked: boolean }): void {
    const atMs = this.#parts.nowMs();
    for (const entry of this.#entries.values()) {
      if (entry.look === this.#look || entry.changedNs >= this.#lookedNs) continue;
      const wasHeld = entry.heldLook > 0;
      if (entry.place && read.has(entry.place)) this.#close(entry, atMs);
      else if (isWalked && wasHeld && (entry.protocol === UDP || !entry.place)) this.#close(entry, atMs);
    }
    this.#isLooking = false;
    this.#closedMeanwhile.clear();
  }

  /** Who is known to hold it keeps it while he does; else it is the lowest pid of those that do, who is walked over first. */
  #claim(entry: Entry, records: Records): void {
    if (entry.sureLook === this.#look) return;
    if (!entry.holder) {
      this.#hold(entry, records.holder);
      entry.sureLook = this.#look;
    } else if (records.isHeldBy(entry.holder)) {
      this.#claims.delete(entry);
      entry.sureLook = this.#look;
    } else if (!this.#claims.has(entry)) this.#claims.set(entry, records.holder);
  }

  #seen(
    known: Entry | undefined,
    sight: Sight,
    netns: number,
    place: Place | undefined,
    atNs: number,
  ): Entry | undefined {
    if (!known) {
      if (this.#closedMeanwhile.has(sight.cookie)) return undefined;
      const entry = this.#open(sight, netns, place, this.#parts.nowMs());
      if (!entry) return undefined;
      entry.changedNs = atNs;
      entry.look = this.#look;
      return entry;
    }
    known.look = this.#look;
    if (!known.place && place) this.#settle(known, place);
    if (atNs < known.changedNs) return known;
    // A connection stays where it is; the end of UDP may be moved.
    const isElsewhere = (known.protocol === UDP || known.localPort === 0) && takeEnds(known, sight);
    const { state } = sight;
    if (known.state !== state || isElsewhere) {
      this.#become(known, state);
      this.#change(known);
    }
    return known;
  }

  #open(sight: Sight, netns: number, place: Place | undefined, openedAt: number): Entry | undefined {
    if (this.#entries.size >= this.#parts.socketsMax) {
      this.#parts.count('socketsNotHeld');
      return undefined;
    }
    if (!place && this.#waiting.size >= WAITING_MAX) {
      this.#parts.count('socketsOfUnknownNamespaces');
      return undefined;
    }
    const { cookie } = sight;
    const entry: Entry = {
      cookie,
      netns,
      place: undefined,
      protocol: sight.protocol,
      localAddress: sight.localAddress,
      localPort: sight.localPort,
      remoteAddress: sight.remoteAddress,
      remotePort: sight.remotePort,
      state: sight.state,
      wasEstablished: false,
      inode: sight.inode,
      openedAt,
      holder: undefined,
      isGuess: false,
      traffic: undefined,
      changedNs: 0,
      look: 0,
      heldLook: 0,
      sureLook: 0,
      closedAt: undefined,
      told: undefined,
    };
    this.#entries.set(cookie, entry);
    if (place) this.#settle(entry, place);
    else this.#waiting.add(entry);
    this.#become(entry, entry.state);
    this.#change(entry);
    return entry;
  }

  #settle(entry: Entry, place: Place): void {
    this.#waiting.delete(entry);
    entry.place = place;
    place.entries.add(entry);
    this.#serve(entry, isService(entry));
    this.#change(entry);
  }

  /** Of a place that is not told of yet everything will be told. */
  #change(entry: Entry): void {
    if (entry.place?.isTold) this.changed.add(entry);
  }

  #become(entry: Entry, state: number): void {
    entry.state = state;
    entry.wasEstablished ||= state === STATE.established;
    const serves = isService(entry);
    if (serves && entry.protocol === TCP) this.#acceptors.listens(entry);
    this.#serve(entry, serves);
  }

  #serve(entry: Entry, serves: boolean): void {
    const { place } = entry;
    if (!place || serves === place.services.has(entry)) return;
    if (serves) place.services.add(entry);
    else place.services.delete(entry);
    this.served.add(place);
  }

  #carry(entry: Entry, traffic: NonNullable<Entry['traffic']>): void {
    if (isSameTraffic(entry.traffic, traffic)) return;
    entry.traffic = traffic;
    if (entry.place?.isTold) this.carried.add(entry);
  }

  #hold(entry: Entry, holder: Holder | undefined): void {
    entry.holder = holder;
    this.#acceptors.sure(entry);
    this.#change(entry);
    if (entry.place?.services.has(entry)) this.served.add(entry.place);
  }

  #close(entry: Entry, atMs: number): void {
    entry.closedAt = atMs;
    this.#forget(entry);
    if (entry.place) this.changed.add(entry);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.cookie);
    this.#waiting.delete(entry);
    this.#acceptors.sure(entry);
    this.changed.delete(entry);
    this.carried.delete(entry);
    entry.place?.entries.delete(entry);
    if (entry.state === STATE.listen) this.#acceptors.listensNoMore(entry);
    this.#serve(entry, false);
  }
}
