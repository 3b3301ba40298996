#include "bpf_image.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "failure.h"

namespace skein {
namespace {

// The verifier gives up with EAGAIN when a signal is pending, which the next attempt finds handled.
constexpr int kAttempts = 20;

// What bpftool's loader programs read and write: a header, then each map, then each program, without gaps.
struct ContextHeader {
  uint32_t size;
  uint32_t flags;
  uint32_t logLevel;
  uint32_t logSize;
  uint64_t log;
};
struct ContextMap {
  int fd;
  uint32_t maxEntries;  // 0: as declared
  uint64_t initialValue;
};

int bpf(bpf_cmd command, bpf_attr& attributes) {
  return static_cast<int>(syscall(__NR_bpf, command, &attributes, sizeof attributes));
}

uint64_t pointer(const void* memory) { return reinterpret_cast<uintptr_t>(memory); }

bpf_attr nothing() {
  bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  return attributes;
}

bpf_attr element(const Fd& map, const uint32_t& key, const void* value) {
  bpf_attr attributes = nothing();
  attributes.map_fd = map.get();
  attributes.key = pointer(&key);
  attributes.value = pointer(value);
  return attributes;
}

// The image's data, in an array of one element, which its instructions name as the first of their descriptors.
Fd dataMap(const BpfImage& image) {
  bpf_attr attributes = nothing();
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = sizeof(uint32_t);
  attributes.value_size = image.dataSize;
  attributes.max_entries = 1;
  Fd map(bpf(BPF_MAP_CREATE, attributes));
  if (!map) throw Failure::of("make a BPF map");
  const uint32_t key = 0;
  attributes = element(map, key, image.data);
  if (bpf(BPF_MAP_UPDATE_ELEM, attributes) != 0) throw Failure::of("fill a BPF map");
  return map;
}

Fd loader(const BpfImage& image, const Fd& data) {
  const int descriptors[] = {data.get()};
  bpf_attr attributes = nothing();
  attributes.prog_type = BPF_PROG_TYPE_SYSCALL;
  attributes.prog_flags = BPF_F_SLEEPABLE;
  attributes.insns = pointer(image.instructions);
  attributes.insn_cnt = image.instructionsSize / sizeof(bpf_insn);
  attributes.license = pointer("Dual BSD/GPL");
  attributes.fd_array = pointer(descriptors);
  Fd program(bpf(BPF_PROG_LOAD, attributes));
  if (!program) throw Failure::of("load a BPF program");
  return program;
}

void run(const Fd& program, void* context, size_t size) {
  bpf_attr attributes = nothing();
  attributes.test.prog_fd = program.get();
  attributes.test.ctx_in = pointer(context);
  attributes.test.ctx_size_in = size;
  if (bpf(BPF_PROG_TEST_RUN, attributes) != 0) throw Failure::of("run a BPF program");
  const int result = static_cast<int>(attributes.test.retval);
  if (result < 0) throw Failure{-result, "load BPF programs"};
}

BpfLoaded load(const BpfImage& image, const std::map<int, uint32_t>& sizes) {
  const Fd data = dataMap(image);
  const Fd program = loader(image, data);
  const size_t programsAt = sizeof(ContextHeader) + image.maps * sizeof(ContextMap);
  std::vector<uint8_t> context(programsAt + image.programs * sizeof(int));
  ContextHeader header{};
  header.size = context.size();
  memcpy(context.data(), &header, sizeof header);
  for (const auto& [number, entries] : sizes) {
    const ContextMap map{0, entries, 0};
    memcpy(context.data() + sizeof header + number * sizeof map, &map, sizeof map);
  }
  run(program, context.data(), context.size());
  BpfLoaded loaded;
  for (size_t i = 0; i < image.maps; i++) {
    ContextMap map;
    memcpy(&map, context.data() + sizeof header + i * sizeof map, sizeof map);
    loaded.maps.emplace_back(map.fd);
  }
  for (size_t i = 0; i < image.programs; i++) {
    int fd;
    memcpy(&fd, context.data() + programsAt + i * sizeof fd, sizeof fd);
    loaded.programs.emplace_back(fd);
  }
  return loaded;
}

}  // namespace

BpfLoaded loadBpf(const BpfImage& image, const std::map<int, uint32_t>& sizes) {
  for (int attempt = 1;; attempt++) {
    try {
      return load(image, sizes);
    } catch (const Failure& failure) {
      if (failure.error != EAGAIN || attempt == kAttempts) throw;
    }
  }
}

Fd attachBpf(const Fd& program) {
  bpf_attr attributes = nothing();
  attributes.raw_tracepoint.prog_fd = program.get();
  Fd link(bpf(BPF_RAW_TRACEPOINT_OPEN, attributes));
  if (!link) throw Failure::of("attach a BPF program");
  return link;
}

void runBpf(const Fd& program) { run(program, nullptr, 0); }

void putBpf(const Fd& map, uint32_t key, uint64_t value) {
  bpf_attr attributes = element(map, key, &value);
  if (bpf(BPF_MAP_UPDATE_ELEM, attributes) != 0) throw Failure::of("write a BPF map");
}

uint64_t getBpf(const Fd& map, uint32_t key) {
  uint64_t value = 0;
  bpf_attr attributes = element(map, key, &value);
  if (bpf(BPF_MAP_LOOKUP_ELEM, attributes) != 0) throw Failure::of("read a BPF map");
  return value;
}

Failure whatBpfNeeds(const std::string& attempt, const Failure& failure) {
  if (failure.error == EPERM || failure.error == EACCES) {
    return Failure{EPERM, attempt + " (needs CAP_BPF and CAP_PERFMON)"};
  }
  if (access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
    return Failure{ENOTSUP, attempt + " (needs a kernel with BTF, CONFIG_DEBUG_INFO_BTF)"};
  }
  const std::string why = "could not " + failure.attempt + ": " + failure.code();
  return Failure{ENOTSUP, attempt + " (needs Linux 5.17 with BPF; " + why + ")"};
}

}  // namespace skein
