/**
 * Threads beside the event loop for what must not happen on it. Each does its work in order, one piece at a time.
 *
 * `namespaces` enters network namespaces and walks /proc. It ends when nothing is left to do, so that it never stays in
 * a namespace (which would keep a deleted one alive). Until then it is where the work before left it.
 *
 * `kernel` makes the calls that the kernel answers at once, under its lock of all devices (RTNL): whoever else holds
 * that, as they do who delete a namespace, is waited for. It stays once it was needed.
 *
 * `closing` lets go of what the kernel lets go of slowly: of a packet socket only when nobody on any processor can still
 * be looking at it (synchronize_net(), some ten ms each). It ends when nothing is left to do.
 *
 * `sending` gives packets of our own to the kernel, which carries them on, through bridges and veths, before it returns. It
 * ends when nothing is left to do.
 *
 * `tables` reads whole tables of the kernel, which takes as long as they are long: the sockets of all processes. It ends
 * when nothing is left to do.
 */
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace skein {

class SideThread {
 public:
  static SideThread& namespaces();
  static SideThread& kernel();
  static SideThread& closing();
  static SideThread& sending();
  static SideThread& tables();

  /**
   * `work` must not throw. Throws Failure when no thread can be started, and ENOBUFS when too much is waiting. Callable
   * from any thread.
   */
  void run(std::function<void()> work);

 private:
  SideThread(const char* name, bool stays) : name_(name), stays_(stays) {}
  void drain();

  const char* const name_;
  const bool stays_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> work_;
  bool running_ = false;
};

}  // namespace skein
