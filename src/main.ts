/** The command `skein`. Each command loads only what it needs, so that a question is answered at once. */
import { processIo } from './cli/io.ts';
import { runCli } from './cli/run.ts';

const io = processIo();
const exitCode = await runCli(process.argv.slice(2), {
  io,
  run: async (role, options) => (await import('./app.ts')).run(role, options),
  graphs: async (task) => (await import('./app-graphs.ts')).runGraphTask(task, (line) => io.out.write(`${line}\n`)),
  archive: async (task, of) => (await import('./app-transfer.ts')).runArchiveTask(task, of),
  tryAddon: async () => void (await import('./native/index.ts')).openDoor(),
});
// The work is done and said: what still holds the event loop must not hold the terminal.
process.stdout.write('', () => process.exit(exitCode));
