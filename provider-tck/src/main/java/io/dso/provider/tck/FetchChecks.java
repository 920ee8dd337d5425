package io.dso.provider.tck;

import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.FetchResponse;
import io.dso.provider.v1.SecretRef;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Values: what Fetch answers. */
final class FetchChecks {
    private static final String NO_SUCH_VERSION = "dso-verify-no-such-version";

    static final List<Check> ALL = List.of(
            new Check("fetch-exact", "the value of exactly the version asked for is given", FetchChecks::exact),
            new Check("fetch-same", "a version's value is the same each time", FetchChecks::same),
            new Check("fetch-unknown-version", "a version that isn't there is NOT_FOUND", FetchChecks::unknownVersion),
            new Check("fetch-unknown-secret", "a secret that isn't there is NOT_FOUND", FetchChecks::unknownSecret),
            new Check("version-no-value", "a version tells nothing of its value", FetchChecks::versionTellsNothing),
            new Check(
                    "fetch-after-change",
                    "a changed secret has another version, and the old one never has the new value",
                    FetchChecks::afterChange));

    private FetchChecks() {}

    private static FetchResponse fetch(Bench bench, SecretRef ref, String version)
            throws IOException, InterruptedException {
        var response = bench.provider()
                .calls()
                .fetch(FetchRequest.newBuilder().setRef(ref).setVersion(version).build());
        bench.remember(response.getValue().toByteArray());
        return response;
    }

    private static void exact(Bench bench) throws IOException, InterruptedException {
        var refs = bench.refs();
        var versions = bench.versions(refs);
        for (int i = 0; i < refs.size(); i++) {
            var fetched = fetch(bench, refs.get(i), versions.get(i));
            Nonconformity.unless(
                    fetched.getVersion().equals(versions.get(i)), "it doesn't say which version it gives, or another");
            Nonconformity.unless(
                    fetched.getValue().size() <= 1 << 20,
                    "a value has " + fetched.getValue().size() + " bytes, the most is 1048576");
        }
    }

    private static void same(Bench bench) throws IOException, InterruptedException {
        var ref = bench.refs().getFirst();
        var version = bench.versions(List.of(ref)).getFirst();
        var first = fetch(bench, ref, version).getValue();
        for (int i = 0; i < 3; i++) {
            Nonconformity.unless(
                    fetch(bench, ref, version).getValue().equals(first), "asked again, it gives another value");
        }
    }

    private static void unknownVersion(Bench bench) throws IOException, InterruptedException {
        var calls = bench.provider().calls();
        var request = FetchRequest.newBuilder()
                .setRef(bench.refs().getFirst())
                .setVersion(NO_SUCH_VERSION)
                .build();
        Answers.mustBe(Set.of(Status.Code.NOT_FOUND), "a version that isn't there", () -> calls.fetch(request));
    }

    private static void unknownSecret(Bench bench) throws IOException, InterruptedException {
        var calls = bench.provider().calls();
        var request = FetchRequest.newBuilder()
                .setRef(Bench.missing(1))
                .setVersion(NO_SUCH_VERSION)
                .build();
        Answers.mustBeTyped("a secret that isn't there", () -> calls.fetch(request));
        var code = Answers.code(() -> calls.fetch(request));
        if (Set.of(Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAUTHENTICATED)
                .contains(code)) {
            throw new Untried("the store can't be asked now: " + code);
        }
        Nonconformity.unless(
                code == Status.Code.NOT_FOUND || code == Status.Code.PERMISSION_DENIED,
                "a secret that isn't there is answered with " + code + ", not NOT_FOUND");
    }

    private static void versionTellsNothing(Bench bench) throws IOException, InterruptedException {
        var refs = bench.refs();
        var versions = bench.versions(refs);
        boolean tried = false;
        for (int i = 0; i < refs.size(); i++) {
            var text = versions.get(i).getBytes(StandardCharsets.UTF_8);
            var value = fetch(bench, refs.get(i), versions.get(i)).getValue().toByteArray();
            try {
                tried |= value.length >= Traces.SHORTEST;
                Nonconformity.unless(
                        value.length < Traces.SHORTEST || !Traces.stand(Traces.of(value), text),
                        "the version holds the value");
                Nonconformity.unless(
                        !Traces.stand(Traces.hashesOf(value), text), "the version holds a bare hash of the value");
            } finally {
                Arrays.fill(value, (byte) 0);
            }
        }
        if (!tried) {
            throw new Untried("no --ref has a value of " + Traces.SHORTEST + " bytes or more");
        }
    }

    private static void afterChange(Bench bench) throws IOException, InterruptedException {
        var ref = bench.refs().getFirst();
        var oldVersion = bench.versions(List.of(ref)).getFirst();
        var oldValue = fetch(bench, ref, oldVersion).getValue();
        bench.change();
        var newVersion = bench.versions(List.of(ref)).getFirst();
        Nonconformity.unless(!newVersion.equals(oldVersion), "the secret was changed, its version was not");
        fetch(bench, ref, newVersion);
        try {
            Nonconformity.unless(
                    fetch(bench, ref, oldVersion).getValue().equals(oldValue),
                    "asked for the old version, it gives another value");
        } catch (StatusRuntimeException e) {
            Nonconformity.unless(
                    e.getStatus().getCode() == Status.Code.NOT_FOUND,
                    "the old version is answered with " + e.getStatus().getCode() + ", not its value or NOT_FOUND");
        }
    }
}
