package io.dso.provider.tck;

import com.google.common.util.concurrent.ListenableFuture;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.GetVersionsResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.transport.UnixChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Callers that go, come all at once, or talk nonsense. */
final class StrainChecks {
    private static final int AT_ONCE = 32;
    private static final int MANY = 200;
    private static final int BATCH = 10;

    static final List<Check> ALL = List.of(
            new Check("deadline", "calls whose time is up hold nothing up", StrainChecks::deadline),
            new Check("cancellation", "calls that were cancelled hold nothing up", StrainChecks::cancellation),
            new Check("32-calls", "32 calls at the same time are all answered", StrainChecks::together),
            new Check("garbage", "garbage and silence on other connections harm nobody", StrainChecks::garbage));

    private StrainChecks() {}

    private static GetVersionsRequest request() {
        return GetVersionsRequest.newBuilder()
                .addAllRefs(IntStream.range(0, 50).mapToObj(Bench::missing).toList())
                .build();
    }

    private static void deadline(Bench bench) throws IOException, InterruptedException {
        var provider = bench.provider();
        var stub = ProviderGrpc.newBlockingStub(provider.channel().grpc());
        for (int i = 0; i < MANY; i++) {
            try {
                stub.withDeadlineAfter(1, TimeUnit.MILLISECONDS).getVersions(request());
            } catch (StatusRuntimeException e) {
                // Its time was up, or it was quick.
            }
        }
        provider.mustAnswer("after " + MANY + " calls with a deadline of 1 ms");
        provider.calls().getVersions(request());
    }

    private static void cancellation(Bench bench) throws IOException, InterruptedException {
        var provider = bench.provider();
        var stub = ProviderGrpc.newFutureStub(provider.channel().grpc());
        for (int i = 0; i < MANY; i += BATCH) {
            var calls = Stream.generate(() -> stub.getVersions(request()))
                    .limit(BATCH)
                    .toList();
            calls.subList(0, BATCH / 2).forEach(call -> call.cancel(true)); // maybe before it has them
            provider.mustAnswer("beside calls that are cancelled");
            calls.forEach(call -> call.cancel(true)); // it has them, in the order of the connection
        }
        provider.mustAnswer("after " + MANY + " calls that were cancelled");
        provider.calls().getVersions(request());
    }

    private static void together(Bench bench) throws IOException, InterruptedException {
        var provider = bench.provider();
        var stub = ProviderGrpc.newFutureStub(provider.channel().grpc())
                .withDeadlineAfter(bench.patience().call().toMillis(), TimeUnit.MILLISECONDS);
        List<ListenableFuture<GetVersionsResponse>> answers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            answers.add(stub.getVersions(request()));
        }
        provider.mustAnswer("while " + AT_ONCE + " calls are under way");
        int answered = 0;
        for (var answer : answers) {
            try {
                answered += answer.get(bench.patience().call().toMillis() + 500, TimeUnit.MILLISECONDS)
                                .getResultsCount()
                        / 50;
            } catch (ExecutionException | TimeoutException e) {
                // Counted as missing.
            }
        }
        Nonconformity.unless(answered == AT_ONCE, answered + " of " + AT_ONCE + " calls were answered");
    }

    private static void garbage(Bench bench) throws IOException, InterruptedException {
        var provider = bench.provider();
        var garbage = new byte[64 << 10];
        Arrays.fill(garbage, (byte) 0xff);
        try (var silent = connect(provider);
                var loud = connect(provider)) {
            write(loud, garbage);
            provider.mustAnswer("beside a connection with garbage and a silent one");
            try (var fresh = UnixChannel.to(provider.socket())) {
                ProviderGrpc.newBlockingStub(fresh.grpc())
                        .withDeadlineAfter(5, TimeUnit.SECONDS)
                        .describe(DescribeRequest.getDefaultInstance());
            }
        }
    }

    private static SocketChannel connect(Running provider) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(provider.socket()));
    }

    private static void write(SocketChannel channel, byte[] bytes) {
        try {
            channel.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            // It hung up, as it should.
        }
    }
}
