package io.dso.agent.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.BadMark;
import io.dso.agent.bundle.BundleVersion;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** With {@code on-failure: rollback}: where all go back to, in whichever order failures are told. */
class MarksTest {
    private static final SecretRef SECRET = new SecretRef("local", "db", "");
    private static final BundleVersion FIRST = version(1);
    private static final BundleVersion SECOND = version(2);
    private static final BundleVersion THIRD = version(3);

    private static BundleVersion version(int number) {
        return new BundleVersion(number, "files", Map.of(SECRET, new VersionId(Integer.toString(number))));
    }

    /** Of this container, whose version before is the one to go back to. */
    private static BadMark failed(String container, BundleVersion bad, BundleVersion before) {
        return new BadMark(container, "shop", bad, before, "it exited");
    }

    private static BadMark all(BundleVersion bad, BundleVersion good) {
        return BadMark.everywhere("shop", bad, good, "it exited");
    }

    private static Optional<BadMark> takingBack(BundleVersion bad, BundleVersion before, BadMark... marks) {
        return Marks.takingBack("shop", bad, before, List.of(marks), "it exited");
    }

    @Test
    void all_go_back_to_what_the_one_that_failed_had() {
        assertThat(takingBack(SECOND, FIRST)).contains(all(SECOND, FIRST));
    }

    @Test
    void not_to_a_version_that_another_one_did_not_stand() {
        assertThat(takingBack(THIRD, SECOND, failed("b", SECOND, FIRST), all(SECOND, FIRST)))
                .contains(all(THIRD, FIRST));
        assertThat(takingBack(
                        version(4), THIRD, failed("c", THIRD, SECOND), failed("b", SECOND, FIRST), all(THIRD, FIRST)))
                .contains(all(version(4), FIRST));
    }

    @Test
    void nor_does_a_failure_that_is_told_late_let_the_newest_version_through() {
        assertThat(takingBack(SECOND, FIRST, failed("a", THIRD, SECOND), all(THIRD, SECOND)))
                .contains(all(THIRD, FIRST));
        assertThat(takingBack(SECOND, FIRST, failed("a", THIRD, FIRST), all(THIRD, FIRST)))
                .isEmpty();
    }

    @Test
    void one_that_fails_on_the_way_back_changes_nothing_for_the_others() {
        assertThat(takingBack(FIRST, SECOND, failed("a", FIRST, SECOND), failed("b", SECOND, FIRST), all(THIRD, FIRST)))
                .isEmpty();
    }

    @Test
    void a_version_that_an_operator_ordered_and_nobody_stands_gives_way_to_the_stores() {
        assertThat(takingBack(FIRST, THIRD, all(THIRD, FIRST))).contains(all(FIRST, THIRD));
    }
}
