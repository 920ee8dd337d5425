package io.dso.provider.tck;

import io.dso.provider.v1.Error;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.VersionResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Versions: what GetVersions answers. */
final class VersionChecks {
    /** A store may keep from the provider whether a secret is there. */
    private static final Set<Error.Code> NOT_THERE = Set.of(Error.Code.CODE_NOT_FOUND, Error.Code.CODE_DENIED);

    private static final Set<Error.Code> TEMPORARY =
            Set.of(Error.Code.CODE_THROTTLED, Error.Code.CODE_UNAVAILABLE, Error.Code.CODE_UNAUTHENTICATED);

    static final List<Check> ALL = List.of(
            new Check("versions", "each secret has a version of 1 to 256 characters", VersionChecks::versions),
            new Check("versions-stable", "a version stays the same as long as nothing changes", VersionChecks::stable),
            new Check("versions-order", "answers come in the order of the question", VersionChecks::order),
            new Check("unknown-secret", "a secret that isn't there has a typed error", VersionChecks::unknown),
            new Check("one-fails-alone", "a secret that fails takes no other with it", VersionChecks::failsAlone),
            new Check("versions-1000", "1,000 secrets are answered in one call", VersionChecks::thousand));

    private VersionChecks() {}

    private static void versions(Bench bench) throws IOException, InterruptedException {
        for (var version : bench.versions(bench.refs())) {
            Nonconformity.unless(!version.isBlank(), "a version is empty");
            Nonconformity.unless(
                    version.length() <= 256, "a version has " + version.length() + " characters, the most is 256");
        }
    }

    private static void stable(Bench bench) throws IOException, InterruptedException {
        var first = bench.versions(bench.refs());
        for (int i = 0; i < 3; i++) {
            Nonconformity.unless(
                    bench.versions(bench.refs()).equals(first), "asked again, it gives another version of a secret");
        }
    }

    private static void order(Bench bench) throws IOException, InterruptedException {
        var refs = new ArrayList<>(bench.refs());
        refs.add(Bench.missing(1));
        var forth = bench.results(refs);
        Collections.reverse(refs);
        var back = new ArrayList<>(bench.results(refs));
        Collections.reverse(back);
        Nonconformity.unless(
                versionsOf(forth).equals(versionsOf(back)), "the other way round, a secret has another version");
    }

    private static List<String> versionsOf(List<VersionResult> results) {
        return results.stream().map(VersionResult::getVersion).toList();
    }

    private static void unknown(Bench bench) throws IOException, InterruptedException {
        mustBeMissing(bench.results(List.of(Bench.missing(1))).getFirst());
    }

    private static void mustBeMissing(VersionResult result) {
        Nonconformity.unless(
                result.getResultCase() == VersionResult.ResultCase.ERROR,
                "it has " + (result.getVersion().isEmpty() ? "neither a version nor an error" : "a version"));
        var error = result.getError();
        if (TEMPORARY.contains(error.getCode())) {
            throw new Untried("the store can't be asked now: " + error.getCode());
        }
        Nonconformity.unless(NOT_THERE.contains(error.getCode()), "it has " + error.getCode() + ", not CODE_NOT_FOUND");
        Nonconformity.unless(!error.getMessage().isBlank(), "its error has no message");
    }

    private static void failsAlone(Bench bench) throws IOException, InterruptedException {
        var refs = new ArrayList<SecretRef>();
        for (var ref : bench.refs()) {
            refs.add(Bench.missing(refs.size()));
            refs.add(ref);
        }
        var results = bench.results(refs);
        for (int i = 0; i < refs.size(); i += 2) {
            mustBeMissing(results.get(i));
            Nonconformity.unless(
                    results.get(i + 1).getResultCase() == VersionResult.ResultCase.VERSION,
                    "beside one that isn't there, a secret has no version");
        }
    }

    private static void thousand(Bench bench) throws IOException, InterruptedException {
        var refs =
                new ArrayList<>(bench.subject().refs().stream().map(Bench::ref).toList());
        IntStream.range(refs.size(), 1000).mapToObj(Bench::missing).forEach(refs::add);
        for (var result : bench.results(refs)) {
            Nonconformity.unless(
                    result.getResultCase() != VersionResult.ResultCase.RESULT_NOT_SET,
                    "a result is neither a version nor an error");
            Nonconformity.unless(
                    result.getResultCase() == VersionResult.ResultCase.VERSION
                            || result.getError().getCode() != Error.Code.CODE_UNSPECIFIED,
                    "an error has no code");
        }
        bench.provider().mustAnswer("after a call with 1,000 secrets");
    }
}
