/** What an answer about flows may lack, in a line for each place and reason. */
import type { WireLoss } from '../../contract/flow.ts';
import { cellText } from './grid.ts';

/** Places named one by one. */
const linesMax = 5;

export function drawLoss(loss: readonly WireLoss[]): string[] {
  const lines = loss.slice(0, linesMax).map(({ packets, flows, stage, reason, host, node }) => {
    const what = [packets > 0 ? `${packets} packets` : '', flows > 0 ? `${flows} flows` : ''].filter(Boolean);
    const where = [host, node].filter(Boolean).join(' ');
    return cellText(
      `${what.join(' and ') || 'something'} lost at ${stage}${where === '' ? '' : ` of ${where}`}: ${reason}`,
    );
  });
  return loss.length > linesMax ? [...lines, `and losses at ${loss.length - linesMax} places more`] : lines;
}
