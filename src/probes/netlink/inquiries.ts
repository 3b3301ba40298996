/**
 * Asking again where the kernel is silent: each question is about one interface, questions that come together are asked
 * once, and what is answered goes through the same tables as everything else.
 */
import type { Conversation } from '../../native/conversation.ts';
import type { NetlinkSocket } from '../../native/door.ts';
import { NetlinkError } from '../../native/netlink_error.ts';
import { messages } from '../../native/nlmsg.ts';
import { type Filter, PARENT_EGRESS, PARENT_INGRESS, PARENT_INGRESS_OLD, readFilter } from './filter.ts';
import { type Neighbour, readNeighbour } from './neighbour.ts';
import { News } from './news.ts';
import { FAMILIES, filterDump, forwardingDump, linkRequest, routeDump } from './requests.ts';
import { type Route, readRoute } from './route.ts';
import { interfacesOf, NOWHERE } from './routetable.ts';
import type { Slices } from './slices.ts';
import type { Tables } from './tables.ts';

/** Multicast groups are joined one after the other when a link comes up: look when they are all there. */
const FORWARDING_DELAY_MS = 25;
const ALL_ROUTES_DELAY_MS = 100;
/** Questions that are overtaken by news again and again: the last answer has to do, the next news ask anew. */
const ATTEMPTS = 4;
/** Above this many interfaces one question about all is cheaper. */
const SINGLES_MAX = 16;

export class Inquiries {
  readonly #events: NetlinkSocket;
  readonly #conversation: Conversation;
  readonly #tables: () => Tables;
  readonly #onNews: (news: News) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #slices: Slices;
  readonly #forwarding = new Set<number>();
  #forwardingTimer: NodeJS.Timeout | undefined;
  #routesTimer: NodeJS.Timeout | undefined;

  /** `onNews` hears what the answers changed. */
  constructor(
    { events, conversation }: { readonly events: NetlinkSocket; readonly conversation: Conversation },
    tables: () => Tables,
    onNews: (news: News) => void,
    { fail, slices }: { readonly fail: (error: unknown) => void; readonly slices: Slices },
  ) {
    this.#events = events;
    this.#conversation = conversation;
    this.#tables = tables;
    this.#onNews = onNews;
    this.#onFailure = fail;
    this.#slices = slices;
  }

