package io.dso.provider.tck;

import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.SecretRef;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** Requests outside the limits. */
final class LimitChecks {
    static final List<Check> ALL = List.of(
            new Check("limit-no-secrets", "a request for no secrets is INVALID_ARGUMENT", LimitChecks::none),
            new Check("limit-1001-secrets", "a request for 1,001 secrets is INVALID_ARGUMENT", LimitChecks::tooMany),
            new Check("limit-path", "a path of 0 or 513 characters is INVALID_ARGUMENT", LimitChecks::path),
            new Check("limit-key", "a key of 257 characters is INVALID_ARGUMENT", LimitChecks::key),
            new Check("limit-version", "a version of 0 or 257 characters is INVALID_ARGUMENT", LimitChecks::version),
            new Check("limit-longest", "the longest names that are allowed are taken", LimitChecks::longest),
            new Check("limit-message", "a message over 4 MiB is refused and harms nobody", LimitChecks::message));

    private LimitChecks() {}

    private static SecretRef ref(String path, String key) {
        return SecretRef.newBuilder().setPath(path).setKey(key).build();
    }

    private static FetchRequest fetch(String path, String key, String version) {
        return FetchRequest.newBuilder()
                .setRef(ref(path, key))
                .setVersion(version)
                .build();
    }

    private static void none(Bench bench) throws IOException, InterruptedException {
        var calls = bench.provider().calls();
        Answers.mustBeInvalid(
                "GetVersions of no secrets", () -> calls.getVersions(GetVersionsRequest.getDefaultInstance()));
    }

    private static void tooMany(Bench bench) throws IOException, InterruptedException {
        var calls = bench.provider().calls();
        var request = GetVersionsRequest.newBuilder()
                .addAllRefs(IntStream.range(0, 1001).mapToObj(Bench::missing).toList())
                .build();
        Answers.mustBeInvalid("GetVersions of 1,001 secrets", () -> calls.getVersions(request));
    }

    private static void path(Bench bench) throws IOException, InterruptedException {
        for (var path : List.of("", "x".repeat(513))) {
            refuses(bench, path, "", "a path of " + path.length() + " characters");
        }
    }

    private static void key(Bench bench) throws IOException, InterruptedException {
        refuses(bench, "x", "k".repeat(257), "a key of 257 characters");
    }

    private static void refuses(Bench bench, String path, String key, String what)
            throws IOException, InterruptedException {
        var calls = bench.provider().calls();
        var versions = GetVersionsRequest.newBuilder().addRefs(ref(path, key)).build();
        Answers.mustBeInvalid("GetVersions with " + what, () -> calls.getVersions(versions));
        Answers.mustBeInvalid("Fetch with " + what, () -> calls.fetch(fetch(path, key, "1")));
    }

    private static void version(Bench bench) throws IOException, InterruptedException {
        var calls = bench.provider().calls();
        for (var version : List.of("", "v".repeat(257))) {
            Answers.mustBeInvalid(
                    "Fetch with a version of " + version.length() + " characters",
                    () -> calls.fetch(fetch("x", "", version)));
        }
    }

    /** Whether a store can have such names is its affair, but then they aren't there. */
    private static void longest(Bench bench) throws IOException, InterruptedException {
        var path = "p".repeat(512);
        var key = "k".repeat(256);
        bench.results(List.of(ref(path, key)));
        var calls = bench.provider().calls();
        Answers.mustBeTyped("Fetch with the longest names", () -> calls.fetch(fetch(path, key, "v".repeat(256))));
    }

    private static void message(Bench bench) throws IOException, InterruptedException {
        var provider = bench.provider();
        var calls = provider.calls();
        Nonconformity.unless(
                Answers.code(() -> calls.fetch(fetch("x", "", "v".repeat(5 << 20)))) != Status.Code.OK,
                "a request of 5 MiB is answered");
        provider.mustAnswer("after a request of 5 MiB");
    }
}
