/** docs/reference/skydive-keys.md: what becomes of each configuration key of Skydive. */
import { skydiveKeys } from '../../src/config/skydive-keys.ts';
import { code, madeFrom, table } from './table.ts';

export function skydiveKeysPage(): string {
  const rows = skydiveKeys.map(({ key, default: declared, to, why }) => [
    code(key),
    declared === undefined ? '' : code(JSON.stringify(declared)),
    to === undefined ? `nothing here: ${why}` : `is \`${to}\``,
  ]);
  return `${madeFrom('src/config/skydive-keys.ts')}

# Skydive's keys

A configuration file of Skydive 0.28 can be given to \`skein up --config FILE\` as it is, nested or dotted.
So can its variables (\`SKYDIVE_ANALYZER_LISTEN\`).
What has a meaning here is mapped; what has none is named at start and in \`skein status\`, and is no error.
An option under our name wins over the same under Skydive's.
\`GET /api/config/KEY\` answers with the value that was given, else with Skydive's default.

${table(['key', "Skydive's default", 'what it does'], rows)}
`;
}