  /** What some news leave open. */
  ask(news: News): void {
    for (const ifindex of news.links) this.#link(ifindex);
    if (news.areAllRoutesStale)
      this.#routesTimer ??= setTimeout(() => {
        this.#routesTimer = undefined;
        this.#run(() => this.#allRoutes());
      }, ALL_ROUTES_DELAY_MS);
    else for (const ifindex of news.routes) this.#run(() => this.#routes(ifindex));
    for (const ifindex of news.filters) this.#run(() => this.#filters(ifindex));
    for (const ifindex of news.forwarding) this.#forwarding.add(ifindex);
    if (this.#forwarding.size > 0)
      this.#forwardingTimer ??= setTimeout(() => {
        this.#forwardingTimer = undefined;
        const asked = [...this.#forwarding];
        this.#forwarding.clear();
        this.#run(() => this.#forwardingOf(asked));
      }, FORWARDING_DELAY_MS);
  }

  /** All of them will be read anyway. */
  cancel(): void {
    clearTimeout(this.#forwardingTimer);
    clearTimeout(this.#routesTimer);
    this.#forwardingTimer = undefined;
    this.#routesTimer = undefined;
    this.#forwarding.clear();
  }

  /** Whether the kernel has this link. */
  async hasLink(ifindex: number): Promise<boolean> {
    try {
      await this.#conversation.request(linkRequest(ifindex));
      return true;
    } catch (error) {
      return !(error instanceof NetlinkError && error.code === 'ENODEV');
    }
  }

  /** An answer may stay away: the interface is gone, or the namespace, or we are. Then there is nothing to say. */
  #run(question: () => Promise<void>): void {
    question().catch((error) => {
      if (!(error instanceof NetlinkError)) this.#onFailure(error);
    });
  }

  /** Asked where the news come from: so the answer stands in line with them, and what it says is not older. */
  #link(ifindex: number): void {
    // Refused when we are closing, or the kernel has no room: then it overruns, and everything is read.
    this.#events.send(linkRequest(ifindex)).catch(() => undefined);
  }

  /**
   * What is asked elsewhere may be overtaken by news: then it is asked again. `version` is another one after news.
   * Gives undefined where the answer would be of no use any more.
   */
  async #upToDate<T>(version: (tables: Tables) => number, read: () => Promise<T>): Promise<T | undefined> {
    const tables = this.#tables();
    for (let attempt = 1; ; attempt++) {
      const before = version(tables);
      const answer = await read();
      if (this.#tables() !== tables) return undefined;
      if (version(tables) === before || attempt >= ATTEMPTS) return answer;
    }
  }

  async #routes(ifindex: number): Promise<void> {
    const routes = await this.#upToDate(
      (tables) => tables.routes.version(ifindex),
      () => this.#readRoutes(ifindex),
    );
    if (!routes) return;
    const news = new News();
    this.#touched(this.#tables().routes.replace(ifindex, routes.get(ifindex) ?? []), news);
    this.#onNews(news);
  }

  async #allRoutes(): Promise<void> {
    const routes = await this.#upToDate(
      (tables) => tables.routes.changes,
      () => this.#readRoutes(),
    );
    if (!routes) return;
    const tables = this.#tables();
    const news = new News();
    for (const ifindex of [NOWHERE, ...tables.links.keys()])
      this.#touched(tables.routes.replace(ifindex, routes.get(ifindex) ?? []), news);
    this.#onNews(news);
  }

  async #readRoutes(ifindex?: number): Promise<Map<number, Route[]>> {
    const routes = new Map<number, Route[]>();
    for (const family of FAMILIES)
      for await (const run of this.#conversation.dump(routeDump(family, ifindex))) {
        for (const { payload } of messages(run)) {
          const route = readRoute(payload);
          if (route)
            for (const over of interfacesOf(route)) {
              const list = routes.get(over);
              if (list) list.push(route);
              else routes.set(over, [route]);
            }
        }
        await this.#slices.breathe();
      }
    return routes;
  }

  #touched(ifindexes: Iterable<number>, news: News): void {
    for (const ifindex of ifindexes) {
      if (ifindex === NOWHERE) news.isNamespaceTouched = true;
      else news.routed.add(ifindex);
    }
  }

  async #filters(ifindex: number): Promise<void> {
    const found = await this.#upToDate(
      (tables) => tables.filters.version(ifindex),
      () => this.#readFilters(ifindex),
    );
    const { filters, links } = this.#tables();
    if (!found || !links.has(ifindex)) return;
    filters.clear(ifindex);
    for (const filter of found) filters.set(ifindex, filter.key, filter);
    const news = new News();
    news.touched.add(ifindex);
    this.#onNews(news);
  }

  async #readFilters(ifindex: number): Promise<Filter[]> {
    const found: Filter[] = [];
    for (const parent of [PARENT_INGRESS, PARENT_EGRESS, PARENT_INGRESS_OLD]) {
      // EINVAL where no such hook is.
      const { batches } = await this.#conversation
        .dumpAll(filterDump(ifindex, parent))
        .catch((): { batches: readonly Uint8Array[] } => ({ batches: [] }));
      for (const run of batches)
        for (const { payload } of messages(run)) {
          const filter = readFilter(payload);
          if (filter) found.push(filter);
        }
    }
    return found;
  }

  async #forwardingOf(asked: readonly number[]): Promise<void> {
    const versions = (tables: Tables) => Math.max(0, ...asked.map((ifindex) => tables.forwarding.version(ifindex)));
    const found = await this.#upToDate(versions, () => this.#readForwarding(asked));
    if (!found) return;
    const news = new News();
    const tables = this.#tables();
    for (const [ifindex, neighbours] of found) {
      if (!tables.links.has(ifindex)) continue;
      tables.forwarding.clear(ifindex);
      for (const neighbour of neighbours) tables.forwarding.set(ifindex, neighbour.key, neighbour);
      news.neighboured.add(ifindex);
    }
    this.#onNews(news);
  }

  async #readForwarding(asked: readonly number[]): Promise<Map<number, Neighbour[]>> {
    const found = new Map<number, Neighbour[]>(asked.map((ifindex) => [ifindex, []]));
    const questions = asked.length > SINGLES_MAX ? [forwardingDump()] : asked.map((ifindex) => forwardingDump(ifindex));
    for (const question of questions)
      for await (const run of this.#conversation.dump(question))
        for (const { payload } of messages(run)) {
          const neighbour = readNeighbour(payload);
          if (neighbour?.isForwarding) found.get(neighbour.ifindex)?.push(neighbour);
        }
    return found;
  }
}
