import { readFileSync } from 'node:fs';
import { cliReference } from '../../scripts/gen-cli-docs.ts';

test('docs/cli.md is what the commands say (node scripts/gen-cli-docs.ts writes it)', async () => {
  expect(readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')).toBe(await cliReference());
});
