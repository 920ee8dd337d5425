package io.dso.provider.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The kit itself: a good provider passes every check. Nothing runs beside it, since it looks at what processes are left. */
@Isolated
class KitTest extends AgainstBroken {
    private Subject good() throws IOException {
        return subject(program(directory.resolve("provider"), "none"));
    }

    @Test
    void a_good_provider_passes_every_check() throws IOException {
        assertThat(run(good(), Kit.checks()))
                .allSatisfy(result ->
                        assertThat(result.outcome()).as(result.check().id()).isEqualTo(new Outcome.Passed()));
    }

    @Test
    void without_a_secret_what_needs_one_is_skipped_and_says_so() throws IOException {
        var good = good();
        var results = run(new Subject(good.executable(), good.config(), List.of(), List.of()), Kit.checks());

        assertThat(results).noneMatch(result -> result.outcome() instanceof Outcome.Failed);
        assertThat(results.stream()
                        .filter(result -> result.outcome() instanceof Outcome.Skipped)
                        .map(result -> result.check().id()))
                .contains("fetch-exact", "versions", "output-no-value")
                .doesNotContain("describe", "limit-path", "sigterm", "other-user");
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
        run(good(), only("serves"));

        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("config.json", "provider", "state");
        assertThat(ProcessHandle.current().children()).isEmpty();
    }
}
