/**
 * One epoll thread for everything in this process that the kernel pushes to us. It starts with the first
 * descriptor and sleeps when there is none.
 */
#pragma once

#include <cstdint>
#include <memory>

namespace skein {

/** Something to read. `readable` is called on the epoll thread, and must not throw or block. */
class Source {
 public:
  virtual ~Source() = default;
  virtual void readable() = 0;
};

namespace poller {

using Ticket = uint64_t;

/** Level-triggered: `readable` is called as long as there is something to read. Throws Failure. */
Ticket add(int fd, std::shared_ptr<Source> source);
/** The same, also as long as it can be written to: until its connection is made, and resume() was called then. */
Ticket addConnecting(int fd, std::shared_ptr<Source> source);
/** Stops and starts the calls; the kernel queues (and at last drops) meanwhile. From any thread. */
void pause(Ticket ticket, int fd);
void resume(Ticket ticket, int fd);
/** Before closing `fd`. A call of `readable` may still be under way on the epoll thread. */
void remove(Ticket ticket, int fd);

}  // namespace poller
}  // namespace skein
