/** A scripted network behind the door of dials, for tests without root. */
import type { DialBegun, DialDoor, DialEvent, DialOptions } from './dial.ts';

export interface FakeDial {
  /** A refusal to open it: errno's name. */
  readonly refuse?: string;
  readonly begun?: DialBegun;
  /** Told one after the other. */
  readonly events?: readonly DialEvent[];
}

export interface FakeDials extends DialDoor {
  /** All that were opened, in order. */
  readonly opened: readonly DialOptions[];
  /** That are open now. */
  readonly open: number;
}

export function fakeDials(script: (options: DialOptions) => FakeDial): FakeDials {
  const opened: DialOptions[] = [];
  let open = 0;
  return {
    opened,
    get open() {
      return open;
    },
    async openDial(options) {
      const { refuse, begun, events = [] } = script(options);
      if (refuse !== undefined) throw Object.assign(new Error(`dial ${options.address}: ${refuse}`), { code: refuse });
      opened.push(options);
      open++;
      let isOpen = true;
      return {
        begin(listener) {
          for (const event of events) queueMicrotask(() => isOpen && listener(event));
          return begun ?? { address: '10.0.0.1', port: 40_000 };
        },
        close() {
          if (isOpen) open--;
          isOpen = false;
        },
      };
    },
  };
}
