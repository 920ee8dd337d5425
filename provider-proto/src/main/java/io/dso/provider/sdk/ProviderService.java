package io.dso.provider.sdk;

import com.google.protobuf.UnsafeByteOperations;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.CheckResponse;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.FetchResponse;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.GetVersionsResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.WatchRequest;
import io.dso.provider.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A store as the contract's service: checks what comes in and what goes out, and translates failures. */
final class ProviderService implements ProviderGrpc.AsyncService {
    private static final Logger LOG = Logger.getLogger(ProviderService.class.getName());

    private final SecretStore store;
    private final Description description;
    private final Set<Thread> watchers = ConcurrentHashMap.newKeySet();

    ProviderService(SecretStore store) {
        this.store = store;
        this.description = store.describe();
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<DescribeResponse> caller) {
        answer(caller, () -> Wire.describe(description));
    }

    @Override
    public void getVersions(GetVersionsRequest request, StreamObserver<GetVersionsResponse> caller) {
        answer(caller, () -> {
            var names = Wire.names(request.getRefsList());
            var answers = store.versions(names);
            if (answers.size() != names.size()) {
                throw StoreException.unavailable(
                        "the provider answered " + answers.size() + " of " + names.size() + " versions");
            }
            var response = GetVersionsResponse.newBuilder();
            answers.forEach(answer -> response.addResults(Wire.result(answer)));
            return response.build();
        });
    }

    /**
     * The array is wiped before the caller has its whole answer. Until they are used for something else, copies stay in Netty's pooled
     * buffers and in the kernel's socket buffer, both of this process and both RAM.
     */
    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> caller) {
        byte[][] fetched = {{}};
        Work<FetchResponse> work = () -> {
            var version = request.getVersion();
            if (version.isBlank() || version.length() > 256) {
                throw StoreException.invalid("a version needs 1 to 256 characters, has " + version.length());
            }
            fetched[0] = store.fetch(Wire.name(request.getRef()), version);
            if (fetched[0].length > Limits.VALUE_BYTES) {
                throw StoreException.invalid(
                        "the value has " + fetched[0].length + " bytes, the most is " + Limits.VALUE_BYTES);
            }
            return FetchResponse.newBuilder()
                    .setValue(UnsafeByteOperations.unsafeWrap(fetched[0])) // serialised before onNext returns
                    .setVersion(version)
                    .build();
        };
        answer(caller, work, () -> Arrays.fill(fetched[0], (byte) 0));
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> caller) {
        answer(caller, () -> {
            store.check();
            return CheckResponse.getDefaultInstance();
        });
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
        if (!description.abilities().contains(Description.Ability.WATCH)) {
            observer.onError(Status.UNIMPLEMENTED
                    .withDescription("this provider can't watch")
                    .asRuntimeException());
            return;
        }
        List<SecretName> names;
        try {
            names = Wire.names(request.getRefsList());
        } catch (StoreException e) {
            observer.onError(Wire.status(e.failure()));
            return;
        }
        var caller = (ServerCallStreamObserver<WatchResponse>) observer;
        var stream = new WatchStream(names, caller);
        var watcher = Thread.ofVirtual().name("watch").unstarted(() -> watch(names, stream));
        caller.setOnReadyHandler(stream::flush);
        caller.setOnCancelHandler(() -> {
            stream.cancelled();
            watcher.interrupt();
        });
        watchers.add(watcher);
        watcher.start();
    }

    private void watch(List<SecretName> names, WatchStream stream) {
        try {
            store.watch(names, stream);
            stream.end(new StoreFailure(StoreFailure.Kind.UNAVAILABLE, "the store stopped watching"));
        } catch (StoreException e) {
            stream.end(e.failure());
        } catch (InterruptedException e) {
            stream.end(new StoreFailure(StoreFailure.Kind.UNAVAILABLE, "the provider is stopping"));
        } catch (RuntimeException | java.lang.Error e) {
            stream.end(bug(e));
        } finally {
            watchers.remove(Thread.currentThread());
        }
    }

    /** Ends all watches, which never end by themselves. */
    void endWatches() {
        watchers.forEach(Thread::interrupt);
    }

    private interface Work<T> {
        T result() throws StoreException, InterruptedException;
    }

    private <T> void answer(StreamObserver<T> caller, Work<T> work) {
        answer(caller, work, () -> {});
    }

    private <T> void answer(StreamObserver<T> caller, Work<T> work, Runnable wipe) {
        try {
            T result;
            try (var interruption = new Interruption()) {
                result = work.result();
            }
            caller.onNext(result);
            wipe.run();
            caller.onCompleted();
        } catch (StoreException e) {
            caller.onError(Wire.status(e.failure()));
        } catch (InterruptedException e) {
            caller.onError(
                    Status.CANCELLED.withDescription("the caller gave up").asRuntimeException());
        } catch (RuntimeException | java.lang.Error e) {
            caller.onError(Wire.status(bug(e)));
        } finally {
            wipe.run();
        }
    }

    /** Without the message, which may quote anything, a value too; without it in the log as well. */
    private static StoreFailure bug(Throwable e) {
        var where = Arrays.stream(e.getStackTrace())
                .limit(8)
                .map(frame -> "\n    at " + frame)
                .toList();
        LOG.log(Level.SEVERE, "the provider failed: {0}{1}", new Object[] {
            e.getClass().getName(), String.join("", where)
        });
        return new StoreFailure(
                StoreFailure.Kind.UNAVAILABLE,
                "the provider failed: " + e.getClass().getSimpleName());
    }
}
