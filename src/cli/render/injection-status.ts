/** What became of packets of one's own, for the page of `skein status`: nothing while nobody has asked for any. */
import type { Status } from '../../contract/status.ts';
import type { Paint } from '../../std/paint.ts';
import { cellText } from './grid.ts';

export function injectionLines(injections: Status['Injections'], paint: Paint): [title: string, text: string][] {
  if (!injections || injections.Made + injections.Refused === 0) return [];
  const { Answers, Bounds, Failed, Made, Packets, Refused, Running } = injections;
  const parts = [`${Made} made`];
  if (Running > 0) parts.push(`${Running} running`);
  if (Failed > 0) parts.push(`${Failed} failed`);
  if (Refused > 0) parts.push(`${Refused} refused`);
  const met = Object.entries(Bounds).filter(([, count]) => count > 0);
  const lines: [string, string][] = [['injections', `${parts.join(', ')}; ${Packets} packets, ${Answers} answers`]];
  if (met.length > 0)
    lines.push([
      '',
      paint.changed(`bounds met: ${met.map(([name, count]) => `${cellText(name)} ${count}`).join(', ')}`),
    ]);
  return lines;
}
