#include "poller.h"

#include <sys/epoll.h>

#include <array>
#include <mutex>
#include <unordered_map>

#include "failure.h"
#include "fd.h"
#include "thread.h"

namespace skein::poller {
namespace {

constexpr int kEventsPerWake = 64;

// epoll_ctl acts on a waiting epoll_wait, so nothing else is needed to wake the thread.
class Poller {
 public:
  Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_) throw Failure::of("epoll_create1");
    startThread("skein-poll", [this] { run(); });
  }

  Ticket add(int fd, std::shared_ptr<Source> source, uint32_t events) {
    const std::lock_guard lock(mutex_);
    const Ticket ticket = ++last_;
    if (!control(EPOLL_CTL_ADD, fd, ticket, events)) throw Failure::of("epoll_ctl");
    sources_.emplace(ticket, std::move(source));
    return ticket;
  }

  void remove(Ticket ticket, int fd) {
    std::shared_ptr<Source> last;  // may be the last owner: destroyed after the lock is let go
    const std::lock_guard lock(mutex_);
    control(EPOLL_CTL_DEL, fd, ticket, 0);
    const auto found = sources_.find(ticket);
    if (found == sources_.end()) return;
    last = std::move(found->second);
    sources_.erase(found);
  }

  // With events 0 epoll would still report an error such as ENOBUFS, over and over; one-shot disarms those too.
  void pause(Ticket ticket, int fd) { control(EPOLL_CTL_MOD, fd, ticket, EPOLLONESHOT); }
  void resume(Ticket ticket, int fd) { control(EPOLL_CTL_MOD, fd, ticket, EPOLLIN); }

 private:
  bool control(int operation, int fd, Ticket ticket, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = ticket;  // a descriptor's number is reused, a ticket is not
    return epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
  }

  void run() {
    std::array<epoll_event, kEventsPerWake> events;
    for (;;) {
      const int count = epoll_wait(epoll_.get(), events.data(), events.size(), -1);
      for (int i = 0; i < count; i++) {
        if (const auto source = find(events[i].data.u64)) source->readable();
      }
    }
  }

  std::shared_ptr<Source> find(Ticket ticket) {
    const std::lock_guard lock(mutex_);
    const auto found = sources_.find(ticket);
    return found == sources_.end() ? nullptr : found->second;
  }

  Fd epoll_;
  std::mutex mutex_;
  std::unordered_map<Ticket, std::shared_ptr<Source>> sources_;
  Ticket last_ = 0;
};

// Never destroyed: its thread runs until the process ends.
Poller& only() {
  static Poller* const poller = new Poller;
  return *poller;
}

}  // namespace

Ticket add(int fd, std::shared_ptr<Source> source) { return only().add(fd, std::move(source), EPOLLIN); }
Ticket addConnecting(int fd, std::shared_ptr<Source> source) {
  return only().add(fd, std::move(source), EPOLLIN | EPOLLOUT);
}
void pause(Ticket ticket, int fd) { only().pause(ticket, fd); }
void resume(Ticket ticket, int fd) { only().resume(ticket, fd); }
void remove(Ticket ticket, int fd) { only().remove(ticket, fd); }

}  // namespace skein::poller
