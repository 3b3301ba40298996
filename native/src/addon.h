/** What belongs to one loading of the addon: the main thread's or a worker's. */
#pragma once

#include <napi.h>

#include <memory>

#include "mailbox.h"

namespace skein {

struct Addon {
  std::shared_ptr<Mailbox> mailbox;
  Napi::FunctionReference netlinkSocket;
  Napi::FunctionReference deviceSocket;
  Napi::FunctionReference frameSocket;
  Napi::FunctionReference answerSocket;
  Napi::FunctionReference sendSocket;
  Napi::FunctionReference namespaceWatch;
  Napi::FunctionReference kernelFlows;
  Napi::FunctionReference kernelCapture;
  Napi::FunctionReference packetSocket;
  Napi::FunctionReference packetDecoder;
  Napi::FunctionReference socketWatch;
  Napi::FunctionReference dialSocket;
  Napi::FunctionReference dropsWatch;

  static Addon& of(Napi::Env env) { return *env.GetInstanceData<Addon>(); }
};

}  // namespace skein
