/** Alerts whose world is the test's: what conditions find, who is told, and what time it is. */
import type { Action } from '../../src/alerts/action.ts';
import { type AllAlerts, defaultLimits } from '../../src/alerts/alert.ts';
import { Alerts } from '../../src/alerts/alerts.ts';
import type { AlertsParts } from '../../src/alerts/parts.ts';
import type { Reason } from '../../src/alerts/standing.ts';
import { type AlertMessage, type NewAlert, newAlertShape } from '../../src/contract/alert.ts';
import { mistake } from '../../src/std/mistake.ts';
import { fakeClock } from '../std/fake-clock.ts';

export class Ground {
  readonly clock = fakeClock();
  /** What the next look finds; an Error: that it cannot be known. */
  found: Reason | Error | undefined;
  /** What was told, and whether it was taken. */
  readonly told: AlertMessage[] = [];
  /** What comes of being told; undefined: taken. */
  answer: (action: Action, message: AlertMessage) => Error | undefined | Promise<undefined> = () => undefined;
  readonly warnings: string[] = [];
  isFirst = true;
  looks = 0;
  kept: AllAlerts = { alerts: [], standings: [], deliveries: [], history: [] };
  writeFault: Error | undefined;
  alerts: Alerts;
  #ids = 0;

  constructor(parts: Partial<AlertsParts> = {}) {
    this.alerts = this.#made(parts);
    this.alerts.start();
  }

  /** The process ends, and another begins with what was kept. */
  async restart(parts: Partial<AlertsParts> = {}): Promise<void> {
    await Promise.all([this.alerts.stop(), this.clock.pass(5_000)]);
    this.alerts = this.#made(parts);
    this.alerts.start();
  }

  create(asked: Partial<NewAlert> = {}): string {
    return this.alerts.create(newAlertShape.parse({ Expression: 'G.V()', Action: 'http://example.org/', ...asked }))
      .UUID;
  }

  /** A change of the graph, and time to look. */
  async change(found: Reason | Error | undefined): Promise<void> {
    this.found = found;
    this.alerts.saw({ events: [{}] } as unknown as Parameters<Alerts['saw']>[0]);
    await this.clock.pass(60);
  }

  /** `firing 1: a` */
  said(): string[] {
    return this.told.map(({ State, Sequence, ReasonData }) => `${State} ${Sequence}: ${ReasonData}`);
  }

  #made(parts: Partial<AlertsParts>): Alerts {
    return new Alerts({
      look: async () => {
        this.looks++;
        if (this.found instanceof Error) throw this.found;
        return this.found;
      },
      check: (expression) => {
        if (!expression.startsWith('G')) throw mistake('query.bad', 'it is no query');
      },
      warnings: () => [],
      act: async (action, message) => {
        const failure = await this.answer(action, message);
        if (failure) throw failure;
        this.told.push(message);
      },
      actionRules: { scripts: '/etc/skein/scripts' },
      kept: {
        read: () => ({ lists: this.kept, note: undefined }),
        write: (lists) => {
          if (this.writeFault) throw this.writeFault;
          this.kept = structuredClone(lists);
        },
      },
      isFirst: () => this.isFirst,
      host: 'here',
      newId: () => `id${++this.#ids}`,
      clock: this.clock,
      random: () => 1,
      usedMs: () => this.clock.now(),
      log: { info: () => undefined, warn: (text) => this.warnings.push(text) },
      limits: defaultLimits,
      ...parts,
    });
  }
}

export function reason(key: string): Reason {
  return { key, text: key, data: key };
}
