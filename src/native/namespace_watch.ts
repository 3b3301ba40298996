/** How often, and when, a change of namespaces is told. */
import type { NamespaceWatch } from './door.ts';

/** The addon's half: rings once, and not again before `rearm`. */
export interface Bell {
  readonly kind: string;
  rearm(): void;
  close(): void;
}

/** A storm of processes is told at most this often. */
const REST_MS = 10;
/** Who leaves a namespace is still seen in it when the kernel says so, and who makes one not yet: look once more. */
const SETTLED_MS = 60;

export function watchNamespaces(open: (onRing: () => void) => Bell, onChange: () => void): NamespaceWatch {
  let rest: NodeJS.Timeout | undefined;
  let settled: NodeJS.Timeout | undefined;
  const bell = open(() => {
    rest = setTimeout(() => bell.rearm(), REST_MS).unref();
    clearTimeout(settled);
    settled = setTimeout(onChange, SETTLED_MS).unref();
    onChange();
  });
  return {
    kind: bell.kind,
    close() {
      clearTimeout(rest);
      clearTimeout(settled);
      bell.close();
    },
  };
}
