/** Load for an agent: links of its namespace come, change and go. Each change with its time, so that it can be found again. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Made {
  /** Before it was begun, and after it was done; epoch ms. */
  readonly at: number;
  doneAt: number;
  /** When what comes next to the same link was begun. */
  until: number;
  readonly what: 'made' | 'changed' | 'removed';
  readonly name: string;
  readonly mtu: number;
}

/** Each is as it is for some time, so that a host with much else to do sees it too. */
const LINKS = 60;
/** Changes of a link in its life. */
const CHANGES = 3;
const MTU_MIN = 1_000;
const MTU_MAX = 60_000;

/** `changes`: -1 while it is not there. */
interface Link {
  changes: number;
  last?: Made;
}

export class Load implements AsyncDisposable {
  readonly made: Made[] = [];
  readonly #netns: string;
  readonly #links = Array.from({ length: LINKS }, (): Link => ({ changes: -1 }));
  #mtu = MTU_MIN;
  #turn = 0;
  #isOver = false;
  #going: Promise<void> | undefined;

  constructor(netns: string) {
    this.#netns = netns;
  }

  /** So many changes a second, or as many as this machine has time for. */
  start(rate: number): void {
    this.#isOver = false;
    this.#going = this.#go(1_000 / rate);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#going;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #go(everyMs: number): Promise<void> {
    for (let next = performance.now(); !this.#isOver; next = Math.max(next + everyMs, performance.now())) {
      const waitMs = Math.max(0, next - performance.now());
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await this.#step();
    }
  }

  async #step(): Promise<void> {
    const number = this.#turn++ % LINKS;
    const link = this.#links[number] as Link;
    const name = `load${number}`;
    // A number that no other change of this link has, for long.
    this.#mtu = this.#mtu >= MTU_MAX ? MTU_MIN : this.#mtu + 1;
    const what = link.changes < 0 ? 'made' : link.changes < CHANGES ? 'changed' : 'removed';
    const words = {
      made: ['link', 'add', name, 'mtu', `${this.#mtu}`, 'type', 'bridge'],
      changed: ['link', 'set', name, 'mtu', `${this.#mtu}`],
      removed: ['link', 'del', name],
    }[what];
    const at = Date.now();
    if (link.last) link.last.until = at;
    const made: Made = {
      at,
      doneAt: Number.POSITIVE_INFINITY,
      until: Number.POSITIVE_INFINITY,
      what,
      name,
      mtu: this.#mtu,
    };
    link.last = made;
    link.changes = what === 'removed' ? -1 : link.changes + 1;
    this.made.push(made);
    await run('ip', ['-n', this.#netns, ...words]);
    made.doneAt = Date.now();
  }
}
