#include "side_thread.h"

#include <pthread.h>

#include <deque>
#include <mutex>

#include "failure.h"
#include "thread.h"

namespace skein {
namespace {

struct Queue {
  std::mutex mutex;
  std::deque<std::function<void()>> work;
  bool running = false;
};

// Never destroyed: a thread may still look at it while the process exits.
Queue& queue() {
  static Queue* const only = new Queue;
  return *only;
}

void drain() {
  Queue& todo = queue();
  for (;;) {
    std::function<void()> next;
    {
      const std::lock_guard lock(todo.mutex);
      if (todo.work.empty()) {
        todo.running = false;
        return;
      }
      next = std::move(todo.work.front());
      todo.work.pop_front();
    }
    next();
  }
}

}  // namespace

void runBeside(std::function<void()> work) {
  Queue& todo = queue();
  const std::lock_guard lock(todo.mutex);
  todo.work.push_back(std::move(work));
  if (todo.running) return;
  try {
    startThread("skein-side", drain);
    todo.running = true;
  } catch (const Failure&) {
    todo.work.pop_back();
    throw;
  }
}

}  // namespace skein
