#include "netns_watch.h"

#include <sys/stat.h>

#include "../../bpf/netns_watch.h"
#include "failure.h"
#include "gen/netns_watch.image.h"
#include "watchpoint.h"

namespace skein {
namespace {

namespace image = netns_watch_image;

constexpr BpfImage kImage = {image::data,      sizeof image::data - 1, image::insns, sizeof image::insns - 1,
                             image::kMaps,     image::kPrograms};

// The first process's namespace; our own where that is not shown to us.
uint64_t homeInode() {
  struct stat status;
  const char* const paths[] = {"/proc/1/ns/net", "/proc/self/ns/net"};
  for (const char* path : paths) {
    if (stat(path, &status) == 0) return status.st_ino;
  }
  return 0;
}

}  // namespace

std::shared_ptr<NetnsWatch> NetnsWatch::open() {
  auto watch = std::make_shared<NetnsWatch>();
  try {
    watch->attach();
  } catch (const Failure& failure) {
    throw whatBpfNeeds("watch network namespaces", failure);
  }
  watch->attachWatchpoint();
  return watch;
}

void NetnsWatch::attach() {
  loaded_ = loadBpf(kImage);
  putBpf(loaded_.maps[image::known], NETNS_WATCH_HOME, homeInode());
  ring_ = std::make_unique<Bell>(loaded_.maps[image::bell]);
  for (const auto program : {image::netns_fork, image::netns_exec, image::netns_exit}) {
    attached_.push_back(attachBpf(loaded_.programs[program]));
  }
  kind_ = "tracepoints";
}

// Finds too what no process enters by fork or exec. Not every machine has it (virtual ones, other processors).
void NetnsWatch::attachWatchpoint() {
  try {
    runBpf(loaded_.programs[image::netns_find]);
    const uint64_t address = getBpf(loaded_.maps[image::known], NETNS_WATCH_LIST);
    if (address == 0) return;
    for (Fd& event : watchKernelWord(address, loaded_.programs[image::netns_create])) {
      attached_.push_back(std::move(event));
    }
    kind_ += ", watchpoint";
  } catch (const Failure&) {
    // `kind` tells.
  }
}

void NetnsWatch::tell() {
  // Silent first, told then: what happens from now on rings again.
  ring_->silence();
  deliver_();
}

}  // namespace skein
