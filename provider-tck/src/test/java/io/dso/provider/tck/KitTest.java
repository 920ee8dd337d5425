package io.dso.provider.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.SecretName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kit itself: a good provider passes every check, and for every check there is a provider that fails it. */
class KitTest {
    /** Each check, and faults that it has to find. */
    private static final String FAULTS = """
            serves                | never-serves dies
            other-user            | lets-anybody-in
            bad-config            | lenient
            bad-argument          | lenient
            socket-in-use         | takes-over-socket in-use-with-1
            stale-socket          | refuses-stale-socket
            describe              | nameless
            describe-same         | moody
            describe-at-once      | slow-describe
            unknown-field         | strict-fields
            unknown-call          | knows-too-much
            check                 | check-fails
            versions              | empty-version
            versions-stable       | restless-version
            versions-order        | sorts
            unknown-secret        | invents-secrets result-not-set untyped-results
            one-fails-alone       | fails-together
            versions-1000         | dies-of-1000 drops
            fetch-exact           | other-version too-large
            fetch-same            | random-value
            fetch-unknown-version | gives-newest all-errors-unknown
            fetch-unknown-secret  | all-errors-unknown no-reasons
            version-no-value      | value-as-version hash-as-version
            fetch-after-change    | deaf-version gives-newest
            limit-no-secrets      | takes-none
            limit-1001-secrets    | takes-1001
            limit-path            | takes-any-path invalid-is-not-found
            limit-key             | takes-any-key
            limit-version         | takes-any-version
            limit-longest         | short-names
            limit-message         | ends-with-large-message
            watch-or-not          | watch-missing hides-watch
            watch-armed           | armed-with-names
            watch-limits          | watches-any-number
            watch-1000            | one-watch
            watch-cancel          | few-watches
            watch-reports         | deaf-watch reports-nothing reports-others
            deadline              | hangs-after-deadline
            cancellation          | hangs-after-cancel
            32-calls              | few-at-a-time
            garbage               | dies-of-garbage
            sigterm               | ignores-sigterm waits-for-watches leaves-its-socket ends-with-143 leaves-a-child
            stdin                 | ignores-stdin
            output-no-value       | prints-value
            """;

    /** Short for what hangs, long enough for a busy machine. */
    private static final Patience PATIENCE = new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3));

    @TempDir
    Path directory;

    private List<Result> run(Subject subject, List<Check> checks) throws IOException {
        try (var bench = Bench.in(directory, subject, PATIENCE)) {
            return Kit.run(bench, checks, _ -> {});
        }
    }

    private Subject subject(String fault) throws IOException {
        var state = Files.writeString(directory.resolve("state"), "1");
        var config = Files.writeString(directory.resolve("config.json"), "{\"state\":\"%s\"}".formatted(state));
        var script = directory.resolve("provider");
        var command =
                BrokenProvider.command().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Files.writeString(script, "#!/bin/sh\nexec " + command + " " + fault + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return new Subject(
                script,
                config,
                List.of(new SecretName("good", ""), new SecretName("good-too", "key")),
                List.of("/bin/sh", "-c", "printf x >>'" + state + "'"));
    }

    private static List<Check> only(String id) {
        var found = Kit.checks().stream().filter(check -> check.id().equals(id)).toList();
        assertThat(found).as(id).hasSize(1);
        return found;
    }

    @Test
    void a_good_provider_passes_every_check() throws IOException {
        assertThat(run(subject("none"), Kit.checks()))
                .allSatisfy(result ->
                        assertThat(result.outcome()).as(result.check().id()).isEqualTo(new Outcome.Passed()));
    }

    @Test
    void without_a_secret_what_needs_one_is_skipped_and_says_so() throws IOException {
        var good = subject("none");
        var results = run(new Subject(good.executable(), good.config(), List.of(), List.of()), Kit.checks());

        assertThat(results).noneMatch(result -> result.outcome() instanceof Outcome.Failed);
        assertThat(results.stream()
                        .filter(result -> result.outcome() instanceof Outcome.Skipped)
                        .map(result -> result.check().id()))
                .contains("fetch-exact", "versions", "output-no-value")
                .doesNotContain("describe", "limit-path", "sigterm", "other-user");
    }

    @Test
    void every_check_has_a_fault_that_it_has_to_find() {
        var listed = FAULTS.lines()
                .map(line -> line.split("\\|", 2)[0].strip())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(listed)
                .isEqualTo(new TreeSet<>(Kit.checks().stream().map(Check::id).toList()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = FAULTS)
    void a_check_finds_the_fault_it_is_there_for(String id, String faults) throws IOException {
        for (var fault : faults.split(" ", -1)) {
            var checks = id.equals("output-no-value")
                    ? List.of(only("fetch-exact").getFirst(), only(id).getFirst())
                    : only(id);

            var result = run(subject(fault), checks).getLast();

            assertThat(result.outcome()).as(fault).isInstanceOf(Outcome.Failed.class);
            assertThat(((Outcome.Failed) result.outcome()).why()).as(fault).doesNotContain("can't be tried");
        }
    }

    @Test
    void an_executable_that_is_none_fails_each_check_and_ends() throws IOException {
        var absent = new Subject(directory.resolve("absent"), directory.resolve("none.json"), List.of(), List.of());

        var results = run(absent, only("serves"));

        assertThat(results.getFirst().outcome())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class, failed -> assertThat(failed.why()).contains("can't be executed"));
    }

    @Test
    void nothing_stays_behind() throws IOException {
        run(subject("none"), only("serves"));

        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("config.json", "provider", "state");
        assertThat(ProcessHandle.current().children()).isEmpty();
    }
}
