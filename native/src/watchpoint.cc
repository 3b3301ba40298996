#include "watchpoint.h"

#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "failure.h"

namespace skein {

std::vector<Fd> watchKernelWord(uint64_t address, const Fd& program) {
  perf_event_attr wanted{};
  wanted.type = PERF_TYPE_BREAKPOINT;
  wanted.size = sizeof wanted;
  wanted.bp_type = HW_BREAKPOINT_W;
  wanted.bp_addr = address;
  wanted.bp_len = sizeof(unsigned long);
  wanted.sample_period = 1;
  std::vector<Fd> events;
  const long processors = sysconf(_SC_NPROCESSORS_CONF);
  for (int processor = 0; processor < processors; processor++) {
    Fd event(static_cast<int>(syscall(__NR_perf_event_open, &wanted, -1, processor, -1, PERF_FLAG_FD_CLOEXEC)));
    if (!event && errno == ENODEV) continue;  // switched off
    if (!event) throw Failure::of("open a hardware watchpoint");
    if (ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program.get()) != 0) throw Failure::of("attach to a watchpoint");
    if (ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) throw Failure::of("enable a watchpoint");
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace skein
