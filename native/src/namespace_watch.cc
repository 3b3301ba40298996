#include "namespace_watch.h"

#include "addon.h"
#include "arguments.h"

namespace skein {

Napi::Value watchNamespaces(const Napi::CallbackInfo& info) {
  return Addon::of(info.Env()).namespaceWatch.New({functionArgument(info, 0, "onChange")});
}

Napi::Function NamespaceWatch::define(Napi::Env env) {
  return DefineClass(env, "NamespaceWatch",
                     {InstanceAccessor<&NamespaceWatch::kind>("kind", napi_enumerable),
                      InstanceMethod<&NamespaceWatch::rearm>("rearm"),
                      InstanceMethod<&NamespaceWatch::close>("close")});
}

NamespaceWatch::NamespaceWatch(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NamespaceWatch>(info) {
  const Napi::Env env = info.Env();
  onRing_ = Napi::Persistent(functionArgument(info, 0, "onRing"));
  try {
    watch_ = NetnsWatch::open();
    // As in netlink_socket.cc: a watch that is open has its object.
    watch_->listen([self = this, weak = std::weak_ptr(watch_), mailbox = Addon::of(env).mailbox] {
      mailbox->post([self, weak](Napi::Env) {
        const auto watch = weak.lock();
        if (watch && watch->isOpen()) self->onRing_.Call({});
      });
    });
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
  Ref();
}

NamespaceWatch::~NamespaceWatch() {
  if (watch_) watch_->close();
}

Napi::Value NamespaceWatch::kind(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), watch_->kind());
}

void NamespaceWatch::rearm(const Napi::CallbackInfo&) { watch_->rearm(); }

void NamespaceWatch::close(const Napi::CallbackInfo&) {
  if (!watch_->isOpen()) return;
  watch_->close();
  onRing_.Reset();
  Unref();
}

}  // namespace skein
