/** Strategies that find fault say in their settings how much: an error, a warning, or (as TinkerPop has it) neither. */
import type { Faults } from '../../faults.ts';
import type { Strategy } from '../bytecode.ts';

/** Drivers say the second in both ways. */
export const WARNING = ['throwException', 'logWarning', 'logWarnings'];

export function told(
  { configuration }: Strategy,
  message: string,
  place: { from: number; to: number },
  faults: Faults,
): void {
  if (configuration.get('throwException') === true) faults.add('gremlin.verification', message, place);
  else if (configuration.get('logWarning') === true || configuration.get('logWarnings') === true)
    faults.warn('gremlin.verification', message, place);
}
