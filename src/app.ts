/** The composition root: reads the configuration and runs what was asked for until a signal ends it. */
import type { Role } from './cli/command.ts';
import { loadConfigHere } from './config/here.ts';
import type { Loaded } from './config/load.ts';
import { probes as probeList } from './probes/index.ts';
import type { Log } from './probes/probe.ts';
import { logTo } from './std/log.ts';

/** A part of Skein that has started; disposed of, it has stopped. */
export interface Running extends AsyncDisposable {
  readonly greeting: () => Promise<string>;
}

const starts: Readonly<Record<Role, () => Promise<(loaded: Loaded, log: Log) => Promise<Running>>>> = {
  up: async () => (await import('./app-up.ts')).startUp,
  agent: async () => (await import('./app-agent.ts')).startAgent,
  analyzer: async () => (await import('./app-analyzer.ts')).startAnalyzer,
};

/** Resolves to the exit code when it has stopped. */
export async function run(role: Role, flags: Readonly<Record<string, unknown>>): Promise<number> {
  const loaded = loadConfigHere({ flags, env: process.env, probes: probeList.map(({ name }) => name) });
  const { config } = loaded;
  const log = logTo(
    (line) => process.stderr.write(line),
    config.log.level,
    () => new Date(),
  );
  for (const { text } of loaded.notes) log.info(text);
  const ended = signalled();
  const start = await starts[role]();
  await using skein = await start(loaded, log);
  process.stdout.write(await skein.greeting());
  log.info(`${await ended}: stopping`);
  return 0;
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}
