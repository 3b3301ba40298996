import { execFileSync } from 'node:child_process';

let made = 0;

/** A named namespace of our own, gone again at the end of the block: `using netns = new TestNetns()`. Needs root. */
export class TestNetns {
  readonly name: string;
  readonly path: string;

  constructor() {
    this.name = `sk${process.pid}n${made++}`;
    this.path = `/run/netns/${this.name}`;
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
