/**
 * Which namespace a namespace means by a number. Links name the namespace of their other end by an id (IFLA_LINK_NETNSID)
 * that only the namespace they are in knows, so each is asked, with an open file for every namespace we know: "which id
 * has this one for you?" (RTM_GETNSID, NETNSA_FD). Answers hold until the kernel says that the id is free again, or
 * may have said so unheard.
 */
import { closeSync, openSync } from 'node:fs';
import type { Conversation } from '../../native/conversation.ts';
import { NetlinkError } from '../../native/netlink_error.ts';
import { messages } from '../../native/nlmsg.ts';
import type { Namespace } from '../probe.ts';
import { readNsid } from './nsid.ts';
import { nsidRequest } from './requests.ts';
import { RTM } from './rtm.ts';

export class Nsids {
  /** nsid → node id of the namespace. */
  readonly #known = new Map<number, string>();
  /** Of those, the ones that hold until everybody was asked again. */
  readonly #doubted = new Set<number>();
  /** Ids somebody wants to know. */
  readonly #wanted = new Set<number>();
  /** Namespaces that had no id here when we asked, or the one in `#known` that is not doubted. */
  readonly #asked = new Set<string>();
  readonly #conversation: Conversation;
  readonly #candidates: () => Iterable<Namespace>;
  readonly #onFound: (nsid: number) => void;
  readonly #onFailure: (error: unknown) => void;
  /** How often something came up that may make another answer of one that is under way. */
  #changes = 0;
  /** Somebody may have to be asked since the last look at who there is. */
  #isDue = false;
  #searching: Promise<void> | undefined;

  constructor(
    conversation: Conversation,
    candidates: () => Iterable<Namespace>,
    onFound: (nsid: number) => void,
    onFailure: (error: unknown) => void,
  ) {
    this.#conversation = conversation;
    this.#candidates = candidates;
    this.#onFound = onFound;
    this.#onFailure = onFailure;
  }

  /** Node id of the namespace; when it is not known (yet), `onFound` says when it is. */
  find(nsid: number): string | undefined {
    const known = this.#known.get(nsid);
    if (known === undefined && nsid >= 0) {
      this.#wanted.add(nsid);
      this.search();
    }
    return known;
  }

  /** The kernel gave this number away or took it back. */
  changed(nsid: number): void {
    this.#changes++;
    const known = this.#known.get(nsid);
    this.#drop(nsid);
    this.#asked.clear();
    for (const [other, nodeId] of this.#known) if (!this.#doubted.has(other)) this.#asked.add(nodeId);
    if (this.#wanted.has(nsid) || known !== undefined) {
      this.#wanted.add(nsid);
      this.search();
    }
  }

  /** News were lost, of numbers perhaps: everybody is asked again. What is still so is so all the time. */
  doubtAll(): void {
    this.#changes++;
    this.#asked.clear();
    for (const nsid of this.#known.keys()) {
      this.#doubted.add(nsid);
      this.#wanted.add(nsid);
    }
    this.search();
  }

  /** A namespace is not listed any more. Gives its number here, if it had one. */
  forget(nodeId: string): number | undefined {
    this.#changes++;
    this.#asked.delete(nodeId);
    let had: number | undefined;
    for (const [nsid, known] of this.#known) {
      if (known !== nodeId) continue;
      this.#drop(nsid);
      had = nsid;
    }
    return had;
  }

  /** Also when a namespace came that may be the one. */
  search(): void {
    this.#isDue = true;
    if (this.#searching || this.#wanted.size === 0) return;
    this.#searching = this.#searchAll().catch(this.#onFailure);
  }

  /** Resolves when everybody who may be wanted was asked. */
  async idle(): Promise<void> {
    while (this.#searching !== undefined) await this.#searching;
  }

  async #searchAll(): Promise<void> {
    // After the messages at hand: they may name more.
    await Promise.resolve();
    try {
      for (let seen = -1; this.#isDue || seen !== this.#changes; ) {
        seen = this.#changes;
        this.#isDue = false;
        await this.#searchCandidates();
      }
      for (const nsid of this.#doubted) this.#drop(nsid);
    } finally {
      this.#searching = undefined;
    }
  }

  async #searchCandidates(): Promise<void> {
    for (const namespace of [...this.#candidates()]) {
      if (this.#wanted.size === 0) return;
      if (this.#asked.has(namespace.nodeId)) continue;
      this.#asked.add(namespace.nodeId);
      const seen = this.#changes;
      const nsid = await this.#ask(namespace);
      // What came up meanwhile may be newer than the answer: asked again in the next round.
      if (seen !== this.#changes) this.#asked.delete(namespace.nodeId);
      if (seen !== this.#changes || nsid === undefined) continue;
      this.#known.set(nsid, namespace.nodeId);
      this.#doubted.delete(nsid);
      if (this.#wanted.delete(nsid)) this.#onFound(nsid);
    }
  }

  #drop(nsid: number): void {
    this.#known.delete(nsid);
    this.#doubted.delete(nsid);
  }

  /** Undefined where it has no id here, is gone, or we are. */
  async #ask({ path, nodeId }: Namespace): Promise<number | undefined> {
    let fd: number | undefined;
    try {
      fd = openSync(path, 'r');
      const answers = await this.#conversation.request(nsidRequest(fd));
      for (const answer of answers)
        for (const { type, payload } of messages(answer)) if (type === RTM.newNsid) return readNsid(payload);
    } catch (error) {
      // It vanished while we looked; or the question was lost, not the namespace.
      if (error instanceof NetlinkError) this.#asked.delete(nodeId);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
    return undefined;
  }
}
