#include "sockets/socket_door.h"


#include "addon.h"
#include "arguments.h"
#include "sockets/process_sockets.h"

namespace skein::sockets {
namespace {

Napi::Value number(Napi::Env env, uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }

SocketWatch::Opened open() {
  try {
    return {std::make_shared<SocketChanges>(), std::make_shared<SocketWalk>()};
  } catch (const Failure& failure) {
    throw whatBpfNeeds("watch sockets", failure);
  }
}

Napi::Value openSocketWatch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto onChanges =
      std::make_shared<Napi::FunctionReference>(Napi::Persistent(functionArgument(info, 0, "onChanges")));
  return Addon::of(env).mailbox->beside<SocketWatch::Opened>(
      env, SideThread::tables(), open, [onChanges](Napi::Env then, SocketWatch::Opened opened) {
        return Addon::of(then).socketWatch.New(
            {Napi::External<SocketWatch::Opened>::New(then, &opened), onChanges->Value()});
      });
}

Napi::Value processSocketsBeside(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return Addon::of(env).mailbox->beside<ProcessSockets>(
      env, SideThread::tables(), processSockets, [](Napi::Env then, ProcessSockets found) {
        const auto answer = Napi::Object::New(then);
        const auto* const bytes = reinterpret_cast<const uint8_t*>(found.all.data());
        answer.Set("pairs", Napi::Buffer<uint8_t>::Copy(then, bytes, found.all.size() * sizeof(ProcessSocket)));
        answer.Set("hidden", number(then, found.hidden));
        answer.Set("isCut", Napi::Boolean::New(then, found.isCut));
        return answer;
      });
}

}  // namespace

void exportSockets(Napi::Env env, Napi::Object& exports) {
  exports.Set("openSocketWatch", Napi::Function::New<openSocketWatch>(env, "openSocketWatch"));
  exports.Set("processSockets", Napi::Function::New<processSocketsBeside>(env, "processSockets"));
  Addon::of(env).socketWatch = Napi::Persistent(SocketWatch::define(env));
}

Napi::Function SocketWatch::define(Napi::Env env) {
  return DefineClass(env, "SocketWatch",
                     {InstanceMethod<&SocketWatch::rearm>("rearm"), InstanceMethod<&SocketWatch::walk>("walk"),
                      InstanceMethod<&SocketWatch::close>("close")});
}

SocketWatch::SocketWatch(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SocketWatch>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsExternal()) throw Napi::TypeError::New(env, "watches of sockets are made by openSocketWatch()");
  opened_ = *info[0].As<Napi::External<Opened>>().Data();
  onChanges_ = Napi::Persistent(functionArgument(info, 1, "onChanges"));
  try {
    opened_.changes->listen([self = this, weak = std::weak_ptr(open_), mailbox = Addon::of(env).mailbox](
                                std::vector<uint8_t> read, uint64_t lost) {
      const auto records = std::make_shared<const std::vector<uint8_t>>(std::move(read));
      mailbox->post([self, weak, records, lost](Napi::Env then) {
        if (!weak.lock()) return;
        self->onChanges_.Call({Napi::Buffer<uint8_t>::Copy(then, records->data(), records->size()), number(then, lost)});
      });
    });
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
  Ref();
}

SocketWatch::~SocketWatch() {
  if (opened_.changes) opened_.changes->close();
}

void SocketWatch::rearm(const Napi::CallbackInfo&) {
  if (open_) opened_.changes->rearm();
}

Napi::Value SocketWatch::walk(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!open_) throw toError(env, Failure{EBADF, "walk over sockets with a watch that is closed"});
  return Addon::of(env).mailbox->beside<Walked>(
      env, SideThread::tables(), [walk = opened_.walk] { return walk->walk(); },
      [](Napi::Env then, Walked walked) {
        const auto answer = Napi::Object::New(then);
        answer.Set("records", Napi::Buffer<uint8_t>::Copy(then, walked.records.data(), walked.records.size()));
        answer.Set("isCut", Napi::Boolean::New(then, walked.isCut));
        return answer;
      });
}

void SocketWatch::close(const Napi::CallbackInfo&) {
  if (!open_) return;
  open_.reset();
  opened_.changes->close();
  opened_ = Opened{};
  onChanges_.Reset();
  Unref();
}

}  // namespace skein::sockets
