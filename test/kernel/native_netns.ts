import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

let made = 0;

/** A named namespace of our own, gone again at the end of the block: `using netns = new TestNetns()`. Needs root. */
export class TestNetns {
  readonly name: string;
  readonly path: string;

  constructor() {
    // What a test that failed has left is no matter of the next one.
    while (existsSync(pathOf(made))) made++;
    this.name = nameOf(made);
    this.path = pathOf(made++);
    execFileSync('ip', ['netns', 'add', this.name]);
  }

  /** `ip -n NAME …` */
  ip(command: string): void {
    execFileSync('ip', ['-n', this.name, ...command.split(' ')]);
  }

  [Symbol.dispose](): void {
    execFileSync('ip', ['netns', 'del', this.name]);
  }
}

const nameOf = (number: number) => `sk${process.pid}n${number}`;
const pathOf = (number: number) => `/run/netns/${nameOf(number)}`;
