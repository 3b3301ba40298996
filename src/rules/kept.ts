/** Rules over a restart: a JSON file, written beside and moved into place, so that it is always whole. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AllRules, noRules } from './rule.ts';

export interface KeptRules {
  /** `note`: what was wrong with the file, which lies aside then. */
  read(): { readonly rules: AllRules; readonly note: string | undefined };
  /** Throws what the file system says. */
  write(rules: AllRules): void;
}

/** What of a value read from the file is one of ours. */
export interface RuleShapes {
  readonly nodeRules: (value: unknown) => boolean;
  readonly edgeRules: (value: unknown) => boolean;
  readonly userMetadata: (value: unknown) => boolean;
}

const FORMAT = 1;
const KINDS = ['nodeRules', 'edgeRules', 'userMetadata'] as const;

export function ruleFile(file: string, shapes: RuleShapes, nowMs: () => number): KeptRules {
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return { rules: noRules, note: undefined };
        return { rules: noRules, note: `rules of earlier runs cannot be read: ${message}` };
      }
      const { rules, fault } = parsed(text, shapes);
      if (fault === undefined) return { rules, note: undefined };
      const aside = `${file}.bad-${nowMs()}`;
      let where = `kept as ${aside}`;
      try {
        renameSync(file, aside);
      } catch (error) {
        where = `left where it is (${(error as Error).message})`;
      }
      return { rules, note: `${file} ${fault}: ${where}` };
    },

    write(rules) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const beside = `${file}.new`;
      const handle = openSync(beside, 'w', 0o600);
      try {
        writeFileSync(handle, `${JSON.stringify({ format: FORMAT, ...rules }, undefined, 1)}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(beside, file);
    },
  };
}

function parsed(text: string, shapes: RuleShapes): { readonly rules: AllRules; readonly fault?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { rules: noRules, fault: `is not JSON (${(error as Error).message})` };
  }
  const all = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (all.format !== FORMAT || KINDS.some((kind) => !Array.isArray(all[kind])))
    return { rules: noRules, fault: 'holds no rules' };
  let bad = 0;
  const good = KINDS.map((kind) => {
    const entries = all[kind] as readonly unknown[];
    const fine = entries.filter(shapes[kind]);
    bad += entries.length - fine.length;
    return [kind, fine];
  });
  const rules = Object.fromEntries(good) as unknown as AllRules;
  return bad === 0 ? { rules } : { rules, fault: `holds ${bad} entries that are no rules` };
}
