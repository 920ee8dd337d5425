package io.dso.provider.tck;

import io.dso.provider.v1.Capability;
import io.dso.provider.v1.SecretRef;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Push: what Watch does, if the provider says that it works. */
final class WatchChecks {
    private static final int MANY = 100;

    static final List<Check> ALL = List.of(
            new Check("watch-or-not", "Watch works if Describe says so, and else is UNIMPLEMENTED", WatchChecks::orNot),
            new Check("watch-armed", "its first message says that it is armed, and names nothing", WatchChecks::armed),
            new Check("watch-limits", "a watch of none or of 1,001 secrets is INVALID_ARGUMENT", WatchChecks::limits),
            new Check("watch-1000", "1,000 secrets, and several watches at a time, are watched", WatchChecks::several),
            new Check("watch-cancel", "watches that were cancelled leave nothing behind", WatchChecks::cancelled),
            new Check("watch-reports", "a change is reported, by the names asked for alone", WatchChecks::reports));

    private WatchChecks() {}

    private static boolean watches(Running provider) {
        return provider.describe().getCapabilitiesList().contains(Capability.CAPABILITY_WATCH);
    }

    private static Running watching(Bench bench) throws IOException, InterruptedException {
        var provider = bench.provider();
        if (!watches(provider)) {
            throw new Untried("it has no push, and says so");
        }
        return provider;
    }

    /** Some to watch, whether or not they are there. */
    private static List<SecretRef> some(Bench bench) {
        return bench.subject().refs().isEmpty() ? List.of(Bench.missing(1)) : bench.refs();
    }

    private static void orNot(Bench bench) throws IOException, InterruptedException {
        var provider = bench.provider();
        try (var watched = Watched.start(provider, some(bench))) {
            if (watches(provider)) {
                watched.next(bench.patience().armed(), "it was armed");
            } else {
                var code = watched.end(bench.patience().armed());
                Nonconformity.unless(code == Status.Code.UNIMPLEMENTED, "without the capability it ends with " + code);
            }
        }
    }

    private static void armed(Bench bench) throws IOException, InterruptedException {
        try (var watched = Watched.start(watching(bench), some(bench))) {
            Nonconformity.unless(
                    watched.next(bench.patience().armed(), "it was armed").isEmpty(),
                    "its first message names secrets");
        }
    }

    private static void limits(Bench bench) throws IOException, InterruptedException {
        var provider = watching(bench);
        for (int count : List.of(0, 1001)) {
            var refs = IntStream.range(0, count).mapToObj(Bench::missing).toList();
            try (var watched = Watched.start(provider, refs)) {
                var code = watched.end(bench.patience().armed());
                Nonconformity.unless(
                        code == Status.Code.INVALID_ARGUMENT, "a watch of " + count + " secrets ends with " + code);
            }
        }
    }

    private static void several(Bench bench) throws IOException, InterruptedException {
        var provider = watching(bench);
        var thousand = new ArrayList<>(some(bench));
        IntStream.range(thousand.size(), 1000)
                .mapToObj(i -> Bench.missing(i + 1))
                .forEach(thousand::add);
        try (var first = Watched.start(provider, thousand);
                var second = Watched.start(provider, some(bench))) {
            first.next(bench.patience().armed(), "the first was armed");
            second.next(bench.patience().armed(), "the second was armed");
            provider.mustAnswer("while two watches are open");
        }
    }

    private static void cancelled(Bench bench) throws IOException, InterruptedException {
        var provider = watching(bench);
        for (int i = 0; i < MANY; i++) {
            try (var watched = Watched.start(provider, some(bench))) {
                watched.next(bench.patience().armed(), "watch " + (i + 1) + " was armed");
            }
        }
        provider.mustAnswer("after " + MANY + " watches");
    }

    private static void reports(Bench bench) throws IOException, InterruptedException {
        var ref = bench.refs().getFirst();
        try (var watched = Watched.start(watching(bench), List.of(ref))) {
            watched.next(bench.patience().armed(), "it was armed");
            bench.change();
            var named = watched.next(bench.patience().report(), "the change was reported");
            Nonconformity.unless(named.contains(ref), "its report doesn't name the secret that changed");
            Nonconformity.unless(named.size() == 1, "its report names secrets that weren't asked for");
        }
    }
}
