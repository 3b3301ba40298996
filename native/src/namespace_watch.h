/** What src/native/namespace_watch.ts makes a NamespaceWatch of. */
#pragma once

#include <napi.h>

#include <memory>

#include "netns_watch.h"

namespace skein {

/** watchNamespaces(onRing): { kind, rearm(), close() } */
Napi::Value watchNamespaces(const Napi::CallbackInfo& info);

class NamespaceWatch : public Napi::ObjectWrap<NamespaceWatch> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit NamespaceWatch(const Napi::CallbackInfo& info);
  ~NamespaceWatch() override;

 private:
  Napi::Value kind(const Napi::CallbackInfo& info);
  void rearm(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  std::shared_ptr<NetnsWatch> watch_;
  Napi::FunctionReference onRing_;
};

}  // namespace skein
