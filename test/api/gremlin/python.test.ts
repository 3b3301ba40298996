/** gremlinpython, unmodified, against our server. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serve } from './served.ts';

const python = join(import.meta.dirname, '..', '..', '..', '.skein', 'python', 'bin', 'python');
const hasDriver = existsSync(python);

test('gremlinpython is there to be tried', () => {
  // Without it the test below is left out; where everything has to be there, that is a failure.
  if (process.env.CI) expect(hasDriver).toBe(true);
});

(hasDriver ? test : test.skip)(
  'scripts, traversals, values, errors and writes in both of its formats',
  async () => {
    await using server = await serve();
    const script = join(import.meta.dirname, 'python', 'driver.py');
    const { stdout } = await promisify(execFile)(python, [script, server.url], { timeout: 60_000 });
    expect(stdout).toMatch(/^\d+ answers\n$/);
    expect(server.warnings).toEqual([]);
  },
  90_000,
);
