/** Load for an agent: links of its namespace come, change and go, and datagrams pass. Each with its time, so that it can be found again. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export interface Made {
  readonly at: number;
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

export class Load implements AsyncDisposable {
  readonly made: Made[] = [];
  readonly #ip: ChildProcessByStdio<Writable, null, null>;
  #timer: NodeJS.Timeout | undefined;
  #mtu = MTU_MIN;
  #turn = 0;
  readonly #changes: number[] = Array<number>(LINKS).fill(-1);

  constructor(netns: string) {
    this.#ip = spawn('ip', ['-n', netns, '-force', '-batch', '-'], { stdio: ['pipe', 'ignore', 'ignore'] });
    this.#ip.stdin.on('error', () => undefined);
  }

  /** So many changes a second. */
  start(rate: number): void {
    const begun = performance.now();
    let done = 0;
    this.#timer = setInterval(
      () => {
        // What a busy machine kept from being done is not made up for.
        const due = ((performance.now() - begun) / 1000) * rate;
        if (due - done > rate) done = due - 1;
        for (; done < due; done++) this.#step();
      },
      Math.max(2, 1000 / rate / 2),
    );
  }

  pause(): void {
    clearInterval(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.pause();
    const exited = once(this.#ip, 'exit');
    this.#ip.stdin.end();
    await exited;
  }

  #step(): void {
    const link = this.#turn++ % LINKS;
    const name = `load${link}`;
    const count = this.#changes[link] as number;
    // A number that no other change of this link has, for long.
    this.#mtu = this.#mtu >= MTU_MAX ? MTU_MIN : this.#mtu + 1;
    const mtu = this.#mtu;
    if (count < 0) this.#do('made', `link add ${name} mtu ${mtu} type bridge`, name, mtu);
    else if (count < CHANGES) this.#do('changed', `link set ${name} mtu ${mtu}`, name, mtu);
    else this.#do('removed', `link del ${name}`, name, 0);
    this.#changes[link] = count < CHANGES ? count + 1 : -1;
  }

  #do(what: Made['what'], command: string, name: string, mtu: number): void {
    this.made.push({ at: Date.now(), what, name, mtu });
    this.#ip.stdin.write(`${command}\n`);
  }
}
