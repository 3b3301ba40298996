/** The routes of a namespace, by interface. Follows the kernel's own rules of what a new route replaces. */
import { AF_INET } from './address.ts';
import { Grouped } from './grouped.ts';
import { type Hop, type Route, withHops } from './route.ts';

/** ifindex under which routes are kept that go nowhere, e.g. blackholes. */
export const NOWHERE = 0;

export class RouteTable {
  readonly #byInterface: Grouped<Route>;
  readonly #byPlace = new Map<string, Map<string, Route>>();

  constructor(perInterfaceMax: number) {
    this.#byInterface = new Grouped(perInterfaceMax);
  }

  get hidden(): number {
    return this.#byInterface.hidden;
  }

  of(ifindex: number): Iterable<Route> {
    return this.#byInterface.of(ifindex);
  }

  sizeOf(ifindex: number): number {
    return this.#byInterface.sizeOf(ifindex);
  }

  get changes(): number {
    return this.#byInterface.changes;
  }

  version(ifindex: number): number {
    return this.#byInterface.version(ifindex);
  }

  /**
   * Gives the interfaces whose routes changed. `isReplacing`: the message had NLM_F_REPLACE; then which of several
   * routes at its place it replaced is not said, and the caller had better ask.
   */
  add(route: Route, isReplacing = false): Set<number> {
    const touched = new Set<number>();
    for (const other of this.#at(route))
      if (isReplacing ? isComparable(other, route) : isPartOf(other, route)) this.#drop(other, touched);
    this.#keep(route, touched);
    return touched;
  }

  remove(route: Route): Set<number> {
    const touched = new Set<number>();
    const exact = this.#byPlace.get(route.place)?.get(route.key);
    if (exact) {
      this.#drop(exact, touched);
      return touched;
    }
    // IPv6 tells of a single next hop that leaves a route with several.
    const wider = this.#at(route).find(
      (other) => other.family !== AF_INET && route.hops.every((hop) => hasHop(other, hop)),
    );
    if (wider) {
      this.#drop(wider, touched);
      const hops = wider.hops.filter((hop) => !hasHop(route, hop));
      if (hops.length > 0) this.#keep(withHops(wider, hops), touched);
    }
    return touched;
  }

  /** What is so of one interface, all of it: of a device that went down the kernel drops IPv4 routes in silence. */
  replace(ifindex: number, routes: readonly Route[]): Set<number> {
    const touched = new Set<number>();
    const now = new Set(routes.map(fullKey));
    for (const route of [...this.of(ifindex)]) if (!now.has(fullKey(route))) this.#drop(route, touched);
    for (const route of routes) this.#keep(route, touched);
    return touched;
  }

  /** The interface is gone and every route over it; of one over several interfaces the others are left. */
  removeInterface(ifindex: number): Set<number> {
    const touched = new Set<number>();
    for (const route of [...this.of(ifindex)]) {
      this.#drop(route, touched);
      const hops = route.hops.filter((hop) => hop.ifindex !== ifindex);
      if (hops.length > 0) this.#keep(withHops(route, hops), touched);
    }
    touched.delete(ifindex);
    return touched;
  }

  /** Interfaces with routes that prefer `source`: with the address they go in silence. */
  interfacesPreferring(source: string, among: Iterable<number>): number[] {
    return [...among].filter((ifindex) => {
      for (const route of this.of(ifindex)) if (route.source === source) return true;
      return false;
    });
  }

  #at(route: Route): Route[] {
    return [...(this.#byPlace.get(route.place)?.values() ?? [])];
  }

  #keep(route: Route, touched: Set<number>): void {
    const key = fullKey(route);
    let isKept = false;
    for (const ifindex of interfacesOf(route)) {
      this.#byInterface.set(ifindex, key, route);
      isKept ||= this.#byInterface.get(ifindex, key) === route;
      touched.add(ifindex);
    }
    if (!isKept) return;
    const here = this.#byPlace.get(route.place);
    if (here) here.set(route.key, route);
    else this.#byPlace.set(route.place, new Map([[route.key, route]]));
  }

  #drop(route: Route, touched: Set<number>): void {
    const here = this.#byPlace.get(route.place);
    if (here?.delete(route.key) && here.size === 0) this.#byPlace.delete(route.place);
    const key = fullKey(route);
    for (const ifindex of interfacesOf(route)) if (this.#byInterface.delete(ifindex, key)) touched.add(ifindex);
  }
}

function fullKey(route: Route): string {
  return `${route.place} ${route.key}`;
}

export function interfacesOf(route: Route): Set<number> {
  return new Set(route.hops.map((hop) => (hop.ifindex > 0 ? hop.ifindex : NOWHERE)));
}

/** IPv4 has one route at a place unless someone appended; IPv6 has one through gateways, and one for each device. */
function isComparable(old: Route, route: Route): boolean {
  if (route.family === AF_INET) return true;
  const isThroughGateway = (one: Route) => one.hops.some((hop) => hop.ip !== '');
  return isThroughGateway(old) === isThroughGateway(route) && (isThroughGateway(route) || isPartOf(old, route));
}

/** A route of IPv6 that got one more next hop is told as a whole. */
function isPartOf(old: Route, route: Route): boolean {
  return route.family !== AF_INET && old.type === route.type && old.hops.every((hop) => hasHop(route, hop));
}

function hasHop(route: Route, { ip, ifindex }: Hop): boolean {
  return route.hops.some((hop) => hop.ip === ip && hop.ifindex === ifindex);
}
