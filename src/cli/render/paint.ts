/** Colors, or none: `--color`, NO_COLOR (no-color.org), and what the output is. */
import type { Paint } from '../../std/paint.ts';
import type { Sink } from '../io.ts';

export function paintFor(
  sink: Sink,
  when: 'auto' | 'always' | 'never' | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const isAuto = sink.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  const isOn = when === 'always' || (when !== 'never' && isAuto);
  const sgr = (code: number) => (text: string) => (isOn ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { added: sgr(32), removed: sgr(31), changed: sgr(33), strong: sgr(1), dim: sgr(2) };
}
