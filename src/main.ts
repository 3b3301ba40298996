/** The command `skein`. Each command loads only what it needs, so that a question is answered at once. */
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const { XDG_CACHE_HOME } = process.env;
// In the user's own folder: what is there is run as code, so nobody else may write it.
module.enableCompileCache(join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'skein', 'compiled'));

const { processIo } = await import('./cli/io.ts');
const { runCli } = await import('./cli/run.ts');

process.exitCode = await runCli(process.argv.slice(2), {
  io: processIo(),
  up: async (options) => (await import('./app.ts')).runUp(options),
});
