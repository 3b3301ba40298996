/** The whole run as one JSON document, without the packets themselves. */
import type { CheckResult } from '../result.ts';
import type { Report } from './report.ts';

export function jsonReport({ run, results, summary }: Report): string {
  const { schema, kind: _, ...head } = run;
  const { schema: _schema, kind: _kind, ...numbers } = summary;
  const whole = { schema, kind: 'checks', run: head, results: results.map(withoutPackets), summary: numbers };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

export function withoutPackets(result: CheckResult): CheckResult {
  const { pcapng } = result.evidence ?? {};
  if (pcapng?.base64 === undefined) return result;
  const { base64: _, ...kept } = pcapng;
  return { ...result, evidence: { ...result.evidence, pcapng: kept } };
}
