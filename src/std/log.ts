/** What the process says about itself, one line each, in the shape that systemd's journal and people read. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LineLog {
  info(message: string): void;
  warn(message: string): void;
}

/** Writes what is at least as important as `level`. */
export function logTo(write: (line: string) => void, level: LogLevel, now: () => Date): LineLog {
  const least = LEVELS.indexOf(level);
  const say = (its: LogLevel) => (message: string) => {
    if (LEVELS.indexOf(its) >= least) write(`${now().toISOString()} ${its} ${message}\n`);
  };
  return { info: say('info'), warn: say('warn') };
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
