/**
 * One thread beside the event loop for what must not happen on it: entering a network namespace, walking /proc.
 * Work is done in order, one at a time. The thread ends when nothing is left to do, so that it never stays in a
 * namespace (which would keep a deleted one alive). Until then it is where the work before left it.
 */
#pragma once

#include <functional>

namespace skein {

/** `work` must not throw. Throws Failure when no thread can be started. Callable from any thread. */
void runBeside(std::function<void()> work);

}  // namespace skein
