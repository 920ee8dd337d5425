package io.dso.agent.provider;

import com.google.protobuf.ByteString;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.CheckResponse;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.FetchResponse;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.GetVersionsResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.VersionResult;
import io.dso.provider.v1.WatchRequest;
import io.dso.provider.v1.WatchResponse;
import io.dso.transport.UnixServer;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A provider in this process, on a real socket, that answers whatever a test wants: unlike the SDK's, it can lie. */
final class FakeProvider implements ProviderGrpc.AsyncService, AutoCloseable {
    final AtomicInteger describes = new AtomicInteger();
    final List<Integer> batches = new CopyOnWriteArrayList<>();
    final List<StreamObserver<WatchResponse>> watchers = new CopyOnWriteArrayList<>();
    volatile BiConsumer<FetchRequest, StreamObserver<FetchResponse>> fetch = (request, caller) -> {
        caller.onNext(FetchResponse.newBuilder()
                .setValue(ByteString.copyFrom(ODD))
                .setVersion(request.getVersion())
                .build());
        caller.onCompleted();
    };
    volatile Function<GetVersionsRequest, GetVersionsResponse> versions = request -> {
        var response = GetVersionsResponse.newBuilder();
        request.getRefsList()
                .forEach(ref -> response.addResults(VersionResult.newBuilder().setVersion("v-" + ref.getPath())));
        return response.build();
    };
    volatile Push push = Push.WORKS;

    static final byte[] ODD = {0, 'p', '$', 'w', '"', 'o', '\'', 'r', '\\', 'd', (byte) 0xff, '\n'};

    enum Push {
        WORKS,
        MISSING
    }

    private final UnixServer server;

    FakeProvider(Path socket) throws IOException {
        server = UnixServer.start(
                new UnixServer.Address(socket, "rw-------", peer -> true), List.of(ProviderGrpc.bindService(this)));
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<DescribeResponse> caller) {
        describes.incrementAndGet();
        caller.onNext(DescribeResponse.newBuilder().setName("fake").build());
        caller.onCompleted();
    }

    @Override
    public void getVersions(GetVersionsRequest request, StreamObserver<GetVersionsResponse> caller) {
        batches.add(request.getRefsCount());
        caller.onNext(versions.apply(request));
        caller.onCompleted();
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> caller) {
        fetch.accept(request, caller);
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> caller) {
        if (push == Push.MISSING) {
            watchers.add(caller);
            caller.onError(Status.UNIMPLEMENTED.asRuntimeException());
            return;
        }
        caller.onNext(WatchResponse.getDefaultInstance());
        watchers.add(caller);
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> caller) {
        caller.onNext(CheckResponse.getDefaultInstance());
        caller.onCompleted();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
