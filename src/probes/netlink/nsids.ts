/**
 * Which namespace a namespace means by a number. Links name the namespace of their other end by an id (IFLA_LINK_NETNSID)
 * that only the namespace they are in knows, so each is asked, with an open file for every namespace we know: "which id
 * has this one for you?" (RTM_GETNSID, NETNSA_FD). Answers hold until the kernel says that the id is free again.
 */
import { closeSync, openSync } from 'node:fs';
import type { Conversation } from '../../native/conversation.ts';
import { messages } from '../../native/nlmsg.ts';
import type { Namespace } from '../probe.ts';
import { readNsid } from './nsid.ts';
import { nsidRequest } from './requests.ts';
import { RTM } from './rtm.ts';

export class Nsids {
  /** nsid → node id of the namespace. */
  readonly #known = new Map<number, string>();
  /** Ids somebody wants to know. */
  readonly #wanted = new Set<number>();
  /** Namespaces that had no id here when we asked, or the one in `#known`. */
  readonly #asked = new Set<string>();
  readonly #conversation: Conversation;
  readonly #candidates: () => Iterable<Namespace>;
  readonly #onFound: (nsid: number) => void;
  readonly #onFailure: (error: unknown) => void;
  /** How often the kernel said that an answer may be another now. */
  #changes = 0;
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
    if (known !== undefined) this.#asked.delete(known);
    this.#known.delete(nsid);
    this.#asked.clear();
    for (const nodeId of this.#known.values()) this.#asked.add(nodeId);
    if (this.#wanted.has(nsid) || known !== undefined) {
      this.#wanted.add(nsid);
      this.search();
    }
  }

  /** A namespace is not listed any more. Gives its number here, if it had one. */
  forget(nodeId: string): number | undefined {
    this.#asked.delete(nodeId);
    for (const [nsid, known] of this.#known) {
      if (known !== nodeId) continue;
      this.#known.delete(nsid);
      return nsid;
    }
    return undefined;
  }

  /** Also when a namespace came that may be the one. */
  search(): void {
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
      let seen: number;
      do {
        seen = this.#changes;
        await this.#searchCandidates();
      } while (seen !== this.#changes);
    } finally {
      this.#searching = undefined;
    }
  }

  async #searchCandidates(): Promise<void> {
    for (const namespace of [...this.#candidates()]) {
      if (this.#wanted.size === 0) return;
      if (this.#asked.has(namespace.nodeId)) continue;
      this.#asked.add(namespace.nodeId);
      const nsid = await this.#ask(namespace.path);
      if (nsid === undefined) continue;
      this.#known.set(nsid, namespace.nodeId);
      if (this.#wanted.delete(nsid)) this.#onFound(nsid);
    }
  }

  /** Undefined where it has no id here, is gone, or we are. */
  async #ask(path: string): Promise<number | undefined> {
    let fd: number | undefined;
    try {
      fd = openSync(path, 'r');
      const answers = await this.#conversation.request(nsidRequest(fd));
      for (const answer of answers)
        for (const { type, payload } of messages(answer)) if (type === RTM.newNsid) return readNsid(payload);
    } catch {
      // It vanished while we looked.
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
    return undefined;
  }
}
