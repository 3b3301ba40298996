/** Many ring, one answers: callbacks ring, a loop waits and then looks at everything there is to see. */
export interface Bell {
  ring(): void;
  /** Resolves with true once it was rung since the last answer, with false when the signal aborts. One waits at a time. */
  rung(signal: AbortSignal): Promise<boolean>;
}

export function bell(): Bell {
  let isRung = false;
  let wake: () => void = () => undefined;
  return {
    ring() {
      isRung = true;
      wake();
    },
    async rung(signal) {
      if (!isRung && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        signal.addEventListener('abort', wake);
        await promise;
        signal.removeEventListener('abort', wake);
      }
      isRung = false;
      return !signal.aborted;
    },
  };
}
