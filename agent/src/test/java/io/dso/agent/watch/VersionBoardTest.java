package io.dso.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.reconcile.World;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import io.dso.agent.time.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionBoardTest {
    private static final SecretRef ONE = new SecretRef("local", "one", "a");
    private static final SecretRef TWO = new SecretRef("local", "two", "b");
    private static final Bundle BOTH = World.bundle("shop", Strategy.NONE, ONE, TWO);
    private static final Refusal AWAY = new Refusal(Refusal.Kind.UNAVAILABLE, "away");

    private final TestClock clock = new TestClock();
    private final VersionBoard board = new VersionBoard(clock);

    private static Answer<VersionId> version(String text) {
        return Answer.got(new VersionId(text));
    }

    @Test
    void the_first_version_and_each_other_one_is_a_change() {
        assertThat(board.note(board.ticket(), Map.of(ONE, version("1"), TWO, version("1"))))
                .containsExactlyInAnyOrder(ONE, TWO);
        assertThat(board.note(board.ticket(), Map.of(ONE, version("1"), TWO, version("2"))))
                .containsExactly(TWO);
        assertThat(board.note(board.ticket(), Map.of(ONE, version("1")))).isEmpty();
    }

    @Test
    void a_bundles_versions_are_known_when_all_are() {
        assertThat(board.versions(BOTH))
                .isEqualTo(Answer.refused(
                        new Refusal(Refusal.Kind.UNAVAILABLE, "the version of local:one#a is not known yet")));
        board.note(board.ticket(), Map.of(ONE, version("1"), TWO, Answer.refused(AWAY)));
        assertThat(board.versions(BOTH)).isEqualTo(Answer.refused(AWAY));

        board.note(board.ticket(), Map.of(TWO, version("9")));

        assertThat(board.versions(BOTH))
                .isEqualTo(Answer.got(Map.of(ONE, new VersionId("1"), TWO, new VersionId("9"))));
    }

    @Test
    void a_refusal_does_not_make_a_known_version_forgotten() {
        board.note(board.ticket(), Map.of(ONE, version("1"), TWO, version("1")));

        assertThat(board.note(board.ticket(), Map.of(ONE, Answer.refused(AWAY))))
                .isEmpty();

        assertThat(board.versions(BOTH)).isInstanceOf(Answer.Got.class);
        assertThat(board.refusal(BOTH)).contains(AWAY);
        assertThat(board.note(board.ticket(), Map.of(ONE, version("1"))))
                .as("the same again is no change")
                .isEmpty();
        assertThat(board.refusal(BOTH)).isEmpty();
    }

    @Test
    void of_two_answers_the_one_to_the_later_question_counts() {
        long early = board.ticket();
        long late = board.ticket();
        board.note(late, Map.of(ONE, version("new")));

        assertThat(board.note(early, Map.of(ONE, version("old"), TWO, version("1"))))
                .containsExactly(TWO);

        assertThat(board.versions(BOTH))
                .isEqualTo(Answer.got(Map.of(ONE, new VersionId("new"), TWO, new VersionId("1"))));
        assertThat(board.newest(early, Map.of(ONE, version("old"), TWO, version("1"))))
                .as("and whoever waited for the early one gets the later one")
                .containsEntry(ONE, version("new"))
                .containsEntry(TWO, version("1"));
    }

    @Test
    void a_late_refusal_does_not_hide_a_newer_answer() {
        long early = board.ticket();
        board.note(board.ticket(), Map.of(ONE, version("1")));

        board.note(early, Map.of(ONE, Answer.refused(AWAY)));

        assertThat(board.refusal(BOTH)).isEmpty();
    }

    @Test
    void a_bundle_was_checked_when_the_last_of_its_secrets_was() {
        assertThat(board.checked(BOTH)).isEmpty();
        board.note(board.ticket(), Map.of(ONE, version("1")));
        var first = clock.instant();
        assertThat(board.checked(BOTH)).isEmpty();
        clock.pass(Duration.ofSeconds(5));
        board.note(board.ticket(), Map.of(TWO, Answer.refused(AWAY)));

        assertThat(board.checked(BOTH)).contains(first);
    }

    @Test
    void an_outage_lasts_from_its_first_refusal_until_an_answer_and_a_secret_that_is_refused_alone_is_none() {
        var began = clock.instant();
        board.note(board.ticket(), Map.of(ONE, Answer.refused(AWAY), TWO, version("1")));
        clock.pass(Duration.ofMinutes(10));
        var sealed = new Refusal(Refusal.Kind.UNAVAILABLE, "sealed");
        var absent = new Refusal(Refusal.Kind.NOT_FOUND, "no such secret");
        board.note(board.ticket(), Map.of(ONE, Answer.refused(sealed), TWO, Answer.refused(absent)));

        assertThat(board.outage(List.of(TWO, ONE))).contains(new VersionBoard.Outage("sealed", began));
        assertThat(board.outage(List.of(TWO))).isEmpty();

        board.note(board.ticket(), Map.of(ONE, Answer.refused(absent)));
        assertThat(board.outage(List.of(ONE))).isEmpty();
        board.note(board.ticket(), Map.of(ONE, Answer.refused(AWAY)));
        assertThat(board.outage(List.of(ONE))).contains(new VersionBoard.Outage("away", clock.instant()));
        board.note(board.ticket(), Map.of(ONE, version("1")));
        assertThat(board.outage(List.of(ONE))).isEmpty();
    }
}
