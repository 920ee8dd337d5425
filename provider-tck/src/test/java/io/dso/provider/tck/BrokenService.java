package io.dso.provider.tck;

import com.google.protobuf.ByteString;
import io.dso.provider.v1.Capability;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.CheckResponse;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.Error;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.FetchResponse;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.GetVersionsResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.VersionResult;
import io.dso.provider.v1.WatchRequest;
import io.dso.provider.v1.WatchResponse;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Secrets whose path begins with {@code good}, all of one value; and the faults in what calls answer. */
final class BrokenService implements ProviderGrpc.AsyncService {
    private final String fault;
    private final Path state;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    private final AtomicInteger watches = new AtomicInteger();

    BrokenService(String fault, Path state) {
        this.fault = fault;
        this.state = state;
    }

    private boolean is(String name) {
        return fault.equals(name);
    }

    private long now() {
        try {
            return Files.size(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Odd bytes. */
    static byte[] value(long version) {
        return ("p$w\"o'r\\d\0 of version " + version + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private String version() {
        long now = now();
        return switch (fault) {
            case "empty-version" -> "";
            case "restless-version" -> now + "." + calls.incrementAndGet();
            case "value-as-version" -> new String(value(now), StandardCharsets.UTF_8);
            case "hash-as-version" -> HexFormat.of().formatHex(sha256(value(now)));
            case "deaf-version" -> "1";
            default -> "v" + now;
        };
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> void answer(StreamObserver<T> caller, T message) {
        caller.onNext(message);
        caller.onCompleted();
    }

    private static void refuse(StreamObserver<?> caller, Status status) {
        caller.onError(status.asRuntimeException());
    }

    private static Status invalid() {
        return Status.INVALID_ARGUMENT.withDescription("outside the limits");
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<DescribeResponse> caller) {
        if (is("slow-describe")) {
            sleep(700);
        }
        if (broken.get() > 0) {
            return; // it hangs
        }
        if (is("strict-fields") && !request.getUnknownFields().asMap().isEmpty()) {
            refuse(caller, invalid());
            return;
        }
        var response = DescribeResponse.newBuilder()
                .setName(is("nameless") ? "" : "broken")
                .setVersion(is("moody") ? "1." + calls.incrementAndGet() : "1");
        if (!is("hides-watch")) {
            response.addCapabilities(Capability.CAPABILITY_WATCH);
        }
        answer(caller, response.build());
    }

    @Override
    public void getVersions(GetVersionsRequest request, StreamObserver<GetVersionsResponse> caller) {
        var call = Context.current();
        var deadline = call.getDeadline();
        if (is("hangs-after-deadline") && deadline != null) {
            var late = deadline.runOnExpiration(broken::incrementAndGet, timer);
        }
        if (is("hangs-after-cancel")) {
            ((ServerCallStreamObserver<?>) caller).setOnCancelHandler(broken::incrementAndGet);
            sleep(50);
        }
        if (is("few-at-a-time") && underWay.incrementAndGet() > 8) {
            return;
        }
        var refs = request.getRefsList();
        if (is("dies-of-1000") && refs.size() == 1000) {
            Runtime.getRuntime().halt(1);
        }
        if (refs.isEmpty() && !is("takes-none")
                || refs.size() > 1000 && !is("takes-1001")
                || !refs.stream().allMatch(this::allowed)) {
            refuse(caller, invalid());
            return;
        }
        var results = new ArrayList<VersionResult>();
        for (var ref : refs) {
            results.add(result(ref));
        }
        if (is("fails-together") && results.stream().anyMatch(VersionResult::hasError)) {
            results.replaceAll(result -> missing());
        }
        if (is("sorts")) {
            results.sort((a, b) -> a.getVersion().compareTo(b.getVersion()));
        }
        if (is("drops") && results.size() > 1) {
            results.removeLast();
        }
        answer(caller, GetVersionsResponse.newBuilder().addAllResults(results).build());
        sleep(is("few-at-a-time") ? 2000 : 0);
        underWay.decrementAndGet();
    }

    private boolean allowed(SecretRef ref) {
        return (is("takes-any-path")
                        || !ref.getPath().isBlank() && ref.getPath().length() <= 512)
                && (is("takes-any-key") || ref.getKey().length() <= 256)
                && !(is("short-names") && ref.getPath().length() > 255);
    }

    private VersionResult result(SecretRef ref) {
        return ref.getPath().startsWith("good")
                ? VersionResult.newBuilder().setVersion(version()).build()
                : missing();
    }

    private VersionResult missing() {
        return switch (fault) {
            case "invents-secrets" -> VersionResult.newBuilder().setVersion("1").build();
            case "result-not-set" -> VersionResult.getDefaultInstance();
            default ->
                VersionResult.newBuilder()
                        .setError(Error.newBuilder()
                                .setCode(
                                        is("untyped-results") ? Error.Code.CODE_UNSPECIFIED : Error.Code.CODE_NOT_FOUND)
                                .setMessage("no such secret"))
                        .build();
        };
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> caller) {
        var version = request.getVersion();
        if (!allowed(request.getRef()) || (version.isEmpty() || version.length() > 256) && !is("takes-any-version")) {
            refuse(caller, invalid());
            return;
        }
        long now = now();
        boolean current = version.equals(version()) || is("restless-version");
        if (!request.getRef().getPath().startsWith("good") || !current && !is("gives-newest")) {
            refuse(caller, Status.NOT_FOUND.withDescription("no such secret or version"));
            return;
        }
        var value = is("random-value") ? value(calls.incrementAndGet()) : value(now);
        if (is("prints-value")) {
            System.out.println(
                    "fetched " + new BigInteger(1, value).toString(16).replaceFirst("^(?=.(..)*$)", "0"));
        }
        answer(
                caller,
                FetchResponse.newBuilder()
                        .setValue(
                                is("too-large")
                                        ? ByteString.copyFrom(new byte[(1 << 20) + 1])
                                        : ByteString.copyFrom(value))
                        .setVersion(is("other-version") ? "another" : version)
                        .build());
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> caller) {
        if (is("check-fails")) {
            refuse(caller, Status.UNAUTHENTICATED.withDescription("who are you"));
            return;
        }
        answer(caller, CheckResponse.getDefaultInstance());
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
        var refs = request.getRefsList();
        if (is("watch-missing")) {
            refuse(observer, Status.UNIMPLEMENTED.withDescription("no push"));
            return;
        }
        if ((refs.isEmpty() || refs.size() > 1000) && !is("watches-any-number")) {
            refuse(observer, invalid());
            return;
        }
        if (is("one-watch") && watches.get() > 0 || is("few-watches") && calls.incrementAndGet() > 50) {
            return; // never armed
        }
        watches.incrementAndGet();
        var caller = (ServerCallStreamObserver<WatchResponse>) observer;
        caller.setOnCancelHandler(watches::decrementAndGet);
        long before = now();
        caller.onNext(WatchResponse.newBuilder()
                .addAllChanged(is("armed-with-names") ? refs : List.of())
                .build());
        Thread.ofPlatform().daemon().start(() -> report(caller, refs, before));
    }

    private void report(ServerCallStreamObserver<WatchResponse> caller, List<SecretRef> refs, long before) {
        while (!caller.isCancelled()) {
            sleep(10);
            if (now() != before && !is("deaf-watch")) {
                var extra = is("reports-others") ? List.of(Bench.missing(9)) : Collections.<SecretRef>emptyList();
                caller.onNext(WatchResponse.newBuilder()
                        .addAllChanged(is("reports-nothing") ? List.of(Bench.missing(9)) : refs)
                        .addAllChanged(extra)
                        .build());
                return;
            }
        }
    }

    void awaitWatches() {
        while (watches.get() > 0) {
            sleep(10);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
