/** /proc/cmdline: `key=value` or bare words, quoted where they hold spaces (kernel-parameters.rst). */

/** A bare word is true; what is given several times is a list, in order. */
export function parseCmdline(text: string): Record<string, true | string | string[]> {
  const parameters = new Map<string, true | string | string[]>();
  for (const word of text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []) {
    const plain = word.replaceAll('"', '');
    const equals = plain.indexOf('=');
    if (equals <= 0) {
      parameters.set(plain, parameters.get(plain) ?? true);
      continue;
    }
    const key = plain.slice(0, equals);
    const value = plain.slice(equals + 1);
    const before = parameters.get(key);
    parameters.set(key, before === undefined || before === true ? value : [before, value].flat());
  }
  return Object.fromEntries(parameters);
}
