/** A command line that may be shown: cut short, and without what looks like a secret. */

/** Characters. */
const COMMAND_MAX = 256;
const HIDDEN = '***';

export function commandText(args: readonly string[]): string {
  const text = shown(args).join(' ');
  return text.length > COMMAND_MAX ? `${text.slice(0, COMMAND_MAX - 1)}…` : text;
}

function shown(args: readonly string[]): string[] {
  const program = (args[0] ?? '').replace(/^.*\//, '');
  let hidesNext = false;
  return args.map((arg, at) => {
    if (hidesNext) {
      hidesNext = false;
      // A flag without a value is followed by the next flag, which is no secret.
      if (!arg.startsWith('-')) return HIDDEN;
    }
    if (at === 0) return plain(arg);
    hidesNext = (/^--?[\w-]+$/.test(arg) && SECRET_NAME.test(arg)) || takesSecret(program, arg);
    return hidesNext ? arg : plain(ofProgram(program, arg));
  });
}

const NAMES = `pass(?:word|wd|phrase|code)?|pwd|secret(?:[-_]?key)?|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|auth(?:orization)?|cookie|bearer`;
const SECRET_NAME = new RegExp(`(?:^|[-_.])(?:\\w*?)(?:${NAMES})$`, 'i');
/** NAME=value, --name=value, "name":"value", name: value; up to where the value ends. */
const ASSIGNED = new RegExp(
  `([\\w.-]*(?:${NAMES})["']?\\s*(?:=|:\\s*))("[^"]*"|'[^']*'|(?:(?:bearer|basic)\\s+)?[^\\s,;&"']+)`,
  'gi',
);
/** user:password@ of a URL (RFC 3986 §3.2.1); a password may hold what it should not. */
const USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/]*@/gi;

function plain(arg: string): string {
  return arg.replace(USERINFO, `$1:${HIDDEN}@`).replace(ASSIGNED, `$1${HIDDEN}`);
}

/** Programs whose short options hold secrets in the same argument. */
function ofProgram(program: string, arg: string): string {
  if (PASSWORD_AFTER_P.test(program) && /^-p./.test(arg)) return `-p${HIDDEN}`;
  if (program === 'curl' && /^-u./.test(arg)) return `-u${HIDDEN}`;
  if (program === 'redis-cli' && /^-a./.test(arg)) return `-a${HIDDEN}`;
  return arg;
}

/** … and in the next. */
function takesSecret(program: string, arg: string): boolean {
  if (program === 'sshpass') return arg === '-p';
  if (program === 'curl' || program === 'wget') return arg === '-u' || arg === '--user';
  return program === 'redis-cli' && arg === '-a';
}

/** mysql(1), mysqldump(1), mariadb(1), sshpass(1). */
const PASSWORD_AFTER_P = /^(?:mysql|mariadb|sshpass)/;
