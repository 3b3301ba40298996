/** The command `skein`. Each command loads only what it needs, so that a question is answered at once. */
import { processIo } from './cli/io.ts';
import { runCli, type Setup } from './cli/run.ts';

const io = processIo();
const setup: Setup = {
  io,
  run: async (role, options) => (await import('./app.ts')).run(role, options),
  graphs: async (task) => (await import('./app-graphs.ts')).runGraphTask(task, (line) => io.out.write(`${line}\n`)),
  archive: async (task, of) => (await import('./app-transfer.ts')).runArchiveTask(task, of),
  open: async (task, of) =>
    (await import('./app-open.ts')).runOpenTask(task, of, (words, its) => runCli(words, { ...setup, io: its })),
  tryAddon: async () => void (await import('./native/index.ts')).openDoor(),
};
const exitCode = await runCli(process.argv.slice(2), setup);
// The work is done and said: what still holds the event loop must not hold the terminal.
process.stdout.write('', () => process.exit(exitCode));
