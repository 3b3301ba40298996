/**
 * Watches a directory that may not exist yet, or no longer: until it does, its nearest ancestor is watched. What a file
 * holds, or what is mounted on it, tells nothing here; only names do, and files that are written to.
 */
import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** How often to look when the kernel gives no watch (fs.inotify.max_user_watches), and to try for one again. */
const RETRY_MS = 2_000;

/** `changed` gets the name of the entry, or undefined when any may have changed: at first, and when events are lost. */
export function watchDirectory(path: string, changed: (name: string | undefined) => void, signal: AbortSignal): void {
  let watcher: FSWatcher | undefined;
  let retry: NodeJS.Timeout | undefined;

  function arm(): void {
    disarm();
    if (signal.aborted) return;
    const target = nearestExisting(path);
    try {
      const inode = statSync(target).ino;
      watcher = watch(target, { persistent: false }, (_event, name) => {
        if (target !== path) {
          if (nearestExisting(path) !== target) arm();
          return;
        }
        changed(name ?? undefined);
        // A watched directory that is removed or renamed says its own name.
        if (name === null || name === basename(path)) rearmUnless(inode);
      });
      watcher.on('error', later);
      // It may have appeared between the look and the watch.
      if (nearestExisting(path) !== target) {
        arm();
        return;
      }
    } catch {
      later();
    }
    changed(undefined);
  }

  function rearmUnless(inode: number): void {
    if (statSync(path, { throwIfNoEntry: false })?.ino !== inode) arm();
  }

  function later(): void {
    disarm();
    if (!signal.aborted) retry = setTimeout(arm, RETRY_MS).unref();
  }

  function disarm(): void {
    clearTimeout(retry);
    watcher?.close();
    watcher = undefined;
  }

  signal.addEventListener('abort', disarm, { once: true });
  arm();
}

function nearestExisting(path: string): string {
  let candidate = path;
  while (!existsSync(candidate) && candidate !== dirname(candidate)) candidate = dirname(candidate);
  return candidate;
}
