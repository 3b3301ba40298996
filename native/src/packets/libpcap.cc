#include "libpcap.h"

#include <dlfcn.h>

#include <mutex>

#include "failure.h"

namespace skein::packets {
namespace {

// Debian's name, then that of everyone else.
constexpr const char* kNames[] = {"libpcap.so.0.8", "libpcap.so.1"};

template <typename Function>
bool find(void* library, const char* name, Function& into) {
  into = reinterpret_cast<Function>(dlsym(library, name));
  return into != nullptr;
}

bool load(Libpcap& found) {
  for (const char* name : kNames) {
    void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) continue;
    if (find(library, "pcap_open_dead", found.openDead) && find(library, "pcap_compile", found.compile) &&
        find(library, "pcap_geterr", found.error) && find(library, "pcap_freecode", found.freeCode) &&
        find(library, "pcap_close", found.close) && find(library, "bpf_filter", found.filter) &&
        find(library, "bpf_validate", found.validate)) {
      return true;
    }
    dlclose(library);
  }
  return false;
}

}  // namespace

const Libpcap& libpcap() {
  static std::mutex mutex;
  static Libpcap only;
  static bool isLoaded = false;
  const std::lock_guard lock(mutex);
  if (!isLoaded && !load(only)) throw Failure{ENOTSUP, "filter packets without libpcap (to be had by: apt-get install libpcap0.8)"};
  isLoaded = true;
  return only;
}

}  // namespace skein::packets
