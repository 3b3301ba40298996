/** Sends by the method that is asked for. */
import type { Moment } from './moment.ts';
import { byConnecting } from './reach-connect.ts';
import { byInjecting } from './reach-inject.ts';
import { byModel } from './reach-model.ts';
import type { Run } from './run.ts';
import type { Outcome, Sending } from './traffic.ts';

export function sendOf(sending: Sending, run: Run, moment: Moment, signal: AbortSignal): Promise<Outcome> {
  switch (sending.method) {
    case 'model':
      return byModel(sending, run, moment, signal);
    case 'connect':
      return byConnecting(sending, run, moment, signal);
    case 'inject':
      return byInjecting(sending, run, moment, signal);
  }
}
