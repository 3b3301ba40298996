/** What an answer about flows may lack, as one line: for doors whose shapes have no room for it. */
import type { Loss } from '../flow/loss.ts';

/** Header fields; none when nothing was lost. */
export function lossHeader(loss: readonly Loss[] | undefined): readonly string[] {
  if (loss === undefined || loss.length === 0) return [];
  const sum = (of: (one: Loss) => number) => loss.reduce((total, one) => total + of(one), 0);
  const stages = [...new Set(loss.map(({ stage }) => stage))].join(' ');
  const from = loss.reduce((least, one) => Math.min(least, one.from), Number.POSITIVE_INFINITY);
  const to = loss.reduce((most, one) => Math.max(most, one.to), Number.NEGATIVE_INFINITY);
  const facts = [`packets=${sum(({ packets }) => packets)}`, `bytes=${sum(({ bytes }) => bytes)}`];
  facts.push(`flows=${sum(({ flows }) => flows)}`, `from=${from}`, `to=${to}`, `stages="${stages}"`);
  return ['X-Skein-Loss', facts.join('; ')];
}
