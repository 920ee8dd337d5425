package io.dso.provider.tck;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** All checks, and how they are made: one after the other, each on a provider that lives. */
public final class Kit {
    private static final List<Check> CHECKS = Stream.of(
                    ProcessChecks.BEGIN,
                    DescribeChecks.ALL,
                    VersionChecks.ALL,
                    FetchChecks.ALL,
                    LimitChecks.ALL,
                    WatchChecks.ALL,
                    StrainChecks.ALL,
                    ProcessChecks.END)
            .flatMap(List::stream)
            .toList();

    private Kit() {}

    /** In the order they are made. */
    public static List<Check> checks() {
        return CHECKS;
    }

    /** Makes all checks. */
    public static List<Result> run(Subject subject, Consumer<Result> told) throws IOException {
        return run(subject, CHECKS, told);
    }

    /**
     * Makes some checks.
     *
     * @param told each result as soon as it is there
     * @throws IOException if no temporary files can be made
     */
    public static List<Result> run(Subject subject, List<Check> checks, Consumer<Result> told) throws IOException {
        try (var bench = Bench.of(subject)) {
            return run(bench, checks, told);
        }
    }

    static List<Result> run(Bench bench, List<Check> checks, Consumer<Result> told) {
        var results = new ArrayList<Result>();
        for (var check : checks) {
            var result = make(check, bench);
            results.add(result);
            told.accept(result);
        }
        return List.copyOf(results);
    }

    static Result make(Check check, Bench bench) {
        long began = System.nanoTime();
        var outcome = outcome(check, bench);
        return new Result(check, outcome, Duration.ofNanos(System.nanoTime() - began));
    }

    private static Outcome outcome(Check check, Bench bench) {
        try {
            check.trial().on(bench);
            return new Outcome.Passed();
        } catch (Nonconformity e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        } catch (Untried e) {
            return new Outcome.Skipped(String.valueOf(e.getMessage()));
        } catch (StatusRuntimeException e) { // its description could hold a value
            return new Outcome.Failed(
                    "a call that has to work ended with " + e.getStatus().getCode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted");
        } catch (Exception e) {
            return new Outcome.Failed("it can't be tried: " + e.getClass().getSimpleName());
        }
    }
}
