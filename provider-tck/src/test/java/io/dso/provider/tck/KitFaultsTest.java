package io.dso.provider.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For every check there is a provider that fails it. Most of the time goes by while one hangs. */
@Execution(ExecutionMode.CONCURRENT)
class KitFaultsTest extends AgainstBroken {
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

    @TempDir
    static Path programs;

    /** All of them first: what is still open to be written, in a process that is about to become another, can't be executed. */
    @BeforeAll
    static void writePrograms() throws IOException {
        for (var line : FAULTS.lines().toList()) {
            for (var fault : line.split("\\|", 2)[1].strip().split(" ", -1)) {
                program(programs.resolve(fault), fault);
            }
        }
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

            var result = run(subject(programs.resolve(fault)), checks).getLast();

            assertThat(result.outcome()).as(fault).isInstanceOf(Outcome.Failed.class);
            assertThat(((Outcome.Failed) result.outcome()).why()).as(fault).doesNotContain("can't be tried");
        }
    }
}
